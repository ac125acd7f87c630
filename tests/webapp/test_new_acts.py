"""Privacy, handing over, roles of items and candidates of pictures, in a browser, each in its own language."""

from __future__ import annotations

import json
import re

import pytest

from contactcore import Item, Person, SocialProfile, User
from support.webapp import faults_of_access, sign_in

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (group browser)")
FIRM = "lumiere"
ROOT = User("ada", admin=True)


def person(site, given="Zélie", family="Quentin", **more):
    with site[1].workspaces[FIRM].write(ROOT) as session:
        added = Person(given, family, access="shared-write", emails=[f"{given}@quentin.example"], **more)
        return session.contacts.add(added, items=[Item("Vélo")]).id


def check_page(page):
    """No serious fault of accessibility, and no scrolling to the side on a phone."""
    assert faults_of_access(page) == [], page.url
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.req("IMP-8")
def test_a_person_asks_what_is_held_is_restricted_and_is_erased(page, site):
    zelie = person(site)
    sign_in(page, "ada", FIRM)
    page.get_by_role("link", name="Vie privée").click()
    page.get_by_label("Rechercher").fill("quentin.example")
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy?q=*")
    check_page(page)
    page.get_by_role("link", name="Zélie Quentin").click()
    check_page(page)
    with page.expect_download() as saving:
        page.get_by_role("link", name="Rapport à remettre").click()
    assert "<dd>Zélie</dd>" in saving.value.path().read_text("utf-8")
    with page.expect_download() as saving:
        page.get_by_role("link", name="JSON").click()
    assert json.loads(saving.value.path().read_text("utf-8"))["person"]["given_name"] == "Zélie"

    page.get_by_text("La personne consent à quelque chose").click()
    page.get_by_label("Finalité").fill("lettre")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Retirer").click()
    assert page.get_by_role("button", name="Retirer").count() == 0

    page.get_by_role("button", name="Limiter").click()
    sign_in(page, "eve", FIRM)
    assert page.goto(f"/contacts/{zelie}").status == 404
    assert page.goto(f"/privacy/{zelie}").status == 404
    sign_in(page, "ada", FIRM)
    page.goto(f"/privacy/{zelie}")
    page.get_by_role("button", name="Lever la limitation").click()

    page.get_by_role("button", name="Effacer définitivement").click()
    assert "acceptez-le d'abord" in page.get_by_role("status").inner_text()
    page.get_by_label("J'ai vu ce qui disparaît").check()
    page.get_by_role("button", name="Effacer définitivement").click()
    assert "Reçu d'un effacement" in page.locator("h1").inner_text()
    check_page(page)
    assert "Quentin" not in page.locator("main").inner_text()
    page.goto("/privacy?q=zélie quentin")
    assert "Rien ne convient." in page.locator("main").inner_text()


@pytest.mark.req("ACC-5")
def test_an_admin_hands_over_after_a_preview_and_an_editor_may_not(page, site):
    with site[1].workspaces[FIRM].write(User("eve")) as session:
        session.contacts.add(Person("Seule", "Ève"))
    sign_in(page, "eve", FIRM)
    assert page.goto("/handing-over?user=eve&to=ada").status == 422
    sign_in(page, "ada", FIRM)
    page.goto("/settings")
    page.get_by_role("link", name="Un utilisateur part").click()
    page.get_by_label("Qui part").select_option("eve")
    page.get_by_label("Qui reprend").select_option("ada")
    page.get_by_role("button", name="Aperçu").click()
    check_page(page)
    contacts = page.locator("dl dd").first.inner_text()
    assert int(contacts) >= 1
    page.get_by_role("button", name="Transmettre").click()
    assert re.search(r"\d+ fiches transmises", page.get_by_role("status").inner_text())
    with site[1].workspaces[FIRM].read(ROOT) as session:
        (hit,) = session.contacts.search("seule")
        assert session.contacts.get(hit.id).responsibles == ("ada",)


@pytest.mark.req("SIT-2")
@pytest.mark.req("NOT-4")
def test_a_responsible_contact_is_found_while_typing_and_gets_a_role(page, site):
    owner, _ = person(site, "Anne", "Rive"), person(site, "Paul", "Garant")
    sign_in(page, "ada", FIRM)
    page.goto(f"/contacts/{owner}?tab=items")
    page.get_by_role("link", name="Contacts responsables").click()
    page.get_by_label("Rechercher").press_sequentially("paul gar")
    sync_api.expect(page.get_by_label("Paul Garant")).to_be_checked()
    page.get_by_label("Rôle").select_option("payer")
    check_page(page)
    page.get_by_role("button", name="Enregistrer").click()
    assert "Payeur" in page.locator("article").inner_text()
    page.locator("article").get_by_label("Informations").fill("pendant les vacances")
    page.locator("article").get_by_role("button", name="Enregistrer").click()
    page.goto(f"/contacts/{owner}?tab=items")
    assert "Payeur: Paul Garant" in page.locator("article").inner_text()
    page.get_by_role("link", name="Contacts responsables").click()
    page.get_by_role("button", name="Retirer").click()
    assert page.locator("article").count() == 0


@pytest.mark.req("PIC-4")
def test_a_picture_is_chosen_from_those_of_the_addresses_and_profiles(page, site):
    contact = person(site, "Léa", "Image", socials=[SocialProfile("linkedin", "lea")])
    sign_in(page, "eve", FIRM)
    page.goto(f"/contacts/{contact}/picture/edit")
    page.get_by_role("link", name="Chercher des images ailleurs").click()
    assert page.locator("input[name=candidate]").count() == 2
    check_page(page)
    page.get_by_label("linkedin").check()
    page.get_by_role("button", name="Utiliser cette image").click()
    assert page.get_by_role("img", name="Image de Léa Image").is_visible()


@pytest.mark.req("DIR-20")
def test_a_fault_appears_beside_the_field_while_somebody_types_and_goes_when_it_is_mended(page):
    sign_in(page, "eve", FIRM)
    page.goto("/add?kind=person")
    field = page.get_by_label("E-mail 1", exact=True)
    field.press_sequentially("lea@")
    fault = page.locator("#faults-emails-0 .fault")
    sync_api.expect(fault).to_contain_text("Indiquez une seule adresse")
    assert field.input_value() == "lea@"
    assert page.evaluate("document.activeElement.name") == "emails"
    assert page.locator(".fault").count() == 1
    check_page(page)
    field.press_sequentially("image.example")
    sync_api.expect(fault).to_have_count(0)


@pytest.mark.req("DIR-13")
def test_back_after_saving_shows_a_new_form_and_a_double_click_saves_once(page, site):
    sign_in(page, "eve", FIRM)
    page.goto("/add?kind=person")
    page.get_by_label("Prénom").fill("Double")
    page.get_by_role("button", name="Enregistrer", exact=True).dblclick()
    page.wait_for_url("**/contacts/*-*")
    with site[1].workspaces[FIRM].read(ROOT) as session:
        assert len(session.contacts.search("double")) == 1
    page.go_back()
    page.get_by_label("Prénom").fill("Suivante")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_url("**/contacts/*-*")
    assert page.locator("h1").inner_text() == "Suivante"


def test_a_viewer_is_offered_nothing_that_changes_something(page, site):
    contact = person(site, "Lue", "Seulement")
    sign_in(page, "vic", FIRM)
    assert page.get_by_role("link", name="Ajouter une personne").count() == 0
    for path in (f"/contacts/{contact}", f"/contacts/{contact}?tab=items", "/privacy"):
        page.goto(path)
        assert page.locator("main form[method=post]").count() == 0, path


def tab_to(page, test):
    """Press the tabulator until the focused element passes a test of JavaScript."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"(element => {test})(document.activeElement)"):
            return
    raise AssertionError(f"the keyboard does not reach {test} on {page.url}")


@pytest.mark.req("IMP-8")
def test_a_person_is_found_and_erased_by_keyboard_alone(page, site):
    person(site, "Clavier", "Touche")
    sign_in(page, "ada", FIRM)
    page.goto("/privacy")
    tab_to(page, "element.name === 'q'")
    page.keyboard.type("clavier")
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy?q=clavier")
    tab_to(page, "element.textContent === 'Clavier Touche'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy/*-*")
    tab_to(page, "element.name === 'agree'")
    page.keyboard.press("Space")
    tab_to(page, "element.textContent === 'Effacer définitivement'")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Reçu d'un effacement").wait_for()


def test_the_whole_menu_is_seen_on_a_desktop_in_each_language(page):
    sign_in(page, "ada", FIRM)
    for language in ("EN", "FR", "PL"):
        page.get_by_role("button", name=language, exact=True).click()
        page.wait_for_selector(f"html[lang={language.lower()}]")
        menu = page.locator(".top nav").bounding_box()
        last = page.locator(".top nav a").last.bounding_box()
        assert last["x"] + last["width"] <= menu["x"] + menu["width"], language
        assert page.locator(".top").bounding_box()["height"] < 70, language
