"""Matching: the contact, in the directory or of an earlier row, that a row describes (IMP-2)."""

from __future__ import annotations

from collections.abc import Sequence

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.frozen import frozen
from contactcore.mapping.indexed_names import folded
from contactcore.model import Company, Person
from contactcore.workspace.imports.batch_state import BatchState
from contactcore.workspace.imports.previous_run import ROW, Unseen
from contactcore.workspace.imports.staged_contacts import StagedContact
from contactcore.workspace.matching.match_keys import ContactKeys, key_kind, lookup_keys, match_name
from contactcore.workspace.matching.name_agreement import names_agree

__all__ = ["Match", "RowMatcher"]


@frozen
class Match:
    """The contact that matches a row, and the match key.

    Attributes:
        id: The id of the contact.
        by: The description of the key, such as `"email"`.
        value: The value of the key, for the report.
        staged: The contact, if an earlier row staged it; else None.
    """

    id: str
    by: str
    value: str
    staged: StagedContact | None = None

    @property
    def description(self) -> str:
        """The words for the contact in the reason of a problem."""
        from_file = self.staged is not None and self.staged.new
        return f"the contact of line {self.staged.line}" if self.staged and from_file else f"contact {self.id}"


def _value_of(key: str) -> str:
    return key.split(":", 2)[-1].partition("|")[0]


class RowMatcher:
    """Finds the contacts of the rows of one batch.

    Args:
        state: The state of the batch.
    """

    def __init__(self, state: BatchState) -> None:
        self._state = state
        self._claimed: set[int] = set()
        self._by_firm: set[int] = set()
        self.other_kinds: dict[int, Match] = {}
        self.other_names: dict[int, tuple[str, str, StagedContact | None]] = {}

    def lookup_keys(self, row: MappedRow) -> list[str]:
        """The keys by which a row looks up its contact, the most reliable first."""
        keys = lookup_keys(self._called(row, self._state.directory.keys(row)))
        return [f"i:{row.own_id}", *keys] if row.own_id else keys

    def _called(self, row: MappedRow, of: ContactKeys) -> ContactKeys:
        """What the keys of a row are made of; an employer without its division has its display name."""
        if of.kind != "person" or not of.name or not of.employers or not of.employers[0]:
            return of
        name = row.employers[0].name
        id = None if self._state.company_called(name) else self._state.only_firm(name)
        firm = None if id is None else self._state.load(id)
        if firm is None:
            return of
        self._by_firm.add(row.number)
        return of._replace(employers=[folded(firm.entity.display_name), *of.employers[1:]], lookup=None)

    def match(self, row: MappedRow, keys: Sequence[str]) -> Match | None:
        """The contact that matches a row by the most reliable of its keys; None without a match."""
        if row.own_id and (id := self._state.id_of("contact", row.own_id)):
            staged = self._state.staged.find(f"i:{row.own_id}")
            if self._may_have_id(row, id, staged):
                return Match(id, "id", row.own_id, staged)
        if self._state.directory.has_none_of(keys) and self._state.staged.has_none_of(keys):
            return None  # as for most rows
        for key in keys:
            # The oldest contact of the directory comes first, then the oldest one of the file, whichever batch made it.
            for of_file in (False, True):
                holder = self._state.holder(key, of_file=of_file)
                if holder is not None and self._may_be(row, key, *holder):
                    id, staged = holder
                    return Match(id, key_kind(key), _value_of(key), staged)
        return None

    def _may_be(self, row: MappedRow, key: str, id: str, staged: StagedContact | None = None) -> bool:
        """Whether a contact with a key of a row may be the contact of the row."""
        if key[0] == "i":
            return self._may_have_id(row, id, staged)
        if row.own_id and self._is_of_another_row(id, row.own_id):
            self._claimed.add(row.number)
            return False
        if key[0] == "p" and not key.partition("|")[2]:
            # Only the number tells who it is.
            return not self._has_other_emails(row, id, staged)
        if key[0] != "e" or "|" in key:
            return True
        name = self._state.directory.name(row)
        known = self._state.directory.called(id) if staged is None else match_name(staged.entity, self._state.language)
        if not name or not known or name == known:
            return True
        agree = names_agree(name, known)
        if agree and not names_agree(name, known, whole=True):
            # Two rows of one file are two people unless their whole names agree.
            agree = not (staged.of_file if staged is not None else self._is_of_this_file(id))
        if not agree:
            self.other_names[row.number] = (_value_of(key), id if staged is None or not staged.new else "", staged)
        return agree

    def _may_have_id(self, row: MappedRow, id: str, staged: StagedContact | None) -> bool:
        """Whether a row may be the contact that has its id: a name of the other kind would be lost."""
        known = staged or self._state.load(id)
        keys = self._state.directory.keys(row)
        if known is None or not keys.name or known.kind == keys.kind:
            return True
        self.other_kinds[row.number] = Match(id, "id", row.own_id, known)
        return False

    def note_other_kind(self, row: MappedRow) -> None:
        """Note that a contact of the other kind has the id of a new one."""
        other = self.other_kinds[row.number]
        kind = "a company" if other.staged is not None and other.staged.kind == "company" else "a person"
        reason = f"Created although {other.description} has the same id, because that is {kind}."
        self._state.note(row, "possible-duplicate", reason, row.own_id)

    def _has_other_emails(self, row: MappedRow, id: str, staged: StagedContact | None) -> bool:
        """Whether a person and a row both have e-mail addresses, and none in common."""
        emails = self._state.directory.keys(row).emails
        known = (staged or self._state.load(id)) if emails else None
        if known is None or known.kind != "person" or not known.entity.emails:
            return False
        return not any(email.key in emails for email in known.entity.emails)

    def note_other_name(self, row: MappedRow) -> None:
        """Note that another contact with another name has the e-mail address of a new one."""
        email, id, other = self.other_names[row.number]
        named = f"contact {id}" if id else f"the contact of line {other.line if other else 0}"
        self._state.note(row, "same-email", f"Same e-mail, another name: created beside {named}.", email)

    def _is_of_this_file(self, id: str) -> bool:
        """Whether an earlier batch of this import created a stored contact."""
        staged = self._state.load(id)
        return staged is not None and staged.of_file

    def _is_of_another_row(self, id: str, own: str) -> bool:
        return self._state.is_of_another_row("contact", own, id)

    def previous_unseen(self, row: MappedRow) -> list[Unseen]:
        """The contacts of a row in the previous run if the actor does not see the contact of the row, else none."""
        own = self._state.previous.unseen.get((row.number, ROW))
        if own is None or self._state.sees(self._state.load(own.id)):
            return []
        employers = range(len(row.employers))
        return [one for place in (ROW, *employers) if (one := self._state.previous.unseen.get((row.number, place)))]

    def is_unkeyed(self, row: MappedRow, keys: Sequence[str]) -> bool:
        """Whether a repetition may find another contact than that of a row by its keys, or none.

        The id in the file is none in the workspace, unless the row has found its contact by it. Where the contact with
        a key is that of another id in the file, its own contact is another one. Under `update` a later row may give a
        contact an address, a number, a name or a place by which this row has found another one. A company that has the
        name of the employer without a division may come later, or another one with a division. Of several contacts of
        the file with an address the first one counts, and of those of the directory only the first one is asked.

        Args:
            row: The row.
            keys: Its `lookup_keys`.
        """
        number = row.number
        if self._state.plan.policy == "update" or number in self._claimed or number in self._by_firm:
            return True
        if number in self.other_names:
            return True
        return all(key[0] == "i" for key in keys)

    def match_previous(self, row: MappedRow, contact: Person | Company) -> Match | None:
        """The contact of the same row in the previous run, if the actor sees it; else None."""
        unseen = self._state.previous.unseen.get((row.number, ROW))
        id = unseen.id if unseen is not None else self._state.previous.unkeyed.get(row.number)
        if id is None or not self._state.sees(self._state.load(id)):
            return None
        return Match(id, "row, imported before", contact.display_name)
