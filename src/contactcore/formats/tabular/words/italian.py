"""Column names in Italian."""

from __future__ import annotations

EXACT = {
    "kind": "È un'azienda|È una società|Tipo azienda|Tipo di azienda|Tipo persona|Tipo di persona",
    "?kind": "Tipo|Tipologia",
    "prefix": "Titolo di cortesia|Prefisso|Appellativo",
    "given": "Nome di battesimo|Primo nome|Nome proprio|Nome referente",
    "middle": "Secondo nome|Altri nomi",
    "family": "Cognome|Cognomi|Cognome referente",
    "suffix": "Suffisso|Titolo straniero",
    "nickname": "Soprannome|Nick|Nomignolo|Pseudonimo",
    "full_name": "Nome completo|Nome e cognome|Cognome e nome|Nome visualizzato|Nome cognome|Cognome nome|Contatto|"
    "Nominativo|Referente|Cliente|Nome cliente|Nome del cliente|Persona di contatto|Persona di riferimento",
    "phonetic_given": "Nome Yomi",
    "phonetic_family": "Cognome Yomi",
    "company": "Denominazione|Ente|Azienda collegata|Società|Azienda|Organizzazione|Ditta|Impresa|Ragione sociale|"
    "Nome azienda|Nome società|"
    "Nome dell'azienda|Nome organizzazione|Nome account",
    "department": "Reparto|Dipartimento|Settore",
    "position": "Posizione|Qualifica|Ruolo|Mansione|Funzione|Posizione lavorativa|Incarico|Organizzazione – Titolo",
    "?position": "Professione",
    "birthday": "Data nascita|Compleanno|Data di nascita|Nascita|Nato il",
    "birthday.year": "Anno di nascita",
    "birthday.month": "Mese di nascita",
    "birthday.day": "Giorno di nascita",
    "anniversary": "Anniversario|Anniversario di matrimonio",
    "gender": "Sesso|Genere",
    "notes": "Note|Nota|Notes|Osservazioni|Commenti|Commento|Descrizione|Annotazioni",
    "tags": "Categorie|Etichette|Etichetta|Gruppi|Gruppo|Parole chiave",
    "categories": "Categoria",
    "type": "Tipo di contatto|Tipo di cliente|Tipo cliente|Tipo contatto",
    "responsible": "Responsabile|Utente responsabile|Responsabile del cliente",
    "site": "Sede|Nome della sede|Filiale|Succursale",
    "item": "Elemento|Animale|Nome dell'animale|Veicolo|Pratica|Nome del paziente",
    "language": "Lingua",
    "currency": "Valuta|Moneta",
    "photo_url": "Foto",
    "external_id": "Cod. cliente|Codice cliente|Numero cliente|Identificativo|ID record|ID contatto",
    "emails": "PEC|Email PEC|Indirizzo PEC|"
    "Indirizzo posta elettronica|Indirizzo posta elettronica 2|Indirizzo posta elettronica 3|"
    "Indirizzo di posta elettronica|Email primaria|Email secondaria|Indirizzo e-mail principale",
    "?phones[work]": "Ufficio|Ufficio 2",
    "?phones[home]": "Abitazione|Abitazione 2",
    "phones": "Telefono/Fax|Tel/Fax",
    "phones[main]": "Telefono principale",
    "phones[company]": "Telefono principale società|Centralino",
    "phones[assistant]": "Telefono assistente|Telefono dell'assistente",
    "phones[car]": "Telefono dell'auto|Telefono auto|Telefono automobile",
    "phones[pager]": "Cercapersone",
    "addresses[work].po_box": "Indirizzo (uff.) - Casella postale",
    "addresses[home].po_box": "Indirizzo (ab.) - Casella postale",
    "addresses[other].po_box": "Altro indirizzo - Casella postale",
    "ignore": "P.IVA|Coniuge|Nome dell'assistente|Codice SDI|Nome instant messenger|Personalizzato 1|Personalizzato 2|"
    "Personalizzato 3|Personalizzato 4|"
    "Tipo posta elettronica|Tipo posta elettronica 2|Tipo posta elettronica 3|"
    "Nome visualizzato posta elettronica|Nome visualizzato posta elettronica 2|"
    "Nome visualizzato posta elettronica 3|Nome assistente|Nome manager|Richiamata automatica|Radiotelefono|"
    "Telefono TTY/TDD|Telex|Dati fatturazione|Figli|Hobby|Indennità trasferta|Iniziali|Disponibilità Internet|"
    "Luogo|Numero ID organizzativo|Presentato da|Priorità|Privato|Riservatezza|Server di directory|"
    "Ubicazione ufficio|Nome coniuge/partner|Cod. Fisc./P. IVA|Utente 1|Utente 2|Utente 3|Utente 4|"
    "Partita IVA|Codice fiscale|Proprietario|Proprietario del contatto|Proprietario dell'azienda|"
    "Proprietario dell'account|Assegnato a|Creato da|Modificato da",
    "?given-or-full": "Nome",
    "?title": "Titolo",
}

NOUNS = {
    "email": "email|mail|posta elettronica|indirizzo email|indirizzo posta elettronica|indirizzo mail|"
    "indirizzo di posta elettronica|posta",
    "phone": "telefono|tel|numero di telefono|numero telefono|telefono fisso|fisso|num tel",
    "mobile": "cellulare|cell|telefono cellulare|numero cellulare|mobile|numero di cellulare",
    "fax": "fax|numero fax|numero di fax",
    "pager": "cercapersone",
    "address": "indirizzo|indirizzo postale|recapito",
    "street": "via|strada|via e numero|indirizzo riga|via piazza|via e n civico|via e numero civico",
    "number": "numero civico|n civico|nr civico|num civico|civico",
    "city": "citta|comune|localita|paese citta",
    "region": "provincia|regione|stato provincia|prov",
    "postal_code": "cap|codice postale|c a p",
    "country": "paese|nazione|stato|paese area geografica|paese regione",
    "po_box": "casella postale",
    "formatted": "indirizzo completo",
    "website": "sito web|pagina web|sito|sito internet|url|web|indirizzo web",
}

KINDS = {
    "work": "ufficio|uff|lavoro|aziendale|azienda|professionale",
    "home": "casa|abitazione|ab|privato|privata|personale|residenza",
    "other": "altro|altra|secondario|secondaria|alternativo",
}

FILL = "di|del|della|la|il|principale|primaria|numero|dell"

LABEL = "etichetta|tipo"
VALUE = "valore"
