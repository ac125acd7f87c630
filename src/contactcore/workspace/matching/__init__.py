"""Matching: which stored contact a row is about."""
