"""Places in which a person survived an erasure once, found by an attack from outside (IMP-8)."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import (
    Company,
    ContactCoreError,
    Host,
    Interaction,
    Invalid,
    Item,
    LinkedFile,
    Person,
    Retention,
    Site,
    User,
    Workspace,
)
from contactcore.delivery import Deliverer
from contactcore.mapping.messages import blob_term
from contactcore.model.attachment import Attachment
from contactcore.model.message import Message
from contactcore.rules.redelivery import Outcome
from contactcore.storage import Storage
from contactcore.workspace.merging import steps
from contactcore.workspace.repositories.messages import enqueue
from support.actors import ROOT
from support.clock import TICK, Clock
from support.known_person import left_in
from support.queued_mail import Takes

pytestmark = [pytest.mark.req("IMP-8"), pytest.mark.cases_in_memory]


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))


class _Killed(Exception):
    pass


def _stop(_: object) -> None:
    raise _Killed


def test_the_values_of_a_site_and_an_item_before_an_import_changed_them_are_erased(
    space: Workspace, storage: Storage
) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(
            Person("Jane", "Quixote", emails=["jane@quixote.es"]), sites=[Site("Windmill")], items=[Item("Rosinante")]
        )
        ann = session.contacts.add(Person("Ann", "Nagy"), sites=[Site("Mill")])
    out = io.BytesIO()
    space.exports(ROOT).csv(out)
    text = out.getvalue().decode().replace("Windmill", "Mansion").replace("Rosinante", "Horse").replace("Mill,", "Hut,")
    imports = space.imports(ROOT)
    report = imports.apply(imports.plan(text.encode(), policy="overwrite"))
    assert {trace for kind, _, trace in left_in(storage, "acme") if kind == "job-part"} >= {"windmill", "rosinante"}
    space.privacy(ROOT).erase(jane)
    assert left_in(storage, "acme") == []
    # The undo of the import still knows the values of others.
    imports.undo(report.id)
    with space.read(ROOT) as session:
        assert [site.name for site in session.sites.of(ann)] == ["Mill"]
    assert left_in(storage, "acme") == []


def test_what_jobs_noted_of_an_affiliation_that_is_gone_since_is_erased(space: Workspace, storage: Storage) -> None:
    with space.write(ROOT) as session:
        bois, sud = session.contacts.add(Company("Bois")), session.contacts.add(Company("Sud"))
        jane = session.people.add(bois, Person("Jane", "Roe", emails=["jane@roe.fr"]), position="Knight of Dulcinea")
        session.people.add(sud, jane.person_id, email="knight@dulcinea.es", position="Squire of La Mancha")
    imports = space.imports(ROOT)
    rows = "First name,Last name,E-mail,Company,Position\nJane,Roe,jane@roe.fr,Bois,Boss\n"
    imports.apply(imports.plan(rows, policy="overwrite"))
    merging = space.merging(ROOT)
    merged = merging.apply(merging.plan(bois.id, [sud.id]))
    with space.write(ROOT) as session:
        (acting,) = session.people.list(bois.id)
        session.people.remove(acting)
    assert {kind for kind, _, _ in left_in(storage, "acme")} == {"job-part", "history"}
    space.privacy(ROOT).erase(jane.person_id)
    assert left_in(storage, "acme") == []
    merging.undo(merged)
    assert left_in(storage, "acme") == []


def test_texts_in_the_depth_of_a_payload_and_addresses_of_files_are_erased(space: Workspace, storage: Storage) -> None:
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.people.add(bois, Person("Jane", "Quixote", emails=["jane@quixote.es"]))
        call = session.timeline.add(
            bois,
            Interaction(
                "Meeting",
                person_id=jane.person_id,
                payload={"who": [{"name": "Jane Quixote"}, {"name": "Ann Nagy"}], "jane@quixote.es": True, "n": 7},
                attachments=[LinkedFile("https://files.example/jane-quixote.pdf", name="Letter"), LinkedFile("f-7")],
            ),
        )
    space.privacy(ROOT).erase(jane)
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        found = session.timeline.get(call.id)
    assert found.payload == {"who": ({"name": "…"}, {"name": "Ann Nagy"}), "…": True, "n": 7}
    assert [one.reference for one in found.attachments] == ["https://files.example/….pdf", "f-7"]


def test_a_letter_to_a_former_address_is_blanked_unless_somebody_else_has_it(
    space: Workspace, storage: Storage
) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["old@quixote.es", "house@farm.es"]))
        session.contacts.add(Person("Joe", "Farmer", emails=["house@farm.es"]))
        # An application may queue letters that name nobody.
        letters = [
            enqueue(session._transaction, Message(to=to, subject=subject, text="…"))
            for to, subject in (("old@quixote.es", "For Sancho"), ("house@farm.es", "For the house"))
        ]
    with space.write(ROOT) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(jane.id), emails=["new@quixote.es"]))
    space.privacy(ROOT).erase(jane.id)
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        assert [session.outbox.get(one.id).subject for one in letters] == ["…", "For the house"]


def test_the_report_that_a_letter_came_back_does_not_bring_the_address_back(space: Workspace, storage: Storage) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"]))
        to = session.notifications.by_hand(jane, "invoice", [jane.id])
        (letter,) = session.notifications.send(jane, to, subject="Invoice", text="Enclosed.")
    with Deliverer(storage, Takes(), sender="post@acme.example") as deliverer:
        deliverer.run_once()
    space.privacy(ROOT).erase(jane)
    with space.write(ROOT) as session:
        back = session.outbox.mark_bounced(letter.id, "550 jane@quixote.es: no such user")
        assert (back.bounced is not None, back.last_error) == (True, "")
    assert left_in(storage, "acme") == []


@pytest.mark.parametrize("kind", ["sent", "never", "later"])
def test_a_letter_that_is_just_being_sent_stays_blank_and_its_attachment_is_dropped(
    space: Workspace, storage: Storage, kind: Any
) -> None:
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois", emails=["office@bois.fr"]))
        jane = session.people.add(bois, Person("Jane", "Quixote", emails=["jane@quixote.es"]))
        to = session.notifications.by_hand(bois, "invoice", [jane.person_id])
        (letter,) = session.notifications.send(
            bois, to, subject="For Quixote", text="Dear Jane Quixote", attachments=[Attachment("7.pdf", b"Sancho")]
        )

    class Erases:
        def send(self, _: Any) -> Outcome:
            space.privacy(ROOT).erase(jane.person_id)
            return Outcome(kind, "" if kind == "sent" else "jane@quixote.es is unknown")

        def close(self) -> None:
            pass

    with Deliverer(storage, Erases(), sender="post@acme.example") as deliverer:
        deliverer.run_once()
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        assert session.outbox.get(letter.id).subject == "…"
    with storage.read("acme") as reader:
        kept = [term for one in reader.dump("message") for term in one.terms if term.startswith(blob_term(""))]
    assert kept == []


def test_an_attachment_stays_for_the_others_who_get_it(space: Workspace, storage: Storage) -> None:
    with space.write(ROOT) as session:
        people = [Person(name, "Roe", emails=[f"{name.lower()}@roe.fr"]) for name in ("Jane", "Ann")]
        bois = session.contacts.add(Company("Bois"), people=people)
        acting = session.people.list(bois)
        to = session.notifications.by_hand(bois, "invoice", [one.person_id for one in acting])
        session.notifications.send(bois, to, subject="7", text="Enclosed.", attachments=[Attachment("7.pdf", b"Seven")])
    space.privacy(ROOT).erase(acting[0])
    transport = Takes()
    with Deliverer(storage, transport, sender="post@acme.example") as deliverer:
        assert deliverer.run_once().sent == 1
    assert transport.sent == ["ann@roe.fr"]


def _merge_that_stopped(space: Workspace, monkeypatch: pytest.MonkeyPatch, *, in_undo: bool) -> tuple[str, str]:
    """A merge of Jane into Ann, or its undo, that was stopped among Jane's interactions; the ids of Ann and Jane."""
    with space.write(ROOT) as session:
        ann = session.contacts.add(Person("Ann", "Nagy"))
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"]))
        for number in range(9):
            session.timeline.add(jane, Interaction(f"Windmill {number}"))
    merging = space.merging(ROOT)
    with monkeypatch.context() as patch:
        patch.setattr(steps, "BATCH", 3)
        plan = merging.plan(ann.id, [jane.id])
        if in_undo:
            merge = merging.apply(plan)
            with pytest.raises(_Killed):
                merging.undo(merge, progress=_stop)
        else:
            with pytest.raises(_Killed):
                merging.apply(plan, progress=_stop)
    return ann.id, jane.id


@pytest.mark.parametrize("in_undo", [False, True])
def test_nobody_is_erased_while_records_are_with_the_other_contact_of_an_unfinished_merge(
    space: Workspace, storage: Storage, monkeypatch: pytest.MonkeyPatch, in_undo: bool
) -> None:
    ids = _merge_that_stopped(space, monkeypatch, in_undo=in_undo)
    for id in ids:
        with pytest.raises(Invalid) as caught:
            space.privacy(ROOT).erase(id)
        assert caught.value.code == "merge-unfinished"
    merging = space.merging(ROOT)
    assert merging.undo(caught.value.problems[0].value).state == "undone"
    space.privacy(ROOT).erase(ids[1])
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        assert session.contacts.get(ids[0]).display_name == "Ann Nagy"


def test_other_contacts_of_an_unfinished_merge_prevent_no_erasure(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _merge_that_stopped(space, monkeypatch, in_undo=False)
    with space.write(ROOT) as session:
        joe = session.contacts.add(Person("Joe", "Roe"))
    assert space.privacy(ROOT).erase(joe).state == "erased"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Jane,Quixote,old@quixote.es,", "person-erased"),
        ("Jane,Quixote,,+34 911 22 33 44", "person-erased"),
        ("Janet,Panza,old@quixote.es,", "person-erased"),
        ("Janet,Panza,new@quixote.es,", "person-erased"),
        ("Ann,Nagy,old@quixote.es,", ""),
        ("Ann,Nagy,,+34 911 22 33 44", ""),
    ],
)
def test_an_older_file_does_not_bring_the_person_back_under_former_details(
    space: Workspace, row: str, code: str
) -> None:
    with space.write(ROOT) as session:
        phones = ["+34 911 22 33 44"]
        jane = session.contacts.add(Person("Janet", "Panza", emails=["old@quixote.es"], phones=phones))
    with space.write(ROOT) as session:
        known = session.contacts.get(jane.id, Person)
        values = {"given_name": "Jane", "family_name": "Quixote", "emails": ["new@quixote.es"], "phones": []}
        session.contacts.save(attrs.evolve(known, **values))
    space.privacy(ROOT).erase(jane.id)
    imports = space.imports(ROOT)
    report = imports.apply(imports.plan(f"First name,Last name,E-mail,Phone\n{row}\n"))
    assert [one.code for one in report.problems] == ([code] if code else [])


@pytest.mark.parametrize("file_format", ["csv", "vcards", "jscontact", "xlsx"])
@pytest.mark.parametrize("emails", [[], ["jane@quixote.es"]])
def test_an_older_export_does_not_bring_the_person_back_in_any_format(
    space: Workspace, storage: Storage, file_format: str, emails: list[str]
) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=emails), sites=[Site("Windmill")])
        session.contacts.add(Person("Ann", "Nagy"))
    out = io.BytesIO()
    getattr(space.exports(ROOT), file_format)(out)
    space.privacy(ROOT).erase(jane)
    imports = space.imports(ROOT)
    report = imports.apply(imports.plan(out.getvalue()))
    assert "person-erased" in {one.code for one in report.problems}
    assert left_in(storage, "acme") == []
    with space.write(ROOT) as session:
        assert [card.name for card in session.contacts.page(role="any")] == ["Ann Nagy"]
        if emails:
            # The id in the file counts no more either once the person is readmitted.
            session.privacy.readmit(Person("Jane", "Quixote", emails=emails))
    if emails:
        imports.apply(imports.plan(out.getvalue()))
        with space.read(ROOT) as session:
            assert [card.name for card in session.contacts.page(role="any")] == ["Ann Nagy", "Jane Quixote"]


def test_what_a_duty_keeps_is_not_shown_to_users_and_no_import_fills_it_again(storage: Storage) -> None:
    names = ["given_name", "family_name", "emails"]
    kept = Retention(reason="invoices", until=date(2999, 1, 1), fields=names)
    host = Host(clock=Clock(tick=TICK), retention=lambda *_: [kept])
    space = Workspace(storage, "acme", country="FR", host=host)
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"], access="shared-write"))
    assert space.privacy(ROOT).erase(jane).state == "reduced"
    imports = space.imports(ROOT)
    rows = "First name,Last name,E-mail,Description\nJane,Quixote,jane@quixote.es,Tall\n"
    report = imports.apply(imports.plan(rows, policy="overwrite"))
    assert [one.code for one in report.problems] == ["person-erased"]
    with space.write(ROOT) as session:
        with pytest.raises(Invalid) as caught:
            session.privacy.unrestrict(jane.id)
        assert caught.value.code == "person-reduced"
        found = session.contacts.get(jane.id, Person)
        assert (found.description, found.restricted) == ("", True)
    with space.read(User("amelie")) as session:
        assert session.contacts.page(role="any").items == ()


def test_undone_acts_imports_and_bulk_acts_bring_nothing_of_the_person_back(space: Workspace, storage: Storage) -> None:
    imports = space.imports(ROOT)
    rows = "Jane,Quixote,jane@quixote.es,Bois,{0}\nAnn,Nagy,ann@nagy.hu,Bois,{0}\n"
    header = "First name,Last name,E-mail,Company,Description\n"
    for text in ("Of La Mancha", "Tall"):
        imports.apply(imports.plan(header + rows.format(text), policy="overwrite"))
    with space.write(ROOT) as session:
        (bois,) = session.contacts.page(kind="company")
        jane = next(one for one in session.people.list(bois.id) if one.person and one.person.given_name == "Jane")
        session.timeline.add(bois.id, Interaction("Ask Jane Quixote", person_id=jane.person_id))
    with space.write(ROOT) as session:
        session.people.remove(session.people.get(jane.id))
        session.contacts.save(attrs.evolve(session.contacts.get(bois.id), description="Sawmill"))
    with space.read(ROOT) as session:
        acts = [one.id for one in session.history.of(bois.id).items]
    space.privacy(ROOT).erase(jane.person_id)
    undone = 0
    for act in acts:
        try:
            with space.write(ROOT) as session:
                session.history.undo(act)
            undone += 1
        except ContactCoreError as error:
            assert error.code  # noqa: PT017 - an act may be gone, or be changed since
    assert undone
    for one in imports.list():
        imports.undo(one.id)
    # The description of Ann before the second import is Ann's.
    rest = [one for one in left_in(storage, "acme") if one[2] != "mancha"]
    assert rest == []
