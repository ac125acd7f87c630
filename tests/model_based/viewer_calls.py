"""The calls of the viewer of paired workspaces: for each public method a generator of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import attrs

from contactcore.errors import ContactCoreError, NotFound
from contactcore.model import (
    AccessPolicy,
    AccountEntry,
    Affiliation,
    Authority,
    Company,
    Form,
    Interaction,
    Item,
    ItemRole,
    PaymentMethod,
    Person,
    Site,
    Submission,
)
from contactcore.rules.forms import Suggestion
from contactcore.rules.recipients import Recipients
from contactcore.workspace.session import Session
from model_based.paired_workspaces import EMAILS, INVOICES, NOON, PASSWORD, PICTURES, TAGS, PairedWorkspace, new_contact
from support.clock import TODAY

__all__ = ["GENERATORS", "Arguments", "Generator"]

_QUERIES: Final = (
    *(
        "d",
        "doe",
        "bois doe",
        "zoe",
        "3",
        "acme",
        "elan",
        "los",
        "secret",
        "vip",
        "hidden",
        "33144",
        "@bois",
        "rex",
        "workshop",
        "nobody",
    ),
)
_TOPICS: Final = ("invoice", "estimate", "task", "booking", "nothing")
_ITEM_TOPICS: Final = ("booking", "booking", "payment-request", "reminder", "invoice")
_ROLES: Final = ("guardian", "guardian", "payer", "emergency", "nothing")
_PURPOSES: Final = ("billing", "billing", "technical", "nothing")
_AUTHORITIES: Final = ("contact", "collect-mail", "represent", "nothing")
_LOGINS: Final = ("a@bois.fr", "b@bois.fr")
_TEMPLATES: Final = (
    "{{ client.name }}, {{ primary.name }}",
    "{% for one in representatives %}{{ one.name }} {% endfor %}",
    "{{ nothing }}",
)

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
Generator = Callable[[Random, list[str]], Callable[[PairedWorkspace, Session], Arguments]]


def _one(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name = random.choice(names)
    return lambda workspace, _: ((workspace.id(name),), {})


def _fixed(*args: Any, **kwargs: Any) -> Callable[[PairedWorkspace, Session], Arguments]:
    return lambda _workspace, _session: (args, kwargs)


def _always(*args: Any, **kwargs: Any) -> Generator:
    return lambda _random, _names: _fixed(*args, **kwargs)


def _matched(random: Random, _names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    return _fixed(new_contact(random))


def _consented(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, purpose = random.choice(names), random.choice(("news", "offers"))
    return lambda workspace, _: ((workspace.id(name), purpose), {})


def _filters(random: Random) -> dict[str, Any]:
    return random.choice(
        (
            {},
            {"role": "any"},
            {"kind": "person", "role": "any"},
            {"tag": random.choice(TAGS)},
            {"responsible": random.choice(("keeper", "viewer"))},
            {"access": random.choice(tuple(AccessPolicy))},
            {"category": "known"},
            {"source": random.choice(("hand", "import"))},
            {"without": random.choice(("tag", "type")), "role": "any"},
        )
    )


def _stored_contact(random: Random, names: list[str], **change: Any) -> Callable[[PairedWorkspace, Session], Arguments]:
    name = random.choice(names)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            return (attrs.evolve(session.contacts.get(workspace.id(name)), **change),), {}
        except ContactCoreError:
            return (Company("Nobody", id=workspace.id(name), version=1),), {}

    return arguments


def _stored_link(random: Random, names: list[str], **change: Any) -> Callable[[PairedWorkspace, Session], Arguments]:
    name = random.choice(names)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            return (attrs.evolve(session.people.get(workspace.id(name)), **change),), {}
        except ContactCoreError:
            return (Affiliation(id=workspace.id(name), version=1),), {}

    return arguments


def _page(random: Random, _names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    limit, filters, depth = random.randint(1, 5), _filters(random), random.randrange(3)
    letter = random.choice((None, "D", "A", "#"))

    def arguments(_workspace: PairedWorkspace, session: Session) -> Arguments:
        after = None
        for _ in range(depth):
            after = session.contacts.page(limit=limit, after=after, letter=letter, **filters).next or after
        return (), {"limit": limit, "after": after, "letter": letter, **filters}

    return arguments


def _add_contact(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    contact, people = new_contact(random), random.sample((*names, *EMAILS), random.randrange(3))
    new = Affiliation(position="CFO", person=Person("Zoe"), primary=random.random() < 0.5)
    return lambda workspace, _: (
        (contact,),
        {"people": [*(workspace.id(one) for one in people), new], "sites": [Site("Workshop")], "items": [Item("Rex")]},
    )


def _draft(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    contact, name, minimum = new_contact(random), random.choice((None, None, *names)), random.choice((0.0, 0.5))
    return lambda workspace, _: (
        (contact if name is None else attrs.evolve(contact, id=workspace.id(name)),),
        {"minimum": minimum, "limit": 50},
    )


def _similar(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, minimum, limit = random.choice(names), random.choice((0.0, 0.5)), random.choice((2, 50))
    return lambda workspace, _: ((workspace.id(name),), {"minimum": minimum, "limit": limit})


def _pair_of_contacts(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    one, other = random.choice(names), random.choice(names)
    return lambda workspace, _: ((workspace.id(one), workspace.id(other)), {})


def _converted(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, kind = random.choice(names), random.choice(("person", "company"))
    return lambda workspace, _: ((workspace.id(name), kind), {})


def _accepted(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, fields = random.choice(names), random.choice((["phone"], ["given_name", "email"], []))

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            return (session.forms.submissions.suggestion(workspace.id(name)), fields), {}
        except ContactCoreError:
            submission = Submission(id=workspace.id(name), contact_id=workspace.id(name))
            return (Suggestion(submission=submission, contact=Company("Nobody"), fields=()), fields), {}

    return arguments


def _many(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    some = random.choices(names, k=3)
    return lambda workspace, _: (([workspace.id(name) for name in some],), {})


def _checked(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, contact, tag = random.choice(names), new_contact(random), random.choice(TAGS)
    person = random.choice((*names, *EMAILS))
    if random.random() < 0.5:
        return lambda workspace, _: ((attrs.evolve(contact, tags=[tag]),), {"people": [workspace.id(person)]})
    return lambda workspace, _: (
        ({"kind": "company", "id": workspace.id(name), "name": "X", "tags": [tag]},),
        {"people": [workspace.id(person)]},
    )


def _added(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    client, person = random.choice(names), random.choice((*names, *EMAILS))
    more = {"primary": random.random() < 0.5, "authorities": random.sample(_AUTHORITIES[:3], random.randrange(2))}
    site = random.choice((None, None, *names))
    return lambda workspace, _: (
        (workspace.id(client), workspace.id(person)),
        {**more, "site": None if site is None else workspace.id(site)},
    )


def _listed_at(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    client, site = random.choice(names), random.choice((None, None, *names))
    return lambda workspace, _: ((workspace.id(client),), {"site": None if site is None else workspace.id(site)})


def _with_heir(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    one, other = random.choice(names), random.choice(names)
    return lambda workspace, _: ((workspace.id(one),), {"successor": workspace.id(other)})


def _delete(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    one, client, link = (random.choice(names) for _ in range(3))
    heirs = random.random() < 0.3
    return lambda workspace, _: (
        (workspace.id(one),),
        {"successors": {workspace.id(client): workspace.id(link)} if heirs else None},
    )


def _share(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    one, along = random.choice(names), random.choice((True, False, None, None))
    access = random.choice(tuple(AccessPolicy))
    return lambda workspace, _: ((workspace.id(one), access), {"with_people": along})


def _rows(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    client, place = random.choice(names), random.randrange(3)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        people = _people(session, workspace.id(client))
        rows = [attrs.evolve(one, position="new", primary=place == number) for number, one in enumerate(people)]
        return (workspace.id(client), rows), {}

    return arguments


def _topic(random: Random, names: list[str], **more: Any) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, topic = random.choice(names), random.choice(_TOPICS)
    return lambda workspace, _: ((workspace.id(name), topic), more)


def _recipients(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    purpose, about = random.choice((None, *_PURPOSES)), random.choice((None, "project", "ticket"))
    return _topic(random, names, purpose=purpose, about=about)


def _item_topic(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    """Makes an item, often with its own contact, and a topic the arguments of a call."""
    name, other, topic = random.choice(names), random.choice(names), random.choice(_ITEM_TOPICS)
    part, owned = _an_item(names, random), random.random() < 0.8

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        item = workspace.id(part)
        try:
            client = session.items.get(item).contact_id if owned else workspace.id(other)
        except ContactCoreError:
            client = workspace.id(name)
        return (client, topic), {"item": item}

    return arguments


def _an_item(names: list[str], random: Random) -> str:
    """A name that stands for a site or an item, if there is one."""
    return random.choice([name for name in names if "part" in name] or names)


def _about_item(of_topic: Generator, of_item: Generator) -> Generator:
    """Makes a call with an item as often as one without."""
    return lambda random, names: random.choice((of_topic, of_item))(random, names)


def _by_hand_about_item(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    choose, people = _item_topic(random, names), random.sample(names, random.randrange(3))
    everybody = random.random() < 0.5

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        (client, topic), more = choose(workspace, session)
        selected = [workspace.id(one) for one in people]
        if everybody:
            selected = [one.contact.id for one in _roles(session, more["item"])]
        return (client, topic, selected), more

    return arguments


def _roles(session: Session, item: str) -> tuple[Any, ...]:
    try:
        return session.items.roles(item)
    except ContactCoreError:
        return ()


def _assigned(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    item, contact, role = _an_item(names, random), random.choice(names), random.choice(_ROLES)
    return lambda workspace, _: ((workspace.id(item), workspace.id(contact), role), {})


def _a_role(random: Random, names: list[str], **change: Any) -> Callable[[PairedWorkspace, Session], Arguments]:
    """Makes a role for an item, with changes, the argument of a call."""
    item, other, place = _an_item(names, random), random.choice(names), random.randrange(3)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        found = _roles(session, workspace.id(item))
        known = found[place].role if place < len(found) else ItemRole(id=workspace.id(other), version=1)
        return (attrs.evolve(known, **change),), {}

    return arguments


def _by_hand(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, topic, people = random.choice(names), random.choice(_TOPICS), random.sample(names, random.randrange(3))
    everybody = random.random() < 0.5

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        selected = [workspace.id(one) for one in people]
        if everybody:
            selected = [one.person_id for one in _people(session, workspace.id(name))]
        return (workspace.id(name), topic, selected), {}

    return arguments


def _send(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    key, choose = random.choice(("", "F1")), _about_item(_by_hand, _by_hand_about_item)(random, names)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        (client, topic, people), more = choose(workspace, session)
        try:
            found = session.notifications.by_hand(client, topic, people, **more)
        except ContactCoreError:
            found = Recipients(topic, (), (), "")
        return (client, found), {"subject": "Invoice", "text": "Enclosed.", "key": key}

    return arguments


def _people(session: Session, client: str) -> tuple[Affiliation, ...]:
    try:
        return session.people.list(client)
    except ContactCoreError:
        return ()


def _may(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    client, authority, other = random.choice(names), random.choice(_AUTHORITIES), random.choice(names)
    one, place, on = random.choice(names), random.randrange(4), random.choice((None, TODAY.replace(year=2020)))

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        people = [one.person_id for one in _people(session, workspace.id(client))]
        person = people[place] if place < len(people) else workspace.id(one)
        return (person, authority, workspace.id(client)), {
            "on": on,
            "together_with": [workspace.id(other), *people[:1]],
        }

    return arguments


def _grant(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, authority, joint = random.choice(names), random.choice(_AUTHORITIES), random.random() < 0.5
    return lambda workspace, _: ((workspace.id(name), Authority(slug=authority, joint=joint)), {})


def _withdraw(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, authority, on = (
        random.choice(names),
        random.choice(_AUTHORITIES),
        random.choice((None, TODAY.replace(year=2027))),
    )
    return lambda workspace, _: ((workspace.id(name), authority), {"on": on})


def _purpose(random: Random, names: list[str], **more: Any) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, purpose = random.choice(names), random.choice(_PURPOSES)
    return lambda workspace, _: ((workspace.id(name), purpose), more)


def _moves(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    link, to, retired = random.choice(names), random.choice(names), random.sample(EMAILS, random.randrange(2))
    return lambda workspace, _: ((workspace.id(link), workspace.id(to)), {"retire": retired, "position": "new"})


def _template(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, template = random.choice(names), random.choice(_TEMPLATES)
    return lambda workspace, _: ((template, workspace.id(name)), {})


def _invite(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, options = random.choice(names), {"email": random.choice((None, *_LOGINS)), "send": random.random() < 0.5}
    options["password"] = random.choice((None, PASSWORD))
    return lambda workspace, _: ((workspace.id(name),), options)


def _login(*more: Any, client: bool = False) -> Generator:
    """Makes a login, perhaps with a client, the arguments of a call."""

    def generator(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
        one, other = random.choice(names), random.choice(names)

        def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
            try:
                login = session.portal.of(workspace.id(one))
            except NotFound:
                login = None
            return (login or "nobody", *((workspace.id(other),) if client else ()), *more), {}

        return arguments

    return generator


def _part(service: str, **change: Any) -> Generator:
    """Makes a site, an item or an interaction, with a change, the argument of a call."""

    def generator(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
        name = random.choice(names)

        def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
            try:
                return (attrs.evolve(getattr(session, service).get(workspace.id(name)), **change),), {}
            except ContactCoreError:
                kind = {"sites": Site, "items": Item, "timeline": Interaction}[service]
                return (kind("Nothing", id=workspace.id(name), version=1),), {}

        return arguments

    return generator


def _with_new(part: Site | Item | Interaction) -> Generator:
    """Makes a contact and a new record of it the arguments of a call."""

    def generator(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
        name = random.choice(names)
        return lambda workspace, _: ((workspace.id(name), part), {})

    return generator


def _of_picture(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    """Makes a contact or an item, or its picture, the argument of a call."""
    name, itself = random.choice(names), random.random() < 0.3

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            found = session.pictures.of(workspace.id(name)) if itself else None
        except ContactCoreError:
            found = None
        return (found or workspace.id(name),), {}

    return arguments


def _cropped(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    choose, crop = _of_picture(random, names), {"zoom": random.choice((1, 2, 60))}
    return lambda workspace, session: ((*choose(workspace, session)[0], crop), {})


def _with_picture(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    choose, picture = _of_picture(random, names), random.choice(PICTURES)
    return lambda workspace, session: ((*choose(workspace, session)[0], picture), {})


def _chosen(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, key = random.choice(names), random.choice((*EMAILS, "nothing"))
    return lambda workspace, _: ((workspace.id(name), key), {})


def _entry(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    """Makes a contact and a new entry of its account, perhaps of a known key, the arguments of a call."""
    name, key = random.choice(names), random.choice((*INVOICES, "P1"))
    if random.random() < 0.4:
        entry = AccountEntry("amendment", "-1 EUR", key="A1", date=TODAY, amends=random.choice((*INVOICES, "hidden 1")))
    else:
        entry = AccountEntry(random.choice(("invoice", "payment")), "5 EUR", key=key, date=TODAY)
    item = random.choice(names) if random.random() < 0.3 and not entry.amends else ""
    return lambda workspace, _: (
        (workspace.id(name), attrs.evolve(entry, item_id=workspace.id(item) if item else "")),
        {},
    )


def _of_account(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, item, limit = random.choice(names), random.choice((None, *names)), random.randint(1, 3)
    return lambda workspace, _: (
        (workspace.id(name),),
        {"item": None if item is None else workspace.id(item), "limit": limit},
    )


def _balance(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, on = random.choice(names), random.choice((None, TODAY))
    return lambda workspace, _: ((workspace.id(name),), {"on": on})


def _invoice(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, key = random.choice(names), random.choice((*INVOICES, "hidden 1", "A1"))
    return lambda workspace, _: ((workspace.id(name), key), {})


def _statement(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, start = random.choice(names), random.choice((TODAY, TODAY.replace(year=2020)))
    return lambda workspace, _: ((workspace.id(name), start, TODAY, "EUR"), {})


def _method_of(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    """Makes a payment method of a contact the argument of a call."""
    name = random.choice(names)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            return (session.account.methods(workspace.id(name))[0],), {}
        except (ContactCoreError, IndexError):
            return (workspace.id(name),), {}

    return arguments


def _interaction(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    client, person, item = (random.choice(names) for _ in range(3))
    some = random.choice(({}, {"person_id": person}, {"item_id": item}, {"site_id": item}))

    def arguments(workspace: PairedWorkspace, _session: Session) -> Arguments:
        named: dict[str, Any] = {name: workspace.id(id) for name, id in some.items()}
        return (workspace.id(client), Interaction("New", **named)), {}

    return arguments


def _with_method(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, last_four = random.choice(names), random.choice(("4242", "0000"))
    return lambda workspace, _: ((workspace.id(name), PaymentMethod("tok_1", last_four=last_four)), {})


def _timeline(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    client, other, limit = random.choice(names), random.choice(names), random.randint(1, 3)
    scope = random.choice((None, None, "item", "site", "person"))
    some = {"types": random.sample(("note", "action"), random.randrange(2)), "state": random.choice((None, "done"))}

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        named = {scope: workspace.id(other)} if scope else {}
        options: dict[str, Any] = {"limit": limit, "upcoming": limit == 1, **some, **named}
        try:
            after = session.timeline.page(workspace.id(client), **options).next
        except ContactCoreError:
            after = None
        return (workspace.id(client),), {**options, "after": after}

    return arguments


def _counts(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    client, item = random.choice(names), random.choice((None, random.choice(names)))
    return lambda workspace, _: ((workspace.id(client),), {"item": item and workspace.id(item)})


def _brought_consents(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    row = {"email": random.choice(EMAILS), "purpose": "newsletter", "given": NOON.isoformat()}
    name = random.choice(names)
    if random.random() < 0.5:
        return lambda workspace, _: (([row],), {})
    return lambda workspace, _: (([row | {"person": workspace.id(name)}],), {})


def _any_email(random: Random, _names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    return _fixed(random.choice(EMAILS))


def _two(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    one, other = random.choice(names), random.choice(names)
    return lambda workspace, _: ((workspace.id(one), workspace.id(other)), {})


def _entries(session: Session, record: str) -> tuple[Any, ...]:
    try:
        return session.history.of(record).items
    except ContactCoreError:
        return ()


def _earlier(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    """Makes a contact and the time of one of its acts the arguments of a call."""
    name, place = random.choice(names), random.randrange(4)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        entries = _entries(session, workspace.id(name))
        moment = entries[place].at if place < len(entries) else NOON
        return (workspace.id(name), moment), {}

    return arguments


def _got(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    earlier, now = _earlier(random, names), random.random() < 0.7

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        (contact, moment), _ = earlier(workspace, session)
        return (contact,), {} if now else {"as_of": moment}

    return arguments


def _of_history(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, limit, depth = random.choice(names), random.randint(1, 4), random.randrange(3)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        after = None
        for _ in range(depth):
            try:
                after = session.history.of(workspace.id(name), limit=limit, after=after).next or after
            except ContactCoreError:
                break
        return (workspace.id(name),), {"limit": limit, "after": after}

    return arguments


def _restored(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, version = random.choice(names), random.randint(1, 3)
    return lambda workspace, _: ((workspace.id(name),), {"version": version})


def _undone(random: Random, names: list[str]) -> Callable[[PairedWorkspace, Session], Arguments]:
    name, place = random.choice(names), random.randrange(3)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        entries = _entries(session, workspace.id(name))
        return (entries[place].id if place < len(entries) else workspace.id(name),), {}

    return arguments


GENERATORS: Final[dict[str, Generator]] = {
    "account.amended": _of_account,
    "account.balance": _balance,
    "account.history": _of_account,
    "account.invoice": _invoice,
    "account.methods": _one,
    "account.payments": _of_account,
    "account.post": _entry,
    "account.remove_method": _method_of,
    "account.save_method": _with_method,
    "account.statement": _statement,
    "contacts.add": _add_contact,
    "contacts.another": _stored_contact,
    "contacts.check": _checked,
    "contacts.convert": _converted,
    "contacts.count": lambda random, _: _fixed(letter=random.choice((None, "D")), **_filters(random)),
    "contacts.delete": _delete,
    "contacts.get": _got,
    "contacts.get_many": _many,
    "contacts.iterate": lambda random, _: _fixed(**_filters(random)),
    "contacts.letters": lambda random, _: _fixed(**_filters(random)),
    "contacts.may_change": _one,
    "contacts.page": _page,
    "contacts.prefill": _one,
    "contacts.save": lambda random, names: _stored_contact(random, names, description="new", tags=["SECRET", "Vip"]),
    "contacts.search": lambda random, _: _fixed(
        random.choice(_QUERIES), limit=random.randint(1, 9), **_filters(random)
    ),
    "contacts.share": _share,
    "documents.missing": _template,
    "documents.render": _template,
    "documents.values": _one,
    "documents.variables": _always(),
    "duplicates.check": _draft,
    "duplicates.compare": _pair_of_contacts,
    "duplicates.mark_different": _pair_of_contacts,
    "duplicates.marked_different": _one,
    "duplicates.of": _similar,
    "duplicates.unmark": _pair_of_contacts,
    "feed": _always(),
    "forms.add": _always(Form("Contact", fields=["email"])),
    "forms.get": _one,
    "forms.list": _always(archived=True),
    "forms.save": _always(Form("Contact", fields=["email"], id="00000000-0000-7000-8000-000000000000", version=1)),
    "forms.submissions.accept": _accepted,
    "forms.submissions.delete": _one,
    "forms.submissions.dismiss": _one,
    "forms.submissions.get": _one,
    "forms.submissions.of": _one,
    "forms.submissions.page": _always(),
    "forms.submissions.separate": _one,
    "forms.submissions.suggestion": _one,
    "forms.submissions.undo": _one,
    "history.as_of": _earlier,
    "history.of": _of_history,
    "history.restore": _restored,
    "history.undo": _undone,
    "items.add": _with_new(Item("New")),
    "items.assign": _assigned,
    "items.count": lambda random, _: _fixed(status=random.choice((None, "open"))),
    "items.delete": _one,
    "items.get": _one,
    "items.letters": _always(),
    "items.move": _two,
    "items.of": _one,
    "items.owners_at": lambda random, _: _fixed(random.choice(EMAILS)),
    "items.page": lambda random, _: _fixed(limit=random.randint(1, 9), type=random.choice((None, "dog"))),
    "items.responsible_for": _one,
    "items.roles": lambda random, names: _one(random, [_an_item(names, random)]),
    "items.save": _part("items", name="Other"),
    "items.save_role": lambda random, names: _a_role(random, names, role=random.choice(_ROLES), information="new"),
    "items.search": lambda random, _: _fixed(random.choice(_QUERIES), limit=random.randint(1, 9)),
    "items.unassign": _a_role,
    "notifications.by_hand": _about_item(_by_hand, _by_hand_about_item),
    "notifications.preselected": _about_item(_topic, _item_topic),
    "notifications.recipients": _about_item(_recipients, _item_topic),
    "notifications.send": _send,
    "outbox.cancel": _one,
    "outbox.confirm_address": _any_email,
    "outbox.get": _one,
    "outbox.list": _always(),
    "outbox.mark_bounced": _one,
    "outbox.retry": _one,
    "people.add": _added,
    "people.change_employer": _moves,
    "people.get": _one,
    "people.grant": _grant,
    "people.list": _listed_at,
    "people.make_primary": _one,
    "people.make_primary_for": lambda random, names: _purpose(random, names, on=random.random() < 0.7),
    "people.may": _may,
    "people.of": _one,
    "people.primary": _one,
    "people.primary_for": _purpose,
    "people.recognise": lambda random, _: _fixed(random.choice(EMAILS)),
    "people.remove": _with_heir,
    "people.save": lambda random, names: _stored_link(random, names, position="new", primary=random.random() < 0.5),
    "people.save_all": _rows,
    "people.withdraw": _withdraw,
    "pictures.adjust": _cropped,
    "pictures.candidates": _one,
    "pictures.choose": _chosen,
    "pictures.get": _of_picture,
    "pictures.of": _of_picture,
    "pictures.preview": _of_picture,
    "pictures.remove": _of_picture,
    "pictures.set": _with_picture,
    "pictures.thumbnails": _many,
    "pictures.upright": _of_picture,
    "portal.authenticate": _always(_LOGINS[0], PASSWORD),
    "portal.change_password": _always(PASSWORD, "another horse"),
    "portal.choose": _login(client=True),
    "portal.clients": _login(),
    "portal.close": _login(),
    "portal.confirm_email": _always("no token"),
    "portal.get": _login(),
    "portal.invite": _invite,
    "portal.logins": _one,
    "portal.may_see": _login("invoices", client=True),
    "portal.menu": _login(client=True),
    "portal.of": _one,
    "portal.openings": _one,
    "portal.profile": _always(),
    "portal.reopen": _login(),
    "portal.request_email": _always("new@bois.fr", PASSWORD),
    "portal.request_password": _always(_LOGINS[0]),
    "portal.set_password": _always("no token", PASSWORD),
    "portal.suspend": _login(),
    "settings.add_category": _always("New"),
    "settings.add_module": _always("Deliveries"),
    "settings.add_type": _always("New"),
    "settings.archive_category": _always("known"),
    "settings.archive_module": _always("invoices"),
    "settings.archive_type": _always("supplier"),
    "settings.categories": _always(),
    "settings.change": _always(country="PL"),
    "settings.change_field": _always("note", name="N"),
    "settings.country": _always(),
    "settings.currency": _always(),
    "settings.current": _always(),
    "settings.default_permissions": _always(),
    "settings.define_field": _always("Other"),
    "settings.entry.ask": _always("company", ["name"]),
    "settings.entry.fields": _always("company", type="supplier"),
    "settings.entry.forget": _always("company"),
    "settings.entry.rules": _always(),
    "settings.fields": _always(),
    "settings.interaction_types.add": _always("New"),
    "settings.interaction_types.all": _always(),
    "settings.interaction_types.archive": _always("note"),
    "settings.interaction_types.remove": _always("note"),
    "settings.interaction_types.rename": _always("note", "N"),
    "settings.interaction_types.reorder": _always(["action"]),
    "settings.item_roles.add": _always("New"),
    "settings.item_roles.all": _always(),
    "settings.item_roles.archive": _always("payer"),
    "settings.item_roles.remove": _always("payer"),
    "settings.item_roles.rename": _always("payer", "P"),
    "settings.item_roles.reorder": _always(["payer"]),
    "settings.item_roles.set_topics": _always("payer", ["booking"]),
    "settings.item_types.add": _always("New"),
    "settings.item_types.all": _always(),
    "settings.item_types.archive": _always("dog"),
    "settings.item_types.remove": _always("dog"),
    "settings.item_types.rename": _always("dog", "D"),
    "settings.item_types.reorder": _always(["dog"]),
    "settings.language": _always(),
    "settings.local_time": _always("2026-07-01T09:30"),
    "settings.modules": _always(),
    "settings.notices.add_authority": _always("pay"),
    "settings.notices.add_purpose": _always("pay"),
    "settings.notices.add_topic": _always("pay"),
    "settings.notices.archive": _always("purposes", "billing"),
    "settings.notices.authorities": _always(),
    "settings.notices.need_consent": _always("invoice", "bills"),
    "settings.notices.need_permission": _always(on=True),
    "settings.notices.purposes": _always(),
    "settings.notices.remove": _always("purposes", "billing"),
    "settings.notices.rename": _always("purposes", "billing", "Bills"),
    "settings.notices.reorder": _always("purposes", ["technical"]),
    "settings.notices.set_default": _always(["invoice"]),
    "settings.notices.set_fall_back": _always("invoice", ["client"]),
    "settings.notices.set_for_items": _always("estimate", on=True),
    "settings.notices.topics": _always(),
    "settings.permission_presets": _always(),
    "settings.remove_category": _always("known"),
    "settings.remove_permission_preset": _always("All"),
    "settings.remove_type": _always("supplier"),
    "settings.rename_category": _always("known", "K"),
    "settings.rename_module": _always("invoices", "I"),
    "settings.rename_type": _always("supplier", "S"),
    "settings.reorder_categories": _always(["known"]),
    "settings.reorder_modules": _always(["invoices"]),
    "settings.reorder_types": _always(["supplier"]),
    "settings.set_default_permissions": _always(["invoices"]),
    "settings.set_own_term": _always("horse", "horses"),
    "settings.set_permission_preset": _always("All", ["invoices"]),
    "settings.set_term": _always("pets"),
    "settings.switch_letter": _always("welcome", on=False),
    "settings.tags": _always(),
    "settings.term": _always(),
    "settings.timezone": _always(),
    "settings.today": _always(),
    "settings.types": _always(),
    "sites.add": _with_new(Site("New")),
    "sites.add_from_billing": _one,
    "sites.delete": _one,
    "sites.get": _one,
    "sites.of": _one,
    "sites.save": _part("sites", name="Other"),
    "timeline.add": _interaction,
    "timeline.counts": _counts,
    "timeline.delete": _one,
    "timeline.get": _one,
    "timeline.page": _timeline,
    "timeline.save": _part("timeline", title="Other"),
    "privacy.consents": _one,
    "privacy.export_consents": _always(),
    "privacy.give_consent": _consented,
    "privacy.import_consents": _brought_consents,
    "privacy.obstacles": _one,
    "privacy.readmit": _matched,
    "privacy.receipt": _one,
    "privacy.report": _one,
    "privacy.restrict": _one,
    "privacy.unrestrict": _one,
    "privacy.withdraw_consent": _consented,
    "trash.list": _always(),
    "trash.matches": _matched,
    "trash.preview": _one,
    "trash.purge": _one,
    "trash.restore": _one,
    "trash.restore_with_report": _one,
}
"""`service.method` -> generator of its arguments. A new public method of a service needs a generator here."""
