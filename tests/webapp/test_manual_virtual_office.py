"""The manual of a virtual office: the contact persons of a client and their authorities, in Polish."""

from __future__ import annotations

import pytest

from support.webapp import sign_in

FIRM = "wisla"


def add(page, contact, given, family, position, *, email="", authority="", joint=False, until=""):
    page.goto(f"{contact}/people/add")
    page.get_by_label("Imię", exact=True).fill(given)
    page.get_by_label("Nazwisko").fill(family)
    page.get_by_label("Stanowisko").fill(position)
    page.get_by_label("E-mail 1", exact=True).fill(email)
    page.get_by_label("Informacje dodatkowe").fill("Dostępny po godzinie 10.")
    if authority:
        page.locator(f"input[name=authorities][value={authority}]").check()
        page.locator(f"input[name={authority}-end]").fill(until)
    if joint:
        page.locator(f"input[name={authority}-joint]").check()
    page.get_by_role("button", name="Zapisz").click()


def card_of(page, name):
    return page.locator("article").filter(has=page.get_by_role("heading", name=name))


def asked(page, contact, name, question):
    page.goto(f"{contact}?tab=people")
    card = card_of(page, name)
    card.get_by_label("Pytanie").select_option(question)
    card.get_by_role("button", name="Zapytaj").click()
    return page.locator(".answer").inner_text().split("\n\n")


@pytest.mark.req("PER-3")
@pytest.mark.req("PER-4")
@pytest.mark.req("PER-5")
def test_a_secretary_records_who_may_collect_the_mail_and_who_represents_a_client(page):
    sign_in(page, "eve", FIRM)
    page.get_by_role("link", name="Dodaj firmę").click()
    page.get_by_label("Nazwa *").fill("Żuraw sp. z o.o.")
    page.get_by_label("Telefon 1", exact=True).fill("22 555 10 42")
    page.get_by_role("button", name="Zapisz", exact=True).click()
    assert page.locator("h1").inner_text() == "Żuraw sp. z o.o."
    contact = page.url

    add(page, contact, "Łucja", "Wójcik", "Prezes", email="lucja@zuraw.example", authority="represent", joint=True)
    add(page, contact, "Jan", "Lis", "Kierowca", authority="collect-mail", until="2099-12-31")
    add(page, contact, "Ewa", "Nowak", "Stażystka", authority="collect-mail", until="2020-01-31")
    shown = page.locator(".panel").inner_text()
    assert "Prezes" in shown
    assert "Odbiera korespondencję do 31 gru 2099" in shown

    assert asked(page, contact, "Jan Lis", "collect-mail") == [
        "Tak, dzisiaj.",
        "Osoba ma to upoważnienie samodzielnie.",
    ]
    assert asked(page, contact, "Ewa Nowak", "collect-mail") == ["Nie, nie dzisiaj.", "Upoważnienie wygasło."]
    assert asked(page, contact, "Łucja Wójcik", "represent")[0] == "Nie, nie dzisiaj."

    # The first person is the primary one, and stays it until another one is.
    page.goto(f"{contact}?tab=people")
    first = page.locator("article").first
    assert "Łucja Wójcik\n główna".replace("\n", "") in first.inner_text().replace("\n", "")
    first.get_by_role("link", name="Edytuj").click()
    assert "To główna osoba do kontaktu." in page.locator("main").inner_text()
    page.goto(f"{contact}?tab=people")
    card_of(page, "Jan Lis").get_by_role("button", name="Ustaw jako główną").click()
    assert "Jan Lis" in page.locator("article").first.inner_text()

    # The directory finds the client by its people, and letters follow the Polish alphabet.
    page.get_by_role("link", name="Kontakty", exact=True).click()
    page.get_by_role("navigation", name="Litery").get_by_role("link", name="Ż", exact=True).click()
    assert "Żuraw sp. z o.o." in page.locator("#results").inner_text()
    page.goto("/contacts?q=wojcik")
    assert "osoba: Łucja Wójcik" in page.locator("#results").inner_text()
