"""The timeline of contacts and of their items (SIT-6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from contactcore import (
    Company,
    Conflict,
    Forbidden,
    Interaction,
    Invalid,
    Item,
    LinkedFile,
    NotFound,
    Person,
    Site,
    User,
    Workspace,
    from_plain,
    to_plain,
)
from contactcore.model import PortalUser
from support.clock import TODAY

PARIS = ZoneInfo("Europe/Paris")
NINE = datetime(2026, 3, 2, 9, tzinfo=PARIS)


@pytest.fixture
def jane(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Person("Jane", "Doe"))


@pytest.fixture
def rex(workspace: Any, amelie: Any, jane: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.items.add(jane, Item("Rex"))


def titles(page: Any) -> list[str]:
    return [one.title for one in page]


def refusal(act: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        act()
    return [(problem.code, problem.path) for problem in refused.value.problems]


# What is recorded


@pytest.mark.req("SIT-6")
def test_an_interaction_keeps_what_was_entered(workspace: Any, amelie: Any, jane: Any, rex: Any) -> None:
    with workspace.write(amelie) as session:
        home, joan = session.sites.add(jane, Site("Home")), session.contacts.add(Person("Joan", "Roe"))
        given = Interaction(
            "Vaccination",
            type="appointment",
            item_id=rex.id,
            site_id=home.id,
            person_id=joan.id,
            start=NINE,
            end=NINE + timedelta(hours=1),
            body="Bring the pass.\nRing twice.",
            state="planned",
            payload={"price": 12.5, "lines": [{"vat": 20}], "paid": False, "note": None},
            attachments=["doc-7", LinkedFile("https://files.example.org/7.pdf", name="Pass")],
        )
        added = session.timeline.add(jane, given)
    assert (added.version, added.contact_id, added.actor) == (1, jane.id, "amelie")
    assert added.since
    with workspace.read(amelie) as session:
        assert session.timeline.get(added.id) == added
        assert session.timeline.page(jane).items == (added,)
    assert from_plain(to_plain(added)) == added
    assert (added.start, added.timezone, added.local_start) == (
        datetime(2026, 3, 2, 8, tzinfo=UTC),
        "Europe/Paris",
        NINE,
    )
    assert added.payload["lines"] == ({"vat": 20},)
    with pytest.raises(TypeError, match="read-only"):
        added.payload["lines"][0]["vat"] = 10


@pytest.mark.req("SIT-6")
def test_a_note_without_times_is_recorded_now_in_the_zone_of_the_workspace(storage: Any, amelie: Any) -> None:
    workspace = Workspace(storage, "north", timezone="Europe/Warsaw")
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane"))
        note = session.timeline.add(jane, Interaction(body="Called.\nAsked for the hours."))
    assert (note.type, note.state, note.timezone, note.display_name) == ("note", "done", "Europe/Warsaw", "Called.")
    assert note.start is not None
    assert note.start == note.since


@pytest.mark.req("SIT-6")
@pytest.mark.parametrize(("days", "state"), [(1, "planned"), (-1, "done"), (0, "done")])
def test_an_interaction_of_the_future_is_planned_unless_its_state_is_given(
    workspace: Any, amelie: Any, jane: Any, days: int, state: str
) -> None:
    start = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) + timedelta(days=days)
    with workspace.write(amelie) as session:
        assert session.timeline.add(jane, Interaction("Visit", start=start)).state == state
        assert session.timeline.add(jane, Interaction("Visit", start=start, state="cancelled")).state == "cancelled"


@pytest.mark.req("SIT-6")
@pytest.mark.parametrize("zone", [PARIS, ZoneInfo("America/New_York"), ZoneInfo("UTC")])
@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_read_as_it_was_given(
    workspace: Any, amelie: Any, jane: Any, zone: ZoneInfo, fold: int
) -> None:
    twice = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=zone)
    with workspace.write(amelie) as session:
        id = session.timeline.add(jane, Interaction("Night shift", start=twice)).id
    with workspace.read(amelie) as session:
        found = session.timeline.get(id)
        assert (found.start, found.timezone) == (twice.astimezone(UTC), zone.key)
        assert (found.local_start.hour, found.local_start.fold) == (2, fold if zone is PARIS else 0)


@pytest.mark.req("SIT-6")
def test_text_with_an_offset_is_a_time_and_keeps_the_zone_of_the_workspace(
    workspace: Any, amelie: Any, jane: Any
) -> None:
    with workspace.write(amelie) as session:
        added = session.timeline.add(jane, Interaction("Call", start="2026-03-02T09:00:00+01:00"))
        assert (added.start.hour, added.timezone) == (8, "UTC")
        moved = session.timeline.save(attrs.evolve(added, timezone="Europe/Paris"))
        assert (moved.start, moved.local_start.hour) == (added.start, 9)


@pytest.mark.req("SIT-6")
@pytest.mark.parametrize("letter", ["x", "山", "🦀", '"'])
def test_the_largest_interaction_fits_into_a_record(workspace: Any, amelie: Any, jane: Any, letter: str) -> None:
    largest = Interaction(
        letter * 1_000,
        body=letter * 100_000,
        payload={"a": "x" * 49_000},
        attachments=[LinkedFile(f"{number:04}{letter * 996}", name=letter * 1_000) for number in range(50)],
    )
    with workspace.write(amelie) as session:
        added = session.timeline.add(jane, largest)
        session.timeline.delete(added)
        session.trash.restore(added.id)
        assert session.timeline.get(added) == attrs.evolve(added, version=3)


# Refusals


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(
    ("make", "code", "path"),
    [
        (Interaction, "interaction-empty", "title"),
        (lambda: Interaction("a", start=NINE.replace(tzinfo=None)), "time-without-zone", "start"),
        (lambda: Interaction("a", end="2026-01-01T10:00"), "time-without-zone", "end"),
        (lambda: Interaction("a", start="tomorrow"), "time-syntax", "start"),
        (lambda: Interaction("a", start=date(2026, 1, 1)), "time-syntax", "start"),
        (lambda: Interaction("a", start=1_700_000_000), "time-syntax", "start"),
        (lambda: Interaction("a", start=datetime.max.replace(tzinfo=UTC)), "time-range", "start"),
        (
            lambda: Interaction("a", start=datetime.min.replace(tzinfo=timezone(timedelta(hours=9)))),
            "time-range",
            "start",
        ),
        (lambda: Interaction("a", start=datetime(206, 1, 1, tzinfo=UTC)), "time-range", "start"),
        (lambda: Interaction("a", start=NINE, end=NINE - timedelta(seconds=1)), "times-reversed", "end"),
        (lambda: Interaction("a", timezone="Paris"), "timezone-unknown", "timezone"),
        (lambda: Interaction("a", state="open"), "state-unknown", "state"),
        (lambda: Interaction("a", payload=["b"]), "not-a-mapping", "payload"),
        (lambda: Interaction("a", payload={"b": object()}), "payload-type", "payload['b']"),
        (lambda: Interaction("a", payload={"b": [float("nan")]}), "payload-type", "payload['b'][0]"),
        (lambda: Interaction("a", payload={"b": 2**70}), "payload-type", "payload['b']"),
        (lambda: Interaction("a", payload={"b": {5: 5}}), "payload-type", "payload['b']"),
        (lambda: Interaction("a", payload={"b": "\ud800"}), "text-surrogate", "payload['b']"),
        (lambda: Interaction("a", payload={"b\0": 1}), "text-nul", "payload"),
        (lambda: Interaction("a", payload={"b": "x" * 50_000}), "payload-too-large", "payload"),
        (lambda: Interaction("a", attachments=[f"{number}" for number in range(51)]), "too-many", "attachments"),
        (lambda: Interaction("a", attachments=[""]), "reference-empty", "attachments[0]"),
        (lambda: Interaction("a", attachments=["JavaScript:alert(1)"]), "reference-scheme", "attachments[0]"),
        (lambda: Interaction("a", attachments=["data:text/html,x"]), "reference-scheme", "attachments[0]"),
    ],
)
def test_an_interaction_that_cannot_be_meant_is_refused(make: Any, code: str, path: str) -> None:
    ((found, where),) = refusal(make)
    assert (found, where.partition(".")[0]) == (code, path)


@pytest.mark.req("DIR-17")
def test_a_payload_that_contains_itself_is_refused() -> None:
    payload: dict[str, Any] = {}
    payload["again"] = payload
    assert refusal(lambda: Interaction("a", payload=payload))[0][0] == "payload-too-deep"


@pytest.mark.req("SIT-6")
def test_ids_that_belong_elsewhere_are_refused_by_name_and_nothing_is_changed(
    workspace: Any, new_workspace: Any, amelie: Any, bob: Any, jane: Any, rex: Any
) -> None:
    other = new_workspace()
    with other.write(amelie) as session:
        abroad = session.contacts.add(Person("Abroad"))
        item, site = session.items.add(abroad, Item("Far")), session.sites.add(abroad, Site("Far"))
    with workspace.write(bob) as session:
        hidden = session.contacts.add(Person("Hidden"))
        hidden_item = session.items.add(hidden, Item("Hidden"))
    with workspace.write(amelie) as session:
        firm = session.contacts.add(Company("Bois"))
        mill, van = session.sites.add(firm, Site("Mill")), session.items.add(firm, Item("Van"))
        note = session.timeline.add(jane, Interaction("Note"))
        unknown = [
            {"item_id": item.id},
            {"site_id": site.id},
            {"person_id": abroad.id},
            {"person_id": hidden.id},
            {"item_id": hidden_item.id},
            {"item_id": mill.id},
            {"site_id": rex.id},
            {"person_id": rex.id},
            {"person_id": "x" * 500},
            {"item_id": "a\0b"},
        ]
        acts: list[Callable[..., object]] = [
            lambda more: session.timeline.add(jane, Interaction("New", **more)),
            lambda more: session.timeline.save(attrs.evolve(note, **more)),
        ]
        for act in acts:
            for more in unknown:
                with pytest.raises(NotFound) as missing:
                    act(more)
                assert (missing.value.path, missing.value.id) == next(iter(more.items()))
            assert refusal(lambda act=act: act({"item_id": van.id, "site_id": mill.id, "person_id": firm.id})) == [
                ("item-elsewhere", "item_id"),
                ("site-elsewhere", "site_id"),
                ("not-a-person", "person_id"),
            ]
            assert refusal(lambda act=act: act({"type": "letter"})) == [("interaction-type-unknown", "type")]
        for path, id in (("item", van), ("site", mill)):
            assert refusal(lambda path=path, id=id: session.timeline.page(jane, **{path: id})) == [
                (f"{path}-elsewhere", path)
            ]
        assert refusal(lambda: session.timeline.page(jane, person=firm.id)) == [("not-a-person", "person")]
        assert refusal(lambda: session.timeline.page(jane, state="open")) == [("state-unknown", "state")]
        assert refusal(lambda: session.timeline.page(jane, types=["letter"])) == [
            ("interaction-type-unknown", "types[0]")
        ]
        assert refusal(lambda: session.timeline.page(jane, limit=0)) == [("limit-out-of-range", "limit")]
        assert refusal(lambda: session.timeline.page(jane, after="x")) == [("cursor-unreadable", "after")]
        assert refusal(lambda: session.timeline.add(jane, note)) == [("already-stored", "id")]
        assert refusal(lambda: session.timeline.save(attrs.evolve(note, contact_id=firm.id))) == [
            ("contact-change", "contact_id")
        ]
        assert session.timeline.page(jane).items == (note,)


@pytest.mark.req("SIT-6")
def test_an_end_before_the_time_of_the_recording_is_refused(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        end = datetime(2020, 1, 1, tzinfo=UTC)
        assert refusal(lambda: session.timeline.add(jane, Interaction("a", end=end))) == [("times-reversed", "end")]


# Lists


@pytest.mark.req("SIT-6")
def test_the_timeline_shows_all_or_one_items_by_tab(workspace: Any, amelie: Any, jane: Any, rex: Any) -> None:
    with workspace.write(amelie) as session:
        mia, home = session.items.add(jane, Item("Mia")), session.sites.add(jane, Site("Home"))
        joan = session.contacts.add(Person("Joan", "Roe"))
        for number, (title, more) in enumerate(
            [
                ("call", {}),
                ("rex note", {"item_id": rex.id}),
                ("rex visit", {"item_id": rex.id, "type": "appointment", "site_id": home.id}),
                ("mia visit", {"item_id": mia.id, "type": "appointment", "person_id": joan.id}),
                ("to do", {"type": "action", "state": "planned"}),
            ]
        ):
            session.timeline.add(
                jane, Interaction(title, start=NINE + timedelta(hours=number), **{"state": "done", **more})
            )

        def shown(**filters: Any) -> list[str]:
            return titles(session.timeline.page(jane, **filters))

        assert shown() == ["to do", "mia visit", "rex visit", "rex note", "call"]
        assert shown(item=rex) == ["rex visit", "rex note"]
        assert shown(item=rex, types=["appointment"]) == ["rex visit"]
        assert shown(types=["note", "action"]) == ["to do", "rex note", "call"]
        assert shown(site=home) == ["rex visit"]
        assert shown(person=joan) == ["mia visit"]
        assert shown(item=rex, person=joan) == []
        assert shown(item=mia, person=joan.id, types=["appointment"], state="done") == ["mia visit"]
        assert shown(state="planned") == ["to do"]
        assert shown(types=["note"], state="planned") == []
        counts = session.timeline.counts(jane)
        assert list(counts) == ["note", "appointment", "payment-request", "document", "message", "action"]
        assert list(counts.values()) == [2, 2, 0, 0, 0, 1]
        assert {type: number for type, number in session.timeline.counts(jane, item=rex).items() if number} == {
            "note": 1,
            "appointment": 1,
        }
        assert set(session.timeline.counts(joan).values()) == {0}


@pytest.mark.req("SIT-6")
@pytest.mark.parametrize("filters", [{}, {"types": ["note", "action"]}, {"state": "done"}])
@pytest.mark.parametrize("upcoming", [False, True])
def test_the_pages_of_a_timeline_hold_each_interaction_once(
    workspace: Any, amelie: Any, jane: Any, filters: dict[str, Any], upcoming: bool
) -> None:
    with workspace.write(amelie) as session:
        for number in range(11):
            # Some start at the same time.
            start = NINE + timedelta(hours=number // 2 - 2)
            type = ("note", "action")[number % 2]
            session.timeline.add(jane, Interaction(f"{number}", start=start, type=type, state="done"))
        whole = session.timeline.page(jane, upcoming=upcoming, **filters)
        starts = [one.start for one in whole]
        assert starts == sorted(starts, reverse=not upcoming)
        assert len(whole) == 11
        read, after = [], None
        while True:
            page = session.timeline.page(jane, upcoming=upcoming, limit=3, after=after, **filters)
            read += page
            if page.next is None:
                break
            after = page.next
        assert tuple(read) == whole.items


@pytest.mark.req("SIT-6")
def test_upcoming_is_what_starts_now_or_later_the_earliest_first(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        for title, days in (("later", 9), ("past", -400), ("soon", 1), ("yesterday", -2)):
            session.timeline.add(jane, Interaction(title, start=NINE + timedelta(days=days)))
        assert titles(session.timeline.page(jane, upcoming=True)) == ["soon", "later"]
        assert titles(session.timeline.page(jane)) == ["later", "soon", "yesterday", "past"]


@pytest.mark.req("SIT-6")
def test_a_changed_interaction_is_found_by_what_it_is_now(workspace: Any, amelie: Any, jane: Any, rex: Any) -> None:
    with workspace.write(amelie) as session:
        note = session.timeline.add(jane, Interaction("Call", start=NINE))
        changed = attrs.evolve(note, type="message", item_id=rex.id, state="cancelled", start=NINE + timedelta(days=1))
        saved = session.timeline.save(changed)
        assert saved.version == 2
        assert titles(session.timeline.page(jane, types=["note"])) == []
        assert titles(session.timeline.page(jane, item=rex, types=["message"], state="cancelled")) == ["Call"]
        assert session.timeline.counts(jane)["message"] == session.timeline.counts(jane, item=rex)["message"] == 1
        assert session.timeline.save(saved) == saved
        assert session.timeline.save(attrs.evolve(saved, actor="bob", since=NINE)) == saved


@pytest.mark.req("SIT-6")
def test_a_payload_that_only_looks_equal_is_stored(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        note = session.timeline.add(jane, Interaction("Call", payload={"paid": 1}))
        saved = session.timeline.save(attrs.evolve(note, payload={"paid": True}))
        assert (saved.version, session.timeline.get(note).payload["paid"]) == (2, True)
        assert session.timeline.get(note).payload["paid"] is True


@pytest.mark.req("DIR-15")
def test_a_conflict_has_both_versions(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        note = session.timeline.add(jane, Interaction("Call"))
        saved = session.timeline.save(attrs.evolve(note, body="Yes."))
        for act in (
            lambda: session.timeline.save(attrs.evolve(note, body="No.")),
            lambda: session.timeline.delete(note),
        ):
            with pytest.raises(Conflict) as refused:
                act()
            assert refused.value.stored == saved


# The types


@pytest.mark.req("SIT-6")
def test_admins_edit_the_types_and_interactions_keep_theirs(workspace: Any, amelie: Any, root: Any, jane: Any) -> None:
    with workspace.write(root) as session:
        assert session.settings.interaction_types.add("Site visit").slug == "site-visit"
    with workspace.write(amelie) as session:
        visit = session.timeline.add(jane, Interaction("Roof", type="site-visit"))
        call = session.timeline.add(jane, Interaction("Call"))
        letter = session.timeline.add(jane, Interaction("Letter", type="document"))
    with workspace.write(root) as session:
        session.settings.interaction_types.archive("note")
        session.settings.interaction_types.remove("site-visit", replacement="appointment")
        session.settings.interaction_types.remove("document")
    with workspace.write(amelie) as session:
        shown = {one.title: one.type for one in session.timeline.page(jane)}
        assert shown == {"Roof": "appointment", "Call": "note", "Letter": ""}
        assert titles(session.timeline.page(jane, types=["appointment"])) == ["Roof"]
        counts = session.timeline.counts(jane)
        assert {type: number for type, number in counts.items() if number} == {"note": 1, "appointment": 1, "": 1}
        for one in (visit, call, letter):
            saved = session.timeline.save(attrs.evolve(session.timeline.get(one), body="Seen."))
            assert saved.type == shown[one.title]
        assert session.timeline.counts(jane) == counts
        assert refusal(lambda: session.timeline.add(jane, Interaction("Call"))) == [
            ("interaction-type-unknown", "type")
        ]


# Who sees it


@pytest.mark.req("ACC-3")
def test_a_timeline_opens_and_closes_with_its_contact(workspace: Any, amelie: Any, bob: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        note = session.timeline.add(jane, Interaction("Call"))
    asks: tuple[Callable[[Any], object], ...] = (
        lambda session: session.timeline.get(note),
        lambda session: session.timeline.page(jane),
        lambda session: session.timeline.counts(jane),
        lambda session: session.timeline.save(note),
        lambda session: session.timeline.delete(note),
        lambda session: session.timeline.add(jane.id, Interaction("Call")),
    )
    for _ in range(2):
        with workspace.write(bob) as session:
            for ask in asks:
                with pytest.raises(NotFound):
                    ask(session)
        with workspace.write(amelie) as session:
            session.contacts.share(jane.id, "shared-read")
        with workspace.write(bob) as session:
            assert session.timeline.get(note) == note
            assert session.timeline.page(jane).items == (note,)
            for ask in asks[3:]:
                with pytest.raises(Forbidden, match="read this contact"):
                    ask(session)
        with workspace.write(amelie) as session:
            session.contacts.share(jane.id, "private")


@pytest.mark.req("ACC-3")
def test_a_person_whom_the_actor_does_not_see_is_left_out_and_kept(
    workspace: Any, amelie: Any, bob: Any, root: Any, jane: Any
) -> None:
    with workspace.write(bob) as session:
        secret = session.contacts.add(Person("Secret"))
    with workspace.write(amelie) as session:
        session.contacts.share(jane.id, "shared-write")
    with workspace.write(bob) as session:
        call = session.timeline.add(jane.id, Interaction("Call", person_id=secret.id))
        assert call.person_id == secret.id
    with workspace.write(amelie) as session:
        seen = session.timeline.get(call)
        assert (seen.person_id, session.timeline.page(jane.id).items) == ("", (seen,))
        with pytest.raises(NotFound):
            session.timeline.page(jane.id, person=secret.id)
        saved = session.timeline.save(attrs.evolve(seen, body="Asked for Bob."))
        assert saved.person_id == ""
        with pytest.raises(Conflict) as refused:
            session.timeline.save(attrs.evolve(seen, body="No."))
        assert refused.value.stored == saved
        session.timeline.delete(saved)
        restored = session.trash.restore(call.id)
        assert restored.person_id == ""
    with workspace.write(bob) as session:
        assert session.timeline.get(call).person_id == secret.id
        assert titles(session.timeline.page(jane.id, person=secret)) == ["Call"]
    with workspace.write(amelie) as session:
        joan = session.contacts.add(Person("Joan"))
        session.timeline.save(attrs.evolve(restored, person_id=joan.id))
    with workspace.read(root) as session:
        assert session.timeline.get(call).person_id == joan.id


@pytest.mark.req("POR-8")
def test_portal_users_see_no_timeline(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        note = session.timeline.add(jane, Interaction("Call"))
        login = session.portal.invite(jane, "jane@doe.org", send=False).login
    client = PortalUser(login.id, jane.id, epoch=login.epoch)
    with workspace.read(client) as session:
        for ask in (
            lambda: session.timeline.get(note),
            lambda: session.timeline.get("nobody"),
            lambda: session.timeline.page(jane),
            lambda: session.timeline.counts(jane),
            lambda: session.timeline.save(note),
            lambda: session.timeline.delete(note),
            lambda: session.timeline.add(jane, Interaction("Call")),
        ):
            with pytest.raises(Forbidden) as refused:
                ask()
            assert refused.value.code == "staff-only"
        assert session.settings.current.interaction_types.slugs == ()


# The trash, and what belongs together


@pytest.mark.req("DIR-11")
def test_a_deleted_interaction_comes_back_and_a_purged_one_does_not(
    workspace: Any, amelie: Any, root: User, jane: Any
) -> None:
    with workspace.write(amelie) as session:
        note = session.timeline.add(jane, Interaction(body="Call\nback"))
        session.timeline.delete(note)
        assert session.timeline.page(jane).items == ()
        assert session.timeline.counts(jane)["note"] == 0
        with pytest.raises(NotFound):
            session.timeline.get(note)
        (card,) = session.trash.list()
        assert (card.kind, card.name, card.by, card.root) == ("interaction", "Call", "amelie", note.id)
        restored = session.trash.restore(card)
        assert attrs.evolve(restored, version=1) == note
        assert session.timeline.page(jane).items == (restored,)
        session.timeline.delete(restored)
    with workspace.write(root) as session:
        session.trash.purge(note.id)
        assert session.trash.list() == ()
        with pytest.raises(NotFound):
            session.trash.restore(note.id)


@pytest.mark.req("SIT-7")
def test_interactions_go_to_the_trash_with_their_item_and_come_back_with_it(
    workspace: Any, amelie: Any, jane: Any, rex: Any
) -> None:
    with workspace.write(amelie) as session:
        alone = session.timeline.add(jane, Interaction("Alone", item_id=rex.id))
        visit = session.timeline.add(jane, Interaction("Visit", item_id=rex.id))
        call = session.timeline.add(jane, Interaction("Call"))
        session.timeline.delete(alone)
        session.items.delete(rex)
        assert session.timeline.page(jane).items == (call,)
        with pytest.raises(NotFound):
            session.timeline.get(visit)
        assert refusal(lambda: session.trash.restore(alone.id)) == [("owner-deleted", "record")]
        session.contacts.delete(jane)
        session.trash.restore(jane)
        assert session.timeline.page(jane).items == (attrs.evolve(call, version=3),)
        session.trash.restore(rex)
        assert titles(session.timeline.page(jane)) == ["Call", "Visit"]
        session.trash.restore(alone.id)
        assert titles(session.timeline.page(jane, item=rex)) == ["Visit", "Alone"]


@pytest.mark.req("SIT-7")
@pytest.mark.parametrize("what", ["item", "contact"])
def test_a_purge_takes_the_interactions_along(
    workspace: Any, amelie: Any, root: Any, jane: Any, rex: Any, what: str
) -> None:
    with workspace.write(amelie) as session:
        alone = session.timeline.add(jane, Interaction("Alone", item_id=rex.id))
        visit = session.timeline.add(jane, Interaction("Visit", item_id=rex.id))
        call = session.timeline.add(jane, Interaction("Call"))
        session.timeline.delete(alone)
        session.items.delete(rex)
        if what == "contact":
            session.contacts.delete(jane)
    with workspace.write(root) as session:
        session.trash.purge(rex if what == "item" else jane)
        for one in (alone, visit):
            with pytest.raises(NotFound):
                session.trash.restore(one.id)
        assert session.trash.list() == ()
        if what == "item":
            assert session.timeline.page(jane).items == (call,)


@pytest.mark.req("SIT-6")
@pytest.mark.parametrize("purged", [False, True])
def test_an_interaction_stays_readable_without_its_site_and_its_person(
    workspace: Any, amelie: Any, root: Any, jane: Any, purged: bool
) -> None:
    with workspace.write(amelie) as session:
        home, joan = session.sites.add(jane, Site("Home")), session.contacts.add(Person("Joan"))
        visit = session.timeline.add(jane, Interaction("Visit", site_id=home.id, person_id=joan.id))
        session.sites.delete(home)
        session.contacts.delete(joan)
    if purged:
        with workspace.write(root) as session:
            session.trash.purge(home.id)
            session.trash.purge(joan)
    with workspace.write(amelie) as session:
        (shown,) = session.timeline.page(jane)
        assert shown == attrs.evolve(visit, site_id="", person_id="")
        saved = session.timeline.save(attrs.evolve(shown, body="Done."))
        assert (saved.site_id, saved.person_id) == ("", "")
        if not purged:
            session.trash.restore(home)
            session.trash.restore(joan)
            found = session.timeline.get(visit)
            assert (found.site_id, found.person_id) == (home.id, joan.id)
            assert titles(session.timeline.page(jane, site=home, person=joan.id)) == ["Visit"]


@pytest.mark.req("SIT-7")
def test_interactions_move_with_their_item_and_leave_the_site_of_the_old_contact(
    workspace: Any, amelie: Any, bob: Any, jane: Any, rex: Any
) -> None:
    with workspace.write(amelie) as session:
        home, joan = session.sites.add(jane, Site("Home")), session.contacts.add(Person("Joan"))
        person = {"person_id": jane.id}
        visit = session.timeline.add(jane, Interaction("Visit", item_id=rex.id, site_id=home.id, **person))
        gone = session.timeline.add(jane, Interaction("Gone", item_id=rex.id, site_id=home.id))
        session.timeline.add(jane, Interaction("Call"))
        session.timeline.delete(gone)
        session.contacts.share(joan.id, "shared-write")
        session.items.move(rex, joan.id)
        assert titles(session.timeline.page(jane)) == ["Call"]
        (moved,) = session.timeline.page(joan.id)
        assert moved == attrs.evolve(visit, version=2, contact_id=joan.id, site_id="")
        assert titles(session.timeline.page(joan.id, item=rex, person=jane)) == ["Visit"]
    with workspace.write(bob) as session:
        # Who sees the new contact sees its trash.
        assert session.trash.restore(gone.id).contact_id == joan.id
        assert titles(session.timeline.page(joan.id)) == ["Gone", "Visit"]


@pytest.mark.req("SIT-6")
def test_a_change_of_the_language_leaves_the_timeline_as_it_is(
    workspace: Any, amelie: Any, root: Any, jane: Any, rex: Any
) -> None:
    with workspace.write(amelie) as session:
        for title in ("Visit", "Gone"):
            note = session.timeline.add(jane, Interaction(title, item_id=rex.id, type="document"))
        session.timeline.delete(note)
        before = session.timeline.page(jane), session.timeline.counts(jane), session.trash.list()
    workspace.change_language(root, "pl")
    with workspace.write(amelie) as session:
        assert (session.timeline.page(jane), session.timeline.counts(jane), session.trash.list()) == before
        assert session.trash.restore(note.id).title == "Gone"


@pytest.mark.req("IMP-3")
def test_the_undo_of_an_import_keeps_a_contact_with_an_interaction(workspace: Any, root: Any) -> None:
    imports = workspace.imports(root)
    report = imports.apply(imports.plan("Name\nJane Doe\nJoan Roe\n"))
    with workspace.write(root) as session:
        (jane,) = session.contacts.search("jane")
        note = session.timeline.add(jane.id, Interaction("Call"))
    imports.undo(report.id)
    with workspace.read(root) as session:
        assert [card.name for card in session.contacts.page()] == ["Jane Doe"]
        assert session.timeline.page(jane.id).items == (note,)


@pytest.mark.req("DIR-11")
def test_a_deleted_contact_takes_its_timeline_along_and_brings_it_back(
    workspace: Any, amelie: Any, bob: Any, jane: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(jane.id, "shared-read")
        alone = session.timeline.add(jane.id, Interaction("Alone"))
        visit = session.timeline.add(jane.id, Interaction("Visit"))
        session.timeline.delete(alone)
    with workspace.read(bob) as session:
        assert [card.name for card in session.trash.list()] == ["Alone"]
    with workspace.write(amelie) as session:
        session.contacts.delete(session.contacts.get(jane.id))
        for ask in (lambda: session.timeline.page(jane.id), lambda: session.timeline.get(visit)):
            with pytest.raises(NotFound):
                ask()
        assert refusal(lambda: session.trash.restore(alone.id)) == [("owner-deleted", "record")]
        session.trash.restore(jane)
        assert titles(session.timeline.page(jane.id)) == ["Visit"]
        session.contacts.share(jane.id, "private")
    with workspace.write(bob) as session:
        assert session.trash.list() == ()
        with pytest.raises(NotFound):
            session.trash.restore(alone.id)
