"""What is either so or not takes True or False: text such as "no", which Python counts as true, is refused."""

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from contactcore import Address, Affiliation, Authority, Company, Host, Invalid, Person, User, Workspace
from contactcore.model import FieldDefinition
from contactcore_memory import MemoryStorage


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("wrong", ["no", "false", "", 0, 1, None, b"\0", [], [False]], ids=repr)
@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("admin", lambda wrong: User("bob", admin=wrong)),
        ("joint", lambda wrong: Authority(slug="represent", joint=wrong)),
        ("active", lambda wrong: Affiliation(active=wrong)),
        ("primary", lambda wrong: Affiliation(primary=wrong)),
        ("listed", lambda wrong: Person("Jane", listed=wrong)),
        ("listed", lambda wrong: attrs.evolve(Company("Bois"), listed=wrong)),
        ("billing", lambda wrong: Address("1 rue Vauban", billing=wrong)),
        ("required", lambda wrong: FieldDefinition(slug="a", name="A", required=wrong)),
        ("archived", lambda wrong: FieldDefinition(slug="a", name="A", archived=wrong)),
    ],
)
def test_only_true_and_false_are_yes_and_no(path: str, make: Callable[[Any], object], wrong: object) -> None:
    with pytest.raises(Invalid) as refused:
        make(wrong)
    assert (refused.value.path, refused.value.code) == (path, "yes-no-type")


@pytest.mark.req("DIR-3")
def test_a_wrong_mark_is_told_together_with_the_other_parts_of_an_address() -> None:
    with pytest.raises(Invalid) as refused:
        Address("1 rue\0 Vauban", billing="no")  # type: ignore[arg-type] # the fault under test
    assert [problem.path for problem in refused.value.problems] == ["street", "billing"]


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("nobody", [None, "root", 5, {"name": "root", "admin": True}, Company("Bois")], ids=type)
def test_only_an_actor_opens_a_session_or_a_job(nobody: Any) -> None:
    workspace = Workspace(MemoryStorage(), name="acme")
    for ask in (
        lambda: workspace.read(nobody).__enter__(),
        lambda: workspace.write(nobody).__enter__(),
        lambda: workspace.run(nobody, lambda session: session.contacts.count()),
        lambda: workspace.imports(nobody).plan("First name\nJo\n"),
        lambda: workspace.change_language(nobody, "fr"),
    ):
        with pytest.raises(Invalid) as refused:
            ask()
        assert (refused.value.path, refused.value.code) == ("actor", "actor-type")


@pytest.mark.req("DIR-15")
@pytest.mark.parametrize("attempts", [None, "3", 2.0, 0, 101])
def test_attempts_are_a_whole_number_within_limits(attempts: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Workspace(MemoryStorage(), name="acme").run(User("bob"), lambda _session: None, attempts)
    code = "attempts-out-of-range" if isinstance(attempts, int) else "number-type"
    assert (refused.value.path, refused.value.code) == ("attempts", code)


@pytest.mark.req("NOT-7")
@pytest.mark.parametrize("domain", [5, b"bois.fr", [], {"a": 1}], ids=repr)
def test_a_domain_that_is_no_text_is_refused(domain: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Workspace(MemoryStorage(), name="acme", host=Host(message_domain=domain))
    assert refused.value.code == "message-domain"


@pytest.mark.req("DIR-8")
@pytest.mark.parametrize("slug", [None, 5, ("a",)], ids=repr)
def test_a_field_that_is_not_named_by_text_is_unknown(slug: Any) -> None:
    root = User("root", admin=True)
    with Workspace(MemoryStorage(), name="acme").write(root) as session, pytest.raises(Invalid) as refused:
        session.contacts.add(Company("Bois", fields={slug: "a"}))
    assert refused.value.code == "field-unknown"
