"""Benchmarks that compare contactcore with hand-written SQL and with the usual stacks in one run."""
