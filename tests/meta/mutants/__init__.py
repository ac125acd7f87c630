"""The mutants of the laws of the port, by subject."""
