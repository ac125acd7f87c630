"""Report views, for storages that have them."""

from __future__ import annotations

from contactcore.storage import Record, Storage, View
from contactcore.testing.fixtures import ACME, KINDS, OpenStorage, contact, put
from contactcore.testing.hooks import HookedLaw, Hooks

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("view_rows",)

_BODIES = {
    "1": '{"name": {"given": "Jané 🦀"}, "a b": "odd", "emails": [{"at": "a@x.fr"}, {"at": "b@x.fr"}, 7], '
    '"tags": ["v", "w"]}',
    "2": '{"name": "Doe", "emails": {"at": "c@x.fr"}, "tags": []}',
    "3": "no JSON",
    "4": "{}",
}


def _fill(storage: Storage) -> None:
    put(storage, *(contact(id, body=body.encode()) for id, body in _BODIES.items()))
    put(storage, Record(kind="bare", id="5", body=b'{"name": {"given": "another kind"}, "tags": ["x"]}'))
    put(storage, contact("6", body=b'{"name": {"given": "another workspace"}}'), workspace="other")


def a_view_shows_the_bodies_of_its_kind(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A view has a row for each body of its kind that is JSON: workspace, id, and the texts at the paths."""
    named = View("law_named", "contact", {"given": ("name", "given"), "odd": ("a b",)})
    with open_storage() as storage:
        storage.install(KINDS, [named])
        _fill(storage)
        assert sorted(hooks.view_rows(storage, ACME, "law_named"), key=str) == [
            (ACME, "1", "Jané 🦀", "odd"),
            (ACME, "2", None, None),
            (ACME, "4", None, None),
        ]
        assert list(hooks.view_rows(storage, "other", "law_named")) == [("other", "6", "another workspace", None)]
        with storage.write(ACME) as writer:
            writer.replace(contact("1", version=2, body=b'{"name": {"given": "Zoe"}}'), 1)
            writer.delete("contact", "2", 1)
        assert sorted(hooks.view_rows(storage, ACME, "law_named"), key=str) == [
            (ACME, "1", "Zoe", None),
            (ACME, "4", None, None),
        ]


def a_view_of_a_list_has_a_row_for_each_element(open_storage: OpenStorage, hooks: Hooks) -> None:
    """With `each` a view has a row for each element of the list, and none for what is no list; `()` is the element."""
    views = [
        View("law_email", "contact", {"at": ("at",)}, each=("emails",)),
        View("law_tag", "contact", {"tag": ()}, each=("tags",)),
    ]
    with open_storage() as storage:
        storage.install(KINDS, views)
        _fill(storage)
        rows = sorted(hooks.view_rows(storage, ACME, "law_email"), key=str)
        assert rows == [(ACME, "1", "a@x.fr"), (ACME, "1", "b@x.fr"), (ACME, "1", None)]
        assert sorted(hooks.view_rows(storage, ACME, "law_tag")) == [(ACME, "1", "v"), (ACME, "1", "w")]
        assert list(hooks.view_rows(storage, "other", "law_tag")) == []


def the_last_definition_of_a_view_counts(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A view that is installed with another definition shows that one; the other views stay."""
    first = View("law_changed", "contact", {"name": ("name",)})
    other = View("law_other", "bare", {"tag": ()}, each=("tags",))
    with open_storage() as storage:
        _fill(storage)
        storage.install(KINDS, [first, other])
        assert (ACME, "2", "Doe") in hooks.view_rows(storage, ACME, "law_changed")
        for _ in range(2):
            storage.install(KINDS, [View("law_changed", "bare", {"given": ("name", "given"), "none": ("none",)})])
            rows = list(hooks.view_rows(storage, ACME, "law_changed"))
            assert rows == [(ACME, "5", "another kind", None)]
            assert list(hooks.view_rows(storage, ACME, "law_other")) == [(ACME, "5", "x")]


LAWS: tuple[HookedLaw, ...] = (
    a_view_shows_the_bodies_of_its_kind,
    a_view_of_a_list_has_a_row_for_each_element,
    the_last_definition_of_a_view_counts,
)
