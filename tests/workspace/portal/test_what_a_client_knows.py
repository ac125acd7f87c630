"""Portal users see what the client may know, and nothing that staff wrote about it (POR-8, ACC-3)."""

from __future__ import annotations

import inspect
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import (
    AccountEntry,
    Address,
    Company,
    Contact,
    Forbidden,
    Form,
    Interaction,
    Invalid,
    Item,
    ItemRole,
    PaymentMethod,
    Person,
    Settings,
    Site,
)
from contactcore.errors import ContactCoreError
from contactcore.formats.pictures import prepare
from contactcore.model import AccessPolicy, Actor
from contactcore.model.restoring import altered
from contactcore.rules.portal_view import HIDDEN_FACETS, known_contact
from contactcore.rules.recipients import Recipients
from contactcore.storage import Storage
from contactcore.workspace.contacts.directory import ContactCard
from contactcore.workspace.session import Session
from contactcore_memory import MemoryStorage
from model_based.noninterference import public_calls
from support.actors import AMELIE, ROOT
from support.firm import GOOD, Firm
from support.pictures import LOGO, corners, saved
from support.web_forms import Website

pytestmark = pytest.mark.cases_in_memory

SECRETS = ("xyzzy", "plugh")
_DAY = date(2026, 1, 5)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Watched:
    """A firm whose staff wrote a secret in every place that clients do not see.

    Args:
        storage: Fresh storage.
        secret: A word that occurs in everything that staff wrote.

    Attributes:
        firm: The firm.
        client: The client, as staff see it.
        jane, joan: Its contact persons.
        site, item, note, role: A site, an item and an interaction of the client, and the role of Jane for the item.
        login: Jane's login.
        form, submission, suggestion: A form of the website, what a visitor sent about the client, and what it suggests.
        act: The latest act about the client.
        user: Jane, signed in.
    """

    def __init__(self, storage: Storage, secret: str) -> None:
        self.firm = Firm(storage, language="fr", country="FR", currency="EUR")
        with self.firm.workspace.write(ROOT) as session:
            settings = session.settings
            settings.change(portal_link=f"https://{secret}.example/password?token={{token}}")
            kind, category = settings.add_type(f"{secret} type"), settings.add_category(f"{secret} category")
            hidden = settings.define_field(f"{secret} field")
            shown = settings.define_field("Meter", in_portal=True)
            settings.add_module(f"{secret} module")
            settings.set_permission_preset(f"{secret} preset", ["invoices"])
            settings.notices.add_purpose(f"{secret} purpose")
            settings.notices.add_authority(f"{secret} authority")
            settings.notices.set_fall_back("invoice", ["client"])
            session.contacts.add(Company(f"{secret} elsewhere"))
            self.client = session.contacts.add(
                Company(
                    "Bois & Fils",
                    division="Nord",
                    emails=["office@bois.fr"],
                    phones=["01 44 55 66 77"],
                    websites=["https://bois.fr"],
                    addresses=[Address("1 rue Vauban", city="Lyon", postal_code="69000", country="FR", billing=True)],
                    currency="EUR",
                    type=kind.slug,
                    categories=[category.slug],
                    tags=[f"{secret} tag"],
                    description=f"{secret} description",
                    fields={hidden.slug: f"{secret} value", shown.slug: "4711"},
                    responsibles=["amelie", f"{secret} user"],
                    access="shared-read",
                    external_id=f"{secret} id",
                    unmapped={f"{secret} column": f"{secret} cell"},
                )
            )
            self.jane = session.people.add(
                self.client,
                Person("Jane", "Doe", emails=["jane@bois.fr"], description=f"{secret} note", tags=[f"{secret} tag"]),
                information=f"{secret} information",
                permissions=["invoices"],
                authorities=["collect-mail"],
            )
            session.account.post(self.client, AccountEntry("invoice", "9 EUR", key="F1", date=_DAY))
            elsewhere = session.contacts.add(Company(f"{secret} debtor"))
            session.account.post(elsewhere, AccountEntry("invoice", "9 EUR", key=f"{secret} F2", date=_DAY))
            session.account.save_method(self.client, PaymentMethod(f"{secret} token", brand="Visa", last_four="4242"))
            self.joan = session.people.add(self.client, Person(secret, "Roe", emails=[f"{secret}@bois.fr"]))
            self.site = session.sites.add(self.client, Site("Workshop", access_notes=f"{secret} notes"))
            self.item = session.items.add(
                self.client, Item("Rex", description=f"{secret} item", external_id=f"{secret} id")
            )
            note = Interaction(f"{secret} title", body=f"{secret} body", item_id=self.item.id, payload={secret: secret})
            self.note = session.timeline.add(self.client, note)
            settings.interaction_types.add(f"{secret} kind")
            self.login = session.portal.invite(self.jane, password=GOOD, send=False).login
            aunt = settings.item_roles.add(f"{secret} aunt").slug
            self.role = session.items.assign(self.item, self.jane.person_id, aunt, information=f"{secret} role")
            session.items.assign(self.item, self.client.id, "payer", information=f"{secret} payer")
            session.pictures.set(self.client, LOGO)
            staff_only = prepare(saved(corners(100 + len(secret), 60), "PNG"))
            for record in (elsewhere, self.item, self.jane.person_id, self.joan.person_id):
                session.pictures.set(record, staff_only)
            fields = ["given_name", "email", "message"]
            self.form = session.forms.add(Form(f"{secret} form", fields=fields, min_seconds=0))
        website = Website(self.firm.workspace, self.form)
        sent = {"given_name": f"{secret} visitor", "email": "office@bois.fr", "message": f"{secret} message"}
        assert website.submit(website.token(), sent)
        with self.firm.workspace.read(ROOT) as session:
            (self.submission,) = session.forms.submissions.page()
            assert self.submission.contact_id == self.client.id
            self.suggestion = session.forms.submissions.suggestion(self.submission)
            self.act = session.history.of(self.client).items[0]
        self.user = self.firm.user(self.login, self.client)

    def pools(self, session: Session) -> dict[str, list[Any]]:
        """Name of a parameter -> the arguments that are tried, the same in every firm."""
        client: Contact = session.contacts.get(self.client.id)
        ids = [self.client.id, self.jane.person_id, self.joan.person_id, self.jane.id, "nobody"]
        fields = [f"{{{{ fields.{slug} }}}}" for slug in _all("{} field")]
        slugs, words = [one.replace(" ", "-") for one in _all("{} type", "{} field", "{} module")], _all("{}", "{} tag")
        return {
            "contact": [client, *ids],
            "site": [self.site.id, "nobody", Site("New")],
            "item": [self.item.id, "nobody", Item("New")],
            "interaction": [self.note.id, "nobody", Interaction("New")],
            "record": [self.site.id, self.item.id, self.note.id, *ids],
            "singular": ["Dog", *_all("{}")],
            "plural": ["Dogs"],
            "client": ids,
            "person": [*ids, "jane@bois.fr"],
            "people": [[self.jane.person_id]],
            "affiliation": [self.jane.id, self.joan.id, "nobody"],
            "rows": [[], [self.jane]],
            "role": ["guardian", *(f"{secret}-aunt" for secret in SECRETS), self.role.id, ItemRole(id=self.role.id)],
            "whom": [self.jane.id, self.jane.person_id],
            "login": [self.login.id, "nobody"],
            "message": ["nobody"],
            "text": ["boi", "nord", "office", "3314", "4711", "xyz", "joan roe", "supplier", "", *words],
            "template": [
                "{{ client.name }} {{ fields.meter }}",
                "{{ client.description }}{{ client.tags }}",
                "{{ client.type }}{{ client.categories }}{{ client.external_id }}",
                "welcome",
                *fields,
            ],
            "topic": ["invoice", "nothing"],
            "purpose": ["billing", "nothing", *_all("{} purpose")],
            "consent": ["newsletter"],
            "authority": ["collect-mail", "represent", *_all("{} authority")],
            "module": ["invoices", "projects", "nothing", *slugs],
            "recipients": [Recipients("invoice", (), (), "")],
            "subject": ["Invoice"],
            "email": ["jane@bois.fr", "nobody@bois.fr", *_all("{}@bois.fr")],
            "password": ["wrong password"],
            "current": ["wrong password"],
            "new_password": ["another horse"],
            "new_email": ["jane@doe.org", *_all("{}@bois.fr")],
            "token": ["no token"],
            "name": ["Acme", "invoices", *_all("{} type", "{} preset")],
            "slug": ["supplier", "invoices", *slugs],
            "slugs": [["invoices"]],
            "modules": [["invoices"], *([slug] for slug in slugs)],
            "topics": [["invoice"], ["booking"]],
            "steps": [["client"]],
            "on": [True],
            "entry": [AccountEntry("invoice", "9 EUR", key=key, date=_DAY) for key in ("F1", "F3", *_all("{} F2"))],
            "method": [PaymentMethod("a"), "nobody"],
            "key": ["F1", "F3", *_all("{} F2")],
            "start": [_DAY],
            "end": [_DAY],
            "kind": ["person", "company"],
            "contacts": [ids],
            "data": [LOGO],
            "crop": [{"zoom": 2}],
            "source": [self.client.id, self.item.id, LOGO],
            "records": [[*ids, self.item.id]],
            "candidate": ["office@bois.fr"],
            "other": ids,
            "form": [self.form.id, "nobody", Form("New", fields=["email"])],
            "submission": [self.submission.id, "nobody"],
            "suggestion": [self.suggestion],
            "fields": [["given_name"], []],
            "moment": [self.act.at],
            "act": [self.act.id, "nobody"],
            "list": ["topics", "purposes", "authorities"],
        }


def outcomes(watched: Watched, actor: Actor) -> dict[str, set[str]]:
    """Method -> how its calls end for an actor: with an answer, or with the code of an error."""
    found: dict[str, set[str]] = {}
    with watched.firm.workspace.read(ROOT) as session:
        paths = list(public_calls(session))
    for path in paths:
        try:
            with watched.firm.workspace.write(actor) as session:
                found[path] = {_end(call) for _, call in calls(watched, session, path)}
                raise _Undone  # noqa: TRY301 - the error undoes the transaction
        except _Undone:
            continue
    return found


def _end(call: Callable[[], Any]) -> str:
    try:
        call()
    except ContactCoreError as error:
        return str(getattr(error, "code", "refused"))
    return "answer"


def _all(*templates: str) -> list[str]:
    """The texts that any of the firms may have, each with the secret of every firm."""
    return [template.format(secret) for template in templates for secret in SECRETS]


def calls(watched: Watched, session: Session, only: str = "") -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every public method of every service with many arguments, and every public property; or those of one path."""
    pools = watched.pools(session)
    filters: list[dict[str, Any]] = [
        {},
        *({"role": role} for role in ("listed", "person", "any")),
        *({"kind": kind} for kind in ("person", "company")),
        *({"type": slug} for slug in ("supplier", "nothing", *(one.replace(" ", "-") for one in _all("{} type")))),
        *({"category": slug} for slug in ("nothing", *(one.replace(" ", "-") for one in _all("{} category")))),
        *({"tag": tag} for tag in ("nothing", *_all("{} tag"))),
        *({"responsible": name} for name in ("amelie", "nobody", *_all("{} user"))),
        *({"access": policy} for policy in AccessPolicy),
        *({"source": source} for source in ("hand", "import")),
        *({"without": lacked} for lacked in ("type", "tag")),
        {"fields": {"meter": "4711"}},
    ]
    typed = [Company("Z", type=slug) for slug in ("supplier", "nothing", "xyzzy-type", "plugh-type")]
    fixed_arguments: dict[str, list[dict[str, Any]]] = {
        "contacts.page": filters,
        "contacts.letters": filters,
        "contacts.count": filters,
        "contacts.iterate": filters,
        "contacts.search": filters,
        "contacts.add": [{"contact": one} for one in typed],
        "contacts.another": [{"contact": one, "name": "Z"} for one in typed],
        "notifications.send": [{"text": "Enclosed."}],
    }
    for path in [only] if only else public_calls(session):
        owner: Any = session
        *way, name = path.split(".")
        for part in way:
            owner = getattr(owner, part)
        if not inspect.isfunction(inspect.getattr_static(type(owner), name)):
            yield path, lambda owner=owner, name=name: getattr(owner, name)
            continue
        method = getattr(owner, name)
        needed = [
            one.name
            for one in inspect.signature(method).parameters.values()
            if one.default is one.empty and one.kind in {one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY}
        ]
        for fixed in fixed_arguments.get(path, [{}]):
            free = [one for one in needed if one not in fixed]
            for chosen in itertools.product(*(pools[one] for one in free)):
                given = {**dict(zip(free, chosen, strict=True)), **fixed}
                yield path, lambda method=method, given=given: method(**given)


def answers(watched: Watched, *, writing: bool) -> list[tuple[str, str]]:
    """The answers to all calls, errors among them, as texts without ids.

    Args:
        watched: The firm.
        writing: Whether sessions that may write are asked too.
    """
    workspace, user, found = watched.firm.workspace, watched.user, list[tuple[str, str]]()
    with workspace.read(user) as session:
        found += [(path, _written(call)) for path, call in calls(watched, session)]
    for path in sorted({path for path, _ in found}) if writing else ():
        try:
            with workspace.write(user) as session:
                texts = [_written(call) for _, call in calls(watched, session, path)]
                raise _Undone(texts)  # noqa: TRY301 - the error undoes the transaction
        except _Undone as undone:
            found += [(f"{path}, writing", text) for text in undone.args[0]]
    out = io.BytesIO()
    exports = workspace.exports(user)
    found.append(("exports.csv", _written(lambda: exports.csv(out)) + out.getvalue().decode("utf-8-sig")))
    found += [("exports.csv", _written(lambda tag=tag: exports.csv(io.BytesIO(), tag=tag))) for tag in _all("{} tag")]
    found.append(("imports", _written(lambda: workspace.imports(user))))
    return [(path, _ID.sub("(id)", text)) for path, text in found]


class _Undone(Exception):
    """Ends a session on purpose."""


def _written(call: Callable[[], Any]) -> str:
    try:
        answer = call()
        if isinstance(answer, Iterator):
            answer = [*answer]
    except ContactCoreError as error:
        facts = [getattr(error, name, "") for name in ("code", "mine", "stored", "problems")]
        # The problems of an error repeat the values that the caller gave.
        return f"{type(error).__name__} {error} {facts}"
    return f"{answer!r} {json.dumps(answer, default=_plain)}"


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        return {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
    return str(value)


@pytest.mark.req("POR-8")
@pytest.mark.req("ACC-3")
def test_no_answer_to_a_portal_user_holds_or_depends_on_anything_that_staff_wrote(
    open_storage: Callable[[], AbstractContextManager[Storage]], request: pytest.FixtureRequest
) -> None:
    # What a session may answer does not depend on the storage; which records are found does.
    writing = "memory" in request.node.name
    told = []
    for secret in SECRETS:
        with open_storage() as storage:
            told.append(answers(Watched(storage, secret), writing=writing))
    assert len(told[0]) > 500
    for (path, text), (_, other) in zip(*told, strict=True):
        assert text == other, path
        # A refusal repeats the argument of the caller.
        assert text.startswith(("Invalid", "NotFound", "Forbidden")) or not any(one in text for one in SECRETS), path


ANSWER_CLIENTS = {
    "account": "amended balance history invoice methods payments statement",
    "contacts": "count get get_many iterate letters page prefill search",
    "documents": "missing render values variables",
    "items": "count get letters of owners_at page responsible_for roles search",
    "people": "list may primary recognise",
    "pictures": "get of thumbnails",
    "portal": "change_password choose clients get logins may_see menu of openings profile",
    "settings": "categories country currency current default_permissions entry.fields entry.rules fields "
    "interaction_types.all item_roles.all item_types.all language modules notices.authorities notices.purposes "
    "notices.topics permission_presets tags term timezone today types",
    "sites": "get of",
    "trash": "list matches",
}
"""Service -> its methods that give a portal user an answer. A new method refuses them until it is added here."""

FOR_ADMINS = (
    *("feed", "forms.add", "forms.save", "outbox.", "settings.", "trash.purge"),
    *("privacy.obstacles", "privacy.receipt", "privacy.restrict", "privacy.unrestrict"),
)


@pytest.mark.req("POR-8")
@pytest.mark.req("ACC-3")
def test_only_methods_that_are_made_for_portal_users_give_them_an_answer() -> None:
    watched = Watched(MemoryStorage(), "xyzzy")
    ends = outcomes(watched, watched.user)
    known = {f"{service}.{name}" for service, names in ANSWER_CLIENTS.items() for name in names.split()}
    assert {path for path, some in ends.items() if "answer" in some} == known
    workspace = watched.firm.workspace
    for entrance in (workspace.imports, workspace.maintenance, workspace.merging, workspace.privacy):
        with pytest.raises(Forbidden) as refused:
            entrance(watched.user)
        assert refused.value.code == "staff-only"


@pytest.mark.req("ACC-3")
def test_everything_that_is_for_admins_is_refused_to_other_users_whatever_they_ask_for() -> None:
    watched = Watched(MemoryStorage(), "xyzzy")
    ends = {path: some for path, some in outcomes(watched, AMELIE).items() if path.startswith(FOR_ADMINS)}
    ends.pop("settings.local_time")  # reads a text, and tells nothing but the time zone, which everybody may know
    answered = {path for path, some in ends.items() if "answer" in some}
    assert answered == {f"settings.{name}" for name in ANSWER_CLIENTS["settings"].split()}
    assert [path for path, some in ends.items() if path not in answered and "admin-only" not in some] == []


@pytest.mark.req("POR-8")
def test_a_portal_user_sees_names_addresses_contact_details_and_the_fields_marked_for_the_portal(
    storage: Storage,
) -> None:
    watched = Watched(storage, "xyzzy")
    with watched.firm.workspace.read(watched.user) as session:
        seen = session.contacts.get(watched.client.id)
        assert seen == known_contact(watched.client, session.settings.current)
        assert isinstance(seen, Company)
        assert (seen.name, seen.division, seen.fields) == ("Bois & Fils", "Nord", {"meter": "4711"})
        for name in ("id", "version", "emails", "phones", "websites", "addresses", "currency"):
            assert getattr(seen, name) == getattr(watched.client, name) != attrs.fields_dict(Company)[name].default
        (card,) = session.contacts.page()
        details: dict[str, Any] = {"emails": ("office@bois.fr",), "phones": ("+33144556677",)}
        assert card == ContactCard(
            id=seen.id, version=seen.version, kind="company", name="Bois & Fils, Nord", **details
        )
        prefilled = session.contacts.prefill(seen)
        assert (prefilled.billing_address, prefilled.primary) == (watched.client.addresses[0], None)
        assert session.documents.render("{{ client.name }}, {{ fields.meter }}", seen) == "Bois & Fils, 4711"
        settings = session.settings.current
        assert (str(settings.language), settings.country, str(settings.currency)) == ("fr", "FR", "EUR")
        assert [one.slug for one in session.settings.fields] == ["meter"]
        assert [one.slug for one in session.settings.modules] == ["invoices"]
        assert session.people.may(watched.jane.person_id, "collect-mail", seen).reason == "sole"
        assert session.people.may(watched.joan.person_id, "collect-mail", seen).reason == "not-affiliated"


@pytest.mark.req("POR-8")
@pytest.mark.parametrize("facet", HIDDEN_FACETS)
def test_a_portal_user_who_filters_by_a_hidden_facet_is_refused_by_its_name(firm: Firm, facet: str) -> None:
    client = firm.client("Bois")
    user = firm.user(firm.login(firm.person(client)), client)
    values = {"role": "person", "access": "private", "source": "hand", "without": "tag", "fields": {"x": True}}
    value: Any = values.get(facet, "x")
    for ask in ("page", "count", "letters"):
        with firm.workspace.read(user) as session, pytest.raises(Invalid) as refused:
            getattr(session.contacts, ask)(**{facet: value})
        assert (refused.value.code, refused.value.path) == ("filter-hidden", facet)
    with firm.workspace.read(user) as session, pytest.raises(Invalid):
        session.contacts.search("boi", **{facet: value})
    with firm.workspace.write(ROOT) as session:
        session.settings.add_category("x")
        session.settings.define_field("X", "yes-no")
    known = {"type": "supplier"}.get(facet, value)
    with firm.workspace.read(AMELIE) as session:
        session.contacts.page(**{facet: known})


@pytest.mark.req("POR-8")
@pytest.mark.parametrize("kind", [Company, Person])
def test_every_field_of_a_contact_is_hidden_unless_the_projection_names_it(kind: type[Company | Person]) -> None:
    # A field of a later release is hidden until somebody decides to show it.
    shown = {"id", "version", "emails", "phones", "websites", "socials", "addresses", "currency", "language", "fields"}
    shown |= {"name", "division", "given_name", "family_name", "middle_name", "prefix", "suffix", "nickname"}
    shown |= {"phonetic_given_name", "phonetic_family_name", "full_name", "permissions", "notifications"}
    marks = {field.name: object() for field in attrs.fields(kind) if field.name != "fields"}
    known: Any = known_contact(altered(kind(emails=["a@b.fr"]), marks), Settings())
    for name, mark in marks.items():
        assert (getattr(known, name) is mark) == (name in shown), name


@pytest.mark.req("POR-8")
def test_a_field_is_hidden_again_when_its_mark_is_taken_away(storage: Storage) -> None:
    watched = Watched(storage, "xyzzy")
    with watched.firm.workspace.write(ROOT) as session:
        session.settings.change_field("meter", in_portal=False)
    with watched.firm.workspace.read(watched.user) as session:
        assert session.contacts.get(watched.client.id).fields == {}
        assert session.settings.fields == ()
        with pytest.raises(Invalid):
            session.documents.render("{{ fields.meter }}", watched.client.id)


@pytest.mark.req("POR-8")
def test_a_portal_user_reads_their_own_profile_and_staff_have_none(storage: Storage) -> None:
    watched = Watched(storage, "xyzzy")
    with watched.firm.workspace.read(watched.user) as session:
        profile = session.portal.profile()
    assert (profile.name, profile.emails, profile.login) == ("Jane Doe", ("jane@bois.fr",), watched.login)
    assert (profile.permissions, profile.authorities) == (("invoices",), ("collect-mail",))
    assert "xyzzy" not in repr(profile)
    with watched.firm.workspace.read(AMELIE) as session, pytest.raises(Forbidden) as refused:
        session.portal.profile()
    assert refused.value.code == "portal-only"
