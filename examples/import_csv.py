"""Import three address books, in three languages and encodings, into one SQLite file, and account for every row.

python examples/import_csv.py [FOLDER]
"""

import sys
import tempfile
from pathlib import Path

from contactcore import User, Workspace
from contactcore_sqlite import SQLiteStorage

FILES = {
    "google.csv": (
        "utf-8",
        "First Name,Last Name,Organization Name,Organization Title,Labels,E-mail 1 - Value,Phone 1 - Value\n"
        "Jane,Doe,Mill & Sons,CFO,Client ::: * myContacts,jane@mill.example ::: jd@home.example,+44 20 7946 0018\n"
        ",,Lonely Ltd,,,info@lonely.example,\n"
        "No,Mail,,,,not-an-address,\n",
    ),
    "outlook.csv": (
        "cp1252",
        '"Prénom";"Nom";"Société";"Profession";"Adresse de messagerie";"Tél. mobile";"Catégories"\r\n'
        '"Zoë";"d’Œuvre";"Bois & Fils";"Gérante";"zoe@bois.example";"06 12 34 56 78";"Client;Été"\r\n'
        '"Luc";"Ångström";"Bois & Fils";"";"luc@bois.example";"01 44 55 66 77 88 99";""\r\n',
    ),
    "kontakty.csv": (
        "utf-16",
        "Imię\tNazwisko\tFirma\tE-mail\tTelefon komórkowy\nŁucja\tWójcik\tŻółw Sp. z o.o.\tlucja@zolw.example\t"
        "+48 601 000 001\nJANE\tDOE\t\tJANE@MILL.EXAMPLE\t\n\t\t\t\t\n",
    ),
}

folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
workspace = Workspace(SQLiteStorage(folder / "crm.db"), name="acme", language="fr", country="FR")
amelie, bob = User("amelie"), User("bob")

for name, (encoding, text) in FILES.items():
    (folder / name).write_bytes(text.encode(encoding))
    imports = workspace.imports(amelie)
    plan = imports.plan(folder / name, access="shared-read" if name == "google.csv" else "private")
    report = imports.apply(plan)
    print(f"{name}: {plan.detected.encoding}, {plan.detected.delimiter!r}, {len(plan.mapping)} columns understood")
    print(f"  {report.rows} rows: {report.created} created, {report.skipped} skipped, {report.rejected} rejected")
    for problem in report.problems:
        place = f"line {problem.line}, {problem.column}".rstrip(", ")
        print(f"  {place}: {problem.value!r}: {problem.reason} [{problem.code}]")

with workspace.read(amelie) as session:
    print("The directory:", " | ".join(card.name for card in session.contacts.page(limit=50).items))
    print("Under B:", [card.name for card in session.contacts.page(letter="B").items])
    for typed in ("zoe", "bois", "06 12", "+33 6 12", "oeuvre fils", "ete"):
        print(f"Search {typed!r}:", [hit.name for hit in session.contacts.search(typed)])
    (bois,) = (hit for hit in session.contacts.search("bois") if hit.kind == "company")
    print("Who acts for it:", [f"{one.person and one.person.display_name}" for one in session.people.list(bois.id)])
with workspace.read(bob) as session:
    print("Bob sees what was shared:", [card.name for card in session.contacts.page().items])
print("The file:", folder / "crm.db")
