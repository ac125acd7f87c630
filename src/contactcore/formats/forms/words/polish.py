"""The labels and messages of forms in Polish."""

from __future__ import annotations

LABELS = {
    "prefix": "Tytuł",
    "given_name": "Imię",
    "family_name": "Nazwisko",
    "birthday": "Data urodzenia",
    "name": "Firma",
    "division": "Dział",
    "email": "Adres e-mail",
    "phone": "Numer telefonu",
    "website": "Strona internetowa",
    "street": "Ulica i numer",
    "street2": "Dalsza część adresu",
    "postal_code": "Kod pocztowy",
    "city": "Miejscowość",
    "region": "Województwo",
    "country": "Kraj",
    "position": "Stanowisko",
    "message": "Wiadomość",
}

TEXTS = {
    "required": "wymagane",
    "person": "Osoba kontaktowa",
    "send": "Wyślij",
    "trap": "Pozostaw to pole puste",
    "yes": "Tak",
    "no": "Nie",
    "choose": "Proszę wybrać",
    "consent": "Zgoda",
}

MESSAGES = {
    "form-received": "Dziękujemy, wiadomość dotarła.",
    "form-invalid": "Proszę poprawić zaznaczone pola.",
    "form-trap": "Wiadomość nie została przyjęta. Proszę pozostawić ukryte pole puste i wysłać ją ponownie.",
    "form-too-fast": "To było bardzo szybko. Proszę sprawdzić dane i wysłać je ponownie.",
    "form-expired": "Ta strona była otwarta zbyt długo. Proszę sprawdzić dane i wysłać je ponownie.",
    "form-forged": "Ta strona nie jest już ważna. Proszę sprawdzić dane i wysłać je ponownie.",
    "form-used": "Z tej strony wysłano już inne dane. Aby wysłać również te, proszę wysłać je ponownie.",
    "form-changed": "Formularz został w międzyczasie zmieniony. Proszę sprawdzić dane i wysłać je ponownie.",
    "form-closed": "Ten formularz jest zamknięty.",
    "form-limited": "Z tego adresu przyszło zbyt wiele wiadomości. Proszę spróbować później.",
    "form-too-large": "Dane są zbyt długie. Proszę je skrócić.",
    "form-field-unknown": "Formularz nie ma takiego pola.",
    "consent-missing": "Proszę wyrazić zgodę, abyśmy mogli odpowiedzieć.",
    "field-required": "Proszę wypełnić to pole.",
    "nameless": "Proszę podać nazwisko, adres e-mail lub numer telefonu.",
    "email": "Proszę podać adres e-mail, na przykład name@example.org.",
    "phone": "Proszę podać numer telefonu z numerem kierunkowym kraju, na przykład +33 1 44 55 66 77.",
    "website": "Proszę podać adres strony, na przykład https://example.org.",
    "date": "Proszę podać datę, na przykład 2026-12-31.",
    "number": "Proszę podać liczbę, na przykład 12,5.",
    "choice": "Proszę wybrać jedną z odpowiedzi.",
    "too-long": "Ten tekst jest zbyt długi. Proszę go skrócić.",
    "text": "Ten tekst zawiera znaki, których nie można zapisać.",
    "other": "Proszę sprawdzić to pole.",
}
