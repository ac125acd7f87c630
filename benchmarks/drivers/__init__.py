"""One module for each way of keeping the same contacts; none is imported before it is asked for."""
