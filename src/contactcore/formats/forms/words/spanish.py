"""The labels and messages of forms in Spanish."""

from __future__ import annotations

LABELS = {
    "prefix": "Tratamiento",
    "given_name": "Nombre",
    "family_name": "Apellidos",
    "birthday": "Fecha de nacimiento",
    "name": "Empresa",
    "division": "Departamento",
    "email": "Correo electrónico",
    "phone": "Número de teléfono",
    "website": "Sitio web",
    "street": "Calle y número",
    "street2": "Resto de la dirección",
    "postal_code": "Código postal",
    "city": "Ciudad",
    "region": "Región",
    "country": "País",
    "position": "Cargo",
    "message": "Su mensaje",
}

TEXTS = {
    "required": "obligatorio",
    "person": "Persona de contacto",
    "send": "Enviar",
    "trap": "Deje este campo vacío",
    "yes": "Sí",
    "no": "No",
    "choose": "Elija una opción",
    "consent": "Consentimiento",
}

MESSAGES = {
    "form-received": "Gracias, su mensaje ha llegado.",
    "form-invalid": "Corrija los campos señalados.",
    "form-trap": "Su mensaje no fue aceptado. Deje vacío el campo oculto y envíelo de nuevo.",
    "form-too-fast": "Eso fue muy rápido. Revise sus datos y envíelos de nuevo.",
    "form-expired": "Esta página estuvo abierta demasiado tiempo. Revise sus datos y envíelos de nuevo.",
    "form-forged": "Esta página ya no es válida. Revise sus datos y envíelos de nuevo.",
    "form-used": "Esta página ya se usó para enviar otros datos. Para enviar también estos, envíelos de nuevo.",
    "form-changed": "El formulario ha cambiado mientras tanto. Revise sus datos y envíelos de nuevo.",
    "form-closed": "Este formulario está cerrado.",
    "form-limited": "Han llegado demasiados mensajes desde su dirección. Inténtelo más tarde.",
    "form-too-large": "Sus datos son demasiado largos. Acórtelos.",
    "form-field-unknown": "El formulario no tiene ese campo.",
    "consent-missing": "Dé su consentimiento para que podamos responderle.",
    "field-required": "Rellene este campo.",
    "nameless": "Indique un nombre, un correo electrónico o un número de teléfono.",
    "email": "Indique un correo electrónico como nombre@example.org.",
    "phone": "Indique un número de teléfono con el prefijo del país, como +33 1 44 55 66 77.",
    "website": "Indique una dirección web como https://example.org.",
    "date": "Indique una fecha como 2026-12-31.",
    "number": "Indique un número como 12,5.",
    "choice": "Elija una de las respuestas.",
    "too-long": "Este texto es demasiado largo. Acórtelo.",
    "text": "Este texto contiene caracteres que no se pueden guardar.",
    "other": "Revise este campo.",
}
