"""Consents: given, withdrawn, written by forms, and needed for notices (IMP-8)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest

from contactcore import Company, Consent, Forbidden, Form, Invalid, Person, from_plain, to_plain
from contactcore.delivery import Deliverer
from support.queued_mail import Takes

pytestmark = pytest.mark.req("IMP-8")


@pytest.fixture
def jane(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"], notifications=["estimate"]))


def test_a_consent_keeps_what_was_said(workspace: Any, amelie: Any, jane: Any) -> None:
    given = datetime(2026, 1, 5, 12, tzinfo=UTC)
    with workspace.write(amelie) as session:
        consent = session.privacy.give_consent(
            jane, "newsletter", wording="I agree.", wording_version="2", source="paper", given=given
        )
        assert (consent.purpose, consent.wording_version, consent.source, consent.given) == (
            *("newsletter", "2", "paper"),
            given,
        )
        assert session.privacy.give_consent(jane, "newsletter", wording_version="2") == consent
        newer = session.privacy.give_consent(jane, "newsletter", wording_version="3")
        assert newer.id != consent.id
        ended = session.privacy.withdraw_consent(jane, "newsletter")
        assert [one.id for one in ended] == [consent.id, newer.id]
        assert session.privacy.consents(jane) == ended
        assert session.privacy.withdraw_consent(jane, "newsletter") == ()
        again = session.privacy.give_consent(jane, "newsletter", wording_version="3")
        assert (again.in_force, again.id) != (True, newer.id)
    assert from_plain(to_plain(consent)) == consent


def test_what_cannot_be_meant_is_refused(workspace: Any, amelie: Any, root: Any, bob: Any, jane: Any) -> None:
    later = datetime(2999, 1, 1, tzinfo=UTC)
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        for arguments, named, code in (
            ((jane, ""), {}, "text-empty"),
            ((jane, "x" * 201), {}, "text-too-long"),
            ((jane, "news"), {"given": later}, "consent-times"),
            ((bois, "news"), {}, "not-a-person"),
        ):
            with pytest.raises(Invalid) as caught:
                session.privacy.give_consent(*arguments, **named)
            assert caught.value.code == code
        session.privacy.give_consent(jane, "news")
        for when in (later, datetime(2001, 1, 1, tzinfo=UTC)):
            with pytest.raises(Invalid) as caught:
                session.privacy.withdraw_consent(jane, "news", withdrawn=when)
            assert caught.value.code == "consent-times"
        session.contacts.share(jane, "shared-read", responsibles=["amelie"])
    with workspace.write(bob) as session, pytest.raises(Forbidden):
        session.privacy.give_consent(jane.id, "news")


def test_a_topic_may_need_a_consent_and_says_so(workspace: Any, root: Any, jane: Any) -> None:
    with workspace.write(root) as session:
        asked = session.notifications.recipients(jane, "estimate")
        assert [one.code for one in asked.explained] == ["preference"]
        session.settings.notices.need_consent("estimate", "offers")
        asked = session.notifications.recipients(jane, "estimate")
        assert ([one.code for one in asked.explained], asked.chosen) == (["no-consent"], ())
        assert "has not agreed" in asked.note
        assert session.notifications.by_hand(jane, "estimate", [jane]).chosen == ()
        session.privacy.give_consent(jane, "other")
        assert session.notifications.recipients(jane, "estimate").chosen == ()
        session.privacy.give_consent(jane, "offers")
        (chosen,) = session.notifications.recipients(jane, "estimate").chosen
        assert chosen.person_id == jane.id
        assert session.notifications.preselected(jane, "estimate") == (jane.id,)
        session.settings.notices.need_consent("estimate", "")
        session.privacy.withdraw_consent(jane, "offers")
        assert len(session.notifications.recipients(jane, "estimate").chosen) == 1


def test_no_fall_back_mails_somebody_without_consent(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        bois = session.contacts.add(Company("Bois", emails=["office@bois.fr"]))
        session.people.add(bois, Person("Ann", emails=["ann@bois.fr"]), notifications=[])
        ben = session.contacts.add(Person("Ben", emails=["ben@doe.org"]))
        session.settings.notices.set_fall_back("invoice", ["primary", "client"])
        session.settings.notices.need_consent("invoice", "bills")
        assert [str(one.email) for one in session.notifications.recipients(bois, "invoice").chosen] == [
            "office@bois.fr"
        ]
        assert session.notifications.recipients(ben, "invoice").chosen == ()


def test_a_waiting_notice_is_withdrawn_with_the_consent(workspace: Any, root: Any, jane: Any) -> None:
    with workspace.write(root) as session:
        session.settings.notices.need_consent("estimate", "offers")
        session.privacy.give_consent(jane, "offers")
        to = session.notifications.recipients(jane, "estimate")
        (kept,) = session.notifications.send(jane, to, subject="One", text="One", key="1")
    transport = Takes()
    with workspace.write(root) as session:
        session.privacy.withdraw_consent(jane, "offers")
    with Deliverer(workspace.storage, transport, sender="no-reply@acme.example") as deliverer:
        deliverer.run_once()
    assert transport.sent == []
    with workspace.read(root) as session:
        (letter,) = [one for one in session.outbox.list().items if one.id == kept.id]
        assert letter.withdrawn == "no-consent"


@pytest.fixture
def form(workspace: Any, root: Any) -> Any:
    with workspace.write(root) as session:
        return session.forms.add(
            Form(
                "Newsletter",
                fields=["given_name", "family_name", "email"],
                consent={"fr": "J’accepte.", "en": "I agree."},
                consent_version="2026-03",
                consent_purpose="newsletter",
                min_seconds=0,
                access="shared-write",
            )
        )


def _submitted(workspace: Any, form: Any, email: str) -> None:
    (token,) = re.findall(r'name="cc_token" value="([^"]*)"', workspace.forms.render(form, language="en"))
    fields = {"cc_token": token, "given_name": "Jo", "family_name": "Roe", "email": email, "cc_consent": "yes"}
    assert workspace.forms.submit(form, fields).reason == "form-received"


def test_a_form_writes_the_consent_of_a_new_person(workspace: Any, root: Any, form: Any) -> None:
    _submitted(workspace, form, "jo@roe.org")
    with workspace.write(root) as session:
        (one,) = session.forms.submissions.page()
        (consent,) = session.privacy.consents(one.contact_id)
        assert (consent.purpose, consent.wording, consent.wording_version) == ("newsletter", "I agree.", "2026-03")
        assert consent.source == f"submission:{one.id}"
        assert consent.given is not None
        assert one.received is not None
        assert abs(consent.given - one.received) <= timedelta(minutes=1)
        # A submission that is undone takes its contact away, although the contact has a consent now.
        assert session.forms.submissions.undo(one) is None


def test_a_suggested_submission_writes_its_consent_when_it_is_accepted(
    workspace: Any, root: Any, jane: Any, form: Any
) -> None:
    with workspace.write(root) as session:
        session.contacts.share(jane, "shared-write", responsibles=["amelie"])
    _submitted(workspace, form, "jane@doe.org")
    with workspace.write(root) as session:
        (one,) = session.forms.submissions.page()
        assert (one.state, session.privacy.consents(jane)) == ("suggested", ())
        session.forms.submissions.accept(session.forms.submissions.suggestion(one), ["family_name"])
        (consent,) = session.privacy.consents(jane)
        assert consent.purpose == "newsletter"
    with workspace.write(root) as session:
        session.forms.submissions.undo(session.forms.submissions.get(one.id))
        assert session.privacy.consents(jane) == ()


@pytest.mark.req("IMP-7")
def test_a_consent_that_one_of_two_people_withdrew_later_is_not_in_force_once_they_are_one(
    workspace: Any, root: Any, amelie: Any, jane: Any
) -> None:
    with workspace.write(root) as session:
        session.settings.notices.need_consent("estimate", "newsletter")
    with workspace.write(amelie) as session:
        twice = session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"]))
        for one in (jane, twice):
            session.privacy.give_consent(one, "newsletter")
    with workspace.write(amelie) as session:
        session.privacy.withdraw_consent(twice, "newsletter")
    with workspace.write(amelie) as session:
        assert session.notifications.by_hand(jane.id, "estimate", [jane.id]).chosen
    merging = workspace.merging(amelie)
    merge = merging.apply(merging.plan(jane.id, [twice.id]))
    with workspace.write(amelie) as session:
        assert [one.code for one in session.notifications.by_hand(jane.id, "estimate", [jane.id]).explained] == [
            "no-consent"
        ]
        # Who agrees again does so after the withdrawal.
        session.privacy.give_consent(jane.id, "newsletter", wording_version="2")
        assert session.notifications.by_hand(jane.id, "estimate", [jane.id]).chosen
    merging.undo(merge)
    with workspace.read(amelie) as session:
        assert session.notifications.by_hand(jane.id, "estimate", [jane.id]).chosen
        assert not session.notifications.by_hand(twice.id, "estimate", [twice.id]).chosen


def test_consents_go_to_the_trash_and_come_back_with_the_person(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        consent = session.privacy.give_consent(jane, "newsletter")
        session.contacts.delete(jane)
        session.trash.restore(jane.id)
        (back,) = session.privacy.consents(jane.id)
        assert attrs.evolve(back, version=consent.version) == consent


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(
    "given", [datetime(26, 3, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))]
)
def test_a_year_that_nobody_means_is_refused_and_the_consents_stay_readable(
    workspace: Any, root: Any, jane: Any, given: datetime
) -> None:
    with workspace.write(root) as session:
        with pytest.raises(Invalid) as caught:
            session.privacy.give_consent(jane, "newsletter", given=given)
        assert [(one.code, one.path) for one in caught.value.problems] == [("time-range", "given")]
        row = {"person": jane.id, "purpose": "newsletter", "given": given.isoformat()}
        assert session.privacy.import_consents([row]).refused == ((1, "time-range"),)
        assert session.privacy.consents(jane) == ()
        assert session.privacy.report(jane).data["records"] == {}
        with pytest.raises(Invalid) as caught:
            session.history.as_of(jane, given)
        assert caught.value.code in {"as-of-before", "time-range"}


def test_the_class_refuses_times_that_cannot_be() -> None:
    with pytest.raises(Invalid) as caught:
        Consent(purpose="news", given="2026-02-01T00:00:00Z", withdrawn="2026-01-01T00:00:00Z")  # type: ignore[arg-type]
    assert caught.value.code == "consent-times"
