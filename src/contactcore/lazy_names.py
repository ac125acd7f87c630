"""The names of a package that are loaded when they are first asked for, so that importing the package costs little."""

from __future__ import annotations

TYPE_CHECKING = False  # the typing module would cost more than the rest of `import contactcore`

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["lazy_names"]


def lazy_names(package: str, names: Mapping[str, str]) -> Callable[[str], object]:
    """Make the `__getattr__` of a package. A name is looked up once; afterwards it is an attribute like any other.

    Type checkers read the imports under `TYPE_CHECKING` in the same file.

    Args:
        package: The name of the package.
        names: The names by their module, separated by spaces.

    >>> lazy_names("contactcore", {"contactcore.errors": "Invalid NotFound"})("NotFound").__module__
    'contactcore.errors'
    """
    home_of = {name: module for module, listed in names.items() for name in listed.split()}

    def load(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        import sys
        from importlib import import_module

        value = getattr(import_module(home_of[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return load
