"""Set-password links: 48 hours, once, and dead with a newer one (POR-4)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import Affiliation, Invalid
from contactcore.rules.portal import FREE_ATTEMPTS
from contactcore.workspace.kernel.passwords import Passwords
from support.actors import AMELIE, ROOT
from support.firm import GOOD, WEB, Firm, token_in

pytestmark = pytest.mark.cases_in_memory

NEW = "a newer horse"


@pytest.fixture
def jane(firm: Firm) -> Affiliation:
    return firm.person(firm.client("Bois"))


def invite(firm: Firm, jane: Affiliation) -> str:
    with firm.workspace.write(ROOT) as session:
        return session.portal.invite(jane, send=False).token


def request(firm: Firm, email: str = "jane@bois.fr") -> None:
    with firm.workspace.write(WEB) as session:
        session.portal.request_password(email)


def use(firm: Firm, token: str, password: str = NEW) -> None:
    with firm.workspace.write(WEB) as session:
        session.portal.set_password(token, password)


def is_dead(firm: Firm, token: str) -> bool:
    with pytest.raises(Invalid) as refused:
        use(firm, token)
    return (refused.value.code, refused.value.path, refused.value.value) == ("token-invalid", "token", None)


@pytest.mark.req("POR-4")
def test_a_link_sets_the_password_once(firm: Firm, jane: Affiliation) -> None:
    token = invite(firm, jane)
    use(firm, token)
    assert firm.sign_in(password=NEW)
    assert is_dead(firm, token)


@pytest.mark.req("POR-4")
@pytest.mark.parametrize(("seconds", "alive"), [(48 * 3600 - 1, True), (48 * 3600, False)])
def test_a_link_is_valid_at_47_59_59_and_not_at_48_00_00(
    firm: Firm, jane: Affiliation, seconds: int, alive: bool
) -> None:
    token = invite(firm, jane)
    firm.clock.forward(seconds=seconds)
    if alive:
        use(firm, token)
        assert firm.sign_in(password=NEW)
    else:
        assert is_dead(firm, token)


@pytest.mark.req("POR-4")
@settings(max_examples=40)
@given(st.integers(0, 60 * 3600 * 1_000_000))
def test_a_link_lives_for_48_hours_and_not_a_microsecond_longer(
    new_firm: Callable[[], Firm], microseconds: int
) -> None:
    firm = new_firm()
    token = invite(firm, firm.person(firm.client("Bois")))
    firm.clock.forward(microseconds=microseconds)
    if microseconds < 48 * 3600 * 1_000_000:
        use(firm, token)
        assert firm.sign_in(password=NEW)
    else:
        assert is_dead(firm, token)


@pytest.mark.req("POR-4")
def test_only_the_hash_of_a_token_is_kept(firm: Firm, jane: Affiliation) -> None:
    token = invite(firm, jane)
    assert token not in firm.everything()
    assert sha256(token.encode()).hexdigest() in firm.everything()


@pytest.mark.req("POR-4")
def test_a_token_is_made_of_256_random_bits() -> None:
    asked = []

    def random(size: int) -> bytes:
        asked.append(size)
        return secrets.token_bytes(size)

    token = Passwords(random=random).token()
    assert asked == [32]
    assert len(token) == 43
    assert Passwords(random=lambda size: b"\0" * size).token() == "A" * 43


@pytest.mark.req("POR-4")
def test_a_newer_link_kills_the_older_one_and_takes_its_letter_back(firm: Firm, jane: Affiliation) -> None:
    first = invite(firm, jane)
    request(firm)
    firm.clock.forward(minutes=5)
    request(firm)
    letters = firm.letters()
    assert [(letter.template, letter.state) for letter in letters] == [
        ("set-password", "dead"),
        ("set-password", "waiting"),
    ]
    assert is_dead(firm, first)
    use(firm, token_in(letters[1]))
    assert firm.sign_in(password=NEW)


@pytest.mark.req("POR-4")
def test_a_change_of_the_password_kills_the_link(firm: Firm) -> None:
    client = firm.client("Bois")
    jane = firm.person(client)
    login = firm.login(jane)
    token = invite(firm, jane)
    with firm.workspace.write(firm.user(login, client)) as session:
        assert session.portal.change_password(GOOD, "another horse")
    assert is_dead(firm, token)


@pytest.mark.req("POR-4")
@pytest.mark.parametrize("end", ["suspend", "close"])
def test_a_suspended_or_closed_login_loses_its_link_for_good(firm: Firm, jane: Affiliation, end: str) -> None:
    request_at_first = invite(firm, jane)
    request(firm)
    with firm.workspace.write(AMELIE) as session:
        login = session.portal.of(jane)
        assert login is not None
        getattr(session.portal, end)(login)
    assert [letter.state for letter in firm.letters()] == ["dead"]
    if end == "suspend":
        with firm.workspace.write(AMELIE) as session:
            session.portal.reopen(login)
    assert is_dead(firm, request_at_first)


@pytest.mark.req("POR-4")
def test_a_refused_password_does_not_use_up_the_link(firm: Firm, jane: Affiliation) -> None:
    token = invite(firm, jane)
    with pytest.raises(Invalid) as refused:
        use(firm, token, "short")
    assert (refused.value.code, refused.value.path) == ("password-too-short", "new_password")
    use(firm, token)
    assert firm.sign_in(password=NEW)


@pytest.mark.req("POR-4")
@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\0", "\ud800", "x" * 1_000_000, None, 7])
def test_what_is_no_token_is_refused_like_a_dead_one(firm: Firm, jane: Affiliation, token: str) -> None:
    invite(firm, jane)
    assert is_dead(firm, token)


@pytest.mark.req("POR-4")
def test_a_new_password_by_link_ends_a_lock(firm: Firm, jane: Affiliation) -> None:
    firm.login(jane)
    for _ in range(FREE_ATTEMPTS):
        firm.sign_in(password="wrong password")
    request(firm)
    use(firm, token_in(firm.letters()[0]))
    assert firm.sign_in(password=NEW)


@pytest.mark.req("POR-4")
def test_the_answer_to_a_request_is_the_same_whoever_is_asked_for(firm: Firm, jane: Affiliation) -> None:
    firm.login(jane)
    ended = firm.login(firm.person(firm.client("Sud"), "Joan"))
    with firm.workspace.write(AMELIE) as session:
        session.portal.suspend(ended)
    for email, letters in (("JANE@bois.fr", 1), ("joan@bois.fr", 0), ("nobody@bois.fr", 0), ("no address", 0)):
        before, secrets_before = len(firm.letters()), _versions(firm)
        with firm.workspace.write(WEB) as session:
            assert session.portal.request_password(email) is None  # type: ignore[func-returns-value] # the promise
        assert (len(firm.letters()) - before, _versions(firm) - secrets_before) == (letters, 1)


def _versions(firm: Firm) -> int:
    return sum(record.version for record in firm.records("credential"))


@pytest.mark.req("POR-4")
def test_no_letter_is_sent_whose_template_is_off(firm: Firm, jane: Affiliation) -> None:
    firm.login(jane)
    with firm.workspace.write(ROOT) as session:
        session.settings.switch_letter("set-password", on=False)
    request(firm)
    assert firm.letters() == []


def test_a_letter_is_in_the_language_of_the_person_and_about_them(firm: Firm, jane: Affiliation) -> None:
    firm.login(jane)
    request(firm)
    (letter,) = firm.letters()
    assert (letter.about, letter.to_name, str(letter.language)) == ((jane.person_id,), "Jane Doe", "en")
    assert letter.confidential
    assert "48" in letter.text
