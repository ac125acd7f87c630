"""What contactcore costs, beside hand-written SQL and beside the usual stacks, measured in one run."""
