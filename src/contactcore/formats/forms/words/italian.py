"""The labels and messages of forms in Italian."""

from __future__ import annotations

LABELS = {
    "prefix": "Titolo",
    "given_name": "Nome",
    "family_name": "Cognome",
    "birthday": "Data di nascita",
    "name": "Azienda",
    "division": "Reparto",
    "email": "Indirizzo e-mail",
    "phone": "Numero di telefono",
    "website": "Sito web",
    "street": "Via e numero",
    "street2": "Altri dati dell'indirizzo",
    "postal_code": "CAP",
    "city": "Città",
    "region": "Provincia",
    "country": "Paese",
    "position": "Ruolo",
    "message": "Il Suo messaggio",
}

TEXTS = {
    "required": "obbligatorio",
    "person": "Persona di contatto",
    "send": "Invia",
    "trap": "Lasci vuoto questo campo",
    "yes": "Sì",
    "no": "No",
    "choose": "Scelga una risposta",
    "consent": "Consenso",
}

MESSAGES = {
    "form-received": "Grazie, il Suo messaggio è arrivato.",
    "form-invalid": "Corregga i campi segnalati.",
    "form-trap": "Il messaggio non è stato accettato. Lasci vuoto il campo nascosto e lo invii di nuovo.",
    "form-too-fast": "È stato molto veloce. Controlli i dati e li invii di nuovo.",
    "form-expired": "Questa pagina è rimasta aperta troppo a lungo. Controlli i dati e li invii di nuovo.",
    "form-forged": "Questa pagina non è più valida. Controlli i dati e li invii di nuovo.",
    "form-used": "Questa pagina è già servita per inviare altri dati. Per inviare anche questi, li invii di nuovo.",
    "form-changed": "Nel frattempo il modulo è cambiato. Controlli i dati e li invii di nuovo.",
    "form-closed": "Questo modulo è chiuso.",
    "form-limited": "Dal Suo indirizzo sono arrivati troppi messaggi. Riprovi più tardi.",
    "form-too-large": "I dati sono troppo lunghi. Li accorci.",
    "form-field-unknown": "Il modulo non ha questo campo.",
    "consent-missing": "Dia il consenso, perché possiamo risponderLe.",
    "field-required": "Compili questo campo.",
    "nameless": "Indichi un nome, un indirizzo e-mail o un numero di telefono.",
    "email": "Indichi un indirizzo e-mail come nome@example.org.",
    "phone": "Indichi un numero di telefono con il prefisso del paese, come +33 1 44 55 66 77.",
    "website": "Indichi un indirizzo web come https://example.org.",
    "date": "Indichi una data come 2026-12-31.",
    "number": "Indichi un numero come 12,5.",
    "choice": "Scelga una delle risposte.",
    "too-long": "Questo testo è troppo lungo. Lo accorci.",
    "text": "Questo testo contiene caratteri che non si possono salvare.",
    "other": "Controlli questo campo.",
}
