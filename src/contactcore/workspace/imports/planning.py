"""Batch plans: the changes that a batch of rows makes; a preview and an import plan by this code (IMP-3).

A `BatchPlanner` reads and never writes. It looks up contacts in the directory by `DirectoryKeys`, and contacts of
earlier rows of the file in `StagedContacts`.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from contactcore.formats.contact_rows.mapped_row import MappedRow, PlainContact
from contactcore.formats.contact_rows.merge_missing import Differences, merge_missing, overwrite
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.vcard.uids import uid_of
from contactcore.mapping.contacts import fits_in_record
from contactcore.mapping.indexed_names import folded
from contactcore.model import Company, Contact, Person
from contactcore.model.restoring import altered
from contactcore.workspace.imports.affiliation_planning import AffiliationPlanner
from contactcore.workspace.imports.batch_plan import BatchPlan
from contactcore.workspace.imports.batch_state import BatchState, problems_of
from contactcore.workspace.imports.picture_planning import PicturePlanner
from contactcore.workspace.imports.plan import Plan
from contactcore.workspace.imports.previous_run import ROW, PreviousRows
from contactcore.workspace.imports.record_planning import RecordPlanner
from contactcore.workspace.imports.row_matching import Match, RowMatcher
from contactcore.workspace.imports.row_preparation import RowPreparer
from contactcore.workspace.imports.run_memory import RunMemory
from contactcore.workspace.imports.staged_contacts import StagedContact
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.matching.match_keys import contact_keys, match_keys, match_name
from contactcore.workspace.repositories.contacts import with_known_tags
from contactcore.workspace.repositories.suppressions import ERASED, ERASED_MESSAGE
from contactcore.workspace.trash.matches import TrashMatch, restorable_by_email

__all__ = ["BatchPlanner"]


class BatchPlanner:
    """The planner of one batch.

    Args:
        transaction: The transaction that reads the directory.
        plan: The plan of the import.
        memory: The data of earlier batches.
        import_id: The id of the import; `""` for a preview.
        previous: The contacts of the rows in the previous run.
    """

    def __init__(
        self, transaction: Transaction, plan: Plan, memory: RunMemory, import_id: str, previous: PreviousRows
    ) -> None:
        self._state = BatchState(transaction, plan, memory, import_id, previous)
        self._preparation = RowPreparer(self._state)
        self._matcher = RowMatcher(self._state)
        self._affiliations = AffiliationPlanner(self._state)
        self._records = RecordPlanner(self._state, self._matcher, self._affiliations)
        self._pictures = PicturePlanner(self._state)
        self._restorable: dict[str, TrashMatch] = {}

    def plan_rows(self, rows: Sequence[MappedRow]) -> BatchPlan:
        """The plan of the rows, which are planned in their sequence.

        Args:
            rows: The mapped rows of the batch.
        """
        if self._state.is_plain:
            self._state.batch.plain_responsibles = self._state.responsibles
        prepared = [self._preparation.prepared(row) for row in rows]
        self._state.directory.load(prepared)
        self._affiliations.load_known(prepared)
        self._restorable = restorable_by_email(
            self._state.transaction, (one.contact for one in prepared if one.contact is not None)
        )
        erased = self._preparation.erased(prepared)
        for row in prepared:
            if row.number == 1:
                self._state.batch.problems.extend(self._state.plan.guesses)
                settings = self._state.transaction.settings
                self._state.batch.problems.extend(self._state.plan.assumed_orders(settings))
                self._state.batch.problems.extend(self._state.plan.gone_fields(settings))
            self._state.first_problem = len(self._state.batch.problems)
            if row.number in erased:
                # The cells of the row are not noted, because the report is stored.
                self._state.batch.problems.append(RowProblem(row.line, "", "", ERASED_MESSAGE, ERASED))
                self._state.reject(row)
                continue
            self._state.batch.problems.extend(row.problems)
            if row.record:
                self._records.plan_record(row)
            elif not row.has_contact:
                self._state.reject(row)
            elif row.plain is not None and self._state.is_plain:
                self._plan_plain(row, row.plain)
            elif row.contact is not None:
                self._plan_row(row, row.contact)
        return self._state.batch

    def _plan_plain(self, row: MappedRow, plain: PlainContact) -> None:
        """Plan a plain row. Its contact is made only if somebody has a key of it, or the settings change it."""
        keys = self._matcher.lookup_keys(row)
        directory, staged = self._state.directory, self._state.staged
        is_new = bool(keys) and directory.has_none_of(keys) and staged.has_none_of(keys)
        if not (is_new and row.number not in self._state.previous.unkeyed and self._state.has_known_tags(plain)):
            self._plan_row(row, plain.contact)
            return
        self._add_new(row, StagedContact(plain, self._state.access[True], new=True, line=row.line), keys)

    def _plan_row(self, row: MappedRow, contact: Person | Company) -> None:
        unseen = self._matcher.previous_unseen(row)
        if unseen and self._state.plan.policy != "create":
            self._state.skip_imported(row, unseen, contact.display_name)
            return
        keys = self._matcher.lookup_keys(row)
        match = self._matcher.match_previous(row, contact) or (self._matcher.match(row, keys) if keys else None)
        if match is not None:
            self._state.note_unseen(row, ROW, match.staged or (self._state.load(match.id) if self._state.own else None))
            is_found = self._plan_match(row, contact, match, keys)
            by_own_id = match.by == "id" and match.id != row.own_id
            noted = row.number in self._state.previous.unkeyed or by_own_id
            if is_found and (noted or self._matcher.is_unkeyed(row, keys)):
                self._state.batch.unkeyed.append((row.number, match.id, *self._affiliations.companies_of(row)))
        elif self._create(row, contact, keys) and unseen:
            reason = "Created although you imported this row before."
            self._state.note(row, "possible-duplicate", reason, contact.display_name)

    def _note_changed_contact(self, row: MappedRow, staged: StagedContact, after: Person | Company) -> None:
        before = staged.entity
        if after is not before:
            names = [field.name for field in attrs.fields(type(before))]
            changed = [name for name in names if getattr(after, name) != getattr(before, name)]
            self._state.note_changes(row, staged, changed, before, after)

    def _plan_match(self, row: MappedRow, contact: Person | Company, match: Match, keys: Sequence[str]) -> bool:
        """Plan a row whose contact exists, in the directory or by an earlier row; returns False if it makes another."""
        if contact.external_id == uid_of("", match.id):
            contact = altered(contact, {"external_id": ""})  # the id of the contact itself
        placeholder = isinstance(contact, Company) and self._is_placeholder(match.id)
        if self._state.plan.policy == "create" and not placeholder:
            if self._create(row, contact, keys):
                reason = f"Created although {match.description} has the same {match.by}."
                self._state.note(row, "possible-duplicate", reason, match.value)
            return False
        if row.own_id:
            self._state.note_found_id(row.own_id, match.id, match.staged)
        if self._state.plan.policy == "skip" and not placeholder:
            self._state.batch.outcomes["skipped"] += 1
            self._state.note(row, "duplicate", f"Skipped: {match.description} has the same {match.by}.", match.value)
            if row.added:
                self._records.note_left_out(row, match.staged or self._state.load(match.id))
            return True
        staged = match.staged or self._state.load(match.id)
        if staged is None or not self._state.may_change(staged):
            self._state.batch.outcomes["skipped"] += 1
            reason = f"Skipped: you may read {match.description}, which has the same {match.by}, but not change it."
            self._state.note(row, "read-only", reason, match.value)
            return True
        if self._update(row, contact, staged, match.value, placeholder=placeholder) and placeholder:
            self._state.batch.completed.append(match.id)
        return True

    def _is_placeholder(self, id: str) -> bool:
        if id in self._state.batch.completed:
            return False
        return id in self._state.batch.placeholders or self._state.memory.placeholders.get(id) == 1

    def _lacks_required(self, row: MappedRow, contact: Person | Company) -> bool:
        """Report the required fields that a contact lacks; returns whether a strict import rejects the row for them."""
        required = self._preparation.missing.get(row.number, ())
        missing = [one for one in required if one.path.removeprefix("fields.") not in contact.fields]
        problems = problems_of(row, missing)
        self._state.batch.problems.extend(problems)
        if not problems or not self._state.plan.strict:
            return False
        self._state.reject(row)
        return True

    def _create(self, row: MappedRow, contact: Person | Company, keys: Sequence[str]) -> bool:
        """Plan a new contact; returns False if the row is rejected."""
        if self._lacks_required(row, contact):
            return False
        spelled = with_known_tags(contact, None, self._state.memory.spellings.spell)
        if spelled is not contact:
            contact, row = spelled, attrs.evolve(row, contact=spelled)
        plain = row.plain if contact is row.contact and self._state.is_plain else None
        staged = StagedContact(plain or contact, self._state.access_of(contact), new=True, line=row.line)
        self._add_new(row, staged, keys)
        return True

    def _add_new(self, row: MappedRow, staged: StagedContact, keys: Sequence[str]) -> None:
        if row.number in self._matcher.other_names:
            self._matcher.note_other_name(row)
        if row.number in self._matcher.other_kinds:
            self._matcher.note_other_kind(row)
        self._state.batch.outcomes["created"] += 1
        if self._state.takes_derived:
            staged.indexed = row.indexed
        self._state.add_created(staged)
        self._state.note_tags(staged)
        if row.own_id and row.number not in self._matcher.other_kinds:
            self._state.note_id("contact", row.own_id, staged.id)
        elif staged.plain is None and staged.entity.source:
            self._state.batch.sourced.append(staged.id)
        self._state.note_unseen(row, ROW, staged)
        self._affiliations.affiliate(row, staged)
        if self._matcher.is_unkeyed(row, keys) or self._affiliations.has_only_place(row, keys):
            self._state.batch.unkeyed.append((row.number, staged.id, *self._affiliations.companies_of(row)))
        if row.added or row.picture is not None:
            self._add_to(row, staged, noted=False)
        self._stage(staged, row)
        if self._restorable:
            self._note_restorable(row, staged.entity)

    def _note_restorable(self, row: MappedRow, contact: Person | Company) -> None:
        """Note that a deleted contact, which the actor may restore, has an address of a new one."""
        for email in contact.emails:
            match = self._restorable.get(f"{contact.kind}:{email.key}")
            if match is not None:
                reason = f"Created, although the trash has contact {match.id} with the same email: you may restore it."
                self._state.note(row, "restorable", reason, email.text)
                return

    def _stage(self, staged: StagedContact, row: MappedRow) -> None:
        called = self._affiliations.employers_of(row)
        is_as_given = (staged.plain is not None and staged.plain is row.plain) or staged.entity is row.contact
        if is_as_given and called is None:
            of = self._state.directory.keys(row)
        else:
            employers = [one.name for one in row.employers] if called is None else called
            of = contact_keys(staged.entity, self._state.language, employers)
        keys = match_keys(of)
        if row.own_id and self._has_own_id(row, staged):
            keys = [*keys, f"i:{row.own_id}"]
        if staged.kind == "company":
            keys = [*keys, *self._affiliations.firm_keys(staged)]
        self._state.staged.add(staged, keys)

    def _has_own_id(self, row: MappedRow, staged: StagedContact) -> bool:
        """Whether the id of a row is that of its contact, and not that of an earlier row, or of another kind."""
        if row.number in self._matcher.other_kinds:
            return False
        return self._state.id_of("contact", row.own_id) in {None, staged.id}

    def _drop_keys(self, staged: StagedContact, after: Person | Company) -> None:
        """Forget the match keys that a contact has no longer, such as a number without a name that has a name now."""
        language = self._state.language
        before, of = contact_keys(staged.entity, language), contact_keys(after, language)
        if staged.places and (before.name, bool(before.emails)) != (of.name, bool(of.emails)):
            # The keys of a person by the employers have both.
            employers = [self._state.load(id) for id in staged.places]
            names = [match_name(one.entity, language) for one in employers if one is not None]
            before, of = before._replace(employers=names), of._replace(employers=names)
            self._state.staged.add(staged, match_keys(of))
        self._state.staged.drop(staged, set(match_keys(before)).difference(match_keys(of)))

    def _update(
        self, row: MappedRow, contact: Person | Company, staged: StagedContact, value: str, *, placeholder: bool
    ) -> bool:
        """Plan the values that a row adds to a contact; returns False if the row is rejected."""
        kind = type(staged.entity)
        same_kind = isinstance(contact, kind)
        if not same_kind:
            # Only a row without a name matches the other kind, and its fields are fields of both kinds.
            contact = kind(**{field.name: getattr(contact, field.name) for field in attrs.fields(Contact)})
        if contact.tags:
            # Their spelling may reveal nothing to those who see the stored contact.
            audience = {"access": staged.entity.access, "responsibles": staged.entity.responsibles}
            contact = with_known_tags(altered(contact, audience), staged.entity, self._state.memory.spellings.spell)
        after, differing = self._merged(row, contact, staged.entity, placeholder=placeholder)
        if same_kind and self._lacks_required(row, after):
            return False
        if after.tags is not staged.entity.tags:
            # The users who see this contact must know the spelling. They may be others than those of the plan.
            after = with_known_tags(after, staged.entity, self._state.memory.spellings.spell)
        for name, given in differing:
            self._state.note_kept(row, name, given)
        changed = after is not staged.entity
        self._note_changed_contact(row, staged, after)
        if after is not staged.entity:
            self._drop_keys(staged, after)
            if staged.kind == "company":
                names = (folded(one.display_name) for one in (staged.entity, after))
                self._state.staged.former_names.note(*names)
            # The directory knows the tags that the row takes away until the end of the batch.
            self._state.note_tags(staged)
            staged.entity, staged.indexed = after, None
            self._state.note_tags(staged)
        changed = self._affiliations.affiliate(row, staged) or changed
        changed = self._add_to(row, staged, noted=True) or changed
        if changed:
            self._state.batch.outcomes["updated"] += 1
            if staged.is_stored:
                self._state.batch.changed[staged.id] = staged
            self._stage(staged, row)
        else:
            self._state.batch.outcomes["skipped"] += 1
            self._state.note(row, "nothing-new", "Skipped: this row adds nothing to the contact.", value)
        return True

    def _merged(
        self, row: MappedRow, contact: Person | Company, before: Person | Company, *, placeholder: bool
    ) -> tuple[Person | Company, Differences]:
        """A contact with the values of a row, and those that are not taken over."""
        if self._state.plan.policy == "overwrite":
            return overwrite(before, contact, row.cleared, fits=fits_in_record)
        if placeholder and isinstance(before, Company) and isinstance(contact, Company):
            before = _divided(before, contact)
        return merge_missing(before, contact, fits=fits_in_record)

    def _add_to(self, row: MappedRow, staged: StagedContact, *, noted: bool) -> bool:
        """Plan the site, the item and the picture of a row; returns whether anything changes."""
        changed = self._records.add_parts(row, staged, noted=noted) if row.added else False
        if row.picture is None:
            return changed
        return self._pictures.set_picture(row, row.picture, staged, noted=noted) or changed


def _divided(placeholder: Company, row: Company) -> Company:
    """A placeholder company with the name of its own row, if an earlier row wrote name and division as one."""
    if not row.division or placeholder.division or folded(placeholder.display_name) != folded(row.display_name):
        return placeholder
    return altered(placeholder, {"name": row.name})
