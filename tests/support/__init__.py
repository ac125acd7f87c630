"""What the tests share: a clock, users, firms, servers, child processes and random entities."""
