"""The lists of a new workspace, with their names in the six languages of the import (DIR-2, POR-5, SIT-6).

The slugs are the same in every language. Admins rename the entries afterwards. A later change of the language renames
nothing, because the names belong to the admins then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contactcore.model.permissions import MODULES, TOPICS

__all__ = ["INTERACTION_TYPES", "STARTING_LANGUAGES", "TYPES", "starting_name"]

TYPES = ("commercial-client", "residential-client", "contractor", "supplier")
"""The slugs of the types of a new workspace."""

INTERACTION_TYPES = ("note", "appointment", "payment-request", "document", "message", "action")
"""The slugs of the types of interactions of a new workspace."""

_FALLBACK_LANGUAGE = "en"


def _names(
    types: Sequence[str], modules: Sequence[str], topics: Sequence[str], interaction_types: Sequence[str]
) -> dict[str, Mapping[str, str]]:
    return {
        "type": dict(zip(TYPES, types, strict=True)),
        "module": dict(zip(MODULES, modules, strict=True)),
        "topic": dict(zip(TOPICS, topics, strict=True)),
        "interaction-type": dict(zip(INTERACTION_TYPES, interaction_types, strict=True)),
    }


_NAMES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": _names(
        ("Commercial client", "Residential client", "Contractor", "Supplier"),
        ("Invoices", "Estimates", "Contracts", "Proposals", "Support", "Projects"),
        ("Invoice", "Credit note", "Estimate", "Ticket", "Project", "Contract", "Task"),
        ("Note", "Appointment", "Payment request", "Document", "Message", "Action"),
    ),
    "fr": _names(
        ("Client professionnel", "Client particulier", "Sous-traitant", "Fournisseur"),
        ("Factures", "Devis", "Contrats", "Propositions", "Assistance", "Projets"),
        ("Facture", "Avoir", "Devis", "Ticket", "Projet", "Contrat", "Tâche"),
        ("Note", "Rendez-vous", "Demande de paiement", "Document", "Message", "Action"),
    ),
    "de": _names(
        ("Geschäftskunde", "Privatkunde", "Auftragnehmer", "Lieferant"),
        ("Rechnungen", "Kostenvoranschläge", "Verträge", "Angebote", "Support", "Projekte"),
        ("Rechnung", "Gutschrift", "Kostenvoranschlag", "Ticket", "Projekt", "Vertrag", "Aufgabe"),
        ("Notiz", "Termin", "Zahlungsaufforderung", "Dokument", "Nachricht", "Aktion"),
    ),
    "pl": _names(
        ("Klient biznesowy", "Klient indywidualny", "Podwykonawca", "Dostawca"),
        ("Faktury", "Wyceny", "Umowy", "Oferty", "Wsparcie", "Projekty"),
        ("Faktura", "Faktura korygująca", "Wycena", "Zgłoszenie", "Projekt", "Umowa", "Zadanie"),
        ("Notatka", "Spotkanie", "Wezwanie do zapłaty", "Dokument", "Wiadomość", "Działanie"),
    ),
    "es": _names(
        ("Cliente comercial", "Cliente particular", "Contratista", "Proveedor"),
        ("Facturas", "Presupuestos", "Contratos", "Propuestas", "Asistencia", "Proyectos"),
        ("Factura", "Nota de crédito", "Presupuesto", "Incidencia", "Proyecto", "Contrato", "Tarea"),
        ("Nota", "Cita", "Solicitud de pago", "Documento", "Mensaje", "Acción"),
    ),
    "it": _names(
        ("Cliente commerciale", "Cliente privato", "Appaltatore", "Fornitore"),
        ("Fatture", "Preventivi", "Contratti", "Proposte", "Assistenza", "Progetti"),
        ("Fattura", "Nota di credito", "Preventivo", "Ticket", "Progetto", "Contratto", "Attività"),
        ("Nota", "Appuntamento", "Richiesta di pagamento", "Documento", "Messaggio", "Azione"),
    ),
}

STARTING_LANGUAGES = tuple(_NAMES)
"""The languages that have names of their own; every other language has the English names."""


def starting_name(of: str, slug: str, language: str = _FALLBACK_LANGUAGE) -> str:
    """The name of an entry in a new workspace.

    Args:
        of: The list, `"type"`, `"module"`, `"topic"` or `"interaction-type"`.
        slug: The slug of the entry.
        language: The language without its region, such as `"fr"`.

    >>> starting_name("topic", "credit-note", "fr"), starting_name("topic", "credit-note", "ja")
    ('Avoir', 'Credit note')
    """
    return _NAMES.get(language, _NAMES[_FALLBACK_LANGUAGE])[of][slug]
