"""The words of the page in six languages: its headings, and the names of the fields that people meet most."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WORDS"]

_NAMES = (
    *("title", "person", "records", "elsewhere", "login", "messages", "history", "imports", "nothing", "partial"),
    *("made", "affiliation", "site", "item", "account-entry", "payment-method", "interaction", "item-role"),
    *("picture", "submission", "consent"),
    *("display_name", "given_name", "family_name", "emails", "phones", "addresses", "birthday", "description"),
    *("language", "position", "purpose", "given", "withdrawn", "subject", "text", "sent", "deleted", "yes", "no"),
)
_LISTS: Mapping[str, str] = {
    "en": (
        "Data held on a person|Person|Records|In records of others|Login|Letters|History|Imports|Nothing is held here."
        "|This page shows only what its maker may see."
        "|Made|Acts for|Sites|Items|Account|Payment methods|Interactions|Roles"
        "|Pictures|Form submissions|Consents"
        "|Name|First name|Last name|E-mail addresses|Phone numbers|Addresses|Date of birth|Description"
        "|Language|Position|Purpose|Given|Withdrawn|Subject|Text|Sent|Deleted|yes|no"
    ),
    "fr": (
        "Données détenues sur une personne|Personne|Fiches|Dans les fiches d’autres|Identifiant|Courriers|Historique"
        "|Importations|Rien n’est détenu ici.|Cette page ne montre que ce que son auteur peut voir."
        "|Établie le|Agit pour|Sites|Objets|Compte|Moyens de paiement|Interactions|Rôles"
        "|Images|Envois de formulaires|Consentements"
        "|Nom|Prénom|Nom de famille|Adresses e-mail|Téléphones|Adresses|Date de naissance|Description"
        "|Langue|Fonction|Finalité|Donné le|Retiré le|Objet|Texte|Envoyé le|Supprimé le|oui|non"
    ),
    "de": (
        "Zu einer Person gespeicherte Daten|Person|Einträge|In Einträgen anderer|Zugang|Briefe|Verlauf|Importe"
        "|Hier ist nichts gespeichert.|Diese Seite zeigt nur, was ihr Ersteller sehen darf."
        "|Erstellt am|Handelt für|Standorte|Objekte|Konto|Zahlungsmittel|Vorgänge|Rollen"
        "|Bilder|Formulareingaben|Einwilligungen"
        "|Name|Vorname|Nachname|E-Mail-Adressen|Telefonnummern|Anschriften|Geburtsdatum|Beschreibung"
        "|Sprache|Stellung|Zweck|Erteilt am|Widerrufen am|Betreff|Text|Gesendet am|Gelöscht am|ja|nein"
    ),
    "pl": (
        "Dane przechowywane o osobie|Osoba|Zapisy|W zapisach innych|Login|Listy|Historia|Importy"
        "|Nic tu nie jest przechowywane.|Ta strona pokazuje tylko to, co może widzieć jej autor."
        "|Sporządzono|Działa dla|Miejsca|Obiekty|Konto|Metody płatności|Zdarzenia|Role"
        "|Zdjęcia|Przesłane formularze|Zgody"
        "|Nazwa|Imię|Nazwisko|Adresy e-mail|Numery telefonów|Adresy|Data urodzenia|Opis"
        "|Język|Stanowisko|Cel|Udzielono|Wycofano|Temat|Tekst|Wysłano|Usunięto|tak|nie"
    ),
    "es": (
        "Datos guardados sobre una persona|Persona|Registros|En registros de otros|Acceso|Cartas|Historial"
        "|Importaciones|Aquí no se guarda nada.|Esta página muestra solo lo que su autor puede ver."
        "|Fecha|Actúa para|Sedes|Elementos|Cuenta|Medios de pago|Interacciones|Funciones"
        "|Imágenes|Envíos de formularios|Consentimientos"
        "|Nombre completo|Nombre|Apellidos|Correos electrónicos|Teléfonos|Direcciones|Fecha de nacimiento|Descripción"
        "|Idioma|Cargo|Finalidad|Dado el|Retirado el|Asunto|Texto|Enviado el|Eliminado el|sí|no"
    ),
    "it": (
        "Dati conservati su una persona|Persona|Registrazioni|In registrazioni di altri|Accesso|Lettere|Cronologia"
        "|Importazioni|Qui non è conservato nulla.|Questa pagina mostra solo ciò che il suo autore può vedere."
        "|Data|Agisce per|Sedi|Oggetti|Conto|Metodi di pagamento|Interazioni|Ruoli"
        "|Immagini|Invii di moduli|Consensi"
        "|Nome completo|Nome|Cognome|Indirizzi e-mail|Numeri di telefono|Indirizzi|Data di nascita|Descrizione"
        "|Lingua|Posizione|Finalità|Dato il|Revocato il|Oggetto|Testo|Inviato il|Eliminato il|sì|no"
    ),
}
WORDS: Mapping[str, Mapping[str, str]] = {
    language: dict(zip(_NAMES, words.split("|"), strict=True)) for language, words in _LISTS.items()
}
"""Language -> name of a part or a field -> its word."""
