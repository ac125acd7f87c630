"""A letter that cannot be written never undoes the change that causes it (NOT-5)."""

from __future__ import annotations

import sys

import pytest

from contactcore import Company, Host, Recipient, User, Workspace
from contactcore.storage import Storage
from support.actors import AMELIE


@pytest.mark.req("NOT-5")
@pytest.mark.parametrize("path", ["by hand", "from a file"])
def test_a_contact_of_somebody_else_is_kept_without_the_template_engine(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    for name in [one for one in sys.modules if one.split(".")[0] == "jinja2"] or ["jinja2"]:
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type] # as if it were not installed
    monkeypatch.setitem(sys.modules, "jinja2", None)  # type: ignore[arg-type] # as if it were not installed
    from contactcore.formats import placeholders

    for function in vars(placeholders).values():
        getattr(function, "cache_clear", lambda: None)()
    host = Host(users={"bob": Recipient("bob@acme.example", "Bob")}.get)
    workspace = Workspace(storage, "acme", host=host)
    if path == "by hand":
        with workspace.write(AMELIE) as session:
            session.contacts.add(Company("Bois", responsibles=["bob"]))
    else:
        imports = workspace.imports(AMELIE)
        imports.apply(imports.plan("Company\nBois\n", responsibles=["bob"]))
    with workspace.read(User("bob")) as session:
        assert [card.name for card in session.contacts.page()] == ["Bois"]
