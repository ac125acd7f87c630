"""Column names in German."""

from __future__ import annotations

EXACT = {
    "kind": "Ist ein Unternehmen|Ist Unternehmen|Unternehmenstyp|Unternehmensart|Person/Firma|Firma/Person",
    "?kind": "Typ|Art",
    "particle": "Namensvorsatz",
    "prefix": "Anrede|Titel/Akad. Grad|Namenspräfix|Akademischer Titel|Präfix|Namenszusatz davor",
    "given": "Vorname|Vornamen|Rufname|Vorname (Adressattyp natürl. Person)|"
    "Vorname Ansprechpartner|Ansprechpartner Vorname",
    "middle": "Weitere Vornamen|Zweiter Vorname|2. Vorname|Mittelname",
    "family": "Nachname|Familienname|Zuname|Hausname|Name (Adressattyp natürl. Person)|"
    "Nachname Ansprechpartner|Ansprechpartner Nachname",
    "suffix": "Suffix|Namenssuffix|Namenszusatz",
    "nickname": "Spitzname|Nickname|Kosename",
    "full_name": "Name (Adressattyp keine Angabe)|"
    "Vollständiger Name|Anzeigename|Vor- und Nachname|Name Vorname|Vorname Name|Ansprechpartner|Kontakt|"
    "Vor-/Nachname|Ansprechpartner Name|Kontaktname|Kontaktperson|Kundenname|Kunde|Angezeigter Name|Vorname Nachname|"
    "Nachname Vorname",
    "phonetic_given": "Vorname Yomi",
    "phonetic_family": "Nachname Yomi",
    "company": "Firma|Firma 1|Name (Adressattyp Unternehmen)|"
    "Verbundenes Unternehmen|Unternehmen|Organisation|Firmenname|Unternehmensname|"
    "Arbeitgeber|Betrieb|Gesellschaft|"
    "Firmenbezeichnung|Name des Unternehmens|Firma / Organisation|Accountname|Name des Accounts",
    "department": "Abteilung|Bereich|Organisation – Abteilung",
    "position": "Arbeitstitel|Position|Funktion|Stellenbezeichnung|Berufsbezeichnung|Jobtitel|Tätigkeit|Stelle|"
    "Organisation – Titel",
    "?position": "Beruf",
    "birthday": "Geb.|geb. am|Geburtstag|Geburtsdatum|Geb.-Datum|geboren am|Geb.Datum",
    "birthday.year": "Geburtsjahr",
    "birthday.month": "Geburtsmonat",
    "birthday.day": "Geburtstag (Tag)",
    "anniversary": "Jahrestag|Hochzeitstag",
    "gender": "Geschlecht",
    "notes": "Info|Notizen|Notiz|Bemerkungen|Bemerkung|Anmerkungen|Anmerkung|Kommentar|Kommentare|Beschreibung",
    "tags": "Kategorien|Schlagwörter|Schlagworte|Tags|Labels|Gruppen|Gruppe|Etiketten|Stichwörter",
    "categories": "Kategorie",
    "type": "Kontaktart|Kundentyp|Kontakttyp|Kundenart",
    "responsible": "Verantwortlich|Verantwortlicher|Verantwortliche|Betreuer|Betreuerin|Zuständig|"
    "Zuständiger Mitarbeiter|Kundenbetreuer",
    "site": "Standort|Standortname|Niederlassung|Filiale|Zweigstelle",
    "item": "Objekt|Tier|Tiername|Fahrzeug|Akte|Patientenname",
    "language": "Sprache",
    "currency": "Währung",
    "photo_url": "Foto|Bild",
    "external_id": "Mitgliedsnummer|Mitglieds-Nr.|Kd-Nr.|KdNr|Kunden-Nummer|Debitorennummer|Kundennummer|Kunden-Nr.|"
    "Kundennr|Kontakt-ID|Kunden-ID|"
    "Mandantennummer|Datensatz-ID",
    "emails": "E-Mail: Adresse|Primäre E-Mail-Adresse|Sekundäre E-Mail-Adresse|Zweite E-Mail-Adresse|"
    "E-Mail 2: Adresse|E-Mail 3: Adresse|E-Mail-Adresse",
    "phones": "Telefon/Fax|Tel/Fax",
    "phones[work]": "Diensttelefon|Tel. dienstl.",
    "phones[home]": "Privattelefon",
    "phones[main]": "Haupttelefon|Hauptnummer",
    "phones[company]": "Telefon Firma|Zentrale|Firmentelefon",
    "phones[assistant]": "Telefon Assistent",
    "phones[car]": "Autotelefon",
    "addresses[work].po_box": "Postfach geschäftlich",
    "addresses[home].po_box": "Postfach privat",
    "addresses[other].po_box": "Weiteres Postfach",
    "ignore": "Briefanrede|Geburtsname|Verbunden am|Messenger-Name|Benutzerdef. 1|Benutzerdef. 2|Benutzerdef. 3|"
    "Benutzerdef. 4|E-Mail-Typ|E-Mail 2: Typ|"
    "E-Mail 3: Typ|E-Mail: Angezeigter Name|E-Mail 2: Angezeigter Name|"
    "E-Mail 3: Angezeigter Name|Name Assistent|Name des/der Vorgesetzten|Rückmeldung|ISDN|"
    "Telefon für Hörbehinderte|Telex|Abrechnungsinformation|Kinder|Regierungsnr.|Hobby|Initialen|"
    "Internet-Frei/Gebucht|Reisekilometer|Büro|Priorität|Privat|Vertraulichkeit|Partner|Benutzer 1|Benutzer 2|"
    "Benutzer 3|Benutzer 4|Firma Yomi|Konto|Steuernummer|USt-IdNr.|"
    "Kontaktinhaber|Kontakteigentümer|Unternehmensinhaber|Accountinhaber|Angelegt von|Erstellt von|Geändert von",
    "?family-or-full": "Name",
    "?title": "Titel",
    "?company": "Name 1",
    "addresses[work].street": "Rechnungsadresse|Rechnungsanschrift|Firmenadresse|Firmenanschrift",
    "addresses[home].street": "Privatadresse|Privatanschrift",
    "addresses[other].street": "Lieferadresse|Lieferanschrift",
}

NOUNS = {
    "email": "email|mail|email adresse|mailadresse|emailadresse|e post|emails",
    "phone": "telefon|tel|telefonnummer|rufnummer|festnetz|telefon nr|tel nr|fon|telefonnr|telefone|festnetznummer",
    "mobile": "mobil|handy|mobiltelefon|mobilnummer|handynummer|natel|mobilfunk|mobilfunknummer|handy nr|"
    "mobiltelefonnummer",
    "fax": "fax|telefax|faxnummer|telefaxnummer|fax nr",
    "pager": "pager|funkruf",
    "address": "adresse|anschrift|postadresse|postanschrift",
    "street": "strasse|strasse hausnummer|strasse und hausnummer|strasse nr|strasse und nr|strasse hausnr|"
    "adresszeile|adressenzeile|strasse u nr|str",
    "number": "hausnummer|hausnr|haus nr|hsnr|hnr|hausnummern",
    "extended": "adresszusatz",
    "city": "ort|stadt|wohnort|gemeinde",
    "region": "region|bundesland|kanton|bundesland kanton|bundesstaat",
    "postal_code": "postleitzahl|plz",
    "country": "land|land region|staat",
    "po_box": "postfach",
    "website": "webseite|website|internetseite|homepage|internet|web|url|webadresse|internetadresse",
}

KINDS = {
    "work": "geschaftlich|geschaftl|rechnungsadresse|dienstlich|arbeit|beruflich|buro|firma|geschaft|geschaeftlich",
    "home": "privat|private|privates|zuhause|personlich|privatadresse",
    "other": "weitere|weiteres|weiterer|weiteres e|weiteres r|sonstige|sonstiges|andere|zweite|lieferadresse",
}

FILL = "primare|primar|nummer|nr|haupt"

LABEL = "label|typ|bezeichnung"
VALUE = "wert"
