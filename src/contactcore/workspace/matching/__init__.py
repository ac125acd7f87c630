"""Matching: which stored contact may be the same as the contact of a row."""
