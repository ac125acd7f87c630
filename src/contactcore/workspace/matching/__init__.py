"""Matching: the search for the stored contact that a row of an import describes."""
