"""The accounts of contacts: entries of the host, balances, statements and saved payment methods (POR-7)."""

from contactcore.workspace.account.account import Account

__all__ = ["Account"]
