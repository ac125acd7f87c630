"""The responsible users, the site and the item in the row of a contact, under headers of six languages."""

from __future__ import annotations

import pytest

from contactcore import Company, Person
from contactcore.formats import tabular

pytestmark = [pytest.mark.req("IMP-1"), pytest.mark.cases_in_memory]

_HEADERS = {
    "en": "Last name,Company,Contact Type,Category,Responsible user,Site name,Item",
    "fr": "Nom de famille,Société,Type de contact,Catégorie,Utilisateur responsable,Nom du site,Véhicule",
    "de": "Nachname,Firma,Kontaktart,Kategorie,Verantwortlich,Standort,Fahrzeug",
    "pl": "Nazwisko,Firma,Typ kontaktu,Kategoria,Osoba odpowiedzialna,Lokalizacja,Pojazd",
    "es": "Apellidos,Empresa,Tipo de contacto,Categoría,Usuario responsable,Sede,Vehículo",
    "it": "Cognome,Azienda,Tipo di contatto,Categoria,Utente responsabile,Sede,Veicolo",
}
_FIELDS = ["family", "company", "type", "categories", "responsible", "site", "item"]


@pytest.mark.parametrize("language", _HEADERS)
def test_headers_of_a_language_are_known(language):
    table = tabular.read(f"{_HEADERS[language]}\nDoe,Bois,supplier,vip,amelie,Mill,Van\n", language=language)
    assert list(table.mapping.as_dict().values()) == _FIELDS


@pytest.mark.parametrize("policy", ["skip", "update", "create", "overwrite"])
def test_a_row_makes_the_site_of_its_company_and_the_item_of_its_person(workspace, amelie, everybody, policy):
    file = f"{_HEADERS['en']}\nDoe,Bois,,,amelie,Mill,Van\nRoe,Bois,,,amelie,Mill,\n,Cuir,,,,Workshop,\n"
    imports = workspace.imports(amelie)
    plan = imports.plan(file, policy=policy)
    dry, report = imports.preview(plan), imports.apply(plan)
    assert dry.counts == report.counts
    assert (report.created, [one.code for one in report.problems]) == (3, [])
    found = {one.display_name: one for one in everybody(workspace)}
    assert {type(found["Bois"]), type(found["Doe"])} == {Company, Person}
    with workspace.read(amelie) as session:
        (mill,) = session.sites.of(found["Bois"].id)
        assert [one.name for one in session.items.of(found["Doe"].id)] == ["Van"]
        assert {one.site_id for one in session.people.list(found["Bois"].id)} == {mill.id}
        assert [one.name for one in session.sites.of(found["Cuir"].id)] == ["Workshop"]
        assert found["Doe"].responsibles == ("amelie",)
    if policy in {"skip", "update"}:
        assert imports.apply(imports.plan(file, policy=policy)).skipped == 3
    imports.undo(report)
    assert imports.list()[-1].state == "undone"


def test_a_user_whom_nobody_knows_is_kept_beside_the_contact(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("Last name,Company,Responsible user\nDoe,Bois,Somebody Else\n"))
    assert [one.code for one in report.problems] in (["user-unknown"], ["access-unseen"])
    doe = next(one for one in everybody(workspace) if isinstance(one, Person))
    assert doe.responsibles == ("amelie",)
    assert doe.unmapped == {"Responsible user": "Somebody Else"}
