"""The state of a batch while its rows are planned; the planners of its subjects share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from operator import itemgetter

import attrs

from contactcore.errors import Problem
from contactcore.formats.contact_rows.mapped_row import MappedRow, PlainContact
from contactcore.formats.contact_rows.plain_contacts import PlainContactMaker
from contactcore.formats.contact_rows.row_problems import HARMLESS, RowProblem, storable
from contactcore.mapping.indexed_names import folded
from contactcore.model import Company, Person
from contactcore.rules.access import contact_access, import_access, may_change, may_see, read_terms
from contactcore.workspace.imports.batch_plan import BatchPlan
from contactcore.workspace.imports.merging import place_of, shown
from contactcore.workspace.imports.part_planning import PartPlanner
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.previous_run import PreviousRows, Unseen
from contactcore.workspace.imports.run_memory import RunMemory
from contactcore.workspace.imports.staged_contacts import StagedContact, StagedContacts, company_name
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.matching.directory_keys import DirectoryKeys
from contactcore.workspace.matching.match_keys import company_key, firm_key, has_key
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository, with_known_tags
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["MISSING", "BatchState", "problems_of"]

MISSING = "field-required"
"""The code of a required field that a contact lacks."""


def problems_of(row: MappedRow, problems: Iterable[Problem]) -> tuple[RowProblem, ...]:
    """The problems of a contact as problems of its row."""
    return tuple(
        RowProblem(row.line, "", "", problem.message, problem.code, facts=problem.facts) for problem in problems
    )


class BatchState:
    """The state that the planners of a batch share: its plan so far, the contacts of the directory, and the rights.

    Args:
        transaction: The transaction that reads the directory.
        plan: The plan of the import.
        memory: The data of earlier batches.
        import_id: The id of the import; `""` for a preview.
        previous: The contacts of the rows in the previous run.

    Attributes:
        batch: The plan of the batch.
        takes_derived: Whether what another process has derived from the rows holds in this transaction.
    """

    def __init__(
        self, transaction: Transaction, plan: Plan, memory: RunMemory, import_id: str, previous: PreviousRows
    ) -> None:
        self.transaction = transaction
        self.plan = plan
        self.memory = memory
        self.staged: StagedContacts = memory.staged
        self.previous = previous
        self.import_id = import_id
        self.language: str = transaction.index_context.language
        self.contacts: ContactRepository = ContactRepository(transaction)
        self.access: dict[bool, frozenset[str]] = {
            listed: contact_access(plan.access, plan.responsibles, listed=listed) for listed in (True, False)
        }
        self.responsibles: tuple[str, ...] = tuple(sorted(plan.responsibles))
        self.own: frozenset[str] = frozenset()
        if import_id and not may_change(transaction.actor, self.access[True]):
            # The actor may not see or change the new contacts. The run finds them by the access term of the import.
            self.own = import_access(import_id)
            self.access = {listed: access | self.own for listed, access in self.access.items()}
        context = memory.index_context
        self.takes_derived: bool = context is not None and transaction.index_context.indexes_like(context)
        access = read_terms(transaction.actor) | self.own
        self._source = f"import:{import_id}"
        made_here = self._is_of_file if import_id else None
        self.directory: DirectoryKeys = DirectoryKeys(transaction, access, made_here, takes_derived=self.takes_derived)
        self.loaded: dict[str, StagedContact | None] = {}
        self.names_primary: bool = plan.options.columns.names_primary
        self.first_problem = 0
        self.batch: BatchPlan = BatchPlan()
        self.claims: dict[str, str] = {}
        self._make: PlainContactMaker = PlainContactMaker(plan.access, plan.responsibles)
        self._spelled: dict[tuple[str, ...], bool] = {}
        self._newest_company = ""

    @cached_property
    def is_plain(self) -> bool:
        """Whether the contacts of plain rows are stored as they are, because neither settings nor rights change them.

        The reader of plain rows has checked the rest.
        """
        plan, settings = self.plan, self.transaction.settings
        options = plan.options
        requires = any(one.required and not one.archived for one in settings.fields)
        has_rules = requires or (plan.strict and bool(settings.entry))
        same_rights = options.access is plan.access and options.responsibles == plan.responsibles == self.responsibles
        return same_rights and not has_rules and not self.own and not self.previous.unseen

    @cached_property
    def has_same_fields(self) -> bool:
        """Whether the custom fields are still those by which the rows of this run are read."""
        context = self.memory.index_context
        return context is not None and context.settings.fields == self.transaction.settings.fields

    def placeholder(self, id: str, name: str) -> PlainContact:
        """A company of which nothing but the name is known.

        Args:
            id: The id of the company.
            name: Its name, cleaned.
        """
        return PlainContact.of(id, {"kind": "company", "name": name}, "", self._make)

    def has_known_tags(self, plain: PlainContact) -> bool:
        """Whether the tags of a new contact are spelled as its viewers know them.

        Args:
            plain: The contact.
        """
        texts = tuple(plain.tags)
        known = self._spelled.get(texts) if texts else True
        if known is None:
            contact = plain.contact
            known = with_known_tags(contact, None, self.memory.spellings.spell) is contact
            self._spelled[texts] = known
        return known

    def note_tags(self, staged: StagedContact) -> None:
        """Note how a contact that a row created or changed spells its tags, for the rows below."""
        tags = staged.tags
        if tags:
            self.batch.spellings += self.memory.spellings.note(tags, staged.access)

    @cached_property
    def parts(self) -> PartPlanner:
        """The planner of the sites and items of the batch."""
        return PartPlanner(self.transaction, self.batch.parts, self.staged)

    def may_change(self, staged: StagedContact) -> bool:
        """Whether the import may change a contact: one that it made, for whomever, or that its actor may change."""
        if staged.new or staged.of_file:
            return True
        return bool(self.own & staged.access or may_change(self.transaction.actor, staged.access))

    def sees(self, staged: StagedContact | None) -> bool:
        """Whether the actor sees a contact."""
        return staged is not None and bool(may_see(self.transaction.actor, staged.access))

    def load(self, id: str) -> StagedContact | None:
        """A contact with this id, with the changes of earlier rows; None for none that the actor sees."""
        changed = self.staged.changed(id)
        if changed is not None:
            return changed
        if id not in self.loaded:
            self.loaded[id] = self.staged_copy(id, self.contacts.get_many([id]))
        return self.loaded[id]

    def holder(self, key: str, *, of_file: bool) -> tuple[str, StagedContact | None] | None:
        """The id of the oldest contact that has a match key after the earlier rows, wherever it was added.

        Args:
            key: The match key.
            of_file: Whether it is looked for among the contacts that rows of the file created, or the others.

        Returns:
            The id, and the contact if an earlier row created or changed it, else None; None instead of both for nobody.
        """
        if key[0] == "a":
            employer = key.partition("|")[2]
            if self.staged.former_names.concerns(employer):
                return self._renamed_holder(key, employer)
        staged = self.staged.oldest(key, of_file=of_file)
        while staged is not None and key[0] == "a" and not has_key(staged.entity, key, self.language):
            # A person who got an e-mail address has no longer the key of one without, under any name of the employer.
            self.staged.drop(staged, [key])
            staged = self.staged.oldest(key, of_file=of_file)
        id = self.directory.find(key)
        if id is not None:
            id = self.directory.oldest(key, partial(self._has_key, key), of_file=of_file)
        if id is None or (staged is not None and staged.id <= id):
            return None if staged is None else (staged.id, staged)
        return id, self.staged.changed(id)

    def company_called(self, name: str) -> str | None:
        """The id of the oldest company with a display name after the earlier rows; None for none.

        Args:
            name: The name of an employer.
        """
        key = company_key(name)
        holder = self.holder(key, of_file=False) or self.holder(key, of_file=True)
        return None if holder is None else holder[0]

    def only_firm(self, name: str) -> str | None:
        """The id of the only company with a division that has a name after the earlier rows; None for none or several.

        Args:
            name: The name of an employer, which no company has as its display name.
        """
        key = firm_key(name)
        ids = {id for id in self.directory.firms(name) if self._is_firm(self.staged.changed(id), key)}
        for staged in self.staged.holders(key):
            if len(ids) > 1:
                break
            if self._is_firm(staged, key):
                ids.add(staged.id)
        return next(iter(ids)) if len(ids) == 1 else None

    @staticmethod
    def _is_firm(company: StagedContact | None, key: str) -> bool:
        """Whether a company has a key by its name without its division after the earlier rows; None for no change."""
        if company is None:
            return True
        name, division = company_name(company)
        return bool(division) and firm_key(name) == key

    def _renamed_holder(self, key: str, employer: str) -> tuple[str, StagedContact | None] | None:
        """The holder of a key of a person whose employer has a name that a row has given or taken away."""
        person = key.removesuffix(f"|{employer}")
        found: dict[str, StagedContact | None] = {}
        for name in self.staged.former_names.names(employer):
            former = f"{person}|{name}"
            found |= {staged.id: staged for staged in self.staged.holders(former)}
            for id in self.directory.employees(person.partition(":")[2], name, former):
                found.setdefault(id, self.staged.changed(id))
        ids = [id for id, staged in found.items() if self._acts_for(id, staged, key, employer)]
        return min(((id, found[id]) for id in ids), default=None, key=itemgetter(0))

    def _acts_for(self, id: str, staged: StagedContact | None, key: str, employer: str) -> bool:
        """Whether a person has a key after the earlier rows, with a place in a company that now has a name."""
        if staged is not None and not has_key(staged.entity, key, self.language):
            return False
        places = set() if staged is None else {*staged.places}
        if staged is None or staged.is_stored:
            places |= {one.entity.contact_id for one in AffiliationRepository(self.transaction).of_person(id)}
        companies = (self.load(company_id) for company_id in places)
        return any(one is not None and folded(one.entity.display_name) == employer for one in companies)

    def _has_key(self, key: str, id: str) -> bool:
        """Whether a stored contact still has a match key after the changes of earlier rows."""
        changed = self.staged.changed(id)
        return changed is None or has_key(changed.entity, key, self.language)

    def staged_copy(self, id: str, found: Mapping[str, Loaded[Person | Company]]) -> StagedContact | None:
        """A stored contact for the planners; None for one that was not read, or that the actor does not see."""
        if id not in found:
            return None
        contact, access = found[id].entity, found[id].access
        if not (self.own & access or may_see(self.transaction.actor, access)):
            return None
        places = {}
        if isinstance(contact, Person) and self.plan.policy in {"update", "overwrite"}:
            affiliations = AffiliationRepository(self.transaction).of_person(id)
            places = {one.entity.contact_id: place_of(one.entity) for one in affiliations}
        of_file = bool(self.import_id) and self._is_of_file(id, contact.source)
        return StagedContact(contact, access, new=False, before=contact, places=places, of_file=of_file)

    def _is_of_file(self, id: str, source: object) -> bool:
        """Whether an earlier batch of the import made a stored contact; a row may name another source."""
        if source == self._source or self.memory.ids.has(id):
            return True
        return self.memory.sourced.get(id) is not None

    def note(self, row: MappedRow, code: str, reason: str, value: str) -> None:
        """Add a note about a row."""
        self.batch.problems.append(RowProblem(row.line, "", storable(value), reason, code))

    def note_kept(self, row: MappedRow, name: str, value: object) -> None:
        """Add a note about a value that an update does not take over."""
        text = storable(value if isinstance(value, str) else str(value or ""))
        reason = "The contact says something else here, and an update never overwrites: change it by hand."
        self.batch.problems.append(RowProblem(row.line, self.plan.column_of(name), text, reason, "kept-existing"))

    def note_changes(
        self, row: MappedRow, staged: StagedContact, changes: Iterable[str], before: object, after: object
    ) -> None:
        """Note the changed fields of a record, each with its value before and after."""
        kind = getattr(before, "kind", "affiliation")
        prefix = "" if kind in {"person", "company"} else f"{kind}."
        name = staged.entity.display_name
        for field in changes:
            values = (storable(shown(getattr(one, field))) for one in (before, after))
            old, new = values
            self.batch.changes.append((row.line, staged.id, name, f"{prefix}{field}", old, new))

    def note_unseen(self, row: MappedRow, place: int, staged: StagedContact | None) -> None:
        """Note a contact that the import makes or finds, and that its actor does not see."""
        if self.own and staged is not None and not self.sees(staged):
            known = self.previous.unseen.get((row.number, place))
            maker = known.import_id if known is not None and known.id == staged.id else self.import_id
            self.batch.unseen.append(Unseen(row.number, place, staged.id, maker))

    def skip_imported(self, row: MappedRow, unseen: Iterable[Unseen], value: str) -> None:
        """Skip a row of which the previous run made or found contacts that the actor does not see.

        Args:
            row: The row.
            unseen: The contacts.
            value: The name in the row, for the report.
        """
        self.batch.unseen.extend(unseen)
        self.batch.outcomes["skipped"] += 1
        self.note(row, "duplicate", "Skipped: you imported this row before.", value)

    def reject(self, row: MappedRow) -> None:
        """Reject a row. Notes on its cells are dropped, because none of them is stored."""
        problems = self.batch.problems
        problems[self.first_problem :] = [
            attrs.evolve(one, rejected=True) for one in problems[self.first_problem :] if one.code not in HARMLESS
        ]
        self.batch.outcomes["rejected"] += 1
        of_row = problems[self.first_problem :]
        reasons = (f"{one.column}: {one.reason}" if one.column else one.reason for one in of_row)
        self.batch.rejects.append((row.number, " ".join(dict.fromkeys(reasons)) or "This row cannot be read."))

    def id_of(self, kind: str, own: str) -> str | None:
        """The id of a record that the file calls otherwise, if an earlier row created or found it; else None."""
        key = f"{kind}:{own}"
        return self.batch.ids.get(key) or self.batch.found_ids.get(key) or self.memory.ids.get(key)

    def note_id(self, kind: str, own: str, id: str) -> None:
        """Note the record of a row with an id of its own; no row with another id is a duplicate of it.

        The first record keeps an id that several rows of the file have.
        """
        if own and own != id and self.id_of(kind, own) is None:
            self.batch.ids[f"{kind}:{own}"] = id
            self.claims[id] = own

    def is_of_another_row(self, kind: str, own: str, id: str) -> bool:
        """Whether a record is that of another row of the file. Rows with different ids are never duplicates.

        Args:
            kind: `"contact"`, `"site"` or `"item"`.
            own: The id of a row in the file.
            id: The id of the record.
        """
        if id in self.claims:
            return self.claims[id] != own
        if self.memory.ids.is_of_another(id, f"{kind}:{own}"):
            return True
        return id != own and self.memory.file_ids().get(id) is not None

    def note_found_id(self, own: str, id: str, staged: StagedContact | None) -> None:
        """Note the contact that a row with an id of its own found, so that later rows find it by this id.

        Args:
            own: The id in the file. A contact that has it already keeps it.
            id: The id of the contact.
            staged: The contact, if an earlier row staged it; else None.
        """
        if own == id or self.id_of("contact", own) is not None or self.directory.find(f"i:{own}") is not None:
            return
        self.batch.found_ids[f"contact:{own}"] = id
        if staged is not None:
            self.staged.add(staged, (f"i:{own}",))

    def by_own_id(self, own: str) -> StagedContact | None:
        """The contact that the file calls by an id, as an earlier row made it or as it is stored; None for none."""
        staged = self.staged.find(f"i:{own}")
        if staged is not None:
            return staged
        id = self.id_of("contact", own) or self.directory.find(f"i:{own}")
        return None if id is None else self.load(id)

    def add_created(self, staged: StagedContact) -> None:
        """Add a new contact to the batch.

        The id of a company follows those of the companies of the rows above, placeholders included, so that the oldest
        company of a name is the same one wherever batches end. The rows of a batch have their ids before it is planned.
        """
        if staged.kind == "company":
            if staged.id < self._newest_company:
                staged.change_id(self.transaction.new_id())
            self._newest_company = staged.id
        self.batch.created.append(staged)
        self.batch.outcomes["people_created" if staged.kind == "person" else "companies_created"] += 1

    def access_of(self, contact: Person | Company) -> frozenset[str]:
        """The access terms of a new contact."""
        plan = self.plan
        if contact.access is plan.access and contact.responsibles == self.responsibles:
            return self.access[contact.listed]
        self.batch.responsibles.update(contact.responsibles)
        return contact_access(contact.access or plan.access, contact.responsibles, listed=contact.listed)
