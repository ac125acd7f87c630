"""The labels and messages of forms, by language."""
