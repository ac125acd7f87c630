"""Modules of the portal: visible if and only if permitted (POR-5, POR-6)."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Affiliation, Company, Forbidden, Invalid
from contactcore.model import MODULES, PortalLogin
from support.actors import AMELIE, ROOT
from support.firm import Firm


@pytest.fixture
def client(firm: Firm) -> Company:
    return firm.client("Bois")


@pytest.fixture
def jane(firm: Firm, client: Company) -> Affiliation:
    return firm.person(client)


@pytest.fixture
def login(firm: Firm, jane: Affiliation) -> PortalLogin:
    return firm.login(jane)


def shown(firm: Firm, login: PortalLogin, client: Company) -> list[str]:
    with firm.workspace.read(firm.user(login, client)) as session:
        modules = [module.slug for module in session.portal.menu(login, client)]
        known = [module.slug for module in session.settings.modules]
        for module in (*known, "unheard-of"):
            assert bool(session.portal.may_see(login, client, module)) == (module in modules)
        return modules


def permit(firm: Firm, jane: Affiliation, permissions: list[str] | None) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.people.save(attrs.evolve(session.people.get(jane.id), permissions=permissions))


@pytest.mark.req("POR-6")
def test_no_permission_at_all_is_an_empty_menu(
    firm: Firm, jane: Affiliation, login: PortalLogin, client: Company
) -> None:
    with firm.workspace.write(ROOT) as session:
        session.settings.set_default_permissions(MODULES)
    permit(firm, jane, [])
    assert shown(firm, login, client) == []


@pytest.mark.req("POR-5")
def test_permissions_of_the_affiliation_are_shown_in_the_order_of_the_settings(
    firm: Firm, jane: Affiliation, login: PortalLogin, client: Company
) -> None:
    permit(firm, jane, ["support", "invoices"])
    assert shown(firm, login, client) == ["invoices", "support"]
    with firm.workspace.write(ROOT) as session:
        session.settings.reorder_modules(["support"])
        session.settings.rename_module("support", "Help")
    assert shown(firm, login, client) == ["support", "invoices"]
    with firm.workspace.read(AMELIE) as session:
        assert session.portal.menu(login, client)[0].name == "Help"


@pytest.mark.req("POR-5")
def test_who_has_no_permissions_of_their_own_gets_the_default(
    firm: Firm, jane: Affiliation, login: PortalLogin, client: Company
) -> None:
    assert shown(firm, login, client) == []
    with firm.workspace.write(ROOT) as session:
        session.settings.set_default_permissions(["estimates"])
    assert shown(firm, login, client) == ["estimates"]
    permit(firm, jane, ["invoices"])
    assert shown(firm, login, client) == ["invoices"]
    permit(firm, jane, None)
    assert shown(firm, login, client) == ["estimates"]


@pytest.mark.req("POR-5")
def test_the_host_adds_modules_of_its_own(firm: Firm, jane: Affiliation, login: PortalLogin, client: Company) -> None:
    with firm.workspace.write(ROOT) as session:
        assert session.settings.add_module("Price lists").slug == "price-lists"
        session.settings.add_module("Lieferungen", slug="deliveries")
    permit(firm, jane, ["deliveries", "price-lists"])
    assert shown(firm, login, client) == ["price-lists", "deliveries"]
    with firm.workspace.write(ROOT) as session:
        session.settings.archive_module("deliveries")
    assert shown(firm, login, client) == ["price-lists"]


@pytest.mark.req("POR-6")
def test_permissions_hold_for_one_client_each(
    firm: Firm, jane: Affiliation, login: PortalLogin, client: Company
) -> None:
    other = firm.client("Sud")
    permit(firm, firm.joined(other, jane), ["projects"])
    permit(firm, jane, ["invoices"])
    assert (shown(firm, login, client), shown(firm, login, other)) == (["invoices"], ["projects"])


@pytest.mark.req("POR-6")
def test_refusals_say_why(firm: Firm, jane: Affiliation, login: PortalLogin, client: Company) -> None:
    permit(firm, jane, ["invoices"])
    other = firm.client("Sud")
    with firm.workspace.read(AMELIE) as session:
        answers = [
            session.portal.may_see(login, where, module).reason
            for where, module in (
                (client, "invoices"),
                (client, "support"),
                (client, "unheard-of"),
                (other, "invoices"),
            )
        ]
        assert session.portal.menu(login, other) == ()
    assert answers == ["permitted", "no-permission", "module-unknown", "not-open"]


@pytest.mark.req("POR-5")
def test_presets_are_named_permission_sets_that_change_nobody(firm: Firm) -> None:
    with firm.workspace.write(ROOT) as session:
        session.settings.set_permission_preset("Accountant", ["invoices", "estimates"])
        session.settings.set_permission_preset("Site manager", ["projects"])
        session.settings.set_permission_preset("accountant", ["invoices"])
        presets = {one.name: one.permissions.modules for one in session.settings.permission_presets}
        assert presets == {"Site manager": ("projects",), "accountant": ("invoices",)}
        session.settings.remove_permission_preset("Site manager")
    with firm.workspace.read(AMELIE) as session:
        assert [one.name for one in session.settings.permission_presets] == ["accountant"]


@pytest.mark.req("ACC-3")
def test_only_admins_decide_about_the_portal(firm: Firm) -> None:
    with firm.workspace.write(AMELIE) as session:
        settings = session.settings
        for attempt in (
            lambda: settings.add_module("Deliveries"),
            lambda: settings.rename_module("support", "Help"),
            lambda: settings.archive_module("support"),
            lambda: settings.reorder_modules(["support"]),
            lambda: settings.set_default_permissions(["support"]),
            lambda: settings.set_permission_preset("All", MODULES),
            lambda: settings.remove_permission_preset("All"),
            lambda: settings.switch_letter("welcome", on=False),
            lambda: settings.change(portal_link="https://x.fr/{token}"),
        ):
            with pytest.raises(Forbidden) as refused:
                attempt()
            assert refused.value.code == "admin-only"


def test_what_no_module_letter_or_link_can_be_is_refused(firm: Firm) -> None:
    with firm.workspace.write(ROOT) as session:
        settings = session.settings
        for code, attempt in (
            ("module-unknown", lambda: settings.set_default_permissions(["unheard-of"])),
            ("module-unknown", lambda: settings.set_permission_preset("All", ["unheard-of"])),
            ("entry-nameless", lambda: settings.set_permission_preset(" ", ["support"])),
            ("entry-exists", lambda: settings.add_module("support")),
            ("entry-exists", lambda: settings.add_module("Help", slug="support")),
            ("slug-syntax", lambda: settings.add_module("Help", slug="Help!")),
            ("entry-nameless", lambda: settings.add_module(" ")),
            ("entry-unknown", lambda: settings.rename_module("unheard-of", "x")),
            ("entry-unknown", lambda: settings.remove_permission_preset("unheard-of")),
            ("letter-unknown", lambda: settings.switch_letter("unheard-of", on=True)),
            ("portal-link", lambda: settings.change(portal_link="https://x.fr")),
            ("portal-link", lambda: settings.change(portal_link="javascript:{token}")),
            ("portal-link", lambda: settings.change(portal_link="https://{token}.x")),
            ("portal-link", lambda: settings.change(portal_link="https://x.fr:{token}/")),
            ("portal-link", lambda: settings.change(portal_link="https://x.fr/{token}?token={token}")),
            ("portal-link", lambda: settings.change(portal_link="http://x.fr/{token}")),
            ("portal-link", lambda: settings.change(email_link="http://localhost@x.fr/{token}")),
            ("portal-link", lambda: settings.change(email_link="https:///{token}")),
            ("portal-link", lambda: settings.change(email_link="https://[x/{token}")),
        ):
            with pytest.raises(Invalid) as refused:
                attempt()
            assert refused.value.code == code
