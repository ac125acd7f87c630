"""Terms and access."""

from __future__ import annotations

from typing import Any

from contactcore.storage import SYSTEM
from contactcore.testing.fixtures import Law, OpenStorage, ask, contact, count, find, note, put, some, undone

__all__ = ["LAWS"]


def groups_are_joined_by_and_terms_by_or(open_storage: OpenStorage) -> None:
    """A record answers when it has at least one term of every group of `where`.

    Kept because it states the meaning of `where` with few records that can be read.
    """
    with open_storage() as storage:
        put(
            storage,
            contact("1", terms=some("tag:a", "type:x")),
            contact("2", terms=some("tag:b", "type:x")),
            contact("3", terms=some("tag:b", "type:y")),
            contact("4", terms=some("tag:c")),
            contact("5"),
        )
        assert find(storage, where=(some("tag:a", "tag:b"),)) == ["1", "2", "3"]
        assert find(storage, where=(some("tag:a", "tag:b"), some("type:x"))) == ["1", "2"]
        assert find(storage, where=(some("tag:b"), some("type:x"), some("tag:b", "z"))) == ["2"]
        assert find(storage, where=(some("tag:a"), some("tag:c"))) == []
        assert find(storage, where=(some("tag:missing"),)) == []


def an_empty_group_never_holds(open_storage: OpenStorage) -> None:
    """A group without terms holds for no record, and access without terms shows none.

    Kept because it asks for cards and counts; the law that fails with it asks for whole records.
    """
    with open_storage() as storage:
        put(storage, contact("1", terms=some("tag:a")))
        assert find(storage, where=(some(),)) == []
        assert find(storage, where=(some("tag:a"), some())) == []
        assert find(storage, access=some()) == []
        assert count(storage, access=some()) == (0,)


def a_record_answers_once(open_storage: OpenStorage) -> None:
    """A record that has several terms of one group is found once and counted once.

    Kept because it has a record with two terms of each group, in both directions and in counts.
    """
    with open_storage() as storage:
        put(storage, contact("1", terms=some("tag:a", "tag:b"), access=some("visible:a", "visible:b")), contact("2"))
        both = some("visible:a", "visible:b", "visible:*")
        assert find(storage, access=both) == ["1", "2"]
        assert find(storage, access=both, descending=True) == ["2", "1"]
        assert find(storage, where=(some("tag:a", "tag:b"),)) == ["1"]
        assert count(storage, access=both) == (2,)
        assert count(storage, where=(some("tag:a", "tag:b"),)) == (1,)


def access_hides(open_storage: OpenStorage) -> None:
    """A record is found and counted only with one of its access terms; a record without access terms never is.

    Kept because it is the plain promise; everything else about access rests on it.
    """
    with open_storage() as storage:
        put(
            storage,
            contact("1", access=some("visible:*")),
            contact("2", access=some("visible:ann")),
            contact("3", access=some("visible:bob")),
            contact("4", access=some()),
        )
        for access, seen in (
            (some("visible:*"), ["1"]),
            (some("visible:*", "visible:ann"), ["1", "2"]),
            (some("visible:carl"), []),
            (SYSTEM, ["1", "2", "3", "4"]),
        ):
            assert find(storage, access=access) == seen
            assert count(storage, access=access) == (len(seen),)


def access_terms_count_as_terms(open_storage: OpenStorage) -> None:
    """`where` may name access terms, in every order; `access` ignores other terms.

    Kept because it has a term that looks like an access term and is none.
    """
    with open_storage() as storage:
        put(
            storage,
            contact("1", access=some("visible:ann"), orders={"name": "1", "recent": "1"}),
            contact("2", terms=some("visible:ann"), access=some("visible:bob"), orders={"name": "2", "recent": "2"}),
        )
        assert find(storage, where=(some("visible:bob", "x"),)) == ["2"]
        assert find(storage, where=(some("visible:bob"),), order="recent") == ["2"]
        assert find(storage, access=some("visible:ann")) == ["1"]
        assert count(storage, access=some("visible:ann")) == (1,)


def an_order_posts_its_declared_terms(open_storage: OpenStorage) -> None:
    """An order that declares beginnings of terms answers only to terms that begin so; other terms find nothing.

    Kept because it has terms that nearly have a declared beginning.
    """
    with open_storage() as storage:
        put(storage, contact("1", orders={"name": "1", "recent": "1"}, terms=some("tag:a", "type:x", "tag", "xtag:a")))
        put(storage, note("2", orders={"due": "1", "time": "1"}, terms=some("tag:a")))
        assert find(storage, order="recent", where=(some("tag:a"),)) == ["1"]
        for term in ("type:x", "tag", "xtag:a"):
            assert find(storage, where=(some(term),)) == ["1"]
            assert find(storage, order="recent", where=(some(term),)) == []
            assert count(storage, order="recent", where=(some(term),)) == (0,)
        assert find(storage, kind="note", order="time", where=(some("tag:a"),)) == ["2"]
        assert find(storage, kind="note", order="due", where=(some("tag:a"),)) == []


def terms_are_compared_exactly(open_storage: OpenStorage) -> None:
    """A term is found by its exact text only: case, composition, prefixes and wildcards find nothing."""
    alike = ["tag:vip", "tag:VIP", "tag:vi", "tag:vip ", "tag:%", "tag:_ip", "tag:'", 'tag:"', "tag:é", "tag:e\u0301"]
    with open_storage() as storage:
        put(storage, *(contact(f"{number}", terms=some(term)) for number, term in enumerate(alike)))
        for number, term in enumerate(alike):
            assert find(storage, where=(some(term),)) == [f"{number}"]


def no_question_widens_access(open_storage: OpenStorage) -> None:
    """Access holds whatever else is asked: access terms in `where`, words, variants, ranges, boundaries, claims."""
    words, orders = some("doe"), {"name": "a", "name:pl": "a", "recent": "a"}
    ann, bob = some("visible:ann"), some("visible:bob")
    with open_storage() as storage:
        put(
            storage,
            contact("1", access=ann, words=words, orders=orders, terms=some("tag:a"), owner="s"),
            contact("2", access=bob, words=words, orders=orders, terms=some("tag:a", "visible:ann"), owner="s"),
            contact("3", access=ann | bob, words=words, orders=orders, terms=some("tag:a"), owner="t"),
            contact("4", access=some(), words=words, orders=orders, terms=some("tag:a", "visible:ann"), owner="s"),
        )
        answers: list[tuple[list[str], frozenset[str]]] = [
            (["1", "3"], ann),
            (["2", "3"], bob),
            (["1", "2", "3"], ann | bob),
            ([], some("visible:*")),
        ]
        for seen, access in answers:
            asked: dict[str, Any]
            for asked in (
                {},
                {"where": (ann | bob | {"tag:a"},)},
                {"where": (some("tag:a"), ann | bob | {"tag:a"}), "words": ("do",)},
                {"order": "name:pl", "words": ("", "doe")},
                {"order": "name:pl", "where": (some("tag:a"),)},
                {"order": "recent", "where": (ann | bob,)},
            ):
                assert find(storage, access=access, **asked) == seen
                assert find(storage, access=access, descending=True, start="a", stop="b", **asked) == seen[::-1]
                assert count(storage, access=access, **asked) == (len(seen),)
                assert count(storage, "a", "b", access=access, **asked) == (0, len(seen), 0)
            assert find(storage, access=access, where=(bob,)) == [id for id in seen if id in "23"]
            assert find(storage, access=access, order="recent", where=(ann, bob)) == [id for id in seen if id == "3"]
            owners = find(storage, access=access, distinct_owner=True)
            assert owners == ([seen[0], "3"] if seen else [])
            with undone(storage) as writer:
                assert [one.id for one in writer.claim(ask(access=access, words=("doe",)), "z")] == seen


def everything_holds_at_once(open_storage: OpenStorage) -> None:
    """Range, access, terms and words hold together, whichever of them is the rarest.

    Kept because it makes each part of the question the rarest in turn, so that a storage chooses another plan each
    time.
    """
    with open_storage() as storage:
        put(
            storage,
            *(
                contact(
                    f"{number:03}",
                    terms=some(f"even:{number % 2}", f"third:{number % 3}"),
                    words=some(f"w{number % 5}", "all"),
                    access=some(f"visible:{number % 7}"),
                )
                for number in range(120)
            ),
        )

        def found(evens: int, thirds: int, fifths: int, sevens: int) -> list[str]:
            return find(
                storage,
                start="010",
                stop="110",
                where=(some(*(f"even:{n}" for n in range(evens))), some(*(f"third:{n}" for n in range(thirds)))),
                words=("al", "w" if fifths == 5 else "w0"),
                access=some(*(f"visible:{n}" for n in range(sevens))),
                limit=1_000,
            )

        for evens, thirds, fifths, sevens in ((1, 3, 5, 7), (2, 1, 5, 7), (2, 3, 1, 7), (2, 3, 5, 1), (1, 1, 1, 3)):
            assert found(evens, thirds, fifths, sevens) == [
                f"{n:03}"
                for n in range(10, 110)
                if n % 2 < evens and n % 3 < thirds and (fifths == 5 or n % 5 == 0) and n % 7 < sevens
            ]


LAWS: tuple[Law, ...] = (
    groups_are_joined_by_and_terms_by_or,
    an_empty_group_never_holds,
    a_record_answers_once,
    access_hides,
    access_terms_count_as_terms,
    an_order_posts_its_declared_terms,
    terms_are_compared_exactly,
    no_question_widens_access,
    everything_holds_at_once,
)
