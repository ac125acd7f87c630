"""The drivers, one module per stack. A module is imported only when its driver is loaded."""
