"""A contract as a Word document: list the variables without a value, fill the template, and read the document.

python examples/contract.py
"""

import io
import tempfile
from pathlib import Path

import attrs
from docx import Document

from contactcore import Address, Company, Invalid, Person, User, Workspace
from contactcore.model import Authority
from contactcore_memory import MemoryStorage

amelie = User("amelie")
workspace = Workspace(MemoryStorage(), name="Office Service Lyon", language="fr", country="FR", currency="EUR")

with workspace.write(amelie) as session:
    address = Address("1 rue Vauban", city="Lyon", postal_code="69006", country="FR", billing=True)
    client = session.contacts.add(Company("Bois & Fils", addresses=[address]))
    for given, family, position in (("Jane", "Doe", "Gérante"), ("Łucja", "Wójcik", "Directrice <finances>")):
        person = session.people.add(client, Person(given, family), position=position)
        session.people.save(attrs.evolve(person, authorities=[Authority(slug="represent", joint=True)]))

template = Document()  # normally made in Word
template.sections[0].header.paragraphs[0].text = "{{ workspace.name }}"
template.add_heading("Contrat de domiciliation")
template.add_paragraph("Entre {{ workspace.name }} et {{ client.name }},\n{{ billing_address.lines }},")
template.add_paragraph("représentée par {{ representation.names }} ({{ representation.kind }}),")
template.add_paragraph("{{ representatives[1].position }} et {{ representatives[2].position }}.")
template.add_paragraph("Fait le {{ workspace.today }}. Contact : {{ client.email }}")
target = io.BytesIO()
template.save(target)

with workspace.read(amelie) as session:
    print(len(session.documents.variables()), "variables, such as", session.documents.variables()[0])
    try:
        session.documents.render("{{ client.nmae }}", client)
    except Invalid as error:
        print("Refused:", error)
    print("Would be blank:", [one.name for one in session.documents.missing(target.getvalue(), client)])
    contract = session.documents.render(target.getvalue(), client, "docx")
    print("HTML:", session.documents.render("<b>{{ representatives[2].position }}</b>", client, "html"))

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "contract.docx")
    file.write_bytes(contract)
    print(f"{file.name} ({len(contract):,} bytes) says:")
    for paragraph in Document(str(file)).paragraphs:
        print("  ", paragraph.text.replace("\n", "\n   "))
