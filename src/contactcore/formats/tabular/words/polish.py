"""Column names in Polish."""

from __future__ import annotations

EXACT = {
    "kind": "Jest firmą|Jest spółką|Typ firmy|Rodzaj osoby|Typ podmiotu|Czy firma",
    "?kind": "Typ|Rodzaj",
    "prefix": "Zwrot grzecznościowy|Prefiks|Forma grzecznościowa|Przedrostek",
    "given": "Imię|Imiona|Imię kontaktu",
    "middle": "Drugie imię|Dodatkowe imię|Kolejne imię",
    "family": "Nazwisko|Nazwisko kontaktu",
    "suffix": "Sufiks|Przyrostek",
    "nickname": "Przydomek|Nick|Pseudonim|Ksywka|Przezwisko|Pseudo",
    "full_name": "Imię i nazwisko|Pełna nazwa|Nazwa wyświetlana|Wyświetlana nazwa|Nazwisko i imię|Imię nazwisko|"
    "Nazwa pełna|Osoba do kontaktu|Osoba kontaktowa|Kontakt|Osoba|Klient|Nazwa klienta",
    "phonetic_given": "Imię Yomi",
    "phonetic_family": "Nazwisko Yomi",
    "company": "Nazwa kontrahenta|Powiązana firma|Nazwa konta|Firma/Organizacja|Firma|Nazwa firmy|Organizacja|"
    "Przedsiębiorstwo|Pracodawca|Spółka|"
    "Nazwa organizacji|Kontrahent",
    "department": "Oddział|Dział|Wydział|Departament",
    "position": "Stanowisko|Funkcja|Rola",
    "?position": "Zawód",
    "birthday": "Urodziny|Data urodzenia|Data ur.",
    "birthday.year": "Urodziny - Rok|Rok urodzenia",
    "birthday.month": "Urodziny - Miesiąc|Miesiąc urodzenia",
    "birthday.day": "Urodziny - Dzień|Dzień urodzenia",
    "anniversary": "Rocznica|Rocznica ślubu",
    "gender": "Płeć",
    "notes": "Notatki|Notatka|Uwagi|Komentarz|Komentarze|Opis",
    "tags": "Kategorie|Tagi|Etykiety|Znaczniki|Grupy|Grupa|Słowa kluczowe",
    "categories": "Kategoria",
    "type": "Typ kontaktu|Typ klienta|Rodzaj kontaktu",
    "responsible": "Osoba odpowiedzialna|Odpowiedzialny|Opiekun|Opiekun klienta",
    "site": "Nazwa oddziału|Lokalizacja|Filia|Placówka",
    "item": "Obiekt|Zwierzę|Imię zwierzęcia|Pojazd|Sprawa|Imię pacjenta",
    "language": "Język",
    "currency": "Waluta",
    "photo_url": "Zdjęcie|Fotografia",
    "external_id": "Kod klienta|Kod kontrahenta|Numer klienta|Nr klienta|Identyfikator|ID kontaktu|"
    "Identyfikator rekordu|Identyfikator kontaktu",
    "emails": "Adres e-mail|Podstawowy adres e-mail|Dodatkowy adres e-mail|Adres poczty elektronicznej",
    "phones": "Telefon kontaktowy|Tel/Faks|Telefon/Faks",
    "phones[main]": "Telefon podstawowy|Główny telefon",
    "phones[company]": "Główny telefon do firmy|Telefon do firmy|Centrala",
    "phones[assistant]": "Telefon asystenta",
    "phones[car]": "Telefon w samochodzie",
    "addresses[home].street": "Adres zamieszkania",
    "addresses[work].po_box": "Służbowa skrzynka pocztowa",
    "addresses[home].po_box": "Domowa skrzynka pocztowa",
    "addresses[other].po_box": "Inna skrzynka pocztowa",
    "ignore": "Asystent|Imię asystenta|Komunikator AIM|Informacja 1|Informacja 2|Informacja 3|Informacja 4|"
    "Typ poczty e-mail|"
    "Rodzaj e-mail 2|Rodzaj e-mail 3|Wyświetlana nazwa e-mail|Wyświetlana nazwa e-mail 2|"
    "Wyświetlana nazwa e-mail 3|Imię i nazwisko asystenta|Menedżer|Wywołanie zwrotne|ISDN|Radiotelefon|"
    "Telefon TTY/TDD|Teleks|Informacje rozliczeniowe|Dzieci|PESEL|Hobby|Inicjały|"
    "Internetowe informacje wolny/zajęty|Przebieg|Lokalizacja biura|Priorytet|Prywatny|Charakter|"
    "Współmałżonek|Użytkownik 1|Użytkownik 2|Użytkownik 3|Użytkownik 4|Firma Yomi|Konto|NIP|REGON|Właściciel|"
    "Właściciel kontaktu|Właściciel firmy|Handlowiec|Utworzone przez|Zmodyfikowane przez",
    "?family-or-full": "Nazwa",
    "?title": "Tytuł",
    "?emails": "Poczta",
}

NOUNS = {
    "email": "email|mail|poczta|poczta elektroniczna|adres email|emaile|adres mail",
    "phone": "telefon|telefonu|tel|numer telefonu|nr telefonu|telefon stacjonarny|nr tel|telefony|stacjonarny",
    "mobile": "komorka|numer telefonu komorkowego|telefon komorkowy|tel komorkowy|numer komorkowy|komorkowy|tel kom|"
    "kom|nr komorki",
    "fax": "faks|fax|numer faksu|nr faksu",
    "pager": "pager",
    "address": "adres|adres pocztowy|adres korespondencyjny",
    "street": "ulica|ul|ulica i numer|ulica nr|ulica i nr|ulica i nr domu|ulica nr domu|ulica i numer domu",
    "number": "nr domu|numer domu|nr budynku|numer budynku|nr lokalu|numer lokalu|nr mieszkania|numer mieszkania|"
    "nr domu lokalu|nr domu mieszkania|nr domu nr lokalu",
    "city": "miejscowosc|miasto",
    "region": "wojewodztwo|region|stan",
    "postal_code": "kod pocztowy|kod",
    "country": "kraj|kraj region|panstwo",
    "po_box": "skrzynka pocztowa|skr pocztowa",
    "website": "strona sieci web|strona www|strona internetowa|www|witryna|strona",
}

KINDS = {
    "work": "firmowe|sluzbowy|sluzbowa|sluzbowe|praca|firmowy|firmowa|biuro|firma",
    "home": "domowy|domowa|domowe|prywatny|prywatna|prywatne|dom",
    "other": "inny|inna|inne|dodatkowy|dodatkowa",
}

FILL = "i|numer|nr|glowny|glowna|podstawowy"

LABEL = "etykieta|typ|rodzaj"
VALUE = "wartosc"
