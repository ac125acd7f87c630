"""Requests for links and attempts to sign in are limited, by login and by source, at equal cost (POR-10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from contactcore import Company, Duplicate, Forbidden, Host, Invalid, Workspace
from contactcore.rules.limits import (
    REQUESTS_BY_NAME,
    REQUESTS_BY_SOURCE,
    SIGN_INS_BY_SOURCE,
    TAKEN_NAMES,
    Limit,
    source_of,
)
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT
from support.counting_storage import CountingStorage
from support.firm import GOOD, WEB, Firm, token_in


@pytest.fixture
def client(firm: Firm) -> Company:
    return firm.client("Bois")


def request(firm: Firm, email: str = "jane@bois.fr", source: str = "") -> None:
    with firm.workspace.write(WEB) as session:
        session.portal.request_password(email, source=source)


def sign_in(firm: Firm, email: str = "jane@bois.fr", password: str = "wrong password", source: str = "") -> str:
    return firm.workspace.sign_in(email, password, source=source).reason


@pytest.mark.req("POR-10")
def test_a_link_that_was_mailed_in_the_last_minutes_is_not_replaced(firm: Firm, client: Company) -> None:
    firm.login(firm.person(client))
    for _ in range(3):
        request(firm)
        firm.clock.forward(minutes=1)
    assert [letter.state for letter in firm.letters()] == ["waiting"]
    with firm.workspace.write(WEB) as session:
        session.portal.set_password(token_in(firm.letters()[0]), GOOD)
    request(firm)
    assert [letter.state for letter in firm.letters()].count("waiting") == 1
    firm.clock.forward(minutes=5)
    request(firm)
    assert [letter.state for letter in firm.letters()].count("waiting") == 1
    assert len(firm.letters()) == 3


@pytest.mark.req("POR-10")
def test_an_invitation_replaces_a_link_at_once(firm: Firm, client: Company) -> None:
    jane = firm.person(client)
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane)
        session.portal.invite(jane)
    assert [letter.state for letter in firm.letters()] == ["dead", "waiting"]


@pytest.mark.req("POR-10")
def test_requests_are_limited_by_name_whatever_its_spelling_and_begin_again(firm: Firm, client: Company) -> None:
    firm.login(firm.person(client))
    firm.login(firm.person(client, "Joan"))
    for number in range(REQUESTS_BY_NAME.count + 3):
        request(firm, ("jane@bois.fr", "JANE@Bois.fr", " Jane@bois.fr ")[number % 3])
        firm.clock.forward(minutes=6)
    assert len(firm.letters()) == REQUESTS_BY_NAME.count
    request(firm, "joan@bois.fr")
    assert len(firm.letters()) == REQUESTS_BY_NAME.count + 1
    firm.clock.forward(minutes=60)
    request(firm)
    assert len(firm.letters()) == REQUESTS_BY_NAME.count + 2


@pytest.mark.req("POR-10")
def test_requests_are_limited_by_source_and_another_source_is_served(firm: Firm, client: Company) -> None:
    firm.login(firm.person(client))
    for number in range(REQUESTS_BY_SOURCE.count):
        request(firm, f"nobody{number}@bois.fr", "192.0.2.7")
    request(firm, source="192.0.2.7")
    assert firm.letters() == []
    request(firm, source="192.0.2.8")
    assert len(firm.letters()) == 1


@pytest.mark.req("POR-10")
def test_failed_attempts_to_sign_in_are_limited_by_source_and_other_sources_enter(firm: Firm, client: Company) -> None:
    firm.login(firm.person(client))
    for number in range(SIGN_INS_BY_SOURCE.count):
        assert sign_in(firm, f"nobody{number}@bois.fr", source="2001:db8::1") == "refused"
    assert sign_in(firm, password=GOOD, source="2001:db8::2") == "limited"
    firm.passwords.spent()
    assert sign_in(firm, "nobody@bois.fr", source="2001:db8::3") == "limited"
    assert firm.passwords.spent() == (0, 0)
    with firm.workspace.write(WEB) as session:
        assert session.portal.authenticate("jane@bois.fr", GOOD, source="2001:db8::1").reason == "limited"
    assert sign_in(firm, password=GOOD, source="2001:db8:0:1::1") == "ok"
    assert sign_in(firm, password=GOOD) == "ok"
    firm.clock.forward(minutes=15)
    assert sign_in(firm, password=GOOD, source="2001:db8::1") == "ok"


@pytest.mark.req("POR-10")
def test_people_who_sign_in_rightly_are_never_limited(firm: Firm, client: Company) -> None:
    firm.login(firm.person(client))
    for _ in range(SIGN_INS_BY_SOURCE.count + 1):
        assert sign_in(firm, password=GOOD, source="192.0.2.7") == "ok"


@pytest.mark.req("POR-10")
def test_all_processes_share_the_counters_and_each_workspace_has_its_own(firm: Firm, client: Company) -> None:
    firm.login(firm.person(client))
    for _ in range(SIGN_INS_BY_SOURCE.count):
        # Each workspace object stands for a process of its own.
        assert not firm.opened(firm.passwords).sign_in("x@bois.fr", "wrong password", source="192.0.2.7")
    assert sign_in(firm, password=GOOD, source="192.0.2.7") == "limited"
    other = Workspace(firm.storage, "other", host=Host(clock=firm.clock, passwords=firm.passwords))
    assert other.sign_in("jane@bois.fr", GOOD, source="192.0.2.7").reason == "refused"


@pytest.mark.req("POR-10")
def test_counters_hold_no_personal_data_and_are_removed_a_day_after_their_period(firm: Firm) -> None:
    for number in range(25):
        request(firm, f"nobody{number}@bois.fr", "192.0.2.7")
    assert len(firm.records("counter")) == 26
    assert not any(word in str(firm.records("counter")) for word in ("nobody", "bois.fr", "192.0.2.7"))
    firm.clock.forward(days=2)
    for number in range(3):
        request(firm, f"other{number}@bois.fr", "192.0.2.8")
    assert len(firm.records("counter")) == 4


@pytest.mark.req("POR-10")
@pytest.mark.req("POR-4")
@pytest.mark.parametrize("emails", [("jane@bois.fr", "nobody@bois.fr"), ("jane@bois.fr", "joan@bois.fr")])
def test_a_request_costs_the_same_for_every_name(storage: Storage, emails: tuple[str, str]) -> None:
    firm = Firm(CountingStorage(storage))
    with firm.workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://x.fr/?token={token}")
    client = firm.client("Bois")
    firm.login(firm.person(client))
    suspended = firm.login(firm.person(client, "Joan"))
    with firm.workspace.write(AMELIE) as session:
        session.portal.suspend(suspended)
    calls = firm.storage.calls  # type: ignore[attr-defined] # the counting storage
    costs = []
    for email in emails:
        calls.restart()
        request(firm, email, "192.0.2.7")
        costs.append(Counter(calls.by_name))
    # A letter is queued with two events; one that nobody gets is removed again. As many records are written.
    known, unknown = costs
    assert known["publish"] - unknown["publish"] == 2
    assert unknown["delete"] - known["delete"] == 1
    different = (known - unknown) + (unknown - known)
    assert set(different) <= {"publish", "delete", "get"}
    assert different["get"] <= 2


@pytest.mark.req("POR-10")
def test_many_requests_stay_as_cheap_as_the_first(storage: Storage) -> None:
    firm = Firm(CountingStorage(storage))
    with firm.workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://x.fr/?token={token}")
    firm.login(firm.person(firm.client("Bois")))
    calls: Any = firm.storage.calls  # type: ignore[attr-defined] # the counting storage
    records = []
    for _ in range(40):
        firm.clock.forward(hours=2)
        calls.restart()
        request(firm)
        records.append(calls.records)
    assert max(records[2:]) <= records[1] + 2


@attrs.define
class InMemory:
    """A limiter of the application."""

    counts: dict[str, int] = attrs.field(factory=dict)

    def is_exhausted(self, key: str, limit: Limit) -> bool:
        return self.counts.get(key, 0) >= 1

    def count(self, key: str, limit: Limit) -> None:
        self.counts[key] = self.counts.get(key, 0) + 1


@pytest.mark.req("POR-10")
def test_a_limiter_of_the_application_takes_the_place_of_the_counters(firm: Firm, client: Company) -> None:
    firm.login(firm.person(client))
    limiter = InMemory()
    host = Host(clock=firm.clock, passwords=firm.passwords, limiter=limiter)
    workspace = Workspace(firm.storage, "acme", host=host)
    assert workspace.sign_in("jane@bois.fr", "wrong password", source="192.0.2.7").reason == "refused"
    assert workspace.sign_in("jane@bois.fr", GOOD, source="192.0.2.7").reason == "limited"
    assert [key.rpartition(":")[0] for key in limiter.counts] == ["acme/sign-ins-by-source"]
    assert firm.records("counter") == []


@pytest.mark.req("POR-10")
@pytest.mark.parametrize("ask", [lambda f, s: sign_in(f, source=s), lambda f, s: request(f, source=s)])
def test_a_source_that_is_no_text_is_refused(firm: Firm, ask: Callable[[Firm, Any], object]) -> None:
    with pytest.raises(Invalid) as refused:
        ask(firm, 7)
    assert (refused.value.code, refused.value.path) == ("text-type", "source")
    with pytest.raises(Invalid) as refused:
        Host(limiter=7)  # type: ignore[arg-type] # the fault under test
    assert refused.value.code == "not-a-limiter"


@pytest.mark.req("POR-10")
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("2001:db8::1", "2001:DB8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        (" Session ", "session", True),
    ],
)
def test_addresses_of_one_subscriber_are_one_source(one: str, other: str, same: bool) -> None:
    assert (source_of(one) == source_of(other)) == same


@pytest.mark.req("POR-10")
@pytest.mark.req("ACC-3")
def test_a_user_who_tries_names_that_are_taken_is_stopped(firm: Firm, client: Company) -> None:
    firm.login(firm.person(client))
    joan = firm.person(client, "Joan")
    for _ in range(TAKEN_NAMES.count):
        with pytest.raises(Duplicate), firm.workspace.write(AMELIE) as session:
            session.portal.invite(joan, email="jane@bois.fr", send=False)
    with pytest.raises(Forbidden) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(joan, email="other@bois.fr", send=False)
    assert refused.value.code == "too-many-attempts"
    with firm.workspace.write(ROOT) as session:
        session.portal.invite(joan, email="root@bois.fr", send=False)
    firm.clock.forward(hours=1)
    with firm.workspace.write(AMELIE) as session:
        session.portal.invite(joan, send=False)


@pytest.mark.req("POR-3")
def test_a_letter_without_a_place_for_its_link_is_refused(storage: Storage) -> None:
    firm = Firm(storage)
    jane = firm.person(firm.client("Bois"))
    with pytest.raises(Invalid) as refused, firm.workspace.write(AMELIE) as session:
        session.portal.invite(jane)
    assert (refused.value.code, refused.value.path) == ("portal-link-missing", "portal_link")
    for email in ("jane@bois.fr", "nobody@bois.fr"):
        with pytest.raises(Invalid) as refused:
            request(firm, email)
        assert refused.value.code == "portal-link-missing"
    with firm.workspace.write(AMELIE) as session:
        handed = session.portal.invite(jane, send=False)
    assert handed.token
    assert handed.link == ""
    assert firm.letters() == []
