"""Forms meet what else happens in a workspace: changed lists, users who leave, trash, copies, imports (IMP-6)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Form, FormField, Host, Invalid, Person, PortalUser, Recipient, Workspace
from contactcore.delivery import Deliverer
from contactcore.model import FieldDefinition
from contactcore.rules.redelivery import Outcome
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, BOB, ROOT
from support.clock import Clock
from support.web_forms import JO, Website, send_form, token_in

pytestmark = [pytest.mark.req("IMP-6"), pytest.mark.cases_in_memory]


def made(website: Website) -> Any:
    with website.workspace.read(ROOT) as session:
        (submission,) = session.forms.submissions.page()
        return session.contacts.get(submission.contact_id)


def change(website: Website, **changes: Any) -> None:
    with website.workspace.write(ROOT) as session:
        website.form = session.forms.save(attrs.evolve(website.form, **changes))


@pytest.mark.parametrize(
    ("act", "type"),
    [
        (lambda settings: settings.remove_type("residential-client", replacement="supplier"), "supplier"),
        (lambda settings: settings.remove_type("residential-client"), ""),
        (lambda settings: settings.archive_type("residential-client"), ""),
    ],
    ids=["replaced", "removed", "archived"],
)
def test_a_type_that_is_gone_keeps_no_visitor_out(website: Website, clock: Clock, act: Any, type: str) -> None:
    with website.workspace.write(ROOT) as session:
        act(session.settings)
        session.settings.remove_category("web")
    assert send_form(website, clock, JO)
    contact = made(website)
    assert (contact.type, contact.categories) == (type, ())
    with website.workspace.write(ROOT) as session:
        # The form can still be saved as it is.
        assert session.forms.save(attrs.evolve(website.form, name="Other")).version == 2


@pytest.mark.req("NOT-5")
def test_a_user_who_is_gone_gets_no_contacts_and_the_admins_do(
    website: Website, clock: Clock, users: dict[str, Recipient]
) -> None:
    del users["bob"]
    assert send_form(website, clock, JO)
    contact = made(website)
    assert (contact.responsibles, str(contact.access)) == ((), "private")


def test_the_form_of_a_user_who_leaves_goes_to_the_user_who_takes_over(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    website.workspace.maintenance(ROOT).hand_over("bob", to="eve")
    send_form(website, clock, {**JO, "email": "new@bois.fr", "phone": ""})
    with website.workspace.read(ROOT) as session:
        assert session.forms.get(website.form).responsibles == ("eve",)
        contacts = [session.contacts.get(card.id) for card in session.contacts.page()]
    assert [contact.responsibles for contact in contacts] == [("eve",), ("eve",)]
    with website.workspace.read(BOB) as session:
        assert len(session.forms.submissions.page()) == 0


def test_a_custom_field_that_is_archived_while_a_page_is_open_is_asked_for_no_more(
    website: Website, clock: Clock
) -> None:
    token = website.token("fr")
    with website.workspace.write(ROOT) as session:
        session.settings.change_field("taille", archived=True)
    clock.forward(seconds=10)
    answer = website.submit(token, JO)
    assert answer.reason == "form-changed"
    assert "fields.taille" not in answer.html
    assert 'value="jo@bois.fr"' in answer.html
    clock.forward(seconds=10)
    rest = {name: value for name, value in JO.items() if name != "fields.taille"}
    assert website.submit(token_in(answer.html), rest)


def test_a_custom_field_that_every_contact_needs_is_asked_for_by_every_form(website: Website, clock: Clock) -> None:
    with website.workspace.write(ROOT) as session:
        session.settings.define_field("Secteur", required=True, on=["person"])
    assert [problem.path for problem in send_form(website, clock, JO).problems] == ["fields.secteur"]
    assert send_form(website, clock, {**JO, "fields.secteur": "Bois"})


def test_the_wording_of_the_consent_is_the_one_that_the_visitor_read(website: Website, clock: Clock) -> None:
    token = website.token("fr")
    change(website, consent={"fr": "J'accepte tout."}, consent_version="2026-04")
    clock.forward(seconds=10)
    answer = website.submit(token, JO)
    assert answer.reason == "form-changed"
    clock.forward(seconds=10)
    assert website.submit(token_in(answer.html), JO)
    with website.workspace.read(ROOT) as session:
        (submission,) = session.forms.submissions.page()
    assert (submission.consent, submission.consent_version) == ("J'accepte tout.", "2026-04")


def test_a_form_that_is_archived_while_a_page_is_open_is_closed(website: Website, clock: Clock) -> None:
    token = website.token("fr")
    change(website, archived=True)
    clock.forward(seconds=10)
    answer = website.submit(token, JO)
    assert (answer.reason, answer.message) == ("form-closed", "Ce formulaire est fermé.")
    assert website.open("de") == '<p class="cc-notice" role="status" lang="de">Dieses Formular ist geschlossen.</p>'
    change(website, archived=False)
    assert website.submit(token, JO)


def test_the_rules_of_entry_are_for_staff_and_not_for_visitors(website: Website, clock: Clock) -> None:
    with website.workspace.write(ROOT) as session:
        session.settings.entry.ask("person", ["birthday", "emails"], required=["birthday"])
        session.settings.change(full_names_required=True)
    assert send_form(website, clock, {"email": "jo@bois.fr"})


def test_the_submissions_go_with_their_contact_to_the_trash_back_and_to_the_purge(
    website: Website, clock: Clock
) -> None:
    send_form(website, clock, JO)
    send_form(website, clock, JO)
    with website.workspace.write(ROOT) as session:
        jo = session.forms.submissions.page().items[0].contact_id
        session.contacts.delete(jo)
        assert len(session.forms.submissions.page()) == 0
        session.trash.restore(jo)
        assert [one.state for one in session.forms.submissions.page()] == ["suggested", "new"]
        session.contacts.delete(jo)
    # The deleted contact is no match.
    send_form(website, clock, JO)
    with website.workspace.write(ROOT) as session:
        assert [one.state for one in session.forms.submissions.page()] == ["new"]
        session.trash.purge(jo)
    with website.workspace.read(ROOT) as session:
        assert session.trash.list() == ()
    assert [record.id for record in dumped(website, "submission")] == [made_submission(website)]


def dumped(website: Website, kind: str) -> list[Any]:
    with website.workspace.storage.read("acme") as reader:
        return list(reader.dump(kind))


def made_submission(website: Website) -> str:
    with website.workspace.read(ROOT) as session:
        (submission,) = session.forms.submissions.page()
        return submission.id


def test_an_imported_contact_with_a_submission_is_kept_by_the_undo_of_the_import(
    website: Website, clock: Clock
) -> None:
    imports = website.workspace.imports(BOB)
    report = imports.apply(imports.plan("Prénom,Nom,E-mail\nJo,Doe,jo@bois.fr\n"))
    send_form(website, clock, JO)
    undone = imports.undo(report.id)
    assert [one.code for one in undone.kept] == ["in-use"]


def test_an_import_matches_a_contact_that_a_form_made(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    imports = website.workspace.imports(BOB)
    report = imports.apply(imports.plan("Prénom,Nom,E-mail,Ville\nJo,Doe,jo@bois.fr,Sète\n"))
    assert (report.created, report.skipped) == (0, 1)


def test_a_contact_of_a_form_can_be_converted_and_keeps_its_submission(website: Website, clock: Clock) -> None:
    with website.workspace.write(ROOT) as session:
        session.settings.change_field("taille", archived=True)
    rest = {name: value for name, value in JO.items() if name != "fields.taille"}
    send_form(website, clock, rest)
    with website.workspace.write(BOB) as session:
        (submission,) = session.forms.submissions.page()
        session.contacts.convert(submission.contact_id, "company")
        assert len(session.forms.submissions.of(submission.contact_id)) == 1
        # What belongs to a person cannot be taken over by a company.
        suggestion = session.forms.submissions.suggestion(submission.id)
        assert {field.name for field in suggestion.fields} == {"email", "phone", "address"}


def test_a_copy_has_the_forms_and_the_submissions_and_goes_on_with_open_pages(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    token = website.token("fr")
    there = MemoryStorage()
    copy_workspace(website.workspace.storage, there, "acme")
    copy_workspace(website.workspace.storage, there, "acme", name="other")
    copies = [Website(Workspace(there, name, host=website.workspace.host), website.form) for name in ("acme", "other")]
    for copy in copies:
        with copy.workspace.read(BOB) as session:
            assert session.forms.get(website.form) == website.form
            assert dict(session.forms.submissions.page().items[0].fields) == JO
    clock.forward(seconds=10)
    other = {**JO, "email": "new@bois.fr", "phone": ""}
    # The secret belongs to the workspace, and a page to the name of the workspace.
    assert [copy.submit(token, other).reason for copy in copies] == ["form-received", "form-forged"]


def test_the_secret_is_in_no_answer(website: Website) -> None:
    (record,) = dumped(website, "form-secret")
    key = record.body.decode().split('"')[3]
    assert len(key) >= 40
    with website.workspace.read(ROOT) as session:
        seen = [repr(session.forms.list()), repr(session.feed()), repr(session.settings.current), website.open()]
    assert not [text for text in seen if key in text]


def test_another_language_of_the_workspace_leaves_forms_and_submissions(website: Website, clock: Clock) -> None:
    send_form(website, clock, JO)
    website.workspace.change_language(ROOT, "pl")
    with website.workspace.read(BOB) as session:
        assert len(session.forms.submissions.page()) == 1
    assert send_form(website, clock, {**JO, "email": "new@bois.fr", "phone": ""})


def test_portal_users_see_neither_forms_nor_submissions(website: Website, clock: Clock) -> None:
    host = attrs.evolve(website.workspace.host, passwords=Passwords(memory=8, iterations=1))
    workspace = Workspace(website.workspace.storage, "acme", host=host)
    send_form(website, clock, JO)
    contact = made(website)
    with workspace.write(BOB) as session:
        login = session.portal.invite(contact, password="correct horse", send=False).login
        (submission,) = session.forms.submissions.page()
    with workspace.read(PortalUser(login, contact.id, login.epoch)) as session:
        submissions = session.forms.submissions
        calls = [
            session.forms.list,
            lambda: session.forms.get(website.form.id),
            submissions.page,
            lambda: submissions.of(contact.id),
            lambda: submissions.get(submission.id),
            lambda: submissions.suggestion(submission.id),
            lambda: submissions.undo(submission.id),
        ]
        for call in calls:
            with pytest.raises(Forbidden) as refused:
                call()
            assert refused.value.code == "staff-only"


class Silent:
    """Accepts every letter."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, envelope: Any) -> Outcome:
        self.sent.append(envelope.recipient)
        return Outcome("sent")

    def close(self) -> None:
        pass


@pytest.mark.req("NOT-5")
def test_waiting_letters_about_a_submission_that_was_undone_are_withdrawn(website: Website, clock: Clock) -> None:
    change(website, thank_you=True)
    send_form(website, clock, JO)
    with website.workspace.write(BOB) as session:
        (submission,) = session.forms.submissions.page()
        session.forms.submissions.undo(submission)
    silent = Silent()
    storage, host = website.workspace.storage, website.workspace.host
    with Deliverer(storage, silent, sender="post@acme.example", host=host) as deliverer:
        deliverer.run_once()
    assert silent.sent == []
    with website.workspace.read(ROOT) as session:
        codes = {letter.template: letter.withdrawn for letter in session.outbox.list(state="dead").items}
    assert codes == {"responsible-assigned": "in-trash", "form-thanks": "in-trash"}


def test_letters_of_a_submission_are_delivered(website: Website, clock: Clock) -> None:
    change(website, thank_you=True)
    send_form(website, clock, JO)
    silent = Silent()
    storage, host = website.workspace.storage, website.workspace.host
    with Deliverer(storage, silent, sender="post@acme.example", host=host) as deliverer:
        deliverer.run_once()
    assert sorted(silent.sent) == ["bob@acme.example", "jo@bois.fr"]


def test_only_admins_define_forms_and_every_user_reads_them(website: Website) -> None:
    with website.workspace.write(AMELIE) as session:
        assert session.forms.list() == (website.form,)
        for call in (session.forms.add, session.forms.save):
            with pytest.raises(Forbidden) as refused:
                call(attrs.evolve(website.form, id="" if call == session.forms.add else website.form.id))
            assert refused.value.code == "admin-only"


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"type": "partner"}, "type", "type-unknown"),
        ({"categories": ["web", "none"]}, "categories[1]", "category-unknown"),
        ({"responsibles": ["bob", "mallory"]}, "responsibles[1]", "user-unknown"),
        ({"fields": ["email", "fields.none"]}, "fields[1]", "form-field-unknown"),
        ({"makes": "company", "fields": ["email", "fields.taille"]}, "fields[1]", "form-field-unknown"),
        ({"id": "7"}, "id", "already-stored"),
    ],
)
def test_a_form_is_judged_by_the_settings(website: Website, change: Any, path: str, code: str) -> None:
    with website.workspace.write(ROOT) as session, pytest.raises(Invalid) as refused:
        session.forms.add(Form(**{"name": "Contact", "fields": ["email"], **change}))
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [(path, code)]


def test_a_form_with_too_many_texts_is_refused(website: Website) -> None:
    texts = dict.fromkeys(("en", "fr", "de", "pl", "es", "it"), "€" * 5_000)
    fields = [FormField(name, label=texts, help=texts) for name in ("email", "phone", "city", "region", "street")]
    with website.workspace.write(ROOT) as session, pytest.raises(Invalid) as refused:
        session.forms.add(Form("Contact", fields=fields, title=texts, introduction=texts))
    assert refused.value.code == "text-too-long"


def test_a_page_has_the_language_of_the_workspace_unless_the_visitor_or_the_form_has_another(website: Website) -> None:
    assert 'lang="fr"' in website.open()
    assert 'lang="fr"' in website.open("nl")
    assert 'lang="es"' in website.open("es")
    change(website, languages=["it", "fr"])
    assert 'lang="it"' in website.open()
    assert 'lang="fr"' in website.open("fr")


def test_a_form_of_a_workspace_without_users_function_takes_every_name(clock: Clock) -> None:
    workspace = Workspace(MemoryStorage(), "acme", host=Host(clock=clock))
    with workspace.write(ROOT) as session:
        form = session.forms.add(Form("Contact", fields=[FormField("email")], responsibles=["anybody"]))
    assert send_form(Website(workspace, form), clock, {"email": "jo@bois.fr"})
    with workspace.read(ROOT) as session:
        (card,) = session.contacts.page()
        assert session.contacts.get(card.id, Person).responsibles == ("anybody",)


def test_a_field_of_another_type_of_contact_is_not_asked_for(website: Website) -> None:
    with website.workspace.write(ROOT) as session:
        field: FieldDefinition = session.settings.define_field("Flotte", on=["person"], types=["supplier"])
        with pytest.raises(Invalid):
            session.forms.save(attrs.evolve(website.form, fields=["email", f"fields.{field.slug}"]))
        session.forms.save(attrs.evolve(website.form, type="supplier", fields=["email", f"fields.{field.slug}"]))
    assert 'name="fields.flotte"' in website.open()


def test_a_company_is_not_changed_by_the_submission_of_a_person(website: Website, clock: Clock) -> None:
    with website.workspace.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois", emails=["jo@bois.fr"], responsibles=["bob"]))
    send_form(website, clock, JO)
    with website.workspace.write(BOB) as session:
        (submission,) = session.forms.submissions.page()
        suggestion = session.forms.submissions.suggestion(submission)
        assert [field.name for field in suggestion.fields] == ["email", "phone", "address"]
        with pytest.raises(Invalid) as refused:
            session.forms.submissions.accept(suggestion, ["fields.taille"])
        assert refused.value.code == "suggestion-field-unknown"
        assert session.contacts.get(bois) == bois


@pytest.mark.req("IMP-6", "IMP-8")
def test_no_letter_of_thanks_reaches_somebody_whose_data_is_restricted(website: Website, clock: Clock) -> None:
    with website.workspace.write(ROOT) as session:
        website.form = session.forms.save(attrs.evolve(website.form, thank_you=True))
        for email in ("jo@bois.fr", "zoe@bois.fr"):
            person = session.contacts.add(Person(emails=[email], responsibles=["bob"]))
            if email.startswith("jo"):
                session.privacy.restrict(person)
    for email in ("jo@bois.fr", "zoe@bois.fr"):
        assert send_form(website, clock, {"email": email}).reason == "form-received"
    with website.workspace.read(ROOT) as session:
        thanked = [one.to.text for one in session.outbox.list().items if one.template == "form-thanks"]
    assert thanked == ["zoe@bois.fr"]
