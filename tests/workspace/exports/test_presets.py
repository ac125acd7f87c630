"""Files for the address books of other programs: their columns, their form, and every loss by its name."""

from __future__ import annotations

import csv
import io

import pytest

from contactcore import Address, Company, Invalid, Item, Person, Site, User, Workspace
from contactcore.formats.contact_rows.presets import PRESETS
from contactcore_memory import MemoryStorage

pytestmark = pytest.mark.req("IMP-4")


def _filled(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois & Fils"))
        session.sites.add(bois, Site("Mill"))
        session.items.add(bois, Item("Saw"))
        person = Person(
            "Zoé",
            "Doe",
            emails=["zoe@bois.fr", "z2@bois.fr", "z3@bois.fr", "z4@bois.fr"],
            phones=["+33144556677"],
            addresses=[Address("1 rue Vauban", city="Lyon", postal_code="01000", country="FR", label="work")],
            tags=["vip", "été"],
            birthday="1969-04-03",
            description="=1+1",
            listed=True,
        )
        session.people.add(bois, person, position="CFO", end="2020-01-01")


def _written(workspace, amelie, preset):
    out, losses = io.BytesIO(), []
    assert workspace.exports(amelie).csv(out, preset=preset, on_loss=losses.append) == 2
    return out.getvalue(), losses


@pytest.mark.parametrize("name", PRESETS)
def test_a_file_for_another_program_is_recognised_and_comes_back(name):
    ours, amelie = Workspace(MemoryStorage(), "acme", country="FR"), User("amelie")
    _filled(ours, amelie)
    data, losses = _written(ours, amelie, name)
    preset = PRESETS[name]
    text = data.decode(preset.encoding)
    header = next(csv.reader(io.StringIO(text), delimiter=preset.delimiter))
    assert set(preset.headers) <= set(header)
    assert "+33144556677" in text
    assert "'+33144556677" not in text
    assert "'=1+1" in text
    theirs = Workspace(MemoryStorage(), "acme", country="FR", language={"outlook-pl": "pl"}.get(name, "fr"))
    imports = theirs.imports(amelie)
    report = imports.apply(imports.plan(data))
    assert report.rejected == 0
    with theirs.read(amelie) as session:
        (zoe,) = [session.contacts.get(card.id) for card in session.contacts.page(kind="person", role="any").items]
        (work,) = session.people.of(zoe.id)
        assert (zoe.given_name, zoe.family_name, work.position) == ("Zoé", "Doe", "CFO")
        assert [str(phone) for phone in zoe.phones] == ["+33144556677"]
        assert zoe.emails[0].text == "zoe@bois.fr"
        assert (zoe.addresses[0].street, zoe.addresses[0].postal_code) == ("1 rue Vauban", "01000")
        assert str(zoe.birthday) == "1969-04-03"
        assert zoe.description == "=1+1"
    lost = {loss.field for loss in losses}
    assert {"site", "item"} <= lost
    if name == "google":
        assert lost == {"site", "item"}
        assert [cell for cell in ("z4@bois.fr", "2020-01-01") if cell in text] == ["z4@bois.fr", "2020-01-01"]
    else:
        assert {"End"} <= lost
        assert any(loss.value == "z4@bois.fr" for loss in losses)


@pytest.mark.parametrize("name", PRESETS)
def test_a_person_stands_with_the_company_of_today_rather_than_a_former_one(workspace, amelie, name):
    with workspace.write(amelie) as session:
        former, present = (session.contacts.add(Company(name)) for name in ("Former", "Present"))
        jo = session.contacts.add(Person("Jo", "Doe"))
        session.people.add(former, jo.id, position="Clerk", end="2020-01-01")
        session.people.add(present, jo.id, position="Head")
    out, losses = io.BytesIO(), []
    workspace.exports(amelie).csv(out, preset=name, on_loss=losses.append)
    (row,) = [line for line in out.getvalue().decode(PRESETS[name].encoding).splitlines() if "Doe" in line]
    assert "Present" in row
    assert "Clerk" not in row
    assert ("affiliation", "Former") in {(loss.field, loss.value) for loss in losses}


@pytest.mark.req("IMP-5")
@pytest.mark.parametrize("form", ["vcards", "jscontact"])
def test_a_card_has_the_companies_of_today_alone(workspace, new_workspace, amelie, form):
    with workspace.write(amelie) as session:
        former, present, later = (session.contacts.add(Company(name)) for name in ("Former", "Present", "Later"))
        jo = session.contacts.add(Person("Jo", "Doe"))
        session.people.add(former, jo.id, position="Clerk", end="2020-01-01")
        session.people.add(later, jo.id, position="Chair", start="2999-01-01")
        session.people.add(present, jo.id, position="Head")
    out, theirs = io.BytesIO(), new_workspace()
    getattr(workspace.exports(amelie), form)(out)
    imports = theirs.imports(amelie)
    imports.apply(imports.plan(out.getvalue()))
    with theirs.read(amelie) as session:
        (card,) = session.contacts.page(kind="person", role="any")
        assert [one.position for one in session.people.of(card.id)] == ["Head"]


def test_no_value_is_neither_written_nor_named(workspace, amelie):
    _filled(workspace, amelie)
    for name in PRESETS:
        data, losses = _written(workspace, amelie, name)
        text = data.decode(PRESETS[name].encoding) + repr(losses)
        for value in ("zoe@bois.fr", "z4@bois.fr", "01000", "Lyon", "vip", "été", "CFO", "Mill", "Saw", "2020-01-01"):
            assert value in text, (name, value)


def test_a_character_that_the_encoding_lacks_is_named(workspace, amelie):
    with workspace.write(amelie) as session:
        session.contacts.add(Company("山田"))
    with pytest.raises(Invalid) as caught:
        workspace.exports(amelie).csv(io.BytesIO(), preset="outlook-fr")
    assert caught.value.code == "encoding-unable"
    assert workspace.exports(amelie).csv(io.BytesIO(), preset="outlook-fr", encoding="utf-8-sig") == 1


def test_an_unknown_preset_is_refused_with_the_choices(workspace, amelie):
    with pytest.raises(Invalid) as caught:
        workspace.exports(amelie).csv(io.BytesIO(), preset="gmail")
    assert caught.value.code == "preset-unknown"
    assert "google" in str(caught.value)


@pytest.mark.parametrize("name", [one for one in PRESETS if one != "thunderbird"])
def test_titles_and_suffixes_have_columns_of_their_own(name):
    ours, theirs, amelie = Workspace(MemoryStorage(), "acme"), Workspace(MemoryStorage(), "acme"), User("amelie")
    with ours.write(amelie) as session:
        session.contacts.add(Person("Ann", "Lee", prefix="Dr.", middle_name="M", suffix="Jr."))
    out, losses = io.BytesIO(), []
    ours.exports(amelie).csv(out, preset=name, on_loss=losses.append)
    assert losses == []
    imports = theirs.imports(amelie)
    imports.apply(imports.plan(out.getvalue()))
    with theirs.read(amelie) as session:
        (card,) = session.contacts.page(kind="person").items
        ann = session.contacts.get(card.id)
    assert (ann.prefix, ann.middle_name, ann.suffix, dict(ann.unmapped)) == ("Dr.", "M", "Jr.", {})
