"""The manual of a CRM: people and companies, access, tags, import, duplicates, history, trash, in English."""

from __future__ import annotations

import pytest

from support.webapp import faults_of_access, sign_in

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (group browser)")
FIRM = "northfield"
FILE = """First name;Last name;Company;E-mail;Phone
Zoe;Carter;Lark Ltd;zoe@lark.example;020 7946 0001
Max;Bell;Lark Ltd;max@;020 7946 0002
;;;;
;;;nobody@;
"""


def client(page):
    page.goto("/contacts?q=calder mill interiors north")
    return page.locator("#results tbody th a").first.get_attribute("href")


@pytest.mark.req("DIR-13")
@pytest.mark.req("ACC-2")
@pytest.mark.req("DIR-14")
def test_an_editor_adds_people_one_after_another_shares_one_and_undoes_a_change(page):
    sign_in(page, "eve", FIRM)
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Given name").fill("Nora")
    page.get_by_label("Family name").fill("Quill")
    page.get_by_label("Tags").fill("fair, VIP")
    page.get_by_role("button", name="Save and add another").click()
    assert page.get_by_label("Tags").input_value() == "fair, VIP"
    assert page.get_by_label("Given name").input_value() == ""

    # Somebody who is there already is named while the form is filled in.
    page.get_by_label("Given name").fill("Nora")
    page.get_by_label("Family name").fill("Quill")
    page.get_by_label("Tags").focus()
    page.locator("#alike").get_by_role("link", name="Nora Quill").wait_for()
    page.get_by_label("Given name").fill("Otto")
    page.get_by_role("button", name="Save", exact=True).click()
    otto = page.url

    # A new contact is private: a colleague neither finds it nor opens it by its address.
    sign_in(page, "vic", FIRM)
    assert page.goto(otto).status == 404
    sign_in(page, "eve", FIRM)
    page.goto(otto)
    page.locator("#share-access").select_option("shared-read")
    page.get_by_role("button", name="Save").click()
    sign_in(page, "vic", FIRM)
    page.get_by_label("Search").press_sequentially("otto qu")
    rows = page.locator("#results tbody tr")
    sync_api.expect(rows).to_have_count(1)
    assert "Otto Quill" in rows.inner_text()
    assert rows.get_by_text("shared", exact=True).is_visible()

    sign_in(page, "eve", FIRM)
    page.goto(f"{otto}/edit")
    page.get_by_label("Description").fill("Met at the fair.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="History").click()
    assert "Met at the fair." in page.locator(".timeline > li").first.inner_text()
    page.locator(".timeline > li").first.get_by_role("button", name="Undo").click()
    page.goto(otto)
    assert "Met at the fair." not in page.locator("main").inner_text()

    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    assert page.goto(otto).status == 404
    page.goto("/trash")
    page.get_by_role("row", name="Otto Quill").get_by_role("button", name="Restore").click()
    assert page.goto(otto).status == 200


@pytest.mark.req("IMP-1")
@pytest.mark.req("IMP-3")
def test_a_file_is_understood_previewed_imported_and_undone(page):
    sign_in(page, "eve", FIRM)
    page.get_by_role("link", name="Import").click()
    page.get_by_label("A file of another program").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_label("Field: E-mail").input_value() == "emails"
    page.get_by_label("Tags for all of them").fill("imported")
    page.get_by_role("button", name="Preview").click()
    assert page.locator(".numbers").inner_text().split() == [
        "rows",
        "3",
        "created",
        "2",
        "updated",
        "0",
        "skipped",
        "0",
        "rejected",
        "1",
    ]
    page.get_by_role("button", name="Import now").click()
    page.locator("#done").wait_for()
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save the rejected rows").click()
    assert "nobody@" in saving.value.path().read_text("utf-8")
    page.get_by_role("link", name="Show these contacts").click()
    assert "Zoe Carter" in page.locator("#results").inner_text()
    page.goto("/import")
    page.get_by_role("button", name="Undo").first.click()
    assert "removed" in page.locator("main").inner_text()
    page.goto("/contacts?q=zoe carter")
    assert page.locator("#results").inner_text().strip() == "No contact fits."


@pytest.mark.req("IMP-7")
def test_duplicates_are_compared_merged_and_separated_again(page):
    sign_in(page, "ada", FIRM)
    page.get_by_role("link", name="Duplicates").click()
    page.get_by_role("row", name="Calder Mill Interiors Ltd, North").get_by_role("link", name="Compare").click()
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Merge into one").click()
    assert "The contacts are one now." in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Duplicates").click()
    page.get_by_role("button", name="Undo").click()
    page.goto("/contacts?q=calder mill")
    assert page.locator("#results tbody tr").count() == 2


def test_the_pages_have_no_serious_fault_of_accessibility(page):
    sign_in(page, "ada", FIRM)
    contact = client(page)
    for path in ("/contacts", f"{contact}?tab=people", f"{contact}?tab=timeline", f"{contact}/people/add", "/settings"):
        page.goto(path)
        assert faults_of_access(page) == [], path


def test_every_page_fits_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "ada", FIRM)
    contact = client(page)
    tabs = [f"{contact}?tab={tab}" for tab in ("people", "items", "timeline", "account", "history")]
    forms = [f"{contact}/{form}" for form in ("edit", "picture/edit", "people/add", "notify")]
    for path in ["/contacts", "/items", "/duplicates", "/import", "/trash", "/outbox", "/settings", *tabs, *forms]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_directory_is_used_by_keyboard(page):
    sign_in(page, "eve", FIRM)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/add?kind=person")
    page.get_by_label("Given name").focus()
    page.keyboard.type("Kay")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/*")
    assert page.locator("h1").inner_text() == "Kay"


def test_the_application_works_without_script(site, chromium):
    context = chromium.new_context(java_script_enabled=False, base_url=site[0])
    page = context.new_page()
    sign_in(page, "eve", FIRM)
    page.get_by_label("Search").fill("calder north")
    page.get_by_label("Search").press("Enter")
    page.locator("#results tbody th a").first.click()
    assert page.locator("h1").inner_text() == "Calder Mill Interiors Ltd, North"
    page.get_by_role("link", name="Timeline").click()
    assert "Annual boiler check" in page.locator("main").inner_text()
    context.close()
