"""Records, the only thing that an adapter stores, and the limits that hold on every storage.

The core derives `orders`, `terms`, `words`, `keys` and `card` from the body and the settings of the workspace. An
adapter indexes them and never reads `body` or `card`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import attrs

from contactcore.errors import Invalid, shorten
from contactcore.frozen import frozen

__all__ = [
    "LARGEST_NUMBER",
    "LARGEST_POSITION",
    "LONGEST_BLOB",
    "LONGEST_BODY",
    "LONGEST_KEY",
    "LONGEST_TERM",
    "Event",
    "Kind",
    "Order",
    "Published",
    "Record",
    "Stored",
    "View",
    "are_folded",
    "check_record",
    "check_text",
    "order_base",
]

LONGEST_KEY = 256
"""The most code points of an order key."""
LONGEST_TERM = 128
"""The most code points of a term, a word, a unique key, an id, or the name of a workspace."""
LONGEST_BODY = 1_000_000
"""The most bytes of a body, a card, or the data of an event."""
LONGEST_BLOB = 16_000_000
"""The most bytes of a blob."""

LARGEST_NUMBER = 2**63 - 1
"""The largest version, and the end of every feed."""

LARGEST_POSITION = 2**62
"""The first feed position that cannot be loaded."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOT_IN_WORDS = r"[\x00-\x20\x7f-\xa0A-Z\ud800-\udfff\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


@frozen
class Order:
    """One sequence in which an adapter can walk the records of a kind.

    Attributes:
        name: The name, `"name"`. A record may have its key under a variant, `"name:pl"`, which is a separate order.
        terms: The prefixes of the terms that can be combined with this order (`("tag:", "type:")`); None for all terms.
            Access terms can always be combined.
        words: Whether words can be searched in this order. At most one order of a kind has this.
        due: Whether the keys are times at which work is due (`Storage.workspaces(due_before=...)`).
    """

    name: str
    terms: tuple[str, ...] | None = None
    words: bool = False
    due: bool = False

    def posts(self, term: str) -> bool:
        """Return whether a term can be combined with this order.

        >>> Order("name", terms=("tag:",)).posts("tag:vip")
        True
        """
        return self.terms is None or term.startswith(self.terms)


@frozen
class Kind:
    """One kind of record, as the core declares it to `Storage.install`.

    Attributes:
        name: The name in kebab case (`"contact"`).
        orders: The orders that its records may have keys for.
        references: Name of a reference -> the kind that it points to.
        steady: Whether the records are small and rarely change, and most transactions read one, so that an adapter may
            keep them in memory as long as it knows that they are current. It changes no answer.
    """

    name: str
    orders: tuple[Order, ...] = ()
    references: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    steady: bool = attrs.field(default=False, eq=False, repr=False)

    def order(self, name: str) -> Order:
        """Return the declaration of an order, given its name or a variant.

        Raises:
            Invalid: `order-unknown`.
        """
        base = order_base(name)
        for order in self.orders:
            if order.name == base:
                return order
        raise Invalid("order-unknown", f"The kind {self.name} has no order {base!r}.", path="order", value=name)


@frozen
class View:
    """A report view over the bodies of one kind, as data. Each adapter with SQL builds its own statement from it.

    The columns of the view are `workspace`, `id`, and its own. Bodies that are no JSON have no rows.

    Attributes:
        name: The name, `"report_email"`.
        kind: The kind whose bodies it shows, one row for each.
        columns: Column name -> path in the body (`("name", "given")`); `()` is the whole element.
        each: The path of a list in the body. The view then has a row for each element, and `columns` are paths in it.
            What is no list has no rows.
    """

    name: str
    kind: str
    columns: Mapping[str, tuple[str, ...]] = attrs.field(hash=False)
    each: tuple[str, ...] | None = None


@frozen(kw_only=True)
class Record:
    """A record with all its index data, as a writer stores it.

    Attributes:
        kind: The name of a declared kind.
        id: The id, at most 128 code points, unique among the records of its kind.
        version: A 64-bit integer of 1 or more that grows with each change.
        body: JSON in UTF-8; opaque, so any bytes come back as they are.
        card: The small JSON that lists show; opaque.
        orders: Order name -> key. The record appears in those orders that it has a key for, and in no other.
        terms: Exact facets, `"tag:vip"`.
        words: Folded search words, without white space, control characters or ASCII capitals.
        keys: Keys that are unique among all records of the workspace.
        references: Name of a declared reference -> id of its target.
        owner: The id of the contact that the record belongs to; `""` for none.
        access: The terms of those who may see it (`"visible:*"`). They are combined with every order, and are outside
            version and history.
    """

    kind: str
    id: str
    version: int = 1
    body: bytes = b"{}"
    card: bytes = b"{}"
    orders: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    terms: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    references: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    owner: str = ""
    access: frozenset[str] = frozenset()

    def stored(self) -> Stored:
        """Return the record as a reader returns it.

        >>> Record(kind="contact", id="1", terms=frozenset({"tag:vip"})).stored().id
        '1'
        """
        return Stored(
            kind=self.kind,
            id=self.id,
            version=self.version,
            body=self.body,
            card=self.card,
            owner=self.owner,
            access=self.access,
        )


@attrs.frozen(kw_only=True)
class Stored:
    """A record as a reader returns it: without its index data."""

    kind: str
    id: str
    version: int
    body: bytes
    card: bytes
    owner: str
    access: frozenset[str]


@frozen(kw_only=True)
class Event:
    """An entry of the feed. It holds ids and codes, never personal data, so that erasure need not rewrite the feed.

    Attributes:
        name: The name, `"contact.added"`.
        subject: The id of the record that changed.
        at: The time, ISO 8601 in UTC.
        data: A small JSON object in UTF-8.
    """

    name: str
    subject: str
    at: str
    data: bytes = b"{}"


@frozen
class Published:
    """An event with its position in the feed of its workspace: 1, 2, 3, ..."""

    position: int
    event: Event


def order_base(name: str) -> str:
    """Return the declared name of an order, given its name or a variant.

    >>> order_base("name:pl")
    'name'
    """
    return name.partition(":")[0]


def check_text(path: str, text: str, longest: int) -> None:
    """Refuse text that some storage cannot keep: NUL, lone surrogates, more than `longest` code points.

    Raises:
        Invalid: `text-nul`, `text-surrogate` or `text-too-long`.
    """
    if len(text) > longest:
        raise Invalid(
            "text-too-long",
            f"This is limited to {longest:,} characters and has {len(text):,}.",
            path=path,
            value=text,
            facts={"limit": longest, "length": len(text)},
        )
    if not text.isascii() or "\x00" in text:
        found = _UNSTORABLE.search(text)
        if found is not None:
            nul = found[0] == "\x00"
            raise Invalid(
                "text-nul" if nul else "text-surrogate",
                "Remove the NUL character." if nul else "Remove the lone surrogate: it is no Unicode text.",
                path=path,
                value=text,
            )


def check_record(kind: Kind, record: Record) -> None:
    """Refuse a record that breaks a limit of the port. Every adapter calls this before it writes.

    Raises:
        Invalid: the path is the name of the field.
    """
    short = (
        record.id,
        record.owner,
        *record.orders,
        *record.terms,
        *record.access,
        *record.words,
        *record.keys,
        *record.references.values(),
    )
    keys = record.orders.values()
    # Checking the joined texts is several times cheaper than checking each text, and refusals are rare.
    joined = "".join((*short, *keys))
    if (
        max(map(len, short)) > LONGEST_TERM
        or max(map(len, keys), default=0) > LONGEST_KEY
        or "\x00" in joined
        or (not joined.isascii() and _UNSTORABLE.search(joined))
    ):
        _check_each(record)
    _check_shape(kind, record)


def _check_each(record: Record) -> None:
    check_text("id", record.id, LONGEST_TERM)
    check_text("owner", record.owner, LONGEST_TERM)
    for path, texts, longest in (
        ("orders", record.orders.values(), LONGEST_KEY),
        ("orders", record.orders, LONGEST_TERM),
        ("terms", record.terms, LONGEST_TERM),
        ("access", record.access, LONGEST_TERM),
        ("words", record.words, LONGEST_TERM),
        ("keys", record.keys, LONGEST_TERM),
        ("references", record.references.values(), LONGEST_TERM),
    ):
        for text in texts:
            check_text(path, text, longest)


def _check_shape(kind: Kind, record: Record) -> None:
    for path, data in (("body", record.body), ("card", record.card)):
        if len(data) > LONGEST_BODY:
            raise Invalid(
                "record-too-large",
                f"A record is limited to {LONGEST_BODY:,} bytes and this one has {len(data):,}.",
                path=path,
                facts={"limit": LONGEST_BODY, "length": len(data)},
            )
    if not record.id:
        raise Invalid("id-empty", "A record needs an id.", path="id", value=record.id)
    if record.version < 1:
        raise Invalid("version-not-positive", "Versions count from 1.", path="version", value=record.version)
    if record.version > LARGEST_NUMBER:
        raise Invalid("version-too-large", "A version is a 64-bit integer.", path="version", value=record.version)
    for order in record.orders:
        kind.order(order)
    for name in record.references:
        if name not in kind.references:
            raise Invalid(
                "reference-unknown",
                f"The kind {kind.name} has no reference {name!r}.",
                path="references",
                value=name,
            )
    if record.words and not are_folded("".join(record.words)):
        wrong = next(word for word in record.words if _not_in_words().search(word))
        raise Invalid(
            "word-not-folded",
            f"The word {shorten(wrong)} holds white space, a control character or an ASCII capital: fold it first.",
            path="words",
            value=wrong,
        )


def are_folded(joined: str) -> bool:
    """Return whether words, joined without a separator, hold no character that is forbidden in words."""
    if joined.isascii():
        # The same answer for ASCII words, several times faster.
        return joined.isprintable() and " " not in joined and joined == joined.lower()
    return _not_in_words().search(joined) is None


@cache
def _not_in_words() -> re.Pattern[str]:
    # The ranges take a while to compile, and a session that only reads checks no words.
    return re.compile(_NOT_IN_WORDS)
