"""The manual of a customer portal: logins, passwords, permissions and notifications, in French."""

from __future__ import annotations

import re

import pytest

from support.webapp import letter_to, sign_in

FIRM = "lumiere"
PASSWORD = "tulipe cheval fenêtre"


def contact_of(page):
    page.goto("/contacts?q=menuiserie éluard lyon")
    page.locator("#results tbody th a").first.click()
    page.wait_for_url("**/contacts/*-*")
    return page.url


def enter(page, email, password):
    page.goto(f"/portal/{FIRM}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()


@pytest.mark.req("POR-1")
@pytest.mark.req("POR-3")
@pytest.mark.req("POR-4")
@pytest.mark.req("POR-6")
@pytest.mark.req("POR-7")
def test_a_contact_person_gets_a_login_and_sees_what_is_permitted(page, site):
    sign_in(page, "eve", FIRM)
    contact = contact_of(page)
    page.goto(f"{contact}/people/add")
    page.get_by_label("Prénom").fill("Jeanne")
    page.get_by_label("Nom", exact=True).fill("Daubigny")
    page.get_by_label("E-mail 1", exact=True).fill("jeanne@eluard.example")
    page.locator("input[name=permissions-default]").uncheck()
    for box in page.locator("input[name=permissions]").all():
        box.set_checked(box.get_attribute("value") in {"invoices", "contracts"})
    page.get_by_label("peut se connecter au portail").check()
    page.get_by_role("button", name="Enregistrer").click()
    assert "jeanne@eluard.example" in page.get_by_role("status").inner_text()

    letter = letter_to(page, site, "jeanne@eluard.example")
    page.goto(re.search(r"http://\S+/password\?token=\S+", letter)[0])
    page.get_by_label("Nouveau mot de passe").fill("court")
    page.get_by_role("button", name="Enregistrer").click()
    assert page.get_by_role("alert").is_visible()
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer").click()

    enter(page, "JEANNE@eluard.example", "pas le bon mot")
    assert "erroné" in page.get_by_role("alert").inner_text()
    enter(page, "JEANNE@eluard.example", PASSWORD)
    menu = page.get_by_role("navigation", name="Menu principal").get_by_role("link").all_inner_texts()
    assert menu == ["Accueil", "Factures", "Contrats", "Mon profil"]
    page.get_by_role("navigation").get_by_role("link", name="Factures").click()
    assert "220,00 €" in page.locator(".balance").inner_text().replace("\xa0", " ")
    assert "4242" in page.locator("main").inner_text()
    # A module without permission is not there; neither is the staff's part.
    assert page.goto(f"/portal/{FIRM}/m/support").status == 404
    page.goto("/contacts")
    assert page.url.endswith("/sign-in")

    page.goto(f"/portal/{FIRM}/profile")
    page.get_by_label("Mot de passe actuel").first.fill(PASSWORD)
    page.get_by_label("Nouveau mot de passe").fill("cerise violon nuage")
    page.get_by_role("button", name="Enregistrer").click()
    assert "changé" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Se déconnecter").click()

    page.goto(f"/portal/{FIRM}/forgotten")
    page.get_by_label("E-mail").fill("jeanne@eluard.example")
    page.get_by_role("button", name="Envoyer le lien").click()
    assert "48 heures" in page.locator("main").inner_text()
    assert letter_to(page, site, "jeanne@eluard.example", other_than=letter)


@pytest.mark.req("NOT-2")
@pytest.mark.req("NOT-3")
@pytest.mark.req("NOT-6")
def test_a_document_goes_to_those_who_want_it_or_were_selected_by_hand(page, site):
    sign_in(page, "eve", FIRM)
    contact = contact_of(page)
    page.goto(f"{contact}/notify?topic=estimate")
    assert "La personne a désactivé ces avis." in page.locator("details").inner_text()
    assert page.locator("input[name=person]:checked").count() == 0
    page.goto(f"{contact}/notify?topic=invoice")
    assert page.locator("input[name=person]:checked").count() == page.locator("input[name=person]").count()
    for box in page.locator("input[name=person]").all()[1:]:
        box.uncheck()
    page.get_by_label("Objet", exact=True).last.fill("Facture 901")
    page.get_by_label("Texte").fill("Ci-joint.")
    page.get_by_role("button", name="Envoyer").click()
    address = re.search(r"[\w.]+@story.example", page.get_by_role("status").inner_text())[0]
    assert "Ci-joint." in letter_to(page, site, address)
