"""The words of the page in six languages: its headings, and the names of the fields that people meet most."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WORDS"]

_NAMES = (
    *("heading", "person", "records", "elsewhere", "login", "messages", "history", "imports", "nothing", "partial"),
    *("made", "affiliation", "site", "item", "account-entry", "payment-method", "interaction", "item-role"),
    *("picture", "submission", "consent"),
    *("display_name", "given_name", "family_name", "emails", "phones", "addresses", "birthday", "description"),
    *("language", "position", "purpose", "given", "withdrawn", "subject", "text", "sent", "deleted", "yes", "no"),
    *("added_at", "changed_at", "primary", "since", "of", "start", "end", "state"),
    *("at", "what", "kind", "before", "after", "title", "body", "listed"),
    *("source", "name", "line", "column", "field", "value", "reason", "import"),
    *("to", "fields", "number", "email", "tags", "categories", "type", "street"),
    *("postal_code", "city", "country", "received", "wording", "wording_version", "amount", "date"),
)
_LISTS: Mapping[str, str] = {
    "en": (
        "Data held on a person|Person|Records|In records of others|Login|Letters|History|Imports|Nothing is held here."
        "|This page shows only what its maker may see."
        "|Made|Acts for|Sites|Items|Account|Payment methods|Interactions|Roles"
        "|Pictures|Form submissions|Consents"
        "|Name|First name|Last name|E-mail addresses|Phone numbers|Addresses|Date of birth|Description"
        "|Language|Position|Purpose|Given|Withdrawn|Subject|Text|Sent|Deleted|yes|no"
        "|Added|Changed|Primary|Since|With|Start|End|State|Time|Change|Kind|Before|After|Title|Text"
        "|In the directory|Source|Name|Line|Column|Field|Value|Reason|Import|To|Values|Number|Address|Tags"
        "|Categories|Type|Street|Postal code|City|Country|Received|Wording|Version of the wording|Amount|Date"
    ),
    "fr": (
        "Données détenues sur une personne|Personne|Fiches|Dans les fiches d’autres|Identifiant|Courriers|Historique"
        "|Importations|Rien n’est détenu ici.|Cette page ne montre que ce que son auteur peut voir."
        "|Établie le|Agit pour|Sites|Objets|Compte|Moyens de paiement|Interactions|Rôles"
        "|Images|Envois de formulaires|Consentements"
        "|Nom|Prénom|Nom de famille|Adresses e-mail|Téléphones|Adresses|Date de naissance|Description"
        "|Langue|Fonction|Finalité|Donné le|Retiré le|Objet|Texte|Envoyé le|Supprimé le|oui|non"
        "|Ajouté le|Modifié le|Principal|Depuis|Avec|Début|Fin|État|Date|Changement|Genre|Avant|Après|Titre"
        "|Texte|Dans l’annuaire|Origine|Nom|Ligne|Colonne|Champ|Valeur|Raison|Importation|À|Valeurs|Numéro"
        "|Adresse|Étiquettes|Catégories|Type|Rue|Code postal|Ville|Pays|Reçu le|Texte du consentement"
        "|Version du texte|Montant|Date"
    ),
    "de": (
        "Zu einer Person gespeicherte Daten|Person|Einträge|In Einträgen anderer|Zugang|Briefe|Verlauf|Importe"
        "|Hier ist nichts gespeichert.|Diese Seite zeigt nur, was ihr Ersteller sehen darf."
        "|Erstellt am|Handelt für|Standorte|Objekte|Konto|Zahlungsmittel|Vorgänge|Rollen"
        "|Bilder|Formulareingaben|Einwilligungen"
        "|Name|Vorname|Nachname|E-Mail-Adressen|Telefonnummern|Anschriften|Geburtsdatum|Beschreibung"
        "|Sprache|Stellung|Zweck|Erteilt am|Widerrufen am|Betreff|Text|Gesendet am|Gelöscht am|ja|nein"
        "|Hinzugefügt am|Geändert am|Hauptkontakt|Seit|Bei|Beginn|Ende|Zustand|Zeit|Änderung|Art|Vorher"
        "|Nachher|Titel|Text|Im Verzeichnis|Herkunft|Name|Zeile|Spalte|Feld|Wert|Grund|Import|An|Werte|Nummer"
        "|Adresse|Schlagwörter|Kategorien|Typ|Straße|Postleitzahl|Ort|Land|Empfangen am|Wortlaut"
        "|Fassung des Wortlauts|Betrag|Datum"
    ),
    "pl": (
        "Dane przechowywane o osobie|Osoba|Zapisy|W zapisach innych|Login|Listy|Historia|Importy"
        "|Nic tu nie jest przechowywane.|Ta strona pokazuje tylko to, co może widzieć jej autor."
        "|Sporządzono|Działa dla|Miejsca|Obiekty|Konto|Metody płatności|Zdarzenia|Role"
        "|Zdjęcia|Przesłane formularze|Zgody"
        "|Nazwa|Imię|Nazwisko|Adresy e-mail|Numery telefonów|Adresy|Data urodzenia|Opis"
        "|Język|Stanowisko|Cel|Udzielono|Wycofano|Temat|Tekst|Wysłano|Usunięto|tak|nie"
        "|Dodano|Zmieniono|Główna osoba|Od|Z|Początek|Koniec|Stan|Czas|Zmiana|Rodzaj|Przed|Po|Tytuł|Tekst"
        "|W katalogu|Źródło|Nazwa|Wiersz|Kolumna|Pole|Wartość|Powód|Import|Do|Wartości|Numer|Adres|Etykiety"
        "|Kategorie|Typ|Ulica|Kod pocztowy|Miasto|Kraj|Otrzymano|Treść zgody|Wersja treści|Kwota|Data"
    ),
    "es": (
        "Datos guardados sobre una persona|Persona|Registros|En registros de otros|Acceso|Cartas|Historial"
        "|Importaciones|Aquí no se guarda nada.|Esta página muestra solo lo que su autor puede ver."
        "|Fecha|Actúa para|Sedes|Elementos|Cuenta|Medios de pago|Interacciones|Funciones"
        "|Imágenes|Envíos de formularios|Consentimientos"
        "|Nombre completo|Nombre|Apellidos|Correos electrónicos|Teléfonos|Direcciones|Fecha de nacimiento|Descripción"
        "|Idioma|Cargo|Finalidad|Dado el|Retirado el|Asunto|Texto|Enviado el|Eliminado el|sí|no"
        "|Añadido el|Modificado el|Principal|Desde|Con|Inicio|Fin|Estado|Fecha|Cambio|Clase|Antes|Después"
        "|Título|Texto|En el directorio|Origen|Nombre|Línea|Columna|Campo|Valor|Motivo|Importación|Para"
        "|Valores|Número|Dirección|Etiquetas|Categorías|Tipo|Calle|Código postal|Ciudad|País|Recibido el"
        "|Texto del consentimiento|Versión del texto|Importe|Fecha"
    ),
    "it": (
        "Dati conservati su una persona|Persona|Registrazioni|In registrazioni di altri|Accesso|Lettere|Cronologia"
        "|Importazioni|Qui non è conservato nulla.|Questa pagina mostra solo ciò che il suo autore può vedere."
        "|Data|Agisce per|Sedi|Oggetti|Conto|Metodi di pagamento|Interazioni|Ruoli"
        "|Immagini|Invii di moduli|Consensi"
        "|Nome completo|Nome|Cognome|Indirizzi e-mail|Numeri di telefono|Indirizzi|Data di nascita|Descrizione"
        "|Lingua|Posizione|Finalità|Dato il|Revocato il|Oggetto|Testo|Inviato il|Eliminato il|sì|no"
        "|Aggiunto il|Modificato il|Principale|Dal|Con|Inizio|Fine|Stato|Data|Modifica|Genere|Prima|Dopo"
        "|Titolo|Testo|Nell’elenco|Origine|Nome|Riga|Colonna|Campo|Valore|Motivo|Importazione|A|Valori|Numero"
        "|Indirizzo|Etichette|Categorie|Tipo|Via|CAP|Città|Paese|Ricevuto il|Testo del consenso"
        "|Versione del testo|Importo|Data"
    ),
}
WORDS: Mapping[str, Mapping[str, str]] = {
    language: dict(zip(_NAMES, words.split("|"), strict=True)) for language, words in _LISTS.items()
}
"""Language -> name of a part or a field -> its word."""
