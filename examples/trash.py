"""Deletes with a preview, is refused by the application, adds somebody who is in the trash, restores, and purges."""

from __future__ import annotations

from contactcore import Company, Forbidden, Host, Item, Person, User, Workspace
from contactcore_memory import MemoryStorage

OPEN_INVOICES: set[str] = set()


def blockers(_workspace: str, ids: tuple[str, ...]) -> dict[str, list[str]]:
    return {id: ["has open invoices"] for id in ids if id in OPEN_INVOICES}


def main() -> None:
    amelie, root = User("amelie"), User("root", admin=True)
    workspace = Workspace(MemoryStorage(), name="vet", country="FR", host=Host(blockers=blockers))

    with workspace.write(amelie) as session:
        doe = session.contacts.add(
            Company("Doe Stables", emails=["office@doe.fr"]),
            people=[Person("Jane", "Doe", emails=["jane@doe.fr"]), Person("Joe", "Doe")],
            items=[Item("Rex")],
        )
        preview = session.trash.preview(doe)
        print("goes along:", [person.name for person in preview.people], dict(preview.records))

    OPEN_INVOICES.add(doe.id)
    with workspace.write(amelie) as session:
        try:
            session.contacts.delete(doe)
        except Forbidden as error:
            print(error.code, "-", error)
    OPEN_INVOICES.clear()

    with workspace.write(amelie) as session:
        session.contacts.delete(doe)
        # Somebody calls and wants to become a client again.
        (match,) = session.trash.matches(Person("Jane", "Doe", phones=["01 44 55 66 77"]))
        print("offered:", match.name, match.matched, "deleted by", match.by)
        report = session.trash.restore_with_report(match.root)
        print("restored:", report.record.display_name, len(report.contacts), "contacts", report.resolutions)

        # Jane leaves and comes back, and Joe stays primary.
        jane = session.people.list(doe)[0].person
        session.contacts.delete(jane)
        for resolution in session.trash.restore_with_report(jane.id).resolutions:
            print(resolution.code, "-", resolution.message)

    with workspace.write(root) as session:
        session.contacts.delete(doe.id)
        session.trash.purge(doe.id)
        print("left:", session.contacts.count(role="any"), session.trash.list())


if __name__ == "__main__":
    main()
