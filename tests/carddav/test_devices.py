"""Devices that vdirsyncer keeps equal to the address books, over a real connection."""

import attrs
import pytest

from contactcore import Company, Person
from contactcore_postgres import PostgresStorage
from support.actors import AMELIE
from support.carddav import card

pytestmark = pytest.mark.req("IMP-5")


def test_changes_of_both_sides_meet_and_nothing_is_lost(workspace, new_device):
    half = 20 if isinstance(workspace.storage, PostgresStorage) else 150
    with workspace.write(AMELIE) as session:
        for number in range(half):
            session.contacts.add(
                Person("Server", f"Nr{number}", external_id=f"s{number}", emails=[f"s{number}@bois.fr"])
            )
    phone, laptop = new_device("amelie"), new_device("amelie")
    for number in range(half):
        phone.add(card(f"p{number}", f"Phone Nr{number}", "X-PHONE-ONLY:kept", f"TEL:+3361234{number:04}"))
    assert phone.sync() == laptop.sync() == []
    assert len(laptop.texts) == len(phone.texts) == 2 * half

    phone.change("s1", "FN:Server Nr1", "FN:Phone's Nr1")
    phone.delete("p2")
    laptop.change("p3", "Phone Nr3", "Laptop Nr3")
    laptop.delete("s4")
    with workspace.write(AMELIE) as session:
        by_uid = {session.contacts.get(one.id).external_id: session.contacts.get(one.id) for one in pages(session)}
        session.contacts.save(attrs.evolve(by_uid["p5"], given_name="Office"))
        session.contacts.delete(by_uid["s6"])
        session.contacts.add(Company("New"))
    for _ in range(2):
        assert phone.sync() == laptop.sync() == []
    assert {uid: sorted(text.split()) for uid, text in phone.texts.items()} == {
        uid: sorted(text.split()) for uid, text in laptop.texts.items()
    }
    assert len(phone.texts) == 2 * half - 3 + 1
    assert "FN:Phone's Nr1" in laptop.texts["s1"]
    assert "FN:Laptop Nr3" in phone.texts["p3"]
    assert "X-PHONE-ONLY:kept" in phone.texts["p3"]
    assert "N:Nr5;Office;;;" in laptop.texts["p5"]
    assert "X-PHONE-ONLY:kept" in laptop.texts["p5"]
    with workspace.read(AMELIE) as session:
        assert len(session.trash.list()) == 3


def pages(session):
    after = None
    while True:
        page = session.contacts.page(role="any", limit=1_000, after=after)
        yield from page
        if page.next is None:
            return
        after = page.next


@pytest.mark.req("DIR-15")
def test_a_card_that_both_sides_edit_is_a_conflict_that_the_device_settles(workspace, new_device):
    phone, laptop = new_device("amelie"), new_device("amelie")
    phone.add(card("1", "Jane Doe"))
    phone.sync()
    laptop.sync()
    phone.sync()
    phone.change("1", "FN:Jane Doe", "FN:Phone Doe")
    laptop.change("1", "FN:Jane Doe", "FN:Laptop Doe")
    assert laptop.sync() == []
    (conflict,) = phone.sync()
    assert type(conflict).__name__ == "SyncConflict"
    assert "Phone Doe" in phone.texts["1"]
    assert phone.sync(conflict_resolution="a wins") == []
    assert "Laptop Doe" in phone.texts["1"]


def test_users_with_different_rights_share_what_both_see(workspace, new_device):
    with workspace.write(AMELIE) as session:
        both = session.contacts.add(Company("Both", access="shared-write", external_id="both"))
        session.contacts.add(Company("Read", access="shared-read", external_id="read"))
        session.contacts.add(Company("Own", external_id="own"))
    hers, his = new_device("amelie"), new_device("bob")
    hers.sync()
    his.sync()
    assert (sorted(hers.texts), sorted(his.texts)) == (["both", "own", "read"], ["both", "read"])
    his.change("both", "FN:Both", "FN:Shared")
    his.sync()
    hers.sync()
    assert "FN:Shared" in hers.texts["both"]
    his.change("read", "FN:Read", "FN:Wrong")
    assert len(his.sync()) == 1
    hers.sync()
    assert "FN:Read" in hers.texts["read"]
    with workspace.write(AMELIE) as session:
        session.contacts.share(both.id, "private")
    his.sync()
    assert "both" not in his.texts
