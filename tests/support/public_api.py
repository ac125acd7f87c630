"""The public interface as text: each name of the reference with its signature, and each public name of its classes.

`PYTHONPATH=src:tests python -m support.public_api` writes the text anew after a change that is meant.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["KEPT", "public_api"]

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "tests" / "public_api.txt"
_SHOWN = re.compile(r"^\.\. auto(class|exception|function|data|module|attribute):: (\S+)", re.MULTILINE)


def public_api() -> str:
    """The lines of the interface, in the order of the names."""
    lines: set[str] = set()
    for kind, name in _SHOWN.findall((ROOT / "docs" / "reference.md").read_text(encoding="utf-8")):
        if kind == "module":
            module = import_module(name)
            for each in module.__all__:
                lines.update(_lines(f"{name}.{each}", getattr(module, each)))
        else:
            lines.update(_lines(name, _found(name)))
    return "\n".join(sorted(lines)) + "\n"


def _found(path: str) -> Any:
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise LookupError(path)


def _lines(name: str, thing: Any) -> Iterator[str]:
    if not inspect.isclass(thing):
        yield f"{name}{_signature(thing) if callable(thing) else f' = {_plain(repr(thing))}'}"
        return
    own = [base.__name__ for base in thing.__mro__[1:] if base.__module__.startswith("contactcore")]
    if issubclass(thing, Enum):  # whose signature differs between versions of Python
        yield f"class {name}(Enum): {', '.join(f'{member.name}={member.value!r}' for member in thing)}"
        return
    yield f"class {name}({', '.join(own)}){_signature(thing)}"
    for attribute in sorted({each for base in thing.__mro__ if _is_ours(base) for each in vars(base)}):
        if not attribute.startswith("_"):
            yield f"{name}.{attribute}{_member(inspect.getattr_static(thing, attribute))}"


def _is_ours(base: type) -> bool:
    return base.__module__.startswith("contactcore")


def _member(member: Any) -> str:
    if isinstance(member, property):
        returned = inspect.get_annotations(member.fget).get("return", "") if member.fget else ""
        return f" -> {returned}"
    if isinstance(member, classmethod | staticmethod):
        return f"{_signature(member.__func__)} [{type(member).__name__}]"
    return _signature(member) if callable(member) else ""


def _signature(thing: Any) -> str:
    try:
        return _plain(str(inspect.signature(thing)))
    except (TypeError, ValueError):  # a class of the standard library
        return "(...)"


def _plain(text: str) -> str:
    """The text without what differs between processes and versions of Python."""
    text = re.sub(r" at 0x[0-9a-f]+", "", text)
    return re.sub(r"'([A-Za-z_][^',=()]*)'", r"\1", text)


if __name__ == "__main__":
    KEPT.write_text(public_api(), encoding="utf-8")
