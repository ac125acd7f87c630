"""Maintenance: long jobs on all records of a workspace."""
