"""The labels and messages of forms in French."""

from __future__ import annotations

LABELS = {
    "prefix": "Civilité",
    "given_name": "Prénom",
    "family_name": "Nom",
    "birthday": "Date de naissance",
    "name": "Société",
    "division": "Service",
    "email": "Adresse e-mail",
    "phone": "Numéro de téléphone",
    "website": "Site web",
    "street": "Rue et numéro",
    "street2": "Complément d'adresse",
    "postal_code": "Code postal",
    "city": "Ville",
    "region": "Région",
    "country": "Pays",
    "position": "Fonction",
    "message": "Votre message",
}

TEXTS = {
    "required": "obligatoire",
    "person": "Interlocuteur ",
    "send": "Envoyer",
    "trap": "Laissez ce champ vide",
    "yes": "Oui",
    "no": "Non",
    "choose": "Veuillez choisir",
    "consent": "Consentement",
}

MESSAGES = {
    "form-received": "Merci, votre message est bien arrivé.",
    "form-invalid": "Veuillez corriger les champs signalés.",
    "form-trap": "Votre message n'a pas été accepté. Laissez le champ caché vide et envoyez-le à nouveau.",
    "form-too-fast": "C'était très rapide. Vérifiez votre saisie et envoyez-la à nouveau.",
    "form-expired": "Cette page est restée ouverte trop longtemps. Vérifiez votre saisie et envoyez-la à nouveau.",
    "form-forged": "Cette page n'est plus valable. Vérifiez votre saisie et envoyez-la à nouveau.",
    "form-used": "Cette page a déjà servi à un autre envoi. Pour envoyer aussi cette saisie, envoyez-la à nouveau.",
    "form-changed": "Le formulaire a changé entre-temps. Vérifiez votre saisie et envoyez-la à nouveau.",
    "form-closed": "Ce formulaire est fermé.",
    "form-limited": "Trop de messages sont venus de votre adresse. Réessayez plus tard.",
    "form-too-large": "Votre saisie est trop longue. Veuillez la raccourcir.",
    "form-field-unknown": "Le formulaire n'a pas ce champ.",
    "consent-missing": "Veuillez donner votre accord pour que nous puissions vous répondre.",
    "field-required": "Veuillez remplir ce champ.",
    "nameless": "Indiquez un nom, une adresse e-mail ou un numéro de téléphone.",
    "email": "Indiquez une adresse e-mail, comme nom@example.org.",
    "phone": "Indiquez un numéro de téléphone avec l'indicatif du pays, comme +33 1 44 55 66 77.",
    "website": "Indiquez une adresse web, comme https://example.org.",
    "date": "Indiquez une date, comme 2026-12-31.",
    "number": "Indiquez un nombre, comme 12,5.",
    "choice": "Choisissez une des réponses.",
    "too-long": "Ce texte est trop long. Veuillez le raccourcir.",
    "text": "Ce texte contient des caractères qui ne peuvent pas être enregistrés.",
    "other": "Veuillez vérifier ce champ.",
}
