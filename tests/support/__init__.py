"""Shared parts of the tests: a clock, users, firms, servers, child processes and random entities."""
