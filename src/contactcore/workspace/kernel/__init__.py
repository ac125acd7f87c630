"""The kernel of every use case: the transaction, arguments, ids, retrying, passwords."""
