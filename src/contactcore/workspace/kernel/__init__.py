"""The foundation of all use cases: transactions, argument checks, ids, retrying and passwords."""
