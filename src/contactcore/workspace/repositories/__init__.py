"""Repositories: the only modules that write records."""
