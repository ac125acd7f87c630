"""An export of everything comes back equal: into the same workspace, and into an empty one (IMP-9)."""

from __future__ import annotations

import io

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contactcore import Company, Invalid, Person, Site, Workspace
from contactcore.model import AUTHORITIES
from contactcore_memory import MemoryStorage
from support.actors import ROOT
from support.entity_strategies import affiliations, companies, items, people, sites
from support.seeds import examples

pytestmark = pytest.mark.req("IMP-9")

_LISTED = {"version": 0, "since": None, "contact_id": "", "person_id": "", "revision": 0, "primary_sequence": 0}
_READ = {"person": None, "site_id": "", "primary_when_read": None, "purposes_when_read": None}


def _workspace() -> Workspace:
    workspace = Workspace(MemoryStorage(), name="acme", country="FR")
    with workspace.write(ROOT) as session:
        session.settings.add_module("price-lists")
        session.settings.notices.add_topic("newsletter")
    return workspace


def _filled(workspace, entities, parts, work):
    """Store contacts with sites, items and affiliations, as far as the workspace takes them."""
    with workspace.write(ROOT) as session:
        stored = [session.contacts.add(attrs.evolve(one, source="", responsibles=one.responsibles)) for one in entities]
        clients = [one for one in stored if isinstance(one, Company)]
        persons = [one for one in stored if isinstance(one, Person)]
        for index, part in enumerate(parts):
            owner = stored[index % len(stored)]
            try:
                if isinstance(part, Site):
                    session.sites.add(owner, part)
                else:
                    session.items.add(owner, part)
            except Invalid as error:
                assert error.code == "themself-twice"  # noqa: PT017
        pairs = [(client, person) for person in persons for client in clients]
        for (client, person), one in zip(pairs, work, strict=False):
            ready = attrs.evolve(one, authorities=[each for each in one.authorities if each.slug in AUTHORITIES])
            details = {name: getattr(ready, name) for name in _DETAILS}
            added = session.people.add(client, person.id, **details)
            if not one.active:
                session.people.save(attrs.evolve(session.people.get(added.id), active=False))
            elif one.is_current(workspace_today(session)):
                session.people.make_primary_for(added.id, "billing")


def workspace_today(session):
    return session.people._transaction.today


_DETAILS = (
    *("position", "department", "information", "email", "phone", "retired", "authorities", "permissions"),
    *("notifications", "start", "end"),
)


def _spelled(entity):
    """The texts in which equal values may differ."""
    return repr([getattr(one, "text", "") for one in (*entity.emails, *entity.phones)])


def _plain(contact):
    """A contact without its id; the sequence of unmapped cells means nothing."""
    return repr(attrs.evolve(contact, id="", version=0, unmapped=dict(sorted(contact.unmapped.items()))))


def _all(workspace):
    """Everything of a directory, without ids and what the library counts."""
    found = []
    with workspace.read(ROOT) as session:
        cards = session.contacts.page(role="any", limit=500).items
        contacts = {card.id: session.contacts.get(card.id) for card in cards}
        plain = {id: _plain(one) for id, one in contacts.items()}
        for id, contact in contacts.items():
            found.append((plain[id], _spelled(contact)))
            found.extend(
                (plain[id], repr(attrs.evolve(one, id="", version=0, contact_id="", since=None)))
                for one in (*session.sites.of(id), *session.items.of(id))
            )
            for one in session.people.list(id):
                site = session.sites.get(one.site_id).name if one.site_id else ""
                bare = attrs.evolve(one, id="", **_LISTED, **_READ)
                found.append((plain[id], plain[one.person_id], repr(bare), site))
    return sorted(found)


def _differences(found, expected):
    """The records that are not among the others, so that a failure shows no equal ones."""
    return [("only here", one) for one in found if one not in expected] + [
        ("only there", one) for one in expected if one not in found or found.count(one) != expected.count(one)
    ]


def _exported(workspace, form: str = "csv") -> bytes:
    out = io.BytesIO()
    exports = workspace.exports(ROOT)
    exports.xlsx(out) if form == "xlsx" else exports.csv(out)
    return out.getvalue()


@given(
    entities=st.lists(st.one_of(people(), companies()), min_size=1, max_size=5),
    parts=st.lists(st.one_of(sites(), items()), max_size=4),
    work=st.lists(affiliations(), max_size=4),
    form=st.sampled_from(["csv", "xlsx"]),
)
@settings(
    max_examples=examples(25),
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_what_is_exported_comes_back_into_the_same_and_an_empty_workspace(entities, parts, work, form):
    ours, theirs = _workspace(), _workspace()
    _filled(ours, entities, parts, work)
    before, data = _all(ours), _exported(ours, form)
    for policy in ("skip", "update", "overwrite"):
        imports = ours.imports(ROOT)
        plan = imports.plan(data, policy=policy)
        dry, report = imports.preview(plan), imports.apply(plan)
        assert dry.counts == report.counts
        assert report.skipped == report.rows, (policy, list(report.problems), list(report.changes))
        assert _differences(_all(ours), before) == []
    imports = theirs.imports(ROOT)
    plan = imports.plan(data)
    dry, report = imports.preview(plan), imports.apply(plan)
    assert dry.counts == report.counts
    assert [one for one in report.problems if one.kind != "note"] == []
    assert report.rejected == report.skipped == 0
    assert _differences(_all(theirs), before) == []
    again = imports.apply(imports.plan(_exported(theirs)))
    assert again.skipped == again.rows
    imports.undo(report)
    assert _all(theirs) == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_name_that_no_header_holds_comes_back(form):
    ours, theirs = _workspace(), _workspace()
    odd = {"\uffff": "7", "a  b ": "", "_x0041_": " x", "Kind": "y", "e\u0301" * 600: "z"}
    with ours.write(ROOT) as session:
        session.contacts.add(Company("Bois", unmapped=odd))
    imports = theirs.imports(ROOT)
    imports.apply(imports.plan(_exported(ours, form)))
    assert _differences(_all(theirs), _all(ours)) == []
