"""Hands over what is held on people, asks for consent, restricts, erases with a duty to keep, and lets nobody back."""

from __future__ import annotations

from datetime import date

from contactcore import AccountEntry, Company, Host, Invalid, Money, Person, Retention, User, Workspace
from contactcore_memory import MemoryStorage

INVOICES = Retention(
    reason="invoices", until=date(2999, 12, 31), fields=["given_name", "family_name"], records=["account-entry"]
)
MUST_KEEP: set[str] = set()


def retention(_workspace: str, person_id: str) -> list[Retention]:
    return [INVOICES] if person_id in MUST_KEEP else []


def main() -> None:
    amelie, root = User("amelie"), User("root", admin=True)
    workspace = Workspace(MemoryStorage(), name="acme", language="fr", country="FR", host=Host(retention=retention))
    jane, joe = Person("Jane", "Doe", emails=["jane@doe.fr"]), Person("Joe", "Roe", emails=["joe@roe.fr"])

    with workspace.write(root) as session:
        bois = session.contacts.add(Company("Bois & Fils", access="shared-write"), people=[jane, joe])
        jane_at_bois, joe_at_bois = session.people.list(bois)
        session.privacy.give_consent(jane_at_bois, "newsletter", wording_version="2026-03", source="phone")
        invoice = AccountEntry("invoice", Money("90", "EUR"), key="F1", date=date(2026, 1, 5))
        session.account.post(jane_at_bois.person_id, invoice)
        session.settings.notices.need_consent("estimate", "newsletter")
        people = [jane_at_bois, joe_at_bois]
        print("estimate:", session.notifications.by_hand(bois, "estimate", people).explained[1].message)
        report = session.privacy.report(jane_at_bois, language="fr")
        print("held:", sorted(report.data["records"]), "-", len(report.html) > 500)
        session.privacy.restrict(joe_at_bois)
    with workspace.read(amelie) as session:
        print("restricted:", len(session.people.list(bois.id)), "of the two is left")

    MUST_KEEP.add(jane_at_bois.person_id)
    receipt = workspace.privacy(root).erase(jane_at_bois)
    print("erased:", receipt.state, "-", ", ".join(receipt.kept))
    MUST_KEEP.remove(receipt.person_id)
    print("later:", workspace.privacy(root).erase(receipt.person_id).state)

    imports = workspace.imports(amelie)
    problems = imports.apply(imports.plan("First name,Last name,E-mail\nJane,Doe,jane@doe.fr\n")).problems
    print("import:", [(one.line, one.code) for one in problems])
    with workspace.write(amelie) as session:
        try:
            session.people.add(bois.id, jane)
        except Invalid as error:
            print(error)
        session.privacy.readmit(jane)
        print("readmitted:", session.people.add(bois.id, jane).primary)


if __name__ == "__main__":
    main()
