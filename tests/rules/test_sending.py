"""The rule that decides at the moment of sending whether a message leaves (NOT-8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.model import TOPIC_MODULES, Affiliation, Company, NotificationPreferences, Person
from contactcore.model.mailbox import Mailbox
from contactcore.model.message import Grounds, Message
from contactcore.model.portal import Credential, PortalLogin
from contactcore.rules.recipients import MailingPolicy, resolve
from contactcore.rules.sending import SendingFacts, withdrawal_of

pytestmark = pytest.mark.req("NOT-8")

ON = date(2026, 3, 1)
NOW = "2026-03-01T12:00:00.000000Z"
TOPICS = sorted(TOPIC_MODULES)
CLIENT = Company("Bois", id="c", emails=["office@bois.fr"])
JANE = Person("Jane", "Doe", id="p", emails=["jane@bois.fr"], listed=False)


def notice(**grounds: Any) -> Message:
    values = {"kind": "notice", "contact_id": "c", "person_id": "p", "affiliation_id": "a", "topic": "invoice"}
    return Message(
        to="jane@bois.fr", subject="s", text="t", grounds=Grounds(**{**values, "choice": "preference", **grounds})
    )


def code(message: Message, facts: SendingFacts) -> str:
    found = withdrawal_of(message, facts)
    return "" if found is None else found.code


@given(
    active=st.booleans(),
    start=st.sampled_from([None, ON, ON + timedelta(1)]),
    end=st.sampled_from([None, ON, ON - timedelta(1)]),
    topics=st.none() | st.lists(st.sampled_from(TOPICS), unique=True),
    permissions=st.none() | st.lists(st.sampled_from(["invoices", "projects"]), unique=True),
    work=st.sampled_from([None, "JANE@bois.fr", "other@bois.fr"]),
    topic=st.sampled_from(TOPICS),
    defaults=st.lists(st.sampled_from(TOPICS), unique=True),
    needs_permission=st.booleans(),
    by_hand=st.booleans(),
)
def test_a_notice_leaves_exactly_when_the_rules_would_choose_its_address_now(
    active: bool, start: Any, end: Any, topics: Any, permissions: Any, work: Any, topic: str, defaults: Any,
    needs_permission: bool, by_hand: bool,
) -> None:  # fmt: skip
    if start is not None and end is not None and end < start:
        start = None
    one = Affiliation(
        id="a", contact_id="c", person_id="p", person=JANE, active=active, start=start, end=end, email=work,
        notifications=topics, permissions=permissions,
    )  # fmt: skip
    policy = MailingPolicy(default_topics=NotificationPreferences(defaults), needs_permission=needs_permission)
    selected = ["p"] if by_hand else None
    now = resolve(CLIENT, [one], topic, ON, policy, about="project", selected=selected)
    chosen = any(each.email.key == "jane@bois.fr" for each in now.chosen)
    facts = SendingFacts(on=ON, now=NOW, contacts={"c": CLIENT, "p": JANE}, affiliations=[one], policy=policy)
    message = notice(topic=topic, subject_kind="project", choice="manual" if by_hand else "preference")
    assert (code(message, facts) == "") is chosen


def test_the_affiliation_of_today_counts_and_not_the_one_that_ended() -> None:
    ended = Affiliation(id="a", person_id="p", person=JANE, end=ON - timedelta(1), notifications=["invoice"])
    anew = attrs.evolve(ended, id="b", end=None)
    facts = SendingFacts(on=ON, now=NOW, contacts={"c": CLIENT, "p": JANE}, affiliations=[ended, anew])
    assert code(notice(), facts) == ""
    assert code(notice(), attrs.evolve(facts, affiliations=[attrs.evolve(anew, active=False), ended])) == "past"
    assert code(notice(), attrs.evolve(facts, affiliations=[])) == "not-affiliated"


def test_the_trash_counts_before_everything_and_without_grounds_too() -> None:
    facts = SendingFacts(on=ON, now=NOW, contacts={"c": CLIENT}, in_trash=frozenset("c"))
    assert code(notice(), facts) == "in-trash"
    free = Message(to="jane@bois.fr", subject="s", text="t", about=["c"])
    assert code(free, facts) == "in-trash"
    assert code(free, attrs.evolve(facts, in_trash=frozenset())) == ""
    assert code(notice(), attrs.evolve(facts, in_trash=frozenset())) == "purged"


LOGIN = PortalLogin(id="l", email="jane@bois.fr", person_id="p")
CREDENTIAL = Credential(login_id="l", opened=("a",), token_hash="hash", token_expires="2026-03-01T12:00:00.000001Z")
OPEN = Affiliation(id="a", contact_id="c", person_id="p")


@pytest.mark.req("POR-4")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ""),
        ({"login": None}, "login-not-active"),
        ({"login": attrs.evolve(LOGIN, state="suspended")}, "login-not-active"),
        ({"login": attrs.evolve(LOGIN, email="JANE@bois.fr")}, ""),
        ({"login": attrs.evolve(LOGIN, email="new@bois.fr")}, "address-changed"),
        ({"credential": None}, "link-dead"),
        ({"credential": attrs.evolve(CREDENTIAL, token_hash="newer")}, "link-dead"),
        ({"credential": attrs.evolve(CREDENTIAL, token_hash="")}, "link-dead"),
        ({"credential": attrs.evolve(CREDENTIAL, token_expires=NOW)}, "link-dead"),
        ({"credential": attrs.evolve(CREDENTIAL, opened=())}, "no-client"),
        ({"affiliations": []}, "no-client"),
        ({"affiliations": [attrs.evolve(OPEN, active=False)]}, "no-client"),
        ({"affiliations": [attrs.evolve(OPEN, end=ON)]}, ""),
        ({"affiliations": [attrs.evolve(OPEN, end=ON - timedelta(1))]}, "no-client"),
        ({"affiliations": [attrs.evolve(OPEN, start=ON + timedelta(1))]}, ""),
        ({"templates_off": ("welcome",)}, "template-off"),
        ({"templates_off": ("set-password",)}, ""),
        ({"contacts": {}}, "purged"),
    ],
)
def test_a_link_leaves_only_while_it_is_alive_and_of_use(changes: dict[str, Any], expected: str) -> None:
    grounds = Grounds(kind="link", person_id="p", affiliation_id="a", login_id="l", link="hash")
    letter = Message(to="jane@bois.fr", subject="s", text="t", template="welcome", confidential=True, grounds=grounds)
    facts = SendingFacts(on=ON, now=NOW, contacts={"p": JANE}, login=LOGIN, credential=CREDENTIAL, affiliations=[OPEN])
    assert code(letter, attrs.evolve(facts, **changes)) == expected


@pytest.mark.req("POR-4")
@pytest.mark.parametrize(
    ("listed", "opened", "expected"), [(True, "p", ""), (True, "a", "no-client"), (False, "p", "no-client")]
)
def test_a_person_who_is_a_client_needs_no_affiliation_for_a_link(listed: bool, opened: str, expected: str) -> None:
    grounds = Grounds(kind="link", person_id="p", login_id="l", link="hash")
    letter = Message(to="jane@bois.fr", subject="s", text="t", template="welcome", grounds=grounds)
    person = attrs.evolve(JANE, listed=listed)
    credential = attrs.evolve(CREDENTIAL, opened=(opened,))
    facts = SendingFacts(on=ON, now=NOW, contacts={"p": person}, login=LOGIN, credential=credential)
    assert code(letter, facts) == expected


def test_no_reason_names_anybody() -> None:
    past = Affiliation(id="a", person_id="p", person=JANE, end=ON - timedelta(1))
    facts = SendingFacts(on=ON, now=NOW, contacts={"c": CLIENT, "p": JANE}, affiliations=[past])
    found = withdrawal_of(notice(), facts)
    assert found is not None
    assert found.message == "The recipient no longer acts for the client."


FALL_BACK = MailingPolicy(fall_backs={"invoice": ("purpose", "primary", "client")})
ANN = Affiliation(
    id="a", contact_id="c", person_id="p", person=JANE, notifications=[], primary=True, purposes=["billing"]
)


@pytest.mark.req("NOT-2")
@pytest.mark.parametrize(
    ("grounds", "changes", "expected"),
    [
        ({"choice": "fall-back-primary", "primary": True}, {}, ""),
        ({"choice": "fall-back-primary", "primary": True}, {"primary": False}, "not-primary"),
        ({"choice": "fall-back-primary", "primary": False}, {"primary": False}, ""),
        ({"choice": "fall-back-purpose", "purpose": "billing"}, {}, ""),
        ({"choice": "fall-back-purpose", "purpose": "billing"}, {"primary": False}, ""),
        ({"choice": "fall-back-purpose", "purpose": "billing"}, {"purposes": []}, "not-primary"),
        ({"choice": "fall-back-purpose", "purpose": ""}, {"purposes": []}, ""),
        ({"choice": "fall-back-primary", "primary": True}, {"active": False}, "inactive"),
        ({"choice": "fall-back-primary", "primary": True}, {"end": ON - timedelta(1)}, "past"),
        ({"choice": "fall-back-primary", "primary": True}, {"end": ON}, ""),
        ({"choice": "fall-back-primary", "primary": True}, {"email": "new@bois.fr"}, "address-changed"),
        ({"choice": "fall-back-primary", "topic": "ticket"}, {}, "fall-back-off"),
        ({"choice": "manual", "topic": "ticket"}, {"primary": False}, ""),
        ({"choice": "manual"}, {"start": ON + timedelta(1)}, "not-yet"),
        ({"choice": "preference"}, {}, "preference-off"),
        ({"choice": "preference"}, {"notifications": ["invoice"]}, ""),
    ],
)
def test_a_fall_back_leaves_while_it_is_still_the_one_that_was_chosen(
    grounds: dict[str, Any], changes: dict[str, Any], expected: str
) -> None:
    one = attrs.evolve(ANN, **changes)
    facts = SendingFacts(on=ON, now=NOW, contacts={"c": CLIENT, "p": JANE}, affiliations=[one], policy=FALL_BACK)
    assert code(notice(**grounds), facts) == expected


@pytest.mark.req("NOT-2")
def test_a_notice_to_the_client_itself_leaves_to_its_first_address_only() -> None:
    def sent_to(address: str, *emails: str, policy: MailingPolicy = FALL_BACK) -> str:
        facts = SendingFacts(on=ON, now=NOW, contacts={"c": attrs.evolve(CLIENT, emails=emails)}, policy=policy)
        message = notice(person_id="", affiliation_id="", choice="fall-back-client")
        return code(attrs.evolve(message, to=address), facts)

    assert sent_to("office@bois.fr", "OFFICE@bois.fr", "second@bois.fr") == ""
    assert sent_to("second@bois.fr", "office@bois.fr", "second@bois.fr") == "address-changed"
    assert sent_to("office@bois.fr") == "no-email"
    only_primary = MailingPolicy(fall_backs={"invoice": ("primary",)})
    assert sent_to("office@bois.fr", "office@bois.fr", policy=only_primary) == "fall-back-off"


def test_of_several_affiliations_the_own_one_gives_the_reason() -> None:
    past = attrs.evolve(ANN, id="b", end=ON - timedelta(1))
    inactive = attrs.evolve(ANN, id="a", active=False)
    for affiliations in ([past, inactive], [inactive, past]):
        facts = SendingFacts(on=ON, now=NOW, contacts={"c": CLIENT, "p": JANE}, affiliations=affiliations)
        assert code(notice(choice="manual"), facts) == "inactive"
    assert code(notice(choice="manual", affiliation_id="z"), facts) == "inactive"
    assert code(notice(choice="manual", affiliation_id="z"), attrs.evolve(facts, affiliations=[past])) == "past"


BOB = Mailbox("bob@acme.example", "Bob")


@pytest.mark.req("NOT-5")
@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("responsible", {}, ""),
        ("responsible", {"contacts": {"c": attrs.evolve(CLIENT, responsibles=["eve"])}}, "not-responsible"),
        ("responsible", {"user_address": None}, "no-email"),
        ("responsible", {"user_address": Mailbox("new@acme.example", "Bob")}, "address-changed"),
        ("responsible", {"user_address": None, "users_known": False}, ""),
        ("responsible", {"looks_after_any": False}, ""),
        ("responsible", {"templates_off": ("responsible",)}, "template-off"),
        ("responsible", {"in_trash": frozenset("c")}, "in-trash"),
        ("responsible", {"contacts": {}}, "purged"),
        ("import", {}, ""),
        ("import", {"contacts": {}}, ""),
        ("import", {"looks_after_any": False}, "not-responsible"),
        ("import", {"import_state": "undoing"}, "import-undone"),
        ("import", {"import_state": "undone", "looks_after_any": False}, "import-undone"),
        ("import", {"import_state": "done"}, ""),
        ("import", {"user_address": None}, "no-email"),
    ],
)
def test_a_letter_to_a_user_leaves_while_the_user_looks_after_it(
    kind: Any, changes: dict[str, Any], expected: str
) -> None:
    grounds = Grounds(kind=kind, contact_id="c" if kind == "responsible" else "", user="bob")
    letter = Message(to=BOB.email, subject="s", text="t", template="responsible", grounds=grounds)
    client = attrs.evolve(CLIENT, responsibles=["bob"])
    facts = SendingFacts(on=ON, now=NOW, contacts={"c": client}, user_address=BOB, users_known=True)
    assert code(letter, attrs.evolve(facts, **changes)) == expected


@pytest.mark.req("NOT-2")
def test_a_notice_about_another_kind_of_subject_is_withdrawn() -> None:
    one = Affiliation(id="a", contact_id="c", person_id="p", person=JANE, notifications=["task"])
    facts = SendingFacts(on=ON, now=NOW, contacts={"c": CLIENT, "p": JANE}, affiliations=[one])
    assert code(notice(topic="task", subject_kind="project"), facts) == ""
    assert code(notice(topic="task", subject_kind="ticket"), facts) == "topic-not-for-this"
    assert code(notice(topic="task", subject_kind="ticket", choice="manual"), facts) == ""
