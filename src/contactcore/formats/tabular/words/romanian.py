"""Column names in Romanian."""

from __future__ import annotations

EXACT = {
    "kind": "Este o companie|Tip persoană|Persoană fizică/juridică",
    "?kind": "Tip",
    "prefix": "Formula de adresare|Apelativ|Prefix",
    "given": "Prenume",
    "middle": "Al doilea prenume",
    "family": "Nume de familie",
    "suffix": "Sufix",
    "nickname": "Poreclă",
    "full_name": "Nume complet|Nume și prenume|Nume prenume|Prenume și nume|Persoană de contact|Contact|Client|"
    "Nume client|Nume afișat",
    "company": "Companie|Firmă|Societate|Organizație|Denumire|Denumire firmă|Nume firmă|Nume companie|"
    "Denumire societate|"
    "Angajator",
    "department": "Departament|Secție",
    "position": "Funcție|Poziție|Post",
    "?position": "Profesie|Ocupație",
    "birthday": "Data nașterii|Zi de naștere|Data de naștere|Născut la",
    "birthday.year": "Anul nașterii",
    "anniversary": "Aniversare",
    "gender": "Sex|Gen",
    "notes": "Note|Notă|Observații|Observație|Comentarii|Descriere|Mențiuni",
    "tags": "Etichete|Grupuri|Grup|Cuvinte cheie|Categorii",
    "categories": "Categorie",
    "type": "Tip client|Tip contact",
    "responsible": "Responsabil",
    "language": "Limbă",
    "currency": "Monedă|Valută",
    "external_id": "Cod client|ID client|Număr client|Nr. client",
    "addresses[work].street": "Sediu social|Adresă de facturare",
    "addresses[other].street": "Adresă de livrare",
    "ignore": "CNP|CUI|CIF|Cod fiscal|Nr. Reg. Com.|IBAN|Cont bancar|Proprietar|Creat de|Modificat de",
    "?family-or-full": "Nume",
    "?title": "Titlu",
}

NOUNS = {
    "email": "email|mail|adresa de email|adresa email|posta electronica|emailuri",
    "phone": "telefon|tel|numar de telefon|telefon fix|nr telefon|fix|nr tel",
    "mobile": "mobil|telefon mobil|celular|nr mobil",
    "fax": "fax|numar fax",
    "pager": "pager",
    "address": "adresa|adresa postala|domiciliu",
    "street": "strada|strada si numarul|strada nr",
    "number": "numar strada|nr strada",
    "extended": "bloc scara apartament|bloc",
    "city": "oras|localitate|localitatea|orasul|municipiu",
    "region": "judet|judetul|sector|regiune",
    "postal_code": "cod postal|codul postal",
    "country": "tara",
    "po_box": "casuta postala",
    "website": "site|site web|pagina web|web|url|website",
}

KINDS = {
    "work": "serviciu|munca|birou|firma|companie|facturare",
    "home": "acasa|personal|privat",
    "other": "alt|alta|altul|secundar|livrare",
}

FILL = "de|la|si|principal|principala|numar|nr"

LABEL = "eticheta|tip"
VALUE = "valoare"
