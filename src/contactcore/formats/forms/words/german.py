"""The labels and messages of forms in German."""

from __future__ import annotations

LABELS = {
    "prefix": "Anrede",
    "given_name": "Vorname",
    "family_name": "Nachname",
    "birthday": "Geburtsdatum",
    "name": "Firma",
    "division": "Abteilung",
    "email": "E-Mail-Adresse",
    "phone": "Telefonnummer",
    "website": "Website",
    "street": "Straße und Hausnummer",
    "street2": "Adresszusatz",
    "postal_code": "Postleitzahl",
    "city": "Ort",
    "region": "Region",
    "country": "Land",
    "position": "Funktion",
    "message": "Ihre Nachricht",
}

TEXTS = {
    "required": "Pflichtfeld",
    "person": "Ansprechpartner",
    "send": "Absenden",
    "trap": "Lassen Sie dieses Feld leer",
    "yes": "Ja",
    "no": "Nein",
    "choose": "Bitte wählen",
    "consent": "Einwilligung",
}

MESSAGES = {
    "form-received": "Vielen Dank, Ihre Nachricht ist angekommen.",
    "form-invalid": "Bitte korrigieren Sie die markierten Felder.",
    "form-trap": (
        "Ihre Nachricht wurde nicht angenommen. Bitte lassen Sie das versteckte Feld "
        "leer und senden Sie sie noch einmal."
    ),
    "form-too-fast": "Das ging sehr schnell. Bitte prüfen Sie Ihre Angaben und senden Sie sie noch einmal.",
    "form-expired": "Diese Seite war zu lange offen. Bitte prüfen Sie Ihre Angaben und senden Sie sie noch einmal.",
    "form-forged": "Diese Seite ist nicht mehr gültig. Bitte prüfen Sie Ihre Angaben und senden Sie sie noch einmal.",
    "form-used": (
        "Mit dieser Seite wurden schon andere Angaben gesendet. Um auch diese zu senden, "
        "senden Sie sie bitte noch einmal."
    ),
    "form-changed": (
        "Das Formular wurde inzwischen geändert. Bitte prüfen Sie Ihre Angaben und senden Sie sie noch einmal."
    ),
    "form-closed": "Dieses Formular ist geschlossen.",
    "form-limited": "Von Ihrer Adresse kamen zu viele Nachrichten. Bitte versuchen Sie es später noch einmal.",
    "form-too-large": "Ihre Angaben sind zu lang. Bitte kürzen Sie sie.",
    "form-field-unknown": "Das Formular hat dieses Feld nicht.",
    "consent-missing": "Bitte stimmen Sie zu, damit wir Ihnen antworten dürfen.",
    "field-required": "Bitte füllen Sie dieses Feld aus.",
    "nameless": "Bitte geben Sie einen Namen, eine E-Mail-Adresse oder eine Telefonnummer an.",
    "email": "Bitte geben Sie eine E-Mail-Adresse wie name@example.org an.",
    "phone": "Bitte geben Sie eine Telefonnummer mit Landesvorwahl an, wie +33 1 44 55 66 77.",
    "website": "Bitte geben Sie eine Webadresse wie https://example.org an.",
    "date": "Bitte geben Sie ein Datum wie 2026-12-31 an.",
    "number": "Bitte geben Sie eine Zahl wie 12,5 an.",
    "choice": "Bitte wählen Sie eine der Antworten.",
    "too-long": "Dieser Text ist zu lang. Bitte kürzen Sie ihn.",
    "text": "Dieser Text enthält Zeichen, die nicht gespeichert werden können.",
    "other": "Bitte prüfen Sie dieses Feld.",
}
