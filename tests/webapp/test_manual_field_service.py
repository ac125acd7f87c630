"""The manual of a field service: a commercial client with its sites, categories, logo and account, in English."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from support.webapp import sign_in

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (group browser)")
FIRM = "northfield"


def photo():
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(file, "PNG")
    return {"name": "logo.png", "mimeType": "image/png", "buffer": file.getvalue()}


def give_logo(page):
    page.get_by_role("link", name="Logo").click()
    page.get_by_label("File").set_input_files(photo())
    page.locator("#preview img").wait_for()
    before = page.locator("#preview img").get_attribute("src")
    page.get_by_label("Zoom").fill("3")
    sync_api.expect(page.locator("#preview img")).not_to_have_attribute("src", before)
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("img", name="Picture of Harbour Café, Kitchen").get_attribute("width") == "200"


@pytest.mark.req("DIR-2")
@pytest.mark.req("SIT-1")
@pytest.mark.req("PIC-3")
@pytest.mark.req("POR-7")
def test_an_office_sets_up_a_commercial_client_and_works_for_it(page):
    sign_in(page, "ada", FIRM)

    page.get_by_role("link", name="Settings").click()
    page.get_by_label("New entry: Categories").fill("Ladder needed")
    page.get_by_label("New entry: Categories").press("Enter")

    page.get_by_role("link", name="Directory").click()
    page.get_by_role("link", name="Add a company").click()
    page.get_by_label("Name *").fill("Harbour Café")
    page.get_by_label("Division").fill("Kitchen")
    page.get_by_label("Type", exact=True).select_option("commercial-client")
    page.get_by_label("E-mail 1", exact=True).fill("office@harbour")
    page.get_by_label("Phone 1", exact=True).fill("020 7946 0123")
    page.get_by_label("Street").first.fill("1 Quay Street")
    page.get_by_label("City").first.fill("Whitby")
    page.get_by_label("Also create the site address").check()
    page.get_by_label("Ladder needed").check()
    page.get_by_role("button", name="Save", exact=True).click()

    # The refusal stands beside its field, and nothing that was typed is lost.
    assert "E-mail" in page.get_by_role("alert").inner_text()
    assert page.locator("#fault-emails-0").is_visible()
    page.get_by_label("E-mail 1", exact=True).fill("office@harbour.example")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.locator("h1").inner_text() == "Harbour Café, Kitchen"
    assert "Ladder needed" in page.locator(".person-head").inner_text()

    page.get_by_role("link", name="Sites").click()
    assert "1 Quay Street" in page.locator(".panel").inner_text()
    page.get_by_role("link", name="Add a site").click()
    page.get_by_label("Name").fill("Boat house")
    page.get_by_label("Access notes").fill("Mind the dog.")
    page.get_by_role("button", name="Save").click()
    assert "Mind the dog." in page.locator(".panel").inner_text()

    give_logo(page)
    page.get_by_role("link", name="Account").click()
    for kind, amount, key in (("invoice", "120", "A1"), ("payment", "20.50", "P1")):
        page.get_by_text("Post an entry").click()
        page.get_by_label("Type").select_option(kind)
        page.get_by_label("Amount").fill(amount)
        page.get_by_label("Number").fill(key)
        page.get_by_role("button", name="Post", exact=True).click()
    assert "£99.50" in page.locator(".balance").inner_text()

    # A commercial client becomes a residential one, and keeps its record.
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Type", exact=True).select_option("residential-client")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Account").click()
    assert "£99.50" in page.locator(".balance").inner_text()

    page.get_by_role("link", name="Directory").click()
    page.get_by_role("navigation", name="Letters").get_by_role("link", name="H", exact=True).click()
    assert "Harbour Café, Kitchen" in page.locator("#results").inner_text()
