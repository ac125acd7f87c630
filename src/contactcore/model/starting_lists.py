"""The lists of a new workspace, with their names in the six languages of the import (DIR-2, POR-5, SIT-6).

The slugs are the same in every language. Admins rename the entries afterwards. A later change of the language renames
nothing, because the names belong to the admins then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contactcore.model.permissions import ITEM_TOPICS, MODULES, TOPICS
from contactcore.read_only import ReadOnlyDict

__all__ = ["AUTHORITIES", "INTERACTION_TYPES", "PURPOSES", "ROLES", "STARTING_LANGUAGES", "TYPES", "starting_name"]

TYPES = ("commercial-client", "residential-client", "contractor", "supplier")
"""The slugs of the types of a new workspace."""

INTERACTION_TYPES = ("note", "appointment", "payment-request", "document", "message", "action")
"""The slugs of the types of interactions of a new workspace."""

ROLES: Mapping[str, tuple[str, ...]] = ReadOnlyDict(
    {"guardian": ("booking", "reminder"), "payer": ("payment-request",), "emergency": ()}
)
"""The slugs of the roles for items in a new workspace, each with the topics of notices that it gets (NOT-4)."""

AUTHORITIES = ("contact", "collect-mail", "represent")
"""The authorities of every workspace; a workspace may define more."""

PURPOSES = ("billing", "technical")
"""The slugs of the purposes of a new workspace for which a contact may have a separate primary person."""

_FALLBACK_LANGUAGE = "en"


def _names(
    types: Sequence[str],
    modules: Sequence[str],
    topics: Sequence[str],
    item_topics: Sequence[str],
    roles: Sequence[str],
    interaction_types: Sequence[str],
    authorities: Sequence[str],
    purposes: Sequence[str],
) -> dict[str, Mapping[str, str]]:
    return {
        "type": dict(zip(TYPES, types, strict=True)),
        "module": dict(zip(MODULES, modules, strict=True)),
        "topic": dict(zip((*TOPICS, *ITEM_TOPICS), (*topics, *item_topics), strict=True)),
        "role": dict(zip(ROLES, roles, strict=True)),
        "interaction-type": dict(zip(INTERACTION_TYPES, interaction_types, strict=True)),
        "authority": dict(zip(AUTHORITIES, authorities, strict=True)),
        "purpose": dict(zip(PURPOSES, purposes, strict=True)),
    }


_NAMES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": _names(
        ("Commercial client", "Residential client", "Contractor", "Supplier"),
        ("Invoices", "Estimates", "Contracts", "Proposals", "Support", "Projects"),
        ("Invoice", "Credit note", "Estimate", "Ticket", "Project", "Contract", "Task"),
        ("Booking", "Payment request", "Reminder"),
        ("Guardian", "Payer", "Emergency contact"),
        ("Note", "Appointment", "Payment request", "Document", "Message", "Action"),
        ("Contact person", "Collects mail", "Represents the client"),
        ("Billing", "Technical"),
    ),
    "fr": _names(
        ("Client professionnel", "Client particulier", "Sous-traitant", "Fournisseur"),
        ("Factures", "Devis", "Contrats", "Propositions", "Assistance", "Projets"),
        ("Facture", "Avoir", "Devis", "Ticket", "Projet", "Contrat", "Tâche"),
        ("Rendez-vous", "Demande de paiement", "Rappel"),
        ("Responsable légal", "Payeur", "Contact d'urgence"),
        ("Note", "Rendez-vous", "Demande de paiement", "Document", "Message", "Action"),
        ("Interlocuteur", "Retire le courrier", "Représente le client"),
        ("Facturation", "Technique"),
    ),
    "de": _names(
        ("Geschäftskunde", "Privatkunde", "Auftragnehmer", "Lieferant"),
        ("Rechnungen", "Kostenvoranschläge", "Verträge", "Angebote", "Support", "Projekte"),
        ("Rechnung", "Gutschrift", "Kostenvoranschlag", "Ticket", "Projekt", "Vertrag", "Aufgabe"),
        ("Termin", "Zahlungsaufforderung", "Erinnerung"),
        ("Erziehungsberechtigte Person", "Zahlende Person", "Notfallkontakt"),
        ("Notiz", "Termin", "Zahlungsaufforderung", "Dokument", "Nachricht", "Aktion"),
        ("Kontaktperson", "Holt Post ab", "Vertritt den Kunden"),
        ("Abrechnung", "Technik"),
    ),
    "pl": _names(
        ("Klient biznesowy", "Klient indywidualny", "Podwykonawca", "Dostawca"),
        ("Faktury", "Wyceny", "Umowy", "Oferty", "Wsparcie", "Projekty"),
        ("Faktura", "Faktura korygująca", "Wycena", "Zgłoszenie", "Projekt", "Umowa", "Zadanie"),
        ("Rezerwacja", "Prośba o płatność", "Przypomnienie"),
        ("Opiekun", "Płatnik", "Kontakt w nagłych wypadkach"),
        ("Notatka", "Spotkanie", "Wezwanie do zapłaty", "Dokument", "Wiadomość", "Działanie"),
        ("Osoba kontaktowa", "Odbiera korespondencję", "Reprezentuje klienta"),
        ("Rozliczenia", "Sprawy techniczne"),
    ),
    "es": _names(
        ("Cliente comercial", "Cliente particular", "Contratista", "Proveedor"),
        ("Facturas", "Presupuestos", "Contratos", "Propuestas", "Asistencia", "Proyectos"),
        ("Factura", "Nota de crédito", "Presupuesto", "Incidencia", "Proyecto", "Contrato", "Tarea"),
        ("Cita", "Solicitud de pago", "Recordatorio"),
        ("Tutor", "Pagador", "Contacto de emergencia"),
        ("Nota", "Cita", "Solicitud de pago", "Documento", "Mensaje", "Acción"),
        ("Persona de contacto", "Recoge el correo", "Representa al cliente"),
        ("Facturación", "Técnica"),
    ),
    "it": _names(
        ("Cliente commerciale", "Cliente privato", "Appaltatore", "Fornitore"),
        ("Fatture", "Preventivi", "Contratti", "Proposte", "Assistenza", "Progetti"),
        ("Fattura", "Nota di credito", "Preventivo", "Ticket", "Progetto", "Contratto", "Attività"),
        ("Appuntamento", "Richiesta di pagamento", "Promemoria"),
        ("Tutore", "Pagatore", "Contatto di emergenza"),
        ("Nota", "Appuntamento", "Richiesta di pagamento", "Documento", "Messaggio", "Azione"),
        ("Persona di contatto", "Ritira la posta", "Rappresenta il cliente"),
        ("Fatturazione", "Tecnica"),
    ),
}

STARTING_LANGUAGES = tuple(_NAMES)
"""The languages that have names of their own; every other language has the English names."""


def starting_name(of: str, slug: str, language: str = _FALLBACK_LANGUAGE) -> str:
    """The name of an entry in a new workspace.

    Args:
        of: The list, `"type"`, `"module"`, `"topic"`, `"role"`, `"interaction-type"`, `"authority"` or `"purpose"`.
        slug: The slug of the entry.
        language: The language without its region, such as `"fr"`.

    >>> starting_name("topic", "credit-note", "fr"), starting_name("topic", "credit-note", "ja")
    ('Avoir', 'Credit note')
    """
    return _NAMES.get(language, _NAMES[_FALLBACK_LANGUAGE])[of][slug]
