"""A submission becomes a contact, once, and a refusal changes nothing (IMP-6)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Form, Host, Invalid, NotFound, Person, StorageError, User, Workspace
from contactcore.rules.limits import FORMS_BY_SOURCE
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT
from support.clock import Clock
from support.seeds import seeds_on
from support.web_forms import JO, Website, send_form, token_in

pytestmark = [pytest.mark.req("IMP-6"), pytest.mark.cases_in_memory]


def stored(website: Website, actor: User = ROOT) -> list[str]:
    """Everything that a refused submission must not change."""
    with website.workspace.read(actor) as session:
        contacts = [(card.id, card.version, card.name) for card in session.contacts.page(role="any")]
        letters = [letter.id for letter in session.outbox.list().items]
        return [*map(str, contacts), *letters, *(one.id for one in session.forms.submissions.page())]


def test_a_submission_makes_a_contact_with_the_defaults_of_the_form(website: Website, clock: Clock) -> None:
    answer = send_form(website, clock, JO)
    assert (answer.reason, answer.return_to, answer.language) == (
        "form-received",
        "https://www.acme.example/merci",
        "fr",
    )
    assert answer
    assert answer.message in answer.html
    with website.workspace.read(BOB) as session:
        (card,) = session.contacts.page(source="form")
        jo = session.contacts.get(card.id, Person)
        (submission,) = session.forms.submissions.of(jo)
    assert (jo.display_name, str(jo.emails[0]), str(jo.phones[0])) == ("Jo Doe", "jo@bois.fr", "+33144556677")
    assert (jo.addresses[0].street, jo.addresses[0].city, dict(jo.fields)) == ("1 rue Vauban", "Lyon", {"taille": 1.5})
    assert (jo.type, jo.categories, [tag.text for tag in jo.tags]) == ("residential-client", ("web",), ["Site"])
    assert (jo.source, jo.responsibles, str(jo.access), jo.added_by) == ("form", ("bob",), "private", "")
    assert dict(submission.fields) == JO
    assert (submission.consent, submission.consent_version) == ("J'accepte.", "2026-03")
    assert (submission.received, submission.state, submission.language) == (clock.now, "new", "fr")


@pytest.mark.req("NOT-5")
def test_the_responsible_users_are_told_of_a_contact_of_a_form(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    with website.workspace.read(ROOT) as session:
        (letter,) = session.outbox.list().items
        events = [one.event.name for one in session.feed()]
    assert (str(letter.to), letter.template) == ("bob@acme.example", "responsible-assigned")
    wanted = ["contact.added", "responsible.assigned", "submission.received"]
    assert [name for name in events if name in wanted] == wanted


@pytest.mark.req("NOT-5")
def test_a_contact_of_a_form_without_responsible_users_is_the_admins_until_somebody_is_assigned(
    website: Website, clock: Clock
) -> None:
    with website.workspace.write(ROOT) as session:
        website.form = session.forms.save(attrs.evolve(website.form, responsibles=[]))
    send_form(website, clock, JO)
    for user in (AMELIE, BOB):
        with website.workspace.read(user) as session:
            assert (session.contacts.count(), len(session.forms.submissions.page())) == (0, 0)
    with website.workspace.write(ROOT) as session:
        (card,) = session.contacts.page()
        jo = session.contacts.get(card.id)
        session.contacts.save(attrs.evolve(jo, responsibles=["amelie"]))
        (letter,) = session.outbox.list().items
    assert str(letter.to) == "amelie@acme.example"
    with website.workspace.read(AMELIE) as session:
        assert len(session.forms.submissions.of(jo.id)) == 1


@pytest.mark.parametrize("access", ["private", "shared-read", "shared-write"])
def test_the_form_decides_on_the_access(website: Website, clock: Clock, access: str) -> None:
    with website.workspace.write(ROOT) as session:
        website.form = session.forms.save(attrs.evolve(website.form, access=access))
    send_form(website, clock, JO)
    with website.workspace.read(AMELIE) as session:
        assert session.contacts.count() == (0 if access == "private" else 1)


def test_a_form_of_companies_makes_companies(website: Website, clock: Clock) -> None:
    with website.workspace.write(ROOT) as session:
        form = session.forms.add(Form("Firms", makes="company", fields=["name", "email", "website"]))
    answer = send_form(Website(website.workspace, form), clock, {"name": "Bois & Fils", "website": "https://bois.fr"})
    assert answer
    with website.workspace.read(ROOT) as session:
        (card,) = session.contacts.page()
        assert session.contacts.get(card.id, Company).websites[0].url == "https://bois.fr"


def test_the_language_of_the_visitor_is_that_of_the_answer_and_of_the_contact(website: Website, clock: Clock) -> None:
    answer = send_form(website, clock, {**JO, "email": "jo@"}, "de")
    assert answer.message == "Bitte korrigieren Sie die markierten Felder."
    assert "Bitte geben Sie eine E-Mail-Adresse wie name@example.org an." in answer.html
    assert send_form(website, clock, JO, "de").message == "Vielen Dank, Ihre Nachricht ist angekommen."
    with website.workspace.read(ROOT) as session:
        (card,) = session.contacts.page()
        assert str(session.contacts.get(card.id).language) == "de"


# Once only


def test_the_same_page_sent_twice_makes_one_contact_and_gets_the_same_answer(website: Website, clock: Clock) -> None:
    token = website.token("fr")
    clock.forward(seconds=10)
    first = website.submit(token, JO)
    kept = stored(website)
    clock.forward(minutes=5)
    assert website.submit(token, dict(reversed(JO.items()))) == first
    assert stored(website) == kept


def test_fields_in_lists_are_what_they_are_as_texts(website: Website, clock: Clock) -> None:
    token = website.token("fr")
    clock.forward(seconds=10)
    in_lists = {name: [value] for name, value in JO.items()}
    first = website.submit(token, in_lists)
    assert first
    assert website.submit(token, JO) == first
    with website.workspace.read(BOB) as session:
        (submission,) = session.forms.submissions.page()
    assert (dict(submission.fields), submission.display_name) == (JO, "Jo Doe")


def test_a_used_page_with_other_fields_is_refused_and_the_new_page_takes_them(website: Website, clock: Clock) -> None:
    token = website.token("fr")
    clock.forward(seconds=10)
    assert website.submit(token, JO)
    kept = stored(website)
    other = {**JO, "message": "Autre chose", "email": "other@bois.fr"}
    again = website.submit(token, other)
    assert (again.reason, stored(website)) == ("form-used", kept)
    assert 'value="other@bois.fr"' in again.html
    clock.forward(seconds=10)
    assert website.submit(token_in(again.html), other)


def test_the_page_of_a_deleted_submission_makes_nothing_anew(website: Website, clock: Clock) -> None:
    token = website.token()
    clock.forward(seconds=10)
    website.submit(token, JO)
    with website.workspace.write(BOB) as session:
        (submission,) = session.forms.submissions.page()
        session.contacts.delete(submission.contact_id)
    assert website.submit(token, JO)
    with website.workspace.read(ROOT) as session:
        assert (session.contacts.count(), len(session.forms.submissions.page())) == (0, 0)


# Refusals


def refusals(website: Website, clock: Clock) -> dict[str, Any]:
    """Reason of a refusal -> what is sent."""
    early = website.token()
    clock.forward(hours=30)
    late, clock.now = early, clock.now
    fresh = website.token()
    other = website.token()
    clock.forward(seconds=10)
    return {
        "form-expired": {**JO, "cc_token": late},
        "form-forged": {**JO, "cc_token": other[:-2] + ("AA" if other[-2:] != "AA" else "BB")},
        "form-trap": {**JO, "cc_token": fresh, "cc_more": "https://spam.example"},
        "form-too-large": {**JO, "cc_token": fresh, "message": "x" * 10_000_000},
        "form-invalid": {**JO, "cc_token": fresh, "admin": "yes"},
    }


def test_each_refusal_has_its_name_and_changes_nothing(website: Website, clock: Clock) -> None:
    before = stored(website)
    for reason, fields in refusals(website, clock).items():
        answer = website.workspace.forms.submit(website.form, {"cc_consent": "yes", **fields})
        assert (answer.reason, bool(answer), answer.return_to) == (reason, False, "")
        assert answer.message
        assert stored(website) == before


@pytest.mark.parametrize("token", ["", "x", "é", None, "a.b", "x" * 10_000, ["a", "b"], [], b"x"])
def test_a_token_of_any_kind_that_was_not_signed_is_refused(website: Website, token: Any) -> None:
    answer = website.workspace.forms.submit(website.form, {**JO, "cc_token": token, "cc_consent": "yes"})
    assert answer.reason == "form-forged"


def test_a_page_of_another_form_or_another_workspace_is_forged(website: Website, clock: Clock) -> None:
    other_workspace = Workspace(website.workspace.storage, "other", host=website.workspace.host)
    with website.workspace.write(ROOT) as session:
        other = session.forms.add(Form("Other", fields=["email"]))
    with other_workspace.write(ROOT) as session:
        foreign = session.forms.add(Form("Other", fields=["email"]))
    tokens = [Website(website.workspace, other).token(), Website(other_workspace, foreign).token()]
    clock.forward(seconds=10)
    assert [website.submit(token, JO).reason for token in tokens] == ["form-forged"] * 2


def test_hidden_fields_of_a_visitor_decide_on_nothing(website: Website, clock: Clock) -> None:
    for name in ("responsibles", "access", "type", "return_to", "tags", "language", "id", "form", "cc_form"):
        answer = send_form(website, clock, {**JO, name: "x"})
        assert [(problem.code, problem.path) for problem in answer.problems] == [("form-field-unknown", name)]
    assert stored(website) == []


def test_a_submission_comes_neither_too_early_nor_too_late(website: Website, clock: Clock) -> None:
    for step, reason in (
        (2, "form-too-fast"),
        (3, "form-received"),
        (86_400, "form-received"),
        (86_401, "form-expired"),
    ):
        token = website.token()
        clock.forward(seconds=step)
        assert website.submit(token, {**JO, "email": f"jo{step}@bois.fr"}).reason == reason


def test_a_page_that_is_sent_at_once_is_not_too_early_for_a_form_without_a_smallest_age(
    website: Website, clock: Clock
) -> None:
    with website.workspace.write(ROOT) as session:
        website.form = session.forms.save(attrs.evolve(website.form, min_seconds=0))
    clock.forward(microseconds=999_999)
    assert website.submit(website.token(), JO)


def test_a_page_from_the_future_is_too_early(website: Website, clock: Clock) -> None:
    token = website.token()
    clock.forward(days=-1)
    assert website.submit(token, JO).reason == "form-too-fast"


def test_without_consent_nothing_is_stored(website: Website, clock: Clock) -> None:
    token = website.token("fr")
    clock.forward(seconds=10)
    answer = website.submit(token, JO, agreed=False)
    assert [problem.code for problem in answer.problems] == ["consent-missing"]
    assert stored(website) == []
    assert "Veuillez donner votre accord" in answer.html


def test_a_required_field_and_a_wrong_one_are_named_together(website: Website, clock: Clock) -> None:
    answer = send_form(website, clock, {**JO, "email": " ", "phone": "none", "fields.taille": "big"})
    codes = {problem.path: problem.code for problem in answer.problems}
    assert codes["email"] == "field-required"
    assert codes["fields.taille"] == "field-not-number"
    assert codes["phone"].startswith("phone-")


def test_a_contact_needs_a_name_or_a_way_to_reach_it(website: Website, clock: Clock) -> None:
    with website.workspace.write(ROOT) as session:
        form = session.forms.add(Form("Open", fields=["given_name", "email", "city"]))
    answer = send_form(Website(website.workspace, form), clock, {"city": "Lyon"})
    assert [problem.code for problem in answer.problems] == ["nameless"]
    assert "Indiquez un nom" in website.workspace.forms.submit(form, {}, language="fr").html or answer.html


def test_each_hostile_text_is_stored_as_text_or_refused_by_name(website: Website, clock: Clock) -> None:
    hostile = "<script>alert(1)</script>\"'&"
    answer = send_form(website, clock, {**JO, "given_name": hostile, "message": hostile})
    assert answer
    with website.workspace.read(BOB) as session:
        (card,) = session.contacts.page()
        assert session.contacts.get(card.id, Person).given_name == hostile
        (letter,) = website_letters(website)
    assert "<script>" not in letter.html
    for text in ("a\0b", "a\x1bb", "\ud800"):
        refused = send_form(website, clock, {**JO, "given_name": text})
        assert [problem.path for problem in refused.problems] == ["given_name"]
        assert refused.problems[0].code.startswith("text-")
        # The application can send the page as it is.
        assert b"\0" not in refused.html.encode("utf-8")


def website_letters(website: Website) -> tuple[Any, ...]:
    with website.workspace.read(ROOT) as session:
        return tuple(session.outbox.list().items)


def test_line_breaks_in_a_name_reach_no_header(website: Website, clock: Clock) -> None:
    send_form(website, clock, {**JO, "given_name": "Jo\r\nBcc: spam@example.org"})
    (letter,) = website_letters(website)
    assert "\n" not in letter.subject
    answer = send_form(website, clock, {**JO, "email": "jo@bois.fr\r\nBcc: spam@example.org"})
    assert [problem.path for problem in answer.problems] == ["email"]


@pytest.mark.parametrize("value", [5, None, b"x", object(), {"a": "b"}, [5], ["a", None], {"a"}])
def test_a_value_that_is_no_text_is_refused_by_its_field(website: Website, clock: Clock, value: Any) -> None:
    answer = send_form(website, clock, {**JO, "given_name": value})
    assert [(problem.path, problem.code) for problem in answer.problems] == [("given_name", "text-type")]


@pytest.mark.parametrize("fields", [None, "x", [("email", "x")], 5])
def test_fields_that_are_no_mapping_are_an_error_of_the_program(website: Website, fields: Any) -> None:
    with pytest.raises(ValueError, match="Give the fields by their names"):
        website.workspace.forms.submit(website.form, fields)


def test_an_unknown_form_is_not_found(website: Website) -> None:
    for call in (website.workspace.forms.render, lambda form: website.workspace.forms.submit(form, JO)):
        with pytest.raises(NotFound):
            call("nothing")


def test_the_attempts_of_one_source_are_limited_and_those_of_others_are_not(website: Website, clock: Clock) -> None:
    for _ in range(FORMS_BY_SOURCE.count):
        assert website.submit("forged", JO, source="192.0.2.7").reason == "form-forged"
    token = website.token()
    clock.forward(seconds=10)
    assert website.submit(token, JO, source="192.0.2.7").reason == "form-limited"
    assert stored(website) == []
    assert website.submit(token, JO, source="192.0.2.8")
    clock.forward(hours=1)
    token = website.token()
    clock.forward(seconds=10)
    assert website.submit(token, JO, source="192.0.2.7")


def test_floods_of_large_fields_count_as_attempts(website: Website, clock: Clock) -> None:
    large = {**JO, "message": "x" * 1_000_000}
    reasons = [website.submit("", large, source="192.0.2.7").reason for _ in range(FORMS_BY_SOURCE.count)]
    assert reasons == ["form-too-large"] * FORMS_BY_SOURCE.count
    assert website.submit("", JO, source="192.0.2.7").reason == "form-limited"


def test_the_limiter_of_the_host_is_asked(storage: Storage, clock: Clock) -> None:
    counted: list[str] = []

    class Limiter:
        def is_exhausted(self, key: str, limit: Any) -> bool:
            return len(counted) >= 2

        def count(self, key: str, limit: Any) -> None:
            counted.append(limit.name)

    workspace = Workspace(storage, "acme", host=Host(clock=clock, limiter=Limiter()))
    with workspace.write(ROOT) as session:
        form = session.forms.add(Form("Contact", fields=["email"]))
    reasons = [workspace.forms.submit(form, {}, source="192.0.2.7").reason for _ in range(3)]
    assert reasons == ["form-forged", "form-forged", "form-limited"]
    assert counted == ["forms-by-source"] * 2


def test_many_posts_of_a_robot_make_nothing(website: Website, clock: Clock, request: pytest.FixtureRequest) -> None:
    token = website.token()
    clock.forward(seconds=10)
    assert website.submit(token, JO)
    before = stored(website)
    reasons = set()
    for number in range(seeds_on(request.node.name, 400, 40)):
        source = f"2001:db8:{number:x}::1"
        match number % 4:
            case 0:  # fills in every field that it finds
                fresh = website.token()
                clock.forward(seconds=10)
                fields = {**JO, "cc_token": fresh, "cc_more": "https://spam.example", "cc_consent": "yes"}
            case 1:  # waits too little
                fields = {**JO, "cc_token": website.token(), "cc_consent": "yes"}
            case 2:  # replays a page with other texts
                fields = {**JO, "cc_token": token, "message": f"spam {number}", "cc_consent": "yes"}
            case _:  # makes pages of its own
                fields = {**JO, "cc_token": token[::-1], "cc_consent": "yes"}
        answer = website.workspace.forms.submit(website.form, fields, source=source)
        assert not answer
        reasons.add(answer.reason)
    assert reasons == {"form-trap", "form-too-fast", "form-used", "form-forged"}
    assert stored(website) == before


def test_without_its_extra_a_form_is_refused_with_the_line_that_mends_it(
    website: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "itsdangerous", None)
    with pytest.raises(StorageError, match=r"contactcore\[forms\]") as refused:
        website.open()
    assert refused.value.code == "extra-missing"


# The letter of thanks


def test_the_letter_of_thanks_is_off_unless_the_form_wants_it(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    assert "form-thanks" not in [letter.template for letter in website_letters(website)]


def test_a_letter_of_thanks_says_nothing_that_the_visitor_typed(website: Website, clock: Clock) -> None:
    with website.workspace.write(ROOT) as session:
        website.form = session.forms.save(attrs.evolve(website.form, thank_you=True))
    send_form(website, clock, {**JO, "given_name": "Buy at spam.example", "message": "Buy at spam.example"}, "de")
    (letter,) = [one for one in website_letters(website) if one.template == "form-thanks"]
    assert (str(letter.to), str(letter.language)) == ("jo@bois.fr", "de")
    assert "spam" not in letter.subject + letter.text + letter.html + letter.to_name
    for _ in range(5):
        send_form(website, clock, JO)
    assert [one.template for one in website_letters(website)].count("form-thanks") == 3


def test_a_clock_that_ran_ahead_and_was_set_back_keeps_no_visitor_out(website: Website, clock: Clock) -> None:
    def attempt() -> str:
        token = website.token()
        clock.forward(seconds=10)
        return website.submit(token, JO, source="192.0.2.7").reason

    clock.forward(days=365)
    while attempt() != "form-limited":
        pass
    clock.forward(days=-365)
    assert attempt() == "form-received"


@pytest.mark.parametrize(
    "action", ["javascript:alert(1)", " java\nscript:alert(1)", "data:text/html,x", "mailto:jo@x.fr"]
)
def test_a_form_is_sent_to_a_page_and_to_nothing_else(website: Website, action: str) -> None:
    forms = website.workspace.forms
    for call in (
        lambda: forms.render(website.form, action=action),
        lambda: forms.submit(website.form, {}, action=action),
    ):
        with pytest.raises(Invalid) as refused:
            call()
        assert (refused.value.code, refused.value.path) == ("website-scheme", "action")
    for page in (
        "/contact?x=a:b",
        "contact",
        "https://www.acme.example/contact",
        "//acme.example/contact",
        "?x=javascript:",
    ):
        assert "<form" in forms.render(website.form, action=page)
