"""Duplicates: found in the whole directory, side by side, merged by a plan, and a merge undone."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from contactcore import Contact, Forbidden
from contactcore.workspace.merging.plan import MergePlan

from ..pages import Pages
from ..web import Visit

pages = Pages()

COMPARED = (
    *("name", "division", "prefix", "given_name", "family_name", "birthday", "emails", "phones", "addresses"),
    *("websites", "type", "categories", "tags", "description"),
)


@pages.get("/duplicates")
def show(visit: Visit) -> Response:
    minimum = 0.5 if visit.asked("all") else 0.8
    pairs = visit.workspace.maintenance(visit.user).find_duplicates(minimum=minimum)
    merges = visit.workspace.merging(visit.user).list()
    with visit.read() as session:
        names = {card.id: card.name for card in session.contacts.get_many([one.winner_id for one in merges])}
    return visit.html("duplicates/list.html", pairs=pairs[:100], count=len(pairs), merges=merges, names=names)


@pages.get("/duplicates/{a}/{b}")
def compare(visit: Visit) -> Response:
    return _side_by_side(visit, {})


def _side_by_side(visit: Visit, rules: dict[str, str], **more: Any) -> Response:
    with visit.read() as session:
        one, other = session.contacts.get(visit.id("a")), session.contacts.get(visit.id("b"))
        candidate = session.duplicates.compare(one, other)
        types = {kind.slug: kind.name for kind in session.settings.types}
        categories = {kind.slug: kind.name for kind in session.settings.categories}
    plan: MergePlan | None = None
    with visit.problems_of_form() as problems:
        plan = visit.workspace.merging(visit.user).plan(one.id, [other.id], rules=rules)
    result = plan.result if plan else None
    rows = [(name, [getattr(contact, name, None) for contact in (one, other, result)]) for name in COMPARED]
    values = {
        "one": one,
        "other": other,
        "candidate": candidate,
        "plan": plan,
        "rows": [row for row in rows if any(row[1])],
        "rules": rules,
        "choices": _choices(plan, one, other),
        "types": types,
        "categories": categories,
        "problems": problems,
        **more,
    }
    return visit.html("duplicates/compare.html", 422 if values["problems"] else 200, **values)


def _choices(plan: MergePlan | None, one: Contact, other: Contact) -> dict[str, tuple[str, str]]:
    """The fields in which the contacts differ, each with the ids whose value can be taken."""
    return {found.field: (one.id, other.id) for found in plan.differences} if plan else {}


@pages.post("/duplicates/{a}/{b}")
def decide(visit: Visit) -> Response:
    one, other = visit.id("a"), visit.id("b")
    if visit.sent("act") == "different":
        with visit.write() as session:
            session.duplicates.mark_different(one, other)
        visit.say("They will not be suggested again.")
        return visit.go("/duplicates")
    rules = {
        name.removeprefix("rule-"): str(value)
        for name, value in visit.form.items()
        if name.startswith("rule-") and value
    }
    if visit.sent("act") == "preview":
        return _side_by_side(visit, rules)
    merging = visit.workspace.merging(visit.user)
    with visit.problems_of_form() as problems:
        plan = merging.plan(one, [other], rules=rules)
        if plan.widened and not visit.sent("widen"):
            raise Forbidden(visit.t("More people would see some records: agree to this first."), "merge-widens")
        merging.apply(plan, widen=bool(visit.sent("widen")))
    if problems:
        return _side_by_side(visit, rules, problems=problems)
    visit.say("The contacts are one now.")
    return visit.go(f"/contacts/{one}")


@pages.post("/merges/{id}/undo")
def undo(visit: Visit) -> Response:
    with visit.problems_of_form() as problems:
        visit.workspace.merging(visit.user).undo(visit.id())
        visit.say("The merge was undone.")
    visit.say_problems(problems)
    return visit.go("/duplicates")
