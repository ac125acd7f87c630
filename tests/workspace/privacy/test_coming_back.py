"""Nobody who was erased comes back unasked: not by an import, a card, a form or another name for the same (IMP-8)."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from contactcore import Company, Form, Host, Invalid, Person, Workspace
from contactcore.formats import vcard
from contactcore.storage import Storage
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, ROOT

pytestmark = [pytest.mark.req("IMP-8"), pytest.mark.cases_in_memory]

JANE = Person("Jane", "Quixote", emails=["jane@quixote.es", "house@farm.es"], phones=["+34 911 22 33 44"])
ROWS = (
    "First name,Last name,E-mail,Phone,Birthday\n"
    "Jane,Quixote,jane@quixote.es,,never\n"
    "J.,Q.,JANE@quixote.es,,\n"
    "Quixote,Jane,,0034 911 22 33 44,\n"
    "Jane,Quixote,house@farm.es,,\n"
    "Joe,Squire,house@farm.es,,\n"
    "Ann,Squire,,+34 911 22 33 44,\n"
    "Jane,Doe,jane@doe.org,,\n"
)


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", language="en", country="FR")


@pytest.fixture
def erased(space: Workspace) -> str:
    """The id of Jane, who is erased; a farmer has one of her addresses."""
    with space.write(ROOT) as session:
        jane = session.contacts.add(JANE)
        session.contacts.add(Person("Joe", "Farmer", emails=["house@farm.es"]))
    space.privacy(ROOT).erase(jane)
    return jane.id


def test_an_import_reports_the_rows_and_stores_nothing_of_them(space: Workspace, storage: Storage, erased: str) -> None:
    imports = space.imports(ROOT)
    plan = imports.plan(ROWS)
    report = imports.apply(plan)
    refused = [one for one in report.problems if one.code == "person-erased"]
    assert [one.line for one in refused] == [2, 3, 4, 5]
    assert {(one.value, one.column) for one in refused} == {("", "")}
    assert [one.line for one in report.problems if one.code != "person-erased"] == [6]
    assert (report.rejected, report.created + report.updated + report.skipped) == (4, 3)
    with space.read(ROOT) as session:
        names = {card.name for card in session.contacts.page(role="any")}
        assert names == {"Joe Farmer", "Ann Squire", "Jane Doe"} | (names & {"Joe Squire"})
    with storage.read("acme") as reader:
        for kind in ("job", "job-part", "contact", "history"):
            for record in reader.dump(kind):
                assert b"quixote" not in record.body.lower()


def test_a_preview_tells_of_the_rows_too(space: Workspace, erased: str) -> None:
    imports = space.imports(ROOT)
    assert imports.preview(imports.plan(ROWS)).rejected == 4


@pytest.mark.parametrize("source", ["", "card", "form", "portal"])
def test_somebody_who_adds_the_person_is_told_and_may_insist(space: Workspace, erased: str, source: str) -> None:
    again = Person("Jane", "Quixote", emails=["jane@quixote.es"], source=source)
    with space.write(AMELIE) as session:
        assert [one.code for one in session.contacts.check(again)] == ["person-erased"]
        with pytest.raises(Invalid) as caught:
            session.contacts.add(again)
        assert caught.value.code == "person-erased"
        assert "quixote" not in str(caught.value).lower()
        bois = session.contacts.add(Company("Bois"))
        with pytest.raises(Invalid) as caught:
            session.people.add(bois, again)
        assert caught.value.code == "person-erased"
        assert session.privacy.readmit(again) > 0
        added = session.people.add(bois, again)
        assert session.privacy.readmit(again) == 0
    with space.read(AMELIE) as session:
        assert session.contacts.get(added.person_id).display_name == "Jane Quixote"


def test_a_card_does_not_bring_the_person_back(space: Workspace, erased: str) -> None:
    (card,) = vcard.loads(vcard.dumps([JANE])).contacts
    with space.write(ROOT) as session, pytest.raises(Invalid) as caught:
        session.contacts.add(getattr(card, "contact", card))
    assert caught.value.code == "person-erased"


def _submitted(space: Workspace, form: Form, **fields: str) -> Any:
    (token,) = re.findall(r'name="cc_token" value="([^"]*)"', space.forms.render(form))
    return space.forms.submit(form, {"cc_token": token, **fields})


def test_a_form_answers_as_ever_and_stores_nothing(space: Workspace, storage: Storage, erased: str) -> None:
    with space.write(ROOT) as session:
        form = session.forms.add(Form("Contact", fields=["given_name", "family_name", "email"], min_seconds=0))
        before = session.contacts.count(role="any") if False else len(session.contacts.page(role="any").items)
    ann = _submitted(space, form, given_name="Ann", family_name="Nagy", email="ann@nagy.hu")
    jane = _submitted(space, form, given_name="Jane", family_name="Quixote", email="jane@quixote.es")
    assert (jane.reason, jane.message, jane.html) == (ann.reason, ann.message, ann.html)
    with space.read(ROOT) as session:
        assert len(session.contacts.page(role="any").items) == before + 1
        assert [one.email for one in session.forms.submissions.page()] == ["ann@nagy.hu"]
        assert [one.event.subject for one in session.feed() if one.event.name == "submission.suppressed"] == [form.id]


def test_somebody_with_the_shared_address_and_another_name_is_added(space: Workspace, erased: str) -> None:
    with space.write(ROOT) as session:
        assert session.contacts.add(Person("Jim", "Farmer", emails=["house@farm.es"])).id
        assert session.contacts.add(Person("Jane", "Quixote")).id


def test_a_copy_of_the_workspace_keeps_the_marks(space: Workspace, storage: Storage, erased: str) -> None:
    target = MemoryStorage()
    copy_workspace(storage, target, "acme")
    with Workspace(target, "acme").write(ROOT) as session, pytest.raises(Invalid) as caught:
        session.contacts.add(JANE)
    assert caught.value.code == "person-erased"


def test_the_marks_of_two_workspaces_differ(storage: Storage) -> None:
    marks = []
    for name in ("one", "two"):
        space = Workspace(storage, name, host=Host())
        with space.write(ROOT) as session:
            jane = session.contacts.add(JANE)
        space.privacy(ROOT).erase(jane)
        with storage.read(name) as reader:
            marks.append({record.id for record in reader.dump("suppression")} - {"salt"})
    assert len(marks[0]) == len(marks[1]) > 0
    assert marks[0].isdisjoint(marks[1])


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"email": "JANE@doe.fr"}, "person-erased"),
        ({"phone": "+33144556677"}, "person-erased"),
        ({"email": "ann@doe.fr", "phone": "+33144556688"}, ""),
    ],
)
def test_an_erased_person_does_not_come_back_by_the_address_or_the_number_at_work(
    storage: Storage, details: dict[str, str], code: str
) -> None:
    space = Workspace(storage, "acme", country="FR")
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.fr"], phones=["+33144556677"]))
        ann = session.contacts.add(Person("Ann", "Nagy"))
    space.privacy(ROOT).erase(jane)
    with space.write(ROOT) as session:
        found = ""
        try:
            session.people.add(bois, Person("Jane", "Doe"), **details)
        except Invalid as error:
            found = error.code
        assert found == code
        # Somebody who is stored is somebody else.
        assert session.people.add(bois, ann, **details).person_id == ann.id


def test_an_older_export_does_not_bring_back_somebody_who_had_an_address_at_work_only(storage: Storage) -> None:
    space = Workspace(storage, "acme", country="FR")
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.people.add(bois, Person("Jane", "Doe"), email="jane@doe.fr")
        session.people.add(bois, Person("Ann", "Nagy"), email="ann@bois.fr")
    out = io.BytesIO()
    space.exports(ROOT).csv(out)
    space.privacy(ROOT).erase(jane.person_id)
    imports = space.imports(ROOT)
    report = imports.apply(imports.plan(out.getvalue()))
    assert [one.value for one in report.problems if one.code == "person-erased"] == [""]
    with space.read(ROOT) as session:
        assert [one.person.display_name for one in session.people.list(bois) if one.person] == ["Ann Nagy"]
        assert list(session.contacts.search("doe")) == []
