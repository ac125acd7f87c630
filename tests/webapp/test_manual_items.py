"""The manual of a practice: several patients under one contact, each with its timeline, in English."""

from __future__ import annotations

import pytest

from support.webapp import sign_in

FIRM = "northfield"


@pytest.mark.req("SIT-2")
@pytest.mark.req("SIT-3")
@pytest.mark.req("SIT-4")
@pytest.mark.req("SIT-6")
@pytest.mark.req("SIT-7")
def test_a_practice_keeps_several_patients_under_one_contact(page):
    sign_in(page, "ada", FIRM)
    page.goto("/settings?section=terms")
    page.get_by_label("Term", exact=True).select_option("patients")
    page.get_by_role("button", name="Save").first.click()
    page.goto("/settings?section=fields")
    page.get_by_label("Name").fill("Allergies")
    page.locator("input[name=on][value=person]").uncheck()
    page.locator("input[name=on][value=company]").uncheck()
    page.locator("input[name=on][value=item]").check()
    page.get_by_role("button", name="Add").click()

    page.goto("/add?kind=person")
    page.get_by_label("Given name").fill("Mary")
    page.get_by_label("Family name").fill("Holt")
    page.get_by_label("E-mail 1", exact=True).fill("mary@holt.example")
    page.get_by_role("button", name="Save", exact=True).click()
    mary = page.url
    page.get_by_role("link", name="Patients").click()
    page.get_by_role("link", name="Add: patient").click()
    page.get_by_label("Name *").fill("Tom Holt")
    page.get_by_label("Allergies").fill("Nuts")
    page.get_by_role("button", name="Save").click()
    assert "Allergies: Nuts" in page.locator(".panel").inner_text()

    # The mother calls again, and gives her e-mail address.
    page.goto("/items")
    page.get_by_role("link", name="Add: patient").click()
    page.get_by_label("E-mail address of the contact").fill("MARY@holt.example")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Mary Holt").click()
    page.get_by_label("Name *").fill("Lucy Holt")
    page.get_by_role("button", name="Save").click()

    for child, title in (("Tom Holt", "Vaccination"), ("Lucy Holt", "Eye test")):
        page.goto(f"{mary}?tab=timeline")
        if not page.get_by_label("Title").is_visible():
            page.get_by_text("Record something").click()
        page.get_by_label("Title").fill(title)
        page.get_by_label("Patient", exact=True).select_option(label=child)
        page.get_by_role("button", name="Save").click()
    page.goto(f"{mary}?tab=timeline")
    assert page.locator(".timeline").last.get_by_role("listitem").count() == 2
    page.get_by_role("navigation", name="patients").get_by_role("link", name="Tom Holt").click()
    shown = page.locator(".timeline").last.inner_text()
    assert "Vaccination" in shown
    assert "Eye test" not in shown

    page.goto("/items?q=lucy")
    assert "Mary Holt" in page.locator("#results").inner_text()
    page.goto(f"{mary}?tab=items")
    page.locator("article").filter(has_text="Lucy Holt").get_by_role("button", name="Delete").click()
    assert page.locator("article").count() == 1
    page.goto(mary)
    assert "mary@holt.example" in page.locator("main").inner_text()
