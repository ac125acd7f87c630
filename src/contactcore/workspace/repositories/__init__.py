"""Repositories: the only modules, with the kernel's transaction, that write records."""
