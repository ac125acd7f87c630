"""Candidate pictures come from the provider of the host, whose answers are checked (PIC-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from contactcore import Company, Host, Invalid, NotFound, Person, PictureCandidate, SocialProfile, Workspace
from contactcore.errors import StorageError
from contactcore.formats.pictures import Crop, avatar_address, prepare
from contactcore.storage import Storage
from contactcore.values import EmailAddress
from support.actors import AMELIE, BOB
from support.pictures import LOGO, PHOTO

pytestmark = [pytest.mark.req("PIC-4"), pytest.mark.cases_in_memory]


class Provider:
    """A provider that knows a picture for each e-mail address and profile, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.answer: Callable[[], Any] | None = None
        self.data: Any = PHOTO

    def candidates(
        self,
        workspace: str,
        contact_id: str,
        *,
        emails: tuple[EmailAddress, ...],
        profiles: tuple[SocialProfile, ...],
    ) -> Iterable[PictureCandidate]:
        self.asked.append((workspace, contact_id, emails, profiles))
        if self.answer is not None:
            yield from self.answer()
        for email in emails:
            yield PictureCandidate(email.key, source="Gravatar", address=avatar_address(email))
        for profile in profiles:
            yield PictureCandidate(profile.key, source=profile.service, address=profile.url)

    def fetch(self, workspace: str, contact_id: str, candidate: PictureCandidate) -> bytes | None:
        self.asked.append((workspace, contact_id, candidate))
        return self.data() if callable(self.data) else self.data


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def workspace(storage: Storage, provider: Provider) -> Workspace:
    return Workspace(storage, "acme", host=Host(picture_provider=provider))


@pytest.fixture
def jane(workspace: Workspace) -> Any:
    profiles = [SocialProfile("linkedin", "jane-doe")]
    with workspace.write(AMELIE) as session:
        return session.contacts.add(Person("Jane", "Doe", emails=["Jane@Doe.org"], socials=profiles))


def test_a_candidate_that_is_chosen_becomes_the_picture(workspace: Workspace, jane: Any, provider: Provider) -> None:
    with workspace.read(AMELIE) as session:
        mail, profile = session.pictures.candidates(jane)
        assert provider.asked == [("acme", jane.id, jane.emails, jane.socials)]
    assert (mail.source, profile.address) == ("Gravatar", "https://linkedin.com/in/jane-doe")
    with workspace.write(AMELIE) as session:
        stored = session.pictures.choose(jane, mail, {"zoom": 2})
        assert stored.crop == Crop(2)
        content = session.pictures.get(jane)
        assert content is not None
        assert content.data == prepare(PHOTO, Crop(2)).data
        provider.data = LOGO
        assert session.pictures.choose(jane.id, profile.key).version == 2
    assert provider.asked[-1] == ("acme", jane.id, profile)


def test_without_a_provider_there_are_no_candidates(storage: Storage) -> None:
    with Workspace(storage, "acme").write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois", emails=["office@bois.fr"]))
        assert session.pictures.candidates(bois) == ()
        with pytest.raises(Invalid) as refused:
            session.pictures.choose(bois, "office@bois.fr")
    assert (refused.value.code, refused.value.path) == ("candidate-unknown", "candidate")


def test_an_address_that_the_provider_did_not_give_is_never_fetched(
    workspace: Workspace, jane: Any, provider: Provider
) -> None:
    forged = PictureCandidate("http://169.254.169.254/", address="https://169.254.169.254/")
    with workspace.write(AMELIE) as session:
        for candidate in (forged, forged.key, "", "jane@doe.orgs"):
            with pytest.raises(Invalid) as refused:
                session.pictures.choose(jane, candidate)
            assert refused.value.code == "candidate-unknown"
    assert all(len(asked) == 4 for asked in provider.asked)


@pytest.mark.parametrize(
    ("data", "code"), [(None, "candidate-gone"), (b"<svg/>", "picture-format"), (b"", "picture-empty")]
)
def test_what_the_service_sends_is_not_trusted(
    workspace: Workspace, jane: Any, provider: Provider, data: Any, code: str
) -> None:
    provider.data = data
    with workspace.write(AMELIE) as session:
        with pytest.raises(Invalid) as refused:
            session.pictures.choose(jane, "jane@doe.org")
        assert (refused.value.code, refused.value.path) == (code, "candidate")
        assert session.pictures.of(jane) is None


def test_a_wrong_crop_of_a_candidate_is_refused_by_its_own_name(workspace: Workspace, jane: Any) -> None:
    with workspace.write(AMELIE) as session, pytest.raises(Invalid) as refused:
        session.pictures.choose(jane, "jane@doe.org", {"zoom": 0})
    assert (refused.value.code, refused.value.path) == ("crop-zoom", "crop.zoom")


@pytest.mark.parametrize(
    "answer",
    [
        lambda: [5],
        lambda: 5,
        lambda: 1 / 0,
        lambda: [PictureCandidate(str(number)) for number in range(101)],
    ],
)
def test_a_provider_that_fails_is_an_error_of_its_own(
    workspace: Workspace, jane: Any, provider: Provider, answer: Callable[[], Any]
) -> None:
    provider.answer = answer
    with workspace.write(AMELIE) as session:
        for act in (
            lambda: session.pictures.candidates(jane),
            lambda: session.pictures.choose(jane, "jane@doe.org"),
        ):
            with pytest.raises(StorageError) as failed:
                act()
            assert failed.value.code == "picture-provider"


@pytest.mark.parametrize("data", [lambda: 1 / 0, "text", 5])
def test_a_provider_that_fetches_no_bytes_is_an_error_of_its_own(
    workspace: Workspace, jane: Any, provider: Provider, data: Any
) -> None:
    provider.data = data
    with workspace.write(AMELIE) as session, pytest.raises(StorageError) as failed:
        session.pictures.choose(jane, "jane@doe.org")
    assert failed.value.code == "picture-provider"


def test_a_key_that_comes_twice_is_one_candidate(workspace: Workspace, jane: Any, provider: Provider) -> None:
    provider.answer = lambda: [PictureCandidate("a", source="1"), PictureCandidate("a", source="2")]
    with workspace.read(AMELIE) as session:
        assert [one.source for one in session.pictures.candidates(jane)] == ["1", "Gravatar", "linkedin"]


@pytest.mark.req("ACC-3")
def test_nobody_is_asked_about_a_hidden_contact(workspace: Workspace, provider: Provider) -> None:
    with workspace.write(AMELIE) as session:
        hidden = session.contacts.add(Person("Jane", emails=["j@x.fr"], access="private", responsibles=["amelie"]))
    with workspace.write(BOB) as session:
        for act in (
            lambda: session.pictures.candidates(hidden),
            lambda: session.pictures.choose(hidden, "j@x.fr"),
        ):
            with pytest.raises(NotFound):
                act()
    assert provider.asked == []


@pytest.mark.parametrize(
    ("values", "paths"),
    [
        ({"key": ""}, ["key"]),
        ({"key": "a", "address": "http://x.fr/a.png"}, ["address"]),
        ({"key": "a", "address": "javascript:alert(1)"}, ["address"]),
        ({"key": 5, "source": 5, "address": 5}, ["key", "source", "address"]),
    ],
)
def test_a_candidate_that_cannot_be_shown_is_refused(values: Any, paths: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        PictureCandidate(**values)
    assert [problem.path for problem in refused.value.problems] == paths


def test_a_host_refuses_what_is_no_provider() -> None:
    nothing: Any = 5
    with pytest.raises(Invalid) as refused:
        Host(picture_provider=nothing)
    assert (refused.value.code, refused.value.path) == ("not-a-picture-provider", "picture_provider")
