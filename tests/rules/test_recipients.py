"""Who is mailed, as a pure rule of a client and its people."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import Company, Person
from contactcore.model import TOPICS, Affiliation, NotificationPreferences, PermissionSet, Settings, derived_topics
from contactcore.model.settings import Topic
from contactcore.rules.portal import login_address
from contactcore.rules.recipients import MailingPolicy, describe, preselect, reason_code, resolve
from support.seeds import examples


@pytest.mark.req("NOT-1")
def test_preferences_of_imported_people_follow_from_their_permissions():
    assert derived_topics(PermissionSet(["support", "projects"])).topics == ("ticket", "project", "task")
    assert derived_topics(PermissionSet()).topics == ()


def _people():
    return st.lists(
        st.builds(
            lambda number, topics, email, active, primary: Affiliation(
                id=str(number),
                person_id=str(number),
                person=Person("P", str(number), emails=[f"p{number}@bois.fr"] if email else []),
                notifications=topics,
                active=active,
                primary=primary,
            ),
            st.integers(0, 9),
            st.lists(st.sampled_from(TOPICS), unique=True),
            st.booleans(),
            st.booleans(),
            st.booleans(),
        ),
        unique_by=lambda one: one.id,
    )


@pytest.mark.req("NOT-2")
@given(people=_people(), topic=st.sampled_from(TOPICS), steps=st.lists(st.sampled_from(["primary", "client"])))
def test_nobody_inactive_or_without_address_is_ever_mailed_and_everybody_is_explained(people, topic, steps):
    client = Company("Bois", emails=["office@bois.fr"])
    policy = MailingPolicy(fall_backs={topic: tuple(steps)})
    answer = resolve(client, people, topic, date(2026, 1, 1), policy, about="project")
    by_id = {one.person_id: one for one in people}
    for chosen in answer.chosen:
        if chosen.person_id:
            one = by_id[chosen.person_id]
            assert one.active
            assert one.person.emails
            assert topic in one.notifications or (not any(topic in each.notifications for each in people) or steps)
    assert {each.person_id for each in answer.explained} - {""} == set(by_id)
    assert {each.person_id for each in answer.explained if each.chosen} == {one.person_id for one in answer.chosen}
    if not steps:
        assert [one.person_id for one in answer.chosen] == [
            one.person_id
            for one in sorted(people, key=lambda each: (not each.primary, each.seniority))
            if one.active and one.person.emails and topic in one.notifications
        ]


_LISTED_MODULES = st.lists(st.sampled_from(["invoices", "projects"]), unique=True)
_LISTED_TOPICS = st.lists(st.sampled_from(["invoice", "task", "news"]), unique=True)
_MODULES = st.none() | _LISTED_MODULES
_WANTED = st.none() | _LISTED_TOPICS
_ON = date(2026, 3, 1)


@st.composite
def _affiliations(draw):
    """A contact person with or without own preferences, permissions, dates, purposes and addresses."""
    number = str(draw(st.integers(0, 9)))
    addresses = st.sampled_from(["office@bois.fr", "OFFICE@bois.fr", f"p{number}@bois.fr"])
    start, end = draw(
        st.sampled_from(
            [
                *((None, None), (_ON, _ON), (_ON, _ON + timedelta(1)), (None, _ON)),
                *((_ON + timedelta(1), None), (None, _ON - timedelta(1))),
            ]
        )
    )
    return Affiliation(
        id=number,
        person_id=f"p{number}",
        person=Person("P", number, emails=draw(st.lists(addresses, max_size=2, unique_by=str.casefold))),
        email=draw(st.none() | addresses),
        active=draw(st.integers(0, 4)) > 0,
        primary=draw(st.booleans()),
        start=start,
        end=end,
        since=f"2026-01-0{draw(st.integers(1, 3))}",
        purposes=draw(st.lists(st.sampled_from(["billing", "technical"]), unique=True)),
        notifications=draw(_WANTED),
        permissions=draw(_MODULES),
    )


_POLICIES = st.builds(
    MailingPolicy,
    topic_modules=st.sampled_from([{"invoice": "invoices", "task": "projects", "news": ""}, {}]),
    needs_permission=st.booleans(),
    default_permissions=st.builds(PermissionSet, _LISTED_MODULES),
    default_topics=st.builds(NotificationPreferences, _LISTED_TOPICS),
    fall_backs=st.dictionaries(
        st.sampled_from(["invoice", "task"]), st.permutations(["client", "primary", "purpose"]).map(lambda x: x[1:])
    ),
)


def _address(one):
    return one.email or next(iter(one.person.emails), None)


def _expected_code(one, topic, policy, selected, about):
    wanted = policy.default_topics if one.notifications is None else one.notifications
    permitted = policy.default_permissions if one.permissions is None else one.permissions
    module = policy.topic_modules.get(topic)
    by_preference = (
        (topic == "task" and about != "project", "topic-not-for-this"),
        (topic not in wanted.topics, "preference-off"),
        (policy.needs_permission and bool(module) and module not in permitted.modules, "no-permission"),
        (True, "preference"),
    )
    by_hand = ((selected is not None and one.person_id in selected, "manual"), (selected is not None, "not-selected"))
    reachable = (
        (not one.active, "inactive"),
        (one.end is not None and (one.end - _ON).days < 0, "past"),
        (one.start is not None and (one.start - _ON).days > 0, "not-yet"),
        (_address(one) is None, "no-email"),
    )
    return next(code for holds, code in (*reachable, *by_hand, *by_preference) if holds)


def _expected(client, people, topic, policy, purpose, selected, about):
    """The chosen recipients as (address, person, reason), and the code of each candidate in order."""
    if isinstance(client, Person):
        own = attrs.evolve(Affiliation.of_themself(client), primary=not any(one.primary for one in people))
        people = [own, *people]
    ordered = sorted(people, key=lambda one: (not one.primary, *one.seniority))
    mailed, codes, keys = [], {}, set()
    for one in ordered:
        code = _expected_code(one, topic, policy, selected, about)
        if code in {"preference", "manual"}:
            key = _address(one).key
            if key in keys:
                code = "same-address"
            else:
                keys.add(key)
                mailed.append((str(_address(one)), one.person_id, one.id, code))
        codes[one.person_id] = code
    if mailed or selected is not None or (topic == "task" and about != "project"):
        return mailed, list(codes.items())
    reachable = [one for one in people if one.active and one.is_current(_ON) and _address(one) is not None]
    steps = policy.fall_backs.get(topic, ())
    fitting = {
        "purpose": [one for one in reachable if purpose in one.purposes],
        "primary": [one for one in reachable if one.primary],
    }
    for step in ("purpose", "primary"):
        if step in steps and fitting[step]:
            one = fitting[step][0]
            codes[one.person_id] = f"fall-back-{step}"
            return [(str(_address(one)), one.person_id, one.id, f"fall-back-{step}")], list(codes.items())
    if "client" in steps and client.emails:
        # A client who is a person is one candidate with one reason, a company is one beside its people.
        itself = "c" if isinstance(client, Person) else ""
        codes.pop(itself, None)
        mailed = [(str(client.emails[0]), itself, "", "fall-back-client")]
        return mailed, [*codes.items(), (itself, "fall-back-client")]
    return [], list(codes.items())


@pytest.mark.req("NOT-2")
@pytest.mark.req("NOT-3")
@pytest.mark.req("NOT-6")
@given(
    people=st.lists(_affiliations(), max_size=4, unique_by=lambda one: one.id),
    topic=st.sampled_from(["invoice", "invoice", "task", "news"]),
    policy=_POLICIES,
    purpose=st.sampled_from([None, "billing"]),
    selected=st.none() | st.sets(st.sampled_from(["p1", "p2", "c"])),
    about=st.sampled_from([None, "project", "ticket"]),
    emails=st.lists(st.sampled_from(["office@bois.fr", "second@bois.fr"]), unique=True),
    is_person=st.booleans(),
    own=st.tuples(_WANTED, _MODULES),
)
@settings(max_examples=examples(100))
def test_each_candidate_has_the_first_reason_that_holds_and_the_recipients_follow(
    people, topic, policy, purpose, selected, about, emails, is_person, own
):
    if is_person:
        client = Person("Cli", "Ent", id="c", emails=emails, notifications=own[0], permissions=own[1])
    else:
        client = Company("Bois", id="c", emails=emails)
    answer = resolve(client, people, topic, _ON, policy, purpose=purpose, about=about, selected=selected)
    mailed, codes = _expected(client, people, topic, policy, purpose, selected, about)
    assert [(str(one.email), one.person_id, one.affiliation_id, one.reason) for one in answer.chosen] == mailed
    assert [(one.person_id, one.code) for one in answer.explained] == codes
    assert {one.person_id for one in answer.explained if one.chosen} == {person_id for _, person_id, _, _ in mailed}
    assert (answer.topic, answer.client_id, answer.purpose) == (topic, "c", purpose or "")
    assert answer.about == (about or "")
    names = {"": client.display_name, "c": client.display_name} | {
        one.person_id: one.person.display_name for one in people
    }
    for one in (*answer.chosen, *answer.explained):
        assert one.name == names[one.person_id]
    for one in answer.explained:
        assert one.message == describe(one.name, one.code)
    ticked = preselect(client, people, topic, _ON, policy, about=about)
    of_preferences = resolve(client, people, topic, _ON, policy, about=about).chosen
    assert ticked == tuple(one.person_id for one in of_preferences if one.reason == "preference")


@pytest.mark.req("NOT-2")
def test_an_own_empty_list_is_not_the_workspaces_default_list() -> None:
    policy = MailingPolicy(
        default_topics=NotificationPreferences(["invoice"]),
        default_permissions=PermissionSet(["invoices"]),
        needs_permission=True,
    )
    ann = Affiliation(id="1", person_id="1", email="ann@bois.fr")
    assert reason_code(ann, "invoice", _ON, policy) == "preference"
    assert reason_code(attrs.evolve(ann, notifications=[]), "invoice", _ON, policy) == "preference-off"
    assert reason_code(attrs.evolve(ann, permissions=[]), "invoice", _ON, policy) == "no-permission"
    assert reason_code(attrs.evolve(ann, permissions=[], notifications=["news"]), "news", _ON, policy) == "preference"


@pytest.mark.req("NOT-3")
def test_a_choice_by_hand_of_nobody_has_no_fall_back() -> None:
    policy = MailingPolicy(fall_backs={"invoice": ("primary", "client")})
    client = Company("Bois", emails=["office@bois.fr"])
    ann = Affiliation(id="1", person_id="1", email="ann@bois.fr", primary=True)
    assert resolve(client, [ann], "invoice", _ON, policy).chosen[0].reason == "fall-back-primary"
    assert resolve(client, [ann], "invoice", _ON, policy, selected=[]).chosen == ()


@pytest.mark.req("NOT-6")
def test_the_note_names_the_addresses_or_the_reasons() -> None:
    policy = MailingPolicy()
    ann = Affiliation(id="1", person_id="1", email="ann@bois.fr", notifications=["invoice"])
    ben = attrs.evolve(ann, id="2", person_id="2", person=Person("Ben"), email="ben@bois.fr")

    def note(*people: Affiliation, topic: str = "invoice") -> str:
        return resolve(Company("Bois"), people, topic, _ON, policy).note

    assert note(ann, ben) == "The invoice notice goes to ann@bois.fr, ben@bois.fr."
    assert note(ben, topic="ticket") == "Nobody gets the ticket notice: Ben has these notices switched off."
    assert note().startswith("Nobody gets the invoice notice: the client has no contact persons")


@pytest.mark.req("NOT-1")
def test_the_policy_of_a_workspace_is_that_of_its_settings() -> None:
    stored = Settings(
        notices_need_permission=True,
        default_permissions=PermissionSet(["invoices"]),
        default_notifications=NotificationPreferences(["ticket"]),
        topics=[Topic(slug="invoice", name="Invoices", module="invoices", fall_back=["client"])],
    )
    policy = MailingPolicy.of(stored)
    assert policy.topic_modules == {"invoice": "invoices"}
    assert (policy.needs_permission, policy.default_permissions.modules) == (True, ("invoices",))
    assert policy.default_topics.topics == ("ticket",)
    assert policy.fall_backs == {"invoice": ("client",)}


@pytest.mark.req("NOT-2")
def test_a_client_without_an_address_is_no_fall_back_to_anybody_else() -> None:
    policy = MailingPolicy(fall_backs={"invoice": ("client",)})
    ann = Affiliation(id="1", person_id="1", email="ann@bois.fr", purposes=["billing"], primary=True)
    assert resolve(Company("Bois"), [ann], "invoice", _ON, policy, purpose="billing").chosen == ()


@pytest.mark.req("NOT-2")
def test_an_affiliation_without_a_person_has_its_work_address_or_none() -> None:
    assert reason_code(Affiliation(id="1", notifications=["invoice"]), "invoice", _ON, MailingPolicy()) == "no-email"
    work = Affiliation(id="1", email="work@bois.fr", notifications=["invoice"])
    assert reason_code(work, "invoice", _ON, MailingPolicy()) == "preference"


@pytest.mark.req("NOT-2")
def test_a_retired_address_gets_nothing_although_the_person_still_has_it() -> None:
    jane = Person("Jane", "Doe", id="7", emails=["jane@bois.fr", "jane@doe.fr"])
    one = Affiliation.restore({"id": "1", "person_id": "7", "person": jane, "primary": True})
    one = attrs.evolve(one, retired=["JANE@bois.fr"], notifications=["invoice"])
    chosen = resolve(Company("Bois"), [one], "invoice", _ON, MailingPolicy()).chosen
    assert [str(each.email) for each in chosen] == ["jane@doe.fr"]
    alone = attrs.evolve(one, person=attrs.evolve(jane, emails=["jane@bois.fr"]))
    assert reason_code(alone, "invoice", _ON, MailingPolicy()) == "no-email"
    assert reason_code(attrs.evolve(alone, email="jane@bois.fr"), "invoice", _ON, MailingPolicy()) == "preference"
    assert login_address(jane, one) == jane.emails[1]
    assert login_address(jane, None) == jane.emails[0]
