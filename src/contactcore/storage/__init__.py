"""The storage port: records, questions about them, and the protocol that every adapter implements.

An adapter's author reads `contactcore.storage.port`, implements `Storage`, `Reader` and `Writer`, and runs the laws of
`contactcore.testing` on it.
"""

from contactcore.storage.checks import (
    check_cuts,
    check_event,
    check_limit,
    check_replacement,
    check_texts,
    check_workspace,
    declared,
)
from contactcore.storage.errors import BrokenReference, DuplicateKey, MissingRecord, Refused, StaleRecord
from contactcore.storage.port import Reader, Storage, Writer
from contactcore.storage.queries import (
    LARGEST_PAGE,
    SYSTEM,
    Access,
    Card,
    Found,
    Query,
    check_query,
    continues,
    cursor_of,
    matches,
    read_cursor,
    sort_key,
)
from contactcore.storage.records import (
    LONGEST_BODY,
    LONGEST_KEY,
    LONGEST_TERM,
    Event,
    Kind,
    Order,
    Published,
    Record,
    Stored,
    View,
    check_record,
    check_text,
    order_base,
)

__all__ = [
    "LARGEST_PAGE",
    "LONGEST_BODY",
    "LONGEST_KEY",
    "LONGEST_TERM",
    "SYSTEM",
    "Access",
    "BrokenReference",
    "Card",
    "DuplicateKey",
    "Event",
    "Found",
    "Kind",
    "MissingRecord",
    "Order",
    "Published",
    "Query",
    "Reader",
    "Record",
    "Refused",
    "StaleRecord",
    "Storage",
    "Stored",
    "View",
    "Writer",
    "check_cuts",
    "check_event",
    "check_limit",
    "check_query",
    "check_record",
    "check_replacement",
    "check_text",
    "check_texts",
    "check_workspace",
    "continues",
    "cursor_of",
    "declared",
    "matches",
    "order_base",
    "read_cursor",
    "sort_key",
]
