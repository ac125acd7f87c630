"""Let contacts leave a workspace and come back: to Excel and back, edited, undone, and to other programs.

python examples/round_trip.py [FOLDER]
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from contactcore import Company, Item, Person, Site, User, Workspace
from contactcore_memory import MemoryStorage

folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
amelie = User("amelie")
ours = Workspace(MemoryStorage(), name="acme", country="FR")
with ours.write(amelie) as session:
    bois = session.contacts.add(
        Company("Bois & Fils", division="Nord", tags=["Client"]), sites=[Site("Mill")], items=[Item("Saw")]
    )
    (mill,) = session.sites.of(bois)
    jane = Person("Jane", "Doe", emails=["jane@bois.example"], phones=["01 44 55 66 77"])
    session.people.add(bois, jane, position="CFO", authorities=["represent"], site=mill)
    session.people.add(bois, Person("Karl", "Roe"), position="Carpenter", end="2020-12-31")

# Everything leaves, and an empty workspace gets the same directory.
print("Written:", ours.exports(amelie).xlsx(folder / "contacts.xlsx"), "contacts")
theirs = Workspace(MemoryStorage(), name="other", country="FR")
imports = theirs.imports(amelie)
report = imports.apply(imports.plan(folder / "contacts.xlsx"))
print(f"An empty workspace: {report.created} created, {report.updated} added, {report.rejected} rejected")
with theirs.read(amelie) as session:
    (copy,) = session.contacts.page(kind="company").items
    for one in session.people.list(copy.id):
        state = "former" if one.end else "current"
        print(f"  {one.person.display_name}: {one.position}, {state}, {[each.slug for each in one.authorities]}")
    print("  Sites:", [one.name for one in session.sites.of(copy.id)])
    print("  Items:", [one.name for one in session.items.of(copy.id)])

# A file that somebody edits. What it says wins, and a dry run shows each field before and after.
ours.exports(amelie).csv(folder / "contacts.csv")
text = (folder / "contacts.csv").read_text("utf-8-sig")
(folder / "edited.csv").write_text(text.replace("CFO", "CEO").replace("Nord", "Sud", 1), "utf-8-sig")
imports = ours.imports(amelie)
plan = imports.plan(folder / "edited.csv", policy="overwrite")
for change in imports.preview(plan).changes:
    print(f"Would change {change.name}, {change.field}: {change.before} -> {change.after}")
imports.apply(plan)
latest = imports.list()[0]
undone = imports.undo(latest.id)
print(f"Undone: {latest.counts.updated} rows, {undone.restored} contact, {undone.affiliations} affiliation")

# Other programs have fewer columns, and each loss is named.
lost: Counter[str] = Counter()
ours.exports(amelie).csv(folder / "outlook.csv", preset="outlook-fr", on_loss=lambda loss: lost.update([loss.field]))
print("Outlook does not hold:", ", ".join(sorted(lost)))
print("The files:", folder)
