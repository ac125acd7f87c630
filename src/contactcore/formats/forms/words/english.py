"""The labels and messages of forms in English."""

from __future__ import annotations

LABELS = {
    "prefix": "Title",
    "given_name": "First name",
    "family_name": "Last name",
    "birthday": "Date of birth",
    "name": "Company",
    "division": "Department",
    "email": "E-mail address",
    "phone": "Phone number",
    "website": "Website",
    "street": "Street and number",
    "street2": "Address line 2",
    "postal_code": "Postal code",
    "city": "City",
    "region": "Region",
    "country": "Country",
    "position": "Position",
    "message": "Your message",
}

TEXTS = {
    "required": "required",
    "person": "Contact person",
    "send": "Send",
    "trap": "Leave this field empty",
    "yes": "Yes",
    "no": "No",
    "choose": "Please choose",
    "consent": "Consent",
}

MESSAGES = {
    "form-received": "Thank you, your message has arrived.",
    "form-invalid": "Please correct the marked fields.",
    "form-trap": "Your message was not accepted. Please leave the hidden field empty and send it again.",
    "form-too-fast": "That was very quick. Please check your entries and send them again.",
    "form-expired": "This page was open for too long. Please check your entries and send them again.",
    "form-forged": "This page is not valid any more. Please check your entries and send them again.",
    "form-used": "This page was used already to send other entries. To send these too, please send them again.",
    "form-changed": "The form was changed meanwhile. Please check your entries and send them again.",
    "form-closed": "This form is closed.",
    "form-limited": "Too many messages came from your address. Please try again later.",
    "form-too-large": "Your entries are too long. Please shorten them.",
    "form-field-unknown": "The form has no such field.",
    "consent-missing": "Please agree, so that we may answer you.",
    "field-required": "Please fill in this field.",
    "nameless": "Please give a name, an e-mail address or a phone number.",
    "email": "Please give an e-mail address like name@example.org.",
    "phone": "Please give a phone number with its country code, like +33 1 44 55 66 77.",
    "website": "Please give a web address like https://example.org.",
    "date": "Please give a date like 2026-12-31.",
    "number": "Please give a number like 12.5.",
    "choice": "Please choose one of the answers.",
    "too-long": "This text is too long. Please shorten it.",
    "text": "This text contains characters that cannot be stored.",
    "other": "Please check this field.",
}
