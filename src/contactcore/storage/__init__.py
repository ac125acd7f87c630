"""The storage port: records, queries, and the protocol that every adapter implements.

The author of an adapter reads `contactcore.storage.port`, implements `Storage`, `Reader` and `Writer`, and runs the
laws of `contactcore.testing` on them.
"""

from contactcore.storage.checks import (
    check_boundaries,
    check_event,
    check_limit,
    check_loaded_events,
    check_replacement,
    check_texts,
    check_workspace,
    declared,
    keeps,
)
from contactcore.storage.errors import BrokenReference, DuplicateKey, MissingRecord, Refused, StaleRecord
from contactcore.storage.inserts import holder_of, new_records
from contactcore.storage.open_transactions import OpenTransactions
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
from contactcore.storage.transactions import Transactional, check_usable, voids_when_refused

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
    "OpenTransactions",
    "Order",
    "Published",
    "Query",
    "Reader",
    "Record",
    "Refused",
    "StaleRecord",
    "Storage",
    "Stored",
    "Transactional",
    "View",
    "Writer",
    "check_boundaries",
    "check_event",
    "check_limit",
    "check_loaded_events",
    "check_query",
    "check_record",
    "check_replacement",
    "check_text",
    "check_texts",
    "check_usable",
    "check_workspace",
    "continues",
    "cursor_of",
    "declared",
    "holder_of",
    "keeps",
    "matches",
    "new_records",
    "order_base",
    "read_cursor",
    "sort_key",
    "voids_when_refused",
]
