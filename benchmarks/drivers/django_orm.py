# mypy: disable-error-code="import-untyped"
# import-untyped: Django ships no types and its stubs are no dependency
"""Django's ORM in good practice: full_clean, bulk_create, prefetch_related, keyset pages, indexes, FTS5."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import attrs
import django
from django.conf import settings

from benchmarks import rows
from benchmarks.drivers import peer_search
from benchmarks.drivers.protocol import Driver, NewPerson, Seen
from benchmarks.folding import contact_words, directory_key, fold, match_query, words
from benchmarks.validation import custom_fields
from benchmarks.workload import FEW, SHARED, Counts, Part

if not settings.configured:
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": ":memory:",
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": ";".join(peer_search.PRAGMAS)},
            }
        },
        INSTALLED_APPS=["benchmarks.drivers.django_app.BenchConfig"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q

from benchmarks.drivers import django_models as models

__all__ = ["DjangoORM"]

_BATCH = 1_000
_LIST = ("emails", "phones")
_WHOLE = (*_LIST, "addresses", "tags", "people__person")


def _sql(statement: str) -> str:
    """Convert the parameters of a statement to Django's syntax."""
    for name in ("id", "query", "user", "start", "limit"):
        statement = statement.replace(f":{name}", f"%({name})s")
    return statement


@attrs.define
class _Rows:
    """The validated rows of one draft."""

    contact: Any
    emails: list[Any]
    phones: list[Any]
    addresses: list[Any]
    tags: list[str]


def _fields(draft: rows.Draft) -> dict[str, Any]:
    try:
        return custom_fields(draft.fields)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def _checked(draft: rows.Draft, owner: str) -> _Rows:
    """Return unsaved rows, or raise ValidationError."""
    emails: list[Any] = [models.Email(address=text, folded=text.casefold()) for text in draft.emails]
    phones: list[Any] = [models.Phone(number=text) for text in draft.phones]
    addresses: list[Any] = []
    if draft.address:
        keys = ("street", "city", "postal", "country")
        addresses.append(models.Address(**dict(zip(keys, draft.address, strict=True))))
    for row in (*emails, *phones, *addresses):
        row.full_clean(exclude=["contact"], validate_unique=False, validate_constraints=False)
    contact = models.Contact(
        kind=draft.kind,
        name=draft.name,
        given=draft.given,
        family=draft.family,
        sort_key=directory_key(draft.name, draft.family, draft.given),
        words=contact_words(draft.name, draft.emails, [phone.number for phone in phones]),
        tag_words=" ".join(word for tag in draft.tags for word in words(tag)),
        owner=owner,
        note=draft.note,
        fields=_fields(draft) if draft.fields else None,
    )
    contact.full_clean(validate_unique=False, validate_constraints=False)
    return _Rows(contact, emails, phones, addresses, draft.tags)


def _save(made: list[_Rows]) -> None:
    """Save all rows with as few statements as bulk_create allows."""
    models.Contact.objects.bulk_create([rows.contact for rows in made])
    wanted = {tag for rows in made for tag in rows.tags}
    models.Tag.objects.bulk_create([models.Tag(name=tag) for tag in wanted], ignore_conflicts=True)
    tags = dict(models.Tag.objects.filter(name__in=wanted).values_list("name", "id"))
    through = models.Contact.tags.through
    links = []
    for rows_ in made:
        for row in (*rows_.emails, *rows_.phones, *rows_.addresses):
            row.contact = rows_.contact
        links += [through(contact_id=rows_.contact.id, tag_id=tags[tag]) for tag in rows_.tags]
    models.Email.objects.bulk_create([row for rows in made for row in rows.emails])
    models.Phone.objects.bulk_create([row for rows in made for row in rows.phones])
    models.Address.objects.bulk_create([row for rows in made for row in rows.addresses])
    through.objects.bulk_create(links)


class DjangoORM(Driver):
    name: ClassVar[str] = "django"

    def open(self, path: Path) -> None:
        connection.close()
        connection.settings_dict["NAME"] = str(path)
        with connection.schema_editor() as editor:
            for model in models.MODELS:
                editor.create_model(model)
        with connection.cursor() as cursor:
            cursor.execute(peer_search.CREATE)

    def close(self) -> None:
        connection.close()

    def import_parts(self, parts: Sequence[Part]) -> Counts:
        good = bad = duplicate = 0
        for part in parts:
            companies: dict[str, int] = {}
            drafts = rows.read(part.path)
            while batch := list(itertools.islice(drafts, _BATCH)):
                checked: list[tuple[rows.Draft, _Rows]] = []
                for draft in batch:
                    try:
                        checked.append((draft, _checked(draft, part.owner)))
                    except ValidationError:
                        bad += 1
                kept = self._insert(checked, part.owner, companies)
                good, duplicate = good + kept, duplicate + len(checked) - kept
                self.told(good + bad + duplicate)
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (*peer_search.FILL, "ANALYZE"):
                cursor.execute(statement)
        return Counts(good, bad, duplicate)

    @staticmethod
    @transaction.atomic  # type: ignore[untyped-decorator] # Django ships no types
    def _insert(checked: list[tuple[rows.Draft, _Rows]], owner: str, companies: dict[str, int]) -> int:
        folded = [email.folded for _, made in checked for email in made.emails]
        known = set(models.Email.objects.filter(folded__in=folded).values_list("folded", flat=True))
        kept: list[_Rows] = []
        fresh: dict[str, _Rows] = {}
        people: list[tuple[str, str, Any]] = []
        for draft, made in checked:
            keys = {email.folded for email in made.emails}
            if not known.isdisjoint(keys):
                continue
            known |= keys
            kept.append(made)
            if draft.company:
                people.append((draft.company, draft.position, made.contact))
                if draft.company not in companies and draft.company not in fresh:
                    company = rows.Draft("company", draft.company, "", "", "", "", [], [], None, [], "")
                    fresh[draft.company] = _checked(company, owner)
        _save([*kept, *fresh.values()])
        works = []
        for name, position, person in people:
            first = name not in companies
            company_id = companies.setdefault(name, fresh[name].contact.id if first else 0)
            works.append(models.Affiliation(company_id=company_id, person=person, position=position, is_primary=first))
        models.Affiliation.objects.bulk_create(works)
        return len(kept)

    def get(self, user: str, key: Any) -> Any:
        return models.Contact.objects.prefetch_related(*_WHOLE).get(id=key, owner__in=(SHARED, user))

    def page(self, user: str, after: Any, limit: int) -> Any:
        streams = []
        for owner in (SHARED, user):
            stream = models.Contact.objects.filter(owner=owner)
            if after is not None:
                stream = stream.filter(Q(sort_key__gte=after[0]), Q(sort_key__gt=after[0]) | Q(id__gt=after[1]))
            streams.append(stream.values_list("sort_key", "id"))
        both = streams[0].union(streams[1], all=True).order_by("sort_key", "id")[:limit]
        return self._lines([id for _, id in both])

    @staticmethod
    def _lines(ids: list[int]) -> list[Any]:
        found = models.Contact.objects.prefetch_related(*_LIST).in_bulk(ids)
        return [found[id] for id in ids]

    def search(self, user: str, text: str, limit: int) -> Any:
        values = {"query": match_query(text), "user": user, "start": fold(text), "limit": limit}
        with connection.cursor() as cursor:
            cursor.execute(_sql(peer_search.FIND), values)
            ids = [row[0] for row in cursor.fetchall()]
        return self._lines(ids)

    def create(self, user: str, person: NewPerson) -> Any:  # noqa: ARG002 - argument of the protocol
        draft = rows.Draft(
            kind="person",
            name=f"{person.given} {person.family}",
            given=person.given,
            family=person.family,
            company="",
            position="",
            emails=[*person.emails],
            phones=[*person.phones],
            address=(person.street, person.city, person.postal, person.country),
            tags=[*person.tags],
            note=person.note,
        )
        made = _checked(draft, SHARED)
        with transaction.atomic(), connection.cursor() as cursor:
            _save([made])
            cursor.execute(_sql(peer_search.REINDEX), {"id": made.contact.id})
        return made.contact.id

    def update(self, user: str, key: Any, phone: str, note: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            contact = self.get(user, key)
            fresh = models.Phone(contact=contact, number=phone)
            fresh.full_clean(exclude=["contact"])
            contact.phones.all().delete()
            fresh.save()
            contact.note, contact.version = note, contact.version + 1
            emails = [email.address for email in contact.emails.all()]
            contact.words = contact_words(contact.name, emails, [fresh.number])
            contact.full_clean()
            contact.save()
            cursor.execute(_sql(peer_search.REINDEX), {"id": key})

    def few(self) -> None:
        models.Contact.objects.exclude(owner=FEW).update(owner="nobody")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def keys(self, contacts: Sequence[tuple[str, str]]) -> list[Any]:
        return [models.Contact.objects.get(name=name, kind=kind).id for kind, name in contacts]

    def seen(self, answer: Any) -> Seen:
        return Seen(
            kind=answer.kind,
            name=answer.name,
            emails=tuple(email.address for email in answer.emails.all()),
            phones=tuple(phone.number for phone in answer.phones.all()),
            cities=tuple(address.city for address in answer.addresses.all()),
            tags=tuple(tag.name for tag in answer.tags.all()),
            people=tuple(works.person.name for works in answer.people.all()),
            fields=answer.fields or {},
        )

    def names(self, answer: Any) -> list[str]:
        return [contact.name for contact in answer]

    def cursor(self, page: Any) -> Any:
        return (page[-1].sort_key, page[-1].id) if page else None
