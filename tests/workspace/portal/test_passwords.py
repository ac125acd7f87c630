"""Passwords: how they are kept, checked and locked out (POR-2)."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from contactcore import Forbidden, Invalid, PortalUser, StorageError, User
from contactcore.rules.portal import FREE_ATTEMPTS
from contactcore.workspace.kernel.passwords import Passwords
from support.actors import AMELIE, ROOT
from support.firm import GOOD, WEB, CountedPasswords, Firm


@pytest.mark.req("POR-2")
def test_passwords_are_hashed_by_argon2id_with_the_figures_of_owasp() -> None:
    hashed = Passwords().hash(GOOD)
    assert re.fullmatch(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}", hashed)


@pytest.mark.req("POR-2")
def test_the_hash_stands_in_a_record_of_its_own_and_nowhere_else(firm: Firm) -> None:
    login = firm.login(firm.person(firm.client("Bois")))
    assert [record.id for record in firm.records("credential") if b"argon2id" in record.body] == [login.id]
    assert firm.everything().count("$argon2id$") == 1
    assert "argon2" not in repr(login)
    for record in firm.records("credential"):
        assert (record.access, record.terms, record.words, record.orders) == (frozenset(), frozenset(), frozenset(), {})


@pytest.mark.req("POR-2")
@given(st.text(min_size=8, max_size=60))
def test_a_password_that_is_taken_opens_in_any_unicode_form_and_no_other_does(password: str) -> None:
    import unicodedata

    passwords = CountedPasswords()
    try:
        hashed = passwords.hash(passwords.check(password))
    except Invalid:
        reject()
    assert 8 <= len(unicodedata.normalize("NFKC", password)) <= 1_000
    assert passwords.verify(hashed, unicodedata.normalize("NFD", password))
    assert not passwords.verify(hashed, password + "x")
    assert not passwords.verify(hashed, password[1:])


@pytest.mark.req("POR-2")
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("seven77", "password-too-short"),
        ("", "password-too-short"),
        ("x" * 1_001, "password-too-long"),
        ("x" * 10_000_000, "password-too-long"),
        ("\ufdfa" * 1_000, "password-too-long"),
        ("eight\0888", "password-nul"),
        ("eight\ud800888", "password-surrogate"),
        (12345678, "password-type"),
        (None, "password-type"),
    ],
)
def test_a_password_has_8_to_1000_characters_of_text(password: str, code: str) -> None:
    passwords = CountedPasswords()
    with pytest.raises(Invalid) as refused:
        passwords.check(password)
    assert (refused.value.code, refused.value.value) == (code, None)
    assert not passwords.verify(passwords.hash(GOOD), password)


def test_eight_and_a_thousand_characters_and_blanks_are_taken() -> None:
    for password in ("        ", "12345678", "é" * 1_000):
        assert CountedPasswords().check(password) == password


_POOR = [
    (" " * 12, "password-blank"),
    ("\u3000" * 12, "password-blank"),
    ("\u200b \u2800" * 4, "password-blank"),
    ("jane@bois.fr", "password-is-login"),
    (" JANE@Bois.fr ", "password-is-login"),
    ("ｊane@bois.fr", "password-is-login"),
]


@pytest.mark.req("POR-2")
@pytest.mark.parametrize(("password", "code"), _POOR)
def test_a_new_password_is_neither_blank_nor_the_login_name(firm: Firm, password: str, code: str) -> None:
    client = firm.client("Bois")
    jane = firm.person(client)
    with firm.workspace.write(AMELIE) as session, pytest.raises(Invalid) as typed:
        session.portal.invite(jane, password=password, send=False)
    with firm.workspace.write(AMELIE) as session:
        token = session.portal.invite(jane, send=False).token
    with firm.workspace.write(WEB) as session, pytest.raises(Invalid) as linked:
        session.portal.set_password(token, password)
    with firm.workspace.write(WEB) as session:
        login = session.portal.set_password(token, GOOD)  # the link is still valid
    with firm.workspace.write(firm.user(login, client)) as session, pytest.raises(Invalid) as changed:
        session.portal.change_password(GOOD, password)
    found = [(one.value.code, one.value.path, one.value.value) for one in (typed, linked, changed)]
    assert found == [(code, "password", None), (code, "new_password", None), (code, "new_password", None)]
    assert firm.sign_in()


@pytest.mark.req("POR-2")
def test_the_part_of_the_login_name_before_its_at_sign_is_no_password_and_one_that_contains_it_is() -> None:
    passwords = CountedPasswords()
    with pytest.raises(Invalid) as refused:
        passwords.choose("Jane.Roe", "jane.roe@bois.fr")
    assert refused.value.code == "password-is-login"
    for password in ("jane.roe!", "jane.roe@bois", "jane.roe@bois.fr jane", "bois.fr.bois"):
        assert passwords.choose(password, "jane.roe@bois.fr") == password


@pytest.mark.req("POR-2")
def test_a_poor_password_that_was_taken_before_still_opens() -> None:
    passwords = CountedPasswords()
    for password in (" " * 12, "jane@bois.fr"):
        assert passwords.verify(passwords.hash(password), password)


@pytest.mark.req("POR-2")
def test_a_hash_is_made_anew_at_the_next_login_when_the_parameters_rise(firm: Firm) -> None:
    firm.login(firm.person(firm.client("Bois")))
    stronger = firm.opened(Passwords(memory=16, iterations=2))
    with stronger.write(WEB) as session:
        assert not session.portal.authenticate("jane@bois.fr", "wrong password")
    assert "m=8,t=1" in firm.everything()
    with stronger.write(WEB) as session:
        assert session.portal.authenticate("jane@bois.fr", GOOD)
    assert "m=16,t=2" in firm.everything()
    assert "m=8,t=1" not in firm.everything()
    assert stronger.sign_in("jane@bois.fr", GOOD)


@pytest.mark.req("POR-2")
@pytest.mark.parametrize("door", ["session", "workspace"])
def test_every_refusal_is_the_same_and_costs_one_verification_and_one_written_record(firm: Firm, door: str) -> None:
    client = firm.client("Bois")
    firm.login(firm.person(client))
    firm.login(firm.person(client, "Unset"), password=None)
    suspended, closed = firm.login(firm.person(client, "Suspended")), firm.login(firm.person(client, "Closed"))
    locked = firm.login(firm.person(client, "Locked"))
    with firm.workspace.write(AMELIE) as session:
        session.portal.suspend(suspended)
        session.portal.close(closed)
    for _ in range(FREE_ATTEMPTS):
        firm.sign_in(str(locked.email), "wrong password")
    attempts: list[tuple[Any, Any]] = [
        ("jane@bois.fr", "wrong password"),
        ("jane@bois.fr", ""),
        ("jane@bois.fr", "x" * 100_000),
        ("jane@bois.fr", "\0" * 10),
        ("jane@bois.fr", None),
        ("unset@bois.fr", GOOD),
        ("suspended@bois.fr", "wrong password"),
        ("closed@bois.fr", GOOD),
        ("locked@bois.fr", GOOD),
        ("nobody@bois.fr", GOOD),
        ("no address", GOOD),
        ("", ""),
        (None, GOOD),
    ]
    for email, password in attempts:
        before = {(record.id, record.version) for record in firm.records("credential")}
        firm.passwords.spent()
        knock = firm.sign_in if door == "session" else firm.workspace.sign_in
        answer = knock(email, password)
        after = {(record.id, record.version) for record in firm.records("credential")}
        assert (answer.reason, answer.login, answer.clients) == ("refused", None, ()), email
        assert (firm.passwords.spent(), len(after - before)) == ((1, 0), 1), email


@pytest.mark.req("POR-2")
def test_a_suspended_login_is_told_only_to_who_knows_its_password(firm: Firm) -> None:
    login = firm.login(firm.person(firm.client("Bois")))
    with firm.workspace.write(AMELIE) as session:
        session.portal.suspend(login)
    assert firm.sign_in(password="wrong password").reason == "refused"
    assert firm.sign_in().reason == "suspended"
    with firm.workspace.write(AMELIE) as session:
        session.portal.reopen(login)
    assert firm.sign_in().reason == "ok"


@pytest.mark.req("POR-2")
def test_after_five_wrong_passwords_the_right_one_is_refused_for_a_minute(firm: Firm) -> None:
    firm.login(firm.person(firm.client("Bois")))
    for _ in range(FREE_ATTEMPTS):
        assert firm.sign_in(password="wrong password").reason == "refused"
    assert firm.sign_in().reason == "refused"
    firm.clock.forward(seconds=59)
    assert firm.sign_in().reason == "refused"
    firm.clock.forward(seconds=1)
    assert firm.sign_in().reason == "ok"


@pytest.mark.req("POR-2")
def test_the_lock_doubles_with_each_further_failure_and_a_right_password_forgets_them(firm: Firm) -> None:
    firm.login(firm.person(firm.client("Bois")))
    for _ in range(FREE_ATTEMPTS):
        firm.sign_in(password="wrong password")
    firm.clock.forward(minutes=1)
    firm.sign_in(password="wrong password")
    firm.clock.forward(seconds=119)
    assert not firm.sign_in()
    firm.clock.forward(seconds=1)
    assert firm.sign_in()
    firm.sign_in(password="wrong password")
    assert firm.sign_in()


def test_attempts_on_a_locked_login_do_not_lengthen_the_lock(firm: Firm) -> None:
    firm.login(firm.person(firm.client("Bois")))
    for _ in range(3 * FREE_ATTEMPTS):
        firm.sign_in(password="wrong password")
    firm.clock.forward(minutes=1)
    assert firm.sign_in()


@pytest.mark.req("POR-2")
def test_failures_on_one_login_lock_no_other(firm: Firm) -> None:
    client = firm.client("Bois")
    firm.login(firm.person(client))
    firm.login(firm.person(client, "Joan"))
    for email in ("jane@bois.fr", "nobody@bois.fr"):
        for _ in range(FREE_ATTEMPTS):
            firm.sign_in(email, "wrong password")
    assert firm.sign_in("joan@bois.fr")
    assert not firm.sign_in("jane@bois.fr")


@pytest.mark.req("POR-2")
def test_attempts_at_the_same_time_do_not_get_past_the_lock(firm: Firm) -> None:
    firm.login(firm.person(firm.client("Bois")))

    class Hurried(CountedPasswords):
        """While one attempt is being verified, five others fail."""

        def verify(self, stored: str, password: object) -> bool:
            for _ in range(FREE_ATTEMPTS):
                firm.sign_in(password="wrong password")
            return super().verify(stored, password)

    assert firm.opened(Hurried()).sign_in("jane@bois.fr", GOOD).reason == "refused"


@pytest.mark.req("POR-2")
def test_an_attempt_with_a_password_that_was_changed_meanwhile_is_refused(firm: Firm) -> None:
    jane = firm.person(firm.client("Bois"))
    firm.login(jane)

    class Hurried(CountedPasswords):
        def verify(self, stored: str, password: object) -> bool:
            with firm.workspace.write(ROOT) as session:
                session.portal.set_password(session.portal.invite(jane).token, "another horse")
            return super().verify(stored, password)

    assert firm.opened(Hurried()).sign_in("jane@bois.fr", GOOD).reason == "refused"


@pytest.mark.req("POR-2")
def test_a_portal_user_changes_their_own_password_by_the_old_one(firm: Firm) -> None:
    client = firm.client("Bois")
    login = firm.login(firm.person(client))
    user = firm.user(login, client)
    with firm.workspace.write(user) as session:
        assert session.portal.change_password("wrong password", "another horse").reason == "refused"
    assert firm.sign_in()
    with firm.workspace.write(user) as session:
        assert session.portal.change_password(GOOD, "another horse")
    assert not firm.sign_in()
    assert firm.sign_in(password="another horse")


def test_wrong_passwords_of_a_portal_user_are_counted_too(firm: Firm) -> None:
    client = firm.client("Bois")
    user = firm.user(firm.login(firm.person(client)), client)
    for _ in range(FREE_ATTEMPTS):
        with firm.workspace.write(user) as session:
            session.portal.change_password("wrong password", "another horse")
    assert not firm.sign_in()


def test_who_is_no_portal_user_has_no_password_to_change(firm: Firm) -> None:
    with pytest.raises(Forbidden) as refused, firm.workspace.write(ROOT) as session:
        session.portal.change_password(GOOD, "another horse")
    assert refused.value.code == "portal-only"


def test_attempts_need_a_session_that_writes_since_they_are_counted(firm: Firm) -> None:
    with firm.workspace.read(WEB) as session:
        for ask in (session.portal.authenticate, session.portal.set_password):
            with pytest.raises((Forbidden, Invalid)):
                ask("jane@bois.fr", GOOD)
        with pytest.raises(Forbidden):
            session.portal.request_password("jane@bois.fr")


def test_nobody_gets_in_where_nobody_has_a_login(new_firm: Callable[[], Firm]) -> None:
    firm = new_firm()
    assert firm.sign_in().reason == firm.workspace.sign_in("jane@bois.fr", GOOD).reason == "refused"
    assert firm.passwords.spent()[0] == 2


def test_without_the_extra_one_plain_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(StorageError, match=r"pip install 'contactcore\[portal\]'") as refused:
        Passwords().hash(GOOD)
    assert refused.value.code == "extra-missing"
    with pytest.raises(StorageError):
        Passwords().verify("", GOOD)


def test_a_portal_user_is_told_apart_from_a_user_of_the_same_name() -> None:
    with pytest.raises(Invalid):
        PortalUser("", "1", 0)
    assert PortalUser("1", "2", 0).name == "portal:1"


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("name", ["portal:1", " portal:", "system", "system "])
def test_a_user_with_the_name_of_another_actor_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        User(name)
    assert (refused.value.code, refused.value.path) == ("user-name-reserved", "name")
    assert User("systems").name == "systems"


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("control", "\u202a\u202c\u202e\u2066\u2069")
def test_a_user_whose_name_could_look_like_another_one_is_refused(control: str) -> None:
    with pytest.raises(Invalid) as refused:
        User(f"bob{control}")
    assert (refused.value.code, refused.value.path) == ("user-name", "name")
    assert User("דוד\u200f").name == "דוד\u200f"


class _Claiming(PortalUser):
    """A portal user who claims to be an admin."""

    @property
    def admin(self) -> bool:
        return True


class _Staff(User):
    """A class of an application."""


@pytest.mark.req("ACC-3")
def test_an_actor_of_a_subclass_is_refused(firm: Firm) -> None:
    client = firm.client("Bois")
    login = firm.login(firm.person(client))
    for actor in (_Claiming(login.id, client.id, login.epoch), _Staff("root", admin=True)):
        for act in (firm.workspace.read, firm.workspace.write):
            with pytest.raises(Invalid) as refused, act(actor):
                pass
            assert (refused.value.code, refused.value.path) == ("actor-type", "actor")


@pytest.mark.req("POR-2")
def test_a_sign_in_without_the_extra_names_it(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.split(".")[0] == "argon2"]:
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type] # as if it were not installed
    with pytest.raises(StorageError) as refused:
        firm.opened(Passwords()).sign_in("nobody@bois.fr", GOOD)
    assert refused.value.code == "extra-missing"
