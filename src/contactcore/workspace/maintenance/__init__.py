"""Maintenance: long jobs over a whole workspace."""
