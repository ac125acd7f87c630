"""The mappings of entities and answers are read-only, so that two versions never share something that changes."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from collections.abc import Callable, Mapping
from typing import Any, get_origin, get_type_hints

import attrs
import pytest

import contactcore.errors
import contactcore.model
import contactcore.model.job
import contactcore.model.message
import contactcore.rules.recipients
from contactcore import Company, Form, FormField, Interaction, Item, Person, Problem, Site, User, Workspace
from contactcore.mapping import json as stored_json
from contactcore.model.job import Job, JobPart
from contactcore.model.message import Message
from contactcore.model.submission import Submission
from contactcore.rules.recipients import MailingPolicy
from contactcore.storage import Storage

MADE: tuple[Any, ...] = (
    Company("Bois", fields={"size": 5, "colours": ["red"]}, unmapped={"Colour": "red"}),
    Person("Jane", fields={"size": 5}, unmapped={"Colour": "red"}),
    Person("Jane"),
    Site("Workshop", fields={"size": 5}),
    Item("Rex", fields={"size": 5}),
    Form("A", fields=["email"], title={"fr": "B"}),
    FormField("email", label={"fr": "B"}),
    Submission(fields={"email": "a@bois.fr"}, before={"type": "a"}),
    Interaction("Call", payload={"size": 5, "lines": [{"vat": 20}]}),
    Message(to="jane@bois.fr", subject="a", text="b", headers={"X-Own": "1"}),
    Problem("code", "path", "message", facts={"limit": 5}),
    Job(id="1", version=1, name="import", actor="root", key="", counts={"made": 1}),
    JobPart(job_id="1", number=0, actor="root", entries={"a": [1]}),
    MailingPolicy(),
)
CHANGES: tuple[Callable[[Any], object], ...] = (
    lambda mapping: mapping.__setitem__("x", 1),
    lambda mapping: mapping.__delitem__("x"),
    lambda mapping: mapping.__ior__({"x": 1}),
    lambda mapping: mapping.update(x=1),
    lambda mapping: mapping.setdefault("x", 1),
    lambda mapping: mapping.pop("x", None),
    lambda mapping: mapping.popitem(),
    lambda mapping: mapping.clear(),
)


def mappings(entity: Any) -> dict[str, Mapping[str, Any]]:
    return {
        field.name: value
        for field in attrs.fields(type(entity))
        if isinstance(value := getattr(entity, field.name), Mapping)
    }


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("entity", MADE, ids=lambda entity: type(entity).__name__)
def test_no_mapping_of_an_entity_can_be_changed(entity: Any) -> None:
    found = mappings(entity)
    assert found
    for name, mapping in found.items():
        before = dict(mapping)
        for change in CHANGES:
            with pytest.raises(TypeError):
                change(mapping)
        assert getattr(entity, name) == before
        assert json.loads(json.dumps(mapping)) == stored_json.load(stored_json.dump(mapping))
    for again in (copy.copy(entity), copy.deepcopy(entity), pickle.loads(pickle.dumps(entity))):
        assert again == entity
        for mapping in mappings(again).values():
            with pytest.raises(TypeError):
                mapping["x"] = 1  # type: ignore[index] # the fault under test


def test_every_class_with_a_mapping_is_looked_at() -> None:
    modules = [contactcore.errors, contactcore.model.job, contactcore.model.message, contactcore.rules.recipients]
    classes = {
        kind
        for module in (*modules, contactcore.model)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if attrs.has(kind) and any(get_origin(get_type_hints(kind)[one.name]) is Mapping for one in attrs.fields(kind))
    }
    assert {kind.__name__ for kind in classes} - {"Contact"} == {type(entity).__name__ for entity in MADE}


@pytest.mark.req("DIR-17")
def test_what_was_given_to_an_entity_is_not_shared_with_it() -> None:
    colours = ["red"]
    given = {"colours": colours}
    bois = Company("Bois", fields=given, unmapped={"a": "b"})
    given["colours"] = []
    colours.append("blue")
    assert bois.fields == {"colours": ("red",)}
    assert attrs.evolve(bois, division="North").fields == bois.fields


@pytest.mark.req("DIR-17")
def test_a_stored_entity_has_read_only_mappings_however_it_was_made(storage: Storage) -> None:
    workspace, root = Workspace(storage, "acme"), User("root", admin=True)
    with workspace.write(root) as session:
        session.settings.define_field("Size", "number")
        session.settings.define_field("Colours", "choices", choices=["red", "blue"])
        given = Company("Bois", fields={"size": "5", "colours": ["blue"]}, unmapped={"a": "b"})
        added = session.contacts.add(given)
        saved = session.contacts.save(attrs.evolve(added, division="North"))
        shared = session.contacts.share(saved, "shared-read")
    imports = workspace.imports(root)
    imports.apply(imports.plan("Name,Hobby,Size\nJo Doe,chess,7\n"))
    with workspace.read(root) as session:
        imported = [session.contacts.get(card.id) for card in session.contacts.page()]
        for one in (added, saved, shared, *imported):
            for mapping in (one.fields, one.unmapped):
                with pytest.raises(TypeError):
                    mapping["x"] = 1  # type: ignore[index] # the fault under test
