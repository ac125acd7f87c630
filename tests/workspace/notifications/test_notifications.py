"""Who is mailed about what, and why."""

from __future__ import annotations

import json

import attrs
import pytest

from contactcore import Company, Invalid, Person


@pytest.fixture
def client(workspace, amelie):
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"]))


def add(workspace, actor, client, given, *topics, **details):
    emails = details.pop("emails", [f"{given.lower()}@bois.fr"])
    with workspace.write(actor) as session:
        person = Person(given, "Doe", emails=emails, phones=["01 44 55 66 77"])
        return session.people.add(client, person, notifications=topics, **details)


def ask(workspace, actor, client, topic="invoice", **more):
    with workspace.read(actor) as session:
        return session.notifications.recipients(client.id, topic, **more)


def mailed(answer):
    return [str(one.email) for one in answer.chosen]


def codes(answer):
    return {one.name: one.code for one in answer.explained}


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(
    ("wrong", "code"), [({"subject": ""}, "subject-empty"), ({"text": " "}, "text-empty"), ({"html": "\0"}, "text-nul")]
)
def test_a_wrong_notice_is_refused_for_a_client_without_recipients_too(workspace, amelie, client, wrong, code):
    nobody = ask(workspace, amelie, client)
    assert mailed(nobody) == []
    with pytest.raises(Invalid) as refused, workspace.write(amelie) as session:
        session.notifications.send(client, nobody, **{"subject": "7", "text": "Here.", **wrong})
    assert [(one.path, one.code) for one in refused.value.problems] == [(next(iter(wrong)), code)]


@pytest.mark.req("DIR-17")
def test_a_kind_of_subject_that_is_no_topic_is_refused_with_the_choices(workspace, amelie):
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
        for act in (session.notifications.recipients, session.notifications.preselected):
            for topic in ("task", "invoice"):
                with pytest.raises(Invalid) as refused:
                    act(client, topic, about="projekt")
                assert (refused.value.code, refused.value.path) == ("about-unknown", "about")
                assert "project" in refused.value.reason


@pytest.mark.req("ACC-3")
def test_the_message_of_a_user_does_not_say_whether_somebody_hidden_has_the_primary_flag(
    workspace, amelie, bob, root, client
):
    with workspace.write(amelie) as session:
        other = session.contacts.add(Company("Elm"))
        for one in (client, other):
            session.contacts.share(one.id, "shared-read")
    for one in (client, other):
        add(workspace, amelie, one, "Ann", "invoice")
    with workspace.write(root) as session:
        hidden = Person("Eve", "Doe", emails=["eve@bois.fr"], access="private", responsibles=["eve"])
        session.people.add(client, hidden, primary=True)
    grounds = []
    with workspace.write(bob) as session:
        for one in (client, other):
            assert [ann.primary for ann in session.people.list(one.id)] == [True]
            (notice,) = send(session, one.id, key=one.id)
            grounds.append((notice.message.grounds.primary, notice.message.grounds.purpose))
    assert grounds[0] == grounds[1]


@pytest.mark.req("NOT-2")
def test_of_five_people_with_permission_the_one_with_the_preference_is_mailed(workspace, amelie, client):
    for given_name in ("Ann", "Ben", "Cid", "Dora", "Eve"):
        topics = ["invoice"] if given_name == "Dora" else []
        add(workspace, amelie, client, given_name, *topics, permissions=["invoices"])
    answer = ask(workspace, amelie, client)
    assert mailed(answer) == ["dora@bois.fr"]
    assert codes(answer)["Ann Doe"] == "preference-off"


@pytest.mark.req("NOT-2")
@pytest.mark.req("NOT-6")
def test_a_single_person_with_the_preference_off_leaves_nobody_and_the_answer_says_so(workspace, amelie, client):
    add(workspace, amelie, client, "Flo")
    answer = ask(workspace, amelie, client)
    assert answer.chosen == ()
    assert codes(answer) == {"Flo Doe": "preference-off"}
    assert answer.note.startswith("Nobody gets the invoice notice")


@pytest.mark.req("NOT-6")
def test_every_candidate_is_told_the_reason(workspace, amelie, client):
    add(workspace, amelie, client, "On", "invoice")
    add(workspace, amelie, client, "Off")
    add(workspace, amelie, client, "Past", "invoice", end="2020-01-01")
    add(workspace, amelie, client, "Future", "invoice", start="2099-01-01")
    add(workspace, amelie, client, "Mute", "invoice", emails=[])
    add(workspace, amelie, client, "Twin", "invoice", email="ON@bois.fr")
    gone = add(workspace, amelie, client, "Gone", "invoice")
    with workspace.write(amelie) as session:
        session.people.save(attrs.evolve(session.people.get(gone.id), active=False))
    assert codes(ask(workspace, amelie, client)) == {
        "On Doe": "preference",
        "Off Doe": "preference-off",
        "Past Doe": "past",
        "Future Doe": "not-yet",
        "Mute Doe": "no-email",
        "Twin Doe": "same-address",
        "Gone Doe": "inactive",
    }


@pytest.mark.req("NOT-1")
def test_permission_and_preference_are_independent_unless_the_workspace_asks_for_both(workspace, amelie, root, client):
    add(workspace, amelie, client, "Ann", "invoice")
    assert mailed(ask(workspace, amelie, client)) == ["ann@bois.fr"]
    with workspace.write(root) as session:
        session.settings.notices.need_permission(on=True)
    assert codes(ask(workspace, amelie, client)) == {"Ann Doe": "no-permission"}


@pytest.mark.req("NOT-1")
def test_people_without_preferences_of_their_own_have_the_workspaces(workspace, amelie, root, client):
    with workspace.write(amelie) as session:
        session.people.add(client, Person("Ann", "Doe", emails=["ann@bois.fr"]))
    assert codes(ask(workspace, amelie, client)) == {"Ann Doe": "preference-off"}
    with workspace.write(root) as session:
        session.settings.notices.set_default(["invoice"])
    assert mailed(ask(workspace, amelie, client)) == ["ann@bois.fr"]


@pytest.mark.req("NOT-2")
def test_a_fall_back_is_taken_only_where_it_was_configured_and_in_its_order(workspace, amelie, root, client):
    add(workspace, amelie, client, "Ann")
    ben = add(workspace, amelie, client, "Ben")
    with workspace.write(root) as session:
        session.settings.notices.set_fall_back("invoice", ["purpose", "primary", "client"])
        session.people.make_primary_for(ben.id, "billing")
    assert mailed(ask(workspace, amelie, client, "estimate")) == []
    assert mailed(ask(workspace, amelie, client)) == ["ann@bois.fr"]
    answer = ask(workspace, amelie, client, purpose="billing")
    assert (mailed(answer), codes(answer)["Ben Doe"]) == (["ben@bois.fr"], "fall-back-purpose")


@pytest.mark.req("NOT-2")
def test_the_last_fall_back_is_the_clients_own_address(workspace, amelie, root, client):
    with workspace.write(root) as session:
        session.settings.notices.set_fall_back("invoice", ["client"])
    answer = ask(workspace, amelie, client)
    assert [(str(one.email), one.reason) for one in answer.chosen] == [("office@bois.fr", "fall-back-client")]


@pytest.mark.req("NOT-6")
def test_a_fall_back_to_a_client_who_is_a_person_gives_that_person_one_reason(workspace, amelie, root):
    with workspace.write(root) as session:
        session.settings.notices.set_fall_back("invoice", ["client"])
    with workspace.write(amelie) as session:
        ada = session.contacts.add(Person("Ada", "Lee", emails=["ada@lee.fr"], notifications=[]))
        answer = session.notifications.recipients(ada, "invoice")
        (queued,) = session.notifications.send(ada, answer, subject="7", text="Enclosed.", key="7")
        assert [(one.person_id, one.code) for one in answer.explained] == [(ada.id, "fall-back-client")]
        assert [(one.person_id, one.reason) for one in answer.chosen] == [(ada.id, "fall-back-client")]
        assert queued.person_id == ada.id
        # The same notice, for another reason.
        session.contacts.save(attrs.evolve(session.contacts.get(ada.id), notifications=["invoice"]))
        wanted = session.notifications.recipients(ada, "invoice")
        (again,) = session.notifications.send(ada, wanted, subject="7", text="Enclosed.", key="7")
    assert [one.reason for one in wanted.chosen] == ["preference"]
    assert (again.id, again.repeated) == (queued.id, True)


@pytest.mark.req("NOT-1")
def test_task_notices_are_sent_for_tasks_of_projects_only(workspace, amelie, client):
    add(workspace, amelie, client, "Ann", "task")
    assert mailed(ask(workspace, amelie, client, "task", about="project")) == ["ann@bois.fr"]
    assert codes(ask(workspace, amelie, client, "task", about="ticket")) == {"Ann Doe": "topic-not-for-this"}


@pytest.mark.req("NOT-3")
def test_a_choice_by_hand_starts_with_the_preference_overrides_it_and_is_recorded(workspace, amelie, root, client):
    ann = add(workspace, amelie, client, "Ann", "invoice")
    ben = add(workspace, amelie, client, "Ben")
    gone = add(workspace, amelie, client, "Gone", "invoice", end="2020-01-01")
    with workspace.write(amelie) as session:
        notifications = session.notifications
        assert notifications.preselected(client, "invoice") == (ann.person_id,)
        chosen = notifications.by_hand(client, "invoice", [ben.person, gone.person])
        assert [(one.person_id, one.reason) for one in chosen.chosen] == [(ben.person_id, "manual")]
        assert codes(chosen) == {"Ann Doe": "not-selected", "Ben Doe": "manual", "Gone Doe": "past"}
        first = notifications.send(client, chosen, subject="Invoice 7", text="Enclosed.", key="7")
        again = notifications.send(client, chosen, subject="Invoice 7", text="Enclosed.", key="7")
        assert [message.id for message in first] == [message.id for message in again]
    with workspace.read(root) as session:
        told = [one.event for one in session.feed() if one.event.name == "notice.queued"]
        assert json.loads(told[0].data)["reasons"] == ["manual"]
        assert [str(message.to) for message in session.outbox.list().items] == ["ben@bois.fr"]


@pytest.mark.req("NOT-3")
def test_a_fall_back_ticks_nobody_beforehand_who_does_not_want_the_notice(workspace, amelie, root, client):
    add(workspace, amelie, client, "Ann")
    with workspace.write(root) as session:
        session.settings.notices.set_fall_back("invoice", ["primary", "client"])
        assert [one.reason for one in session.notifications.recipients(client, "invoice").chosen] == [
            "fall-back-primary"
        ]
        assert session.notifications.preselected(client, "invoice") == ()


@pytest.mark.req("NOT-3")
def test_only_contact_persons_of_the_client_can_be_selected(workspace, amelie, client):
    with workspace.write(amelie) as session:
        stranger = session.contacts.add(Person("Stan", "Ger", emails=["stan@example.org"]))
        with pytest.raises(Invalid) as refused:
            session.notifications.by_hand(client, "invoice", [stranger])
    assert (refused.value.code, refused.value.path) == ("person-unknown", "people[0]")


@pytest.mark.req("NOT-1")
def test_the_host_adds_topics_of_its_own_and_a_slip_of_the_pen_is_refused(workspace, amelie, root, client):
    with workspace.write(root) as session:
        session.settings.notices.add_topic("newsletter")
    add(workspace, amelie, client, "Ann", "newsletter")
    assert mailed(ask(workspace, amelie, client, "newsletter")) == ["ann@bois.fr"]
    with pytest.raises(Invalid) as refused:
        ask(workspace, amelie, client, "invoise")
    assert refused.value.code == "topic-unknown"


@pytest.mark.req("ACC-3")
def test_a_hidden_person_is_neither_mailed_nor_mentioned_to_who_may_not_see_them(workspace, amelie, bob, client):
    add(workspace, amelie, client, "Ann", "invoice")
    with workspace.write(amelie) as session:
        session.contacts.share(client.id, "shared-read")
    answer = ask(workspace, bob, client)
    assert (answer.chosen, answer.explained) == ((), ())


@pytest.mark.req("NOT-5")
def test_new_responsible_users_are_told_and_the_acting_user_is_not(workspace, amelie, root):
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Neu", responsibles=["amelie", "bob"]))
        session.contacts.share(client.id, "private", responsibles=["amelie", "bob", "carl"])
    with workspace.read(root) as session:
        events = [one.event for one in session.feed() if one.event.name == "responsible.assigned"]
    told = [json.loads(event.data)["user"] for event in events]
    assert told == ["bob", "carl"]


def send(session, client, topic="invoice", **details):
    who = session.notifications.recipients(client, topic)
    return session.notifications.send(client, who, **{"subject": "Invoice 7", "text": "Enclosed.", **details})


def notices_told(workspace, root):
    with workspace.read(root) as session:
        events = [one.event for one in session.feed() if one.event.name.startswith("notice.")]
    return [(event.name, json.loads(event.data).get("people")) for event in events]


@pytest.mark.req("NOT-7")
def test_a_notice_of_somebody_else_is_answered_with_its_state_and_without_its_text(
    workspace, amelie, bob, root, client
):
    with workspace.write(amelie) as session:
        session.contacts.share(client.id, "shared-write")
        ann = session.people.add(client, Person("Ann", "Doe", emails=["ann@bois.fr"], access="shared-write"))
        session.people.save(attrs.evolve(ann, notifications=["invoice"]))
        (first,) = send(session, client, key="7")
    assert (first.state, first.repeated, first.message.text) == ("waiting", False, "Enclosed.")
    for actor, shown in ((bob, False), (amelie, True), (root, True)):
        with workspace.write(actor) as session:
            (again,) = send(session, client.id, key="7")
        assert (again.id, again.state, again.repeated) == (first.id, "waiting", True)
        assert (again.message is not None) is shown
        assert ("Enclosed." in str(attrs.asdict(again))) is shown
    people = [ann.person_id]
    assert notices_told(workspace, root) == [("notice.queued", people)] + [("notice.repeated", people)] * 3


@pytest.mark.req("NOT-7")
@pytest.mark.parametrize("other", [{"subject": "Invoice 8"}, {"text": "Another."}, {"html": "<p>Enclosed.</p>"}])
def test_the_same_key_with_another_content_is_refused_and_queues_nothing(workspace, amelie, root, client, other):
    add(workspace, amelie, client, "Ann", "invoice")
    with workspace.write(amelie) as session:
        send(session, client, key="7")
    add(workspace, amelie, client, "Ben", "invoice")
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refused:
            send(session, client, key="7", **other)
        assert (refused.value.code, refused.value.path) == ("notice-differs", "key")
        assert "Enclosed" not in str(refused.value)
    with workspace.read(root) as session:
        assert [str(one.to) for one in session.outbox.list().items] == ["ann@bois.fr"]
    with workspace.write(amelie) as session:
        assert [(str(one.to), one.repeated) for one in send(session, client, key="7")] == [
            ("ann@bois.fr", True),
            ("ben@bois.fr", False),
        ]


@pytest.mark.req("NOT-7")
def test_the_key_of_a_notice_is_one_of_its_topic_client_and_person(workspace, amelie, root, client):
    add(workspace, amelie, client, "Ann", "invoice", "estimate")
    with workspace.write(amelie) as session:
        sud = session.contacts.add(Company("Sud"))
        ann = session.people.list(client)[0]
        session.people.add(sud, ann.person_id, notifications=["invoice"])
        ids = [send(session, one, topic, key="7")[0].id for one, topic in
               ((client, "invoice"), (client, "estimate"), (sud, "invoice"))]  # fmt: skip
    assert len(set(ids)) == 3


@pytest.mark.req("NOT-7")
def test_the_feed_says_that_a_notice_has_no_recipients(workspace, amelie, root, client):
    with workspace.write(amelie) as session:
        assert send(session, client) == ()
    assert notices_told(workspace, root) == [("notice.without-recipients", None)]


@pytest.mark.req("NOT-2")
def test_the_recipients_of_another_client_are_refused(workspace, amelie, root, client):
    add(workspace, amelie, client, "Ann", "invoice")
    with workspace.write(amelie) as session:
        sud = session.contacts.add(Company("Sud"))
        who = session.notifications.recipients(client, "invoice")
        with pytest.raises(Invalid) as refused:
            session.notifications.send(sud, who, subject="a", text="a")
        assert (refused.value.code, refused.value.path) == ("recipients-of-another", "recipients")


@pytest.mark.req("NOT-1")
def test_a_topic_that_is_for_one_kind_of_subject_asks_for_it(workspace, amelie, client):
    ann = add(workspace, amelie, client, "Ann", "task")
    with workspace.write(amelie) as session:
        notifications = session.notifications
        for ask_without in (notifications.recipients, notifications.preselected):
            with pytest.raises(Invalid) as refused:
                ask_without(client, "task")
            assert (refused.value.code, refused.value.path) == ("about-missing", "about")
        assert notifications.preselected(client, "task", about="project") == (ann.person_id,)
        assert notifications.preselected(client, "task", about="ticket") == ()
        assert mailed(notifications.by_hand(client, "task", [ann.person_id])) == ["ann@bois.fr"]
        assert mailed(notifications.recipients(client, "task", about="project")) == ["ann@bois.fr"]


@pytest.mark.req("NOT-7")
def test_two_people_at_one_address_each_have_their_own_notice_of_one_key(workspace, amelie, client):
    ann = add(workspace, amelie, client, "Ann", emails=["office@bois.fr"])
    ben = add(workspace, amelie, client, "Ben", emails=["office@bois.fr"])
    with workspace.write(amelie) as session:
        found = [
            session.notifications.send(
                client, session.notifications.by_hand(client, "invoice", [one]), subject="s", text="t", key="7"
            )
            for one in (ann, ben, ann)
        ]
    assert [answer.repeated for (answer,) in found] == [False, False, True]
    assert found[0][0].id == found[2][0].id != found[1][0].id


@pytest.mark.req("NOT-3")
def test_a_choice_by_hand_of_nobody_sends_nothing_although_there_is_a_fall_back(workspace, amelie, root, client):
    add(workspace, amelie, client, "Ann")
    with workspace.write(root) as session:
        session.settings.notices.set_fall_back("invoice", ["primary", "client"])
        nobody = session.notifications.by_hand(client, "invoice", [])
        assert session.notifications.send(client, nobody, subject="s", text="t") == ()


@pytest.mark.req("NOT-1")
def test_an_own_empty_list_stands_beside_the_workspaces_default_list(workspace, amelie, root, client):
    add(workspace, amelie, client, "Own")
    with workspace.write(root) as session:
        session.settings.notices.set_default(["invoice"])
        session.people.add(client, Person("Default", emails=["default@bois.fr"]))
    assert mailed(ask(workspace, root, client)) == ["default@bois.fr"]


@pytest.mark.req("NOT-2")
def test_a_topic_without_a_module_needs_no_permission(workspace, amelie, root, client):
    with workspace.write(root) as session:
        session.settings.notices.add_topic("newsletter")
        session.settings.notices.need_permission(on=True)
    add(workspace, amelie, client, "Ann", "newsletter", "invoice", permissions=[])
    assert mailed(ask(workspace, amelie, client, "newsletter")) == ["ann@bois.fr"]
    assert codes(ask(workspace, amelie, client)) == {"Ann Doe": "no-permission"}
