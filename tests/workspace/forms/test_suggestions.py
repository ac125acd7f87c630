"""A submission that matches a stored contact waits beside it until a user decides (IMP-6)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Address, Company, Conflict, Forbidden, Form, Invalid, NotFound, Person, Site
from contactcore.model import Submission
from support.actors import AMELIE, BOB, ROOT
from support.clock import Clock
from support.counting_storage import CountingStorage
from support.web_forms import JO, Website, send_form

pytestmark = [pytest.mark.req("IMP-6"), pytest.mark.cases_in_memory]

JANE = Person("Jane", "Doe", emails=["JO@bois.fr"], responsibles=["bob"], access="private")


def add(website: Website, contact: Any, actor: Any = ROOT) -> Any:
    with website.workspace.write(actor) as session:
        return session.contacts.add(contact)


def latest(website: Website, actor: Any = ROOT) -> Submission:
    with website.workspace.read(actor) as session:
        return session.forms.submissions.page(limit=1).items[0]


def test_a_match_by_address_changes_nothing_and_waits(website: Website, clock: Clock) -> None:
    jane = add(website, JANE)
    answer = send_form(website, clock, JO)
    with website.workspace.read(BOB) as session:
        assert [card.id for card in session.contacts.page()] == [jane.id]
        assert session.contacts.get(jane.id) == jane
        (waiting,) = session.forms.submissions.page(state="suggested", form=website.form)
        suggestion = session.forms.submissions.suggestion(waiting)
    assert answer.reason == "form-received"
    assert {field.name: field.state for field in suggestion.fields} == {
        "given_name": "different",
        "family_name": "same",
        "email": "same",
        "phone": "missing",
        "fields.taille": "missing",
        "address": "missing",
    }


@pytest.mark.parametrize(
    ("stored", "matches"),
    [
        (Person("Jo", "Doe", phones=["+33144556677"]), True),
        (Person(phones=["+33144556677"]), True),
        (Person("Zoe", "Roe", phones=["+33144556677"]), False),
        (Company("Jo Doe", phones=["+33144556677"]), False),
        (Company("Bois", emails=["jo@bois.fr"]), True),
        (Person("Jo", "Doe", emails=["other@bois.fr"]), False),
    ],
)
def test_a_match_is_by_address_or_by_number_and_name(
    website: Website, clock: Clock, stored: Any, matches: bool
) -> None:
    add(website, attrs.evolve(stored, responsibles=["bob"]))
    send_form(website, clock, JO)
    assert latest(website).state == ("suggested" if matches else "new")


def test_the_oldest_contact_of_the_same_kind_is_the_match(website: Website, clock: Clock) -> None:
    add(website, Company("Bois", emails=["jo@bois.fr"], responsibles=["bob"]))
    first = add(website, JANE)
    add(website, attrs.evolve(JANE, given_name="Joan"))
    send_form(website, clock, JO)
    assert latest(website).contact_id == first.id


# What is hidden


def test_a_contact_that_is_hidden_from_the_users_of_the_form_is_no_match(website: Website, clock: Clock) -> None:
    hidden = add(website, attrs.evolve(JANE, responsibles=["amelie"]))
    answer = send_form(website, clock, JO)
    with website.workspace.read(BOB) as session:
        (card,) = session.contacts.page()
        (submission,) = session.forms.submissions.page()
    assert (card.name, submission.state, submission.contact_id) == ("Jo Doe", "new", card.id)
    with website.workspace.read(AMELIE) as session:
        assert session.contacts.get(hidden.id) == hidden
        assert len(session.forms.submissions.page()) == 0
        with pytest.raises(NotFound):
            session.forms.submissions.get(submission.id)
    assert answer.reason == "form-received"


@pytest.mark.parametrize("known", ["nobody", "seen", "hidden"])
def test_a_visitor_gets_the_same_answer_whether_or_not_there_is_a_contact(
    website: Website, clock: Clock, known: str
) -> None:
    if known != "nobody":
        add(website, attrs.evolve(JANE, responsibles=["bob" if known == "seen" else "amelie"]))
    answer = send_form(website, clock, JO)
    assert (answer.reason, answer.problems, answer.return_to) == ("form-received", (), website.form.return_to)
    assert answer.html == '<p class="cc-notice" role="status" lang="fr">Merci, votre message est bien arrivé.</p>'


def test_a_match_costs_as_many_writes_as_a_new_contact(clock: Clock) -> None:
    from contactcore import Host, Recipient, Workspace
    from contactcore_memory import MemoryStorage

    counts = []
    for known in (False, True):
        storage = CountingStorage(MemoryStorage())
        host = Host(clock=clock, users={"bob": Recipient("bob@acme.example")}.get)
        workspace = Workspace(storage, "acme", host=host)
        with workspace.write(ROOT) as session:
            form = session.forms.add(Form("Contact", fields=["given_name", "email"], responsibles=["bob"]))
            if known:
                session.contacts.add(Person("Jane", emails=["jo@bois.fr"], responsibles=["bob"]))
        site = Website(workspace, form)
        token = site.token()
        clock.forward(seconds=10)
        storage.calls.restart()
        assert site.submit(token, {"given_name": "Jo", "email": "jo@bois.fr"})
        counts.append(storage.calls.by_name["insert"])
    assert counts[0] == counts[1]


def test_who_no_longer_sees_the_contact_no_longer_sees_its_submissions(website: Website, clock: Clock) -> None:
    jane = add(website, attrs.evolve(JANE, access="shared-read"))
    send_form(website, clock, JO)
    found = latest(website, AMELIE)
    with website.workspace.write(AMELIE) as session:
        suggestion = session.forms.submissions.suggestion(found)
        with pytest.raises(Forbidden, match="read"):
            session.forms.submissions.accept(suggestion, ["phone"])
    with website.workspace.write(BOB) as session:
        session.contacts.share(jane, "private")
    with website.workspace.read(AMELIE) as session:
        assert len(session.forms.submissions.page()) == 0
        for call in (session.forms.submissions.get, session.forms.submissions.suggestion):
            with pytest.raises(NotFound):
                call(found.id)


# Decisions


def test_accepted_fields_are_taken_over_and_no_others(website: Website, clock: Clock) -> None:
    jane = add(website, attrs.evolve(JANE, addresses=[Address("9 rue Neuve", city="Sète", billing=True)]))
    send_form(website, clock, JO)
    with website.workspace.write(BOB) as session:
        suggestion = session.forms.submissions.suggestion(latest(website))
        changed = session.forms.submissions.accept(suggestion, ["phone", "address", "fields.taille"])
        after = session.forms.submissions.get(suggestion.submission)
    assert isinstance(changed, Person)
    assert (changed.given_name, str(changed.phones[0]), dict(changed.fields)) == (
        "Jane",
        "+33144556677",
        {"taille": 1.5},
    )
    assert [address.city for address in changed.addresses] == ["Sète", "Lyon"]
    assert (changed.emails, changed.version, changed.responsibles) == (jane.emails, 2, jane.responsibles)
    assert (after.state, after.accepted) == ("accepted", ("phone", "address", "fields.taille"))


def test_an_accepted_submission_is_undone_unless_somebody_edited_the_contact_since(
    website: Website, clock: Clock
) -> None:
    jane = add(website, JANE)
    send_form(website, clock, JO)
    with website.workspace.write(BOB) as session:
        submissions = session.forms.submissions
        changed = submissions.accept(submissions.suggestion(latest(website)), ["given_name", "phone"])
    with website.workspace.write(BOB) as session:
        undone = session.forms.submissions.undo(latest(website))
        assert undone is not None
        assert undone.state == "suggested"
        again = session.contacts.get(jane.id, Person)
        assert (again.given_name, again.phones, again.version) == ("Jane", (), 3)
        again = session.forms.submissions.accept(session.forms.submissions.suggestion(undone), ["given_name"])
        session.contacts.save(attrs.evolve(again, description="edited"))
    assert changed.display_name == "Jo Doe"
    with website.workspace.write(BOB) as session:
        with pytest.raises(Invalid) as refused:
            session.forms.submissions.undo(latest(website))
        assert refused.value.code == "changed-since"
        assert session.contacts.get(jane.id, Person).given_name == "Jo"


def test_a_suggestion_of_an_edited_contact_is_a_conflict(website: Website, clock: Clock) -> None:
    jane = add(website, JANE)
    send_form(website, clock, JO)
    with website.workspace.write(BOB) as session:
        suggestion = session.forms.submissions.suggestion(latest(website))
        session.contacts.save(attrs.evolve(jane, description="edited"))
        with pytest.raises(Conflict):
            session.forms.submissions.accept(suggestion, ["phone"])


@pytest.mark.parametrize(("fields", "code"), [([], "suggestion-empty"), (["type"], "suggestion-field-unknown")])
def test_fields_that_cannot_be_meant_are_refused(website: Website, clock: Clock, fields: Any, code: str) -> None:
    add(website, JANE)
    send_form(website, clock, JO)
    with website.workspace.write(BOB) as session:
        suggestion = session.forms.submissions.suggestion(latest(website))
        with pytest.raises(Invalid) as refused:
            session.forms.submissions.accept(suggestion, fields)
    assert refused.value.code == code


def test_a_dismissed_submission_stays_and_can_be_suggested_again(website: Website, clock: Clock) -> None:
    jane = add(website, JANE)
    send_form(website, clock, JO)
    with website.workspace.write(BOB) as session:
        dismissed = session.forms.submissions.dismiss(latest(website))
        assert (dismissed.state, session.contacts.get(jane.id)) == ("dismissed", jane)
        again = session.forms.submissions.undo(dismissed)
        assert again is not None
        assert again.state == "suggested"


def test_a_separated_submission_makes_a_contact_of_its_own(website: Website, clock: Clock) -> None:
    jane = add(website, JANE)
    send_form(website, clock, JO)
    with website.workspace.write(BOB) as session:
        jo = session.forms.submissions.separate(latest(website))
        assert (jo.display_name, jo.source, jo.responsibles) == ("Jo Doe", "form", ("bob",))
        assert (session.forms.submissions.of(jane), len(session.forms.submissions.of(jo))) == ((), 1)
        with pytest.raises(Invalid) as refused:
            session.forms.submissions.separate(latest(website).id)
        assert refused.value.code == "submission-state"


def test_a_new_contact_is_undone_with_its_submission_unless_it_is_in_use(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    made = latest(website)
    with website.workspace.write(BOB) as session:
        site = session.sites.add(made.contact_id, Site("Mill"))
        with pytest.raises(Invalid) as refused:
            session.forms.submissions.undo(made)
        assert refused.value.code == "in-use"
        session.sites.delete(site)
        assert session.forms.submissions.undo(made) is None
        assert (session.contacts.count(), len(session.forms.submissions.page())) == (0, 0)
        (card,) = [one for one in session.trash.list() if one.kind == "person"]
        session.trash.restore(card)
        assert session.forms.submissions.get(made.id).state == "new"


def test_a_contact_with_a_login_is_not_undone(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    made = latest(website)
    with website.workspace.write(BOB) as session:
        session.portal.invite(session.contacts.get(made.contact_id, Person), "jo@bois.fr", "correct horse", send=False)
        with pytest.raises(Invalid) as refused:
            session.forms.submissions.undo(made)
    assert refused.value.code == "in-use"


def test_a_deleted_submission_is_listed_in_the_trash_and_restored(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    made = latest(website)
    with website.workspace.write(BOB) as session:
        session.forms.submissions.delete(made)
        assert session.contacts.count() == 1
        (card,) = session.trash.list()
        assert (card.kind, card.name) == ("submission", "Jo Doe")
        session.trash.restore(card)
        assert dict(session.forms.submissions.get(made.id).fields) == JO


def test_submissions_come_page_by_page_the_latest_first(website: Website, clock: Clock) -> None:
    for number in range(5):
        send_form(website, clock, {**JO, "email": f"jo{number}@bois.fr", "phone": ""})
    with website.workspace.read(BOB) as session:
        submissions, found, after = session.forms.submissions, [], None
        while True:
            page = submissions.page(limit=2, after=after)
            found += [one.email for one in page]
            after = page.next
            if after is None:
                break
        assert found == [f"jo{number}@bois.fr" for number in (4, 3, 2, 1, 0)]
        for wrong in ({"limit": 0}, {"limit": 1_001}, {"after": "x"}, {"state": "open"}):
            with pytest.raises(Invalid):
                submissions.page(**wrong)
        with pytest.raises(NotFound):
            submissions.page(form="nothing")


@pytest.mark.req("DIR-14")
def test_the_history_has_each_act_on_a_submission_and_undoes_it(website: Website, clock: Clock) -> None:
    jane = add(website, JANE)
    send_form(website, clock, JO)
    clock.forward(hours=1)
    found = latest(website)
    with website.workspace.write(BOB) as session:
        session.forms.submissions.accept(session.forms.submissions.suggestion(found), ["phone"])
    clock.forward(hours=1)
    with website.workspace.write(BOB) as session:
        accepted, received = session.history.of(found.id)
        assert [(one.cause, one.cause_id, one.by) for one in (accepted, received)] == [
            ("form", found.id, "bob"),
            ("form", found.id, "system"),
        ]
        (change,) = accepted.changes
        assert {one.field for one in change.fields} == {"state", "accepted"}
        with pytest.raises(Invalid) as refused:
            session.history.restore(found.id, version=1)
        assert refused.value.code == "not-restorable"
        session.history.undo(accepted)
        assert session.forms.submissions.get(found.id).state == "suggested"
        assert session.contacts.get(jane.id, Person).phones == ()


@pytest.mark.req("DIR-14")
def test_the_history_undoes_a_contact_that_a_form_made(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    clock.forward(hours=1)
    found = latest(website)
    with website.workspace.write(BOB) as session:
        (made,) = session.history.of(found.contact_id)
        assert (made.cause, [change.kind for change in made.changes]) == (
            "form",
            ["person", "consent", "submission"],
        )
        session.history.undo(made)
        assert (session.contacts.count(), len(session.forms.submissions.page())) == (0, 0)


def test_a_stale_or_edited_copy_of_a_submission_decides_nothing(website: Website, clock: Clock) -> None:
    add(website, JANE)
    send_form(website, clock, JO)
    found = latest(website)
    with website.workspace.write(BOB) as session:
        with pytest.raises(Invalid) as refused:
            session.forms.submissions.dismiss(attrs.evolve(found, state="new"))
        assert refused.value.code == "edit-not-stored"
        session.forms.submissions.dismiss(found)
    with website.workspace.write(BOB) as session, pytest.raises(Conflict):
        session.forms.submissions.dismiss(found)
