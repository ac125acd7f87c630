"""From the lines of a card to a Card object (RFC 9555 section 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from contactcore.formats.jscontact.component_lists import address_components, name_components, ordered
from contactcore.formats.jscontact.dates import date_object, timestamp
from contactcore.formats.jscontact.pointers import put
from contactcore.formats.jscontact.properties import (
    ADDRESS_KINDS,
    CONTEXTS,
    FEATURES,
    LISTS,
    NAME_KINDS,
    PREFIXES,
    SIMPLE,
    ListProperty,
)
from contactcore.formats.vcard.content_lines import ContentLine, components, texts_of, values

__all__ = ["card_object"]

_STRUCTURE = frozenset(("BEGIN", "END", "VERSION", "X-ABLABEL"))
_BY_LINE = {one.line: one for one in LISTS}
_SIMPLE = {line: name for name, line in SIMPLE.items()}
_CONTEXT_OF = {kind: context for context, kind in CONTEXTS.items()}
_FEATURE_OF = {kind: feature for feature, kind in FEATURES.items()}
_LEVELS = {"beginner": "low", "average": "medium", "expert": "high", "low": "low", "medium": "medium", "high": "high"}
_RESOURCES = frozenset(("links", "calendars", "cryptoKeys", "directories", "media"))
_DAYS = {"BDAY": "birth", "DEATHDATE": "death", "ANNIVERSARY": "wedding"}
_PLACES = {"BIRTHPLACE": "birth", "DEATHPLACE": "death"}


def card_object(lines: Iterable[ContentLine]) -> dict[str, Any]:
    """The Card object of a card.

    Args:
        lines: The lines of a vCard 4.0.

    >>> card = card_object([ContentLine("FN", "Jane Doe"), ContentLine("EMAIL", "jane@bois.fr", {"TYPE": ("work",)})])
    >>> card["name"], card["emails"]
    ({'full': 'Jane Doe'}, {'e1': {'address': 'jane@bois.fr', 'contexts': {'work': True}}})
    """
    return _ObjectBuilder(list(lines)).build()


class _ObjectBuilder:
    def __init__(self, lines: list[ContentLine]) -> None:
        self._lines = [line for line in lines if line.name not in _STRUCTURE]
        self._labels = {line.group: line for line in lines if line.name == "X-ABLABEL" and line.group}
        self._unused = [line for line in lines if line.name == "X-ABLABEL" and not line.group]
        self._titled = {line.group for line in lines if line.name in ("TITLE", "ROLE")}
        self._labelled: set[str] = set()
        self._card: dict[str, Any] = {"@type": "Card", "version": "1.0"}
        self._organizations: dict[str, str] = {}
        self._kept: list[ContentLine] = []

    def build(self) -> dict[str, Any]:
        patches = []
        for line in sorted(self._lines, key=lambda one: one.name != "ORG"):
            if line.name == "JSPROP":
                patches.append(line)
            elif not self._take(line):
                self._kept.append(line)
        # The place of a birth or a death belongs to its date, wherever it stands.
        self._kept = [line for line in self._kept if not self._place(line)]
        # A member of an entry that is gone goes with it.
        self._kept += [line for line in patches if not put(self._card, line) and line.parameter("JSPTR").count("/") < 2]
        self._kept += [line for group, line in self._labels.items() if group not in self._labelled]
        for name in ("speakToAs", "relatedTo", "name"):
            if self._card.get(name) == {}:
                del self._card[name]
        if self._kept or self._unused:
            self._card["vCardProps"] = [_jcard(line) for line in (*self._kept, *self._unused)]
        return self._card

    def _take(self, line: ContentLine) -> bool:
        """Take a line into the card; False if the card has no property for it."""
        special = _SPECIAL.get(line.name)
        if special is not None:
            return special(self, line)
        known = _BY_LINE.get(line.name)
        if known is not None:
            return self._list(known, line)
        name = _SIMPLE.get(line.name)
        if name is None or name in self._card or not {"VALUE"}.issuperset(line.parameters) or line.group:
            return False
        self._card[name] = line.text
        return True

    def _add(self, name: str, line: ContentLine, entry: dict[str, Any]) -> str:
        found = self._card.setdefault(name, {})
        key = line.parameter("PROP-ID")
        if not key or key in found:
            number = len(found) + 1
            while (key := f"{PREFIXES[name]}{number}") in found:
                number += 1
        found[key] = entry
        return key

    def _common(
        self, line: ContentLine, entry: dict[str, Any], *, used: Iterable[str] = (), label: bool = True
    ) -> None:
        """Add what every kind of entry has: contexts, preference, label, and the parameters of vCard."""
        rest = {name: given for name, given in line.parameters.items() if name not in {"PROP-ID", "VALUE", *used}}
        types = [kind.lower() for kind in rest.pop("TYPE", ())]
        contexts = ("work", "home", "billing", "delivery") if line.name == "ADR" else ("work", "home")
        found = {_CONTEXT_OF[kind]: True for kind in types if kind in contexts}
        if found:
            entry["contexts"] = found
        features = {_FEATURE_OF[kind]: True for kind in types if line.name == "TEL" and kind in _FEATURE_OF}
        if features:
            entry["features"] = features
        left = [kind for kind in types if kind not in contexts and not (line.name == "TEL" and kind in _FEATURE_OF)]
        if left:
            rest["TYPE"] = tuple(left)
        preference = line.parameter("PREF")
        if preference.isascii() and preference.isdigit() and len(preference) <= 3 and 1 <= int(preference) <= 100:
            entry["pref"] = int(rest.pop("PREF")[0])
        if label and line.group in self._labels and line.group not in self._labelled:
            entry["label"] = self._labels[line.group].text
            self._labelled.add(line.group)
        elif line.group:
            rest["GROUP"] = (line.group,)
        if rest:
            entry["vCardParams"] = _parameters(rest)

    def _list(self, known: ListProperty, line: ContentLine) -> bool:
        text = line.value if known.is_uri else line.text
        if not text.strip():
            return False
        entry: dict[str, Any] = {known.value: text.replace("\\,", ",").replace("\\;", ";") if known.is_uri else text}
        used: list[str] = []
        if known.kind:
            entry["kind"] = known.kind
        if known.name == "onlineServices":
            used += self._service(line, entry)
        elif known.name in _RESOURCES and line.parameter("MEDIATYPE"):
            entry["mediaType"] = line.parameter("MEDIATYPE")
            used.append("MEDIATYPE")
        elif known.name == "personalInfo":
            used += _personal(line, entry)
        elif known.name == "notes":
            used += _written(line, entry)
        elif known.name == "titles" and line.group in self._organizations:
            entry["organizationId"] = self._organizations[line.group]
            line = line._replace(group="")
        self._common(line, entry, used=used)
        self._add(known.name, line, entry)
        return True

    @staticmethod
    def _service(line: ContentLine, entry: dict[str, Any]) -> list[str]:
        if line.parameter("VALUE").lower() == "text":
            entry["user"] = line.text
            del entry["uri"]
        elif line.parameter("USERNAME"):
            entry["user"] = line.parameter("USERNAME")
        if line.parameter("SERVICE-TYPE"):
            entry["service"] = line.parameter("SERVICE-TYPE")
        if line.name == "IMPP":
            entry["vCardName"] = "impp"
        return ["SERVICE-TYPE", "USERNAME"]

    # Properties with rules of their own

    def _full_name(self, line: ContentLine) -> bool:
        name = self._card.setdefault("name", {})
        if "full" in name or line.group:
            return False
        if line.parameter("DERIVED").upper() == "TRUE":
            return True
        name["full"] = line.text
        rest = {key: given for key, given in line.parameters.items() if key not in ("DERIVED", "VALUE")}
        if rest:
            self._card["vCardParams"] = _parameters(rest)
        return True

    def _name(self, line: ContentLine) -> bool:
        if not line.value.strip("; \t"):
            return True
        name = self._card.setdefault("name", {})
        if "components" in name or line.group:
            return False
        rest = dict(line.parameters)
        _ordered_components(name, line, rest, NAME_KINDS)
        if "SORT-AS" in rest:
            texts = ",".join(rest.pop("SORT-AS")).split(",")
            name["sortAs"] = {kind: text for kind, text in zip(NAME_KINDS, texts, strict=False) if text}
        if rest:
            name["vCardParams"] = _parameters(rest)
        return True

    def _address(self, line: ContentLine) -> bool:
        entry: dict[str, Any] = {}
        rest = dict(line.parameters)
        if line.value.strip("; \t"):
            _ordered_components(entry, line, rest, ADDRESS_KINDS)
        for parameter, member in (("LABEL", "full"), ("CC", "countryCode"), ("GEO", "coordinates"), ("TZ", "timeZone")):
            if line.parameter(parameter):
                text = line.parameter(parameter)
                entry[member] = text.replace("\\\\", "\\") if member == "full" else text
        if not entry:
            return True
        self._common(line, entry, used=("LABEL", "CC", "GEO", "TZ", "JSCOMPS"))
        self._add("addresses", line, entry)
        return True

    def _organization(self, line: ContentLine) -> bool:
        name, *units = components(line.value) or [""]
        entry: dict[str, Any] = {"name": name} if name else {}
        sort_as = ",".join(line.parameters.get("SORT-AS", ())).split(",")
        if any(units):
            entry["units"] = [{"name": unit} for unit in units if unit]
            for unit, text in zip(entry["units"], sort_as[1:], strict=False):
                unit["sortAs"] = text
        if sort_as[0]:
            entry["sortAs"] = sort_as[0]
        titled = bool(line.group) and line.group in self._titled
        self._common(line._replace(group="") if titled else line, entry, used=("SORT-AS",))
        key = self._add("organizations", line, entry)
        if titled:
            self._organizations[line.group] = key
        return True

    def _nickname(self, line: ContentLine) -> bool:
        for text in filter(None, values(line.value)):
            entry: dict[str, Any] = {"name": text}
            self._common(line, entry)
            self._add("nicknames", line, entry)
        return True

    def _keywords(self, line: ContentLine) -> bool:
        if line.parameters or line.group:
            return False
        self._card.setdefault("keywords", {}).update((text, True) for text in values(line.value) if text)
        return True

    def _day(self, line: ContentLine) -> bool:
        date = None if line.parameter("VALUE").lower() == "text" else date_object(line.text)
        if date is None:
            return False
        if line.parameter("CALSCALE"):
            date["calendarScale"] = line.parameter("CALSCALE")
        entry: dict[str, Any] = {"kind": _DAYS[line.name], "date": date}
        self._common(line, entry, used=("CALSCALE",))
        self._add("anniversaries", line, entry)
        return True

    def _place(self, line: ContentLine) -> bool:
        kind = _PLACES.get(line.name)
        days = self._card.get("anniversaries", {}).values()
        day = next((one for one in days if one["kind"] == kind and "place" not in one), None)
        if day is None or line.group or not {"VALUE"}.issuperset(line.parameters):
            return False
        is_place = line.value.lower().startswith("geo:")
        day["place"] = {"coordinates": line.value} if is_place else {"full": line.text}
        return True

    def _kind(self, line: ContentLine) -> bool:
        kind = line.text.strip().lower()
        return bool(self._card.setdefault("kind", kind) == kind)

    def _moment(self, line: ContentLine) -> bool:
        name = "updated" if line.name == "REV" else "created"
        moment = timestamp(line.value)
        if not moment or name in self._card or line.parameters or line.group:
            return False
        self._card[name] = moment
        return True

    def _member(self, line: ContentLine) -> bool:
        if line.parameters or line.group:
            return False
        self._card.setdefault("members", {})[line.value] = True
        return True

    def _related(self, line: ContentLine) -> bool:
        related = self._card.setdefault("relatedTo", {})
        text = line.text
        if text in related or not text:
            return False
        relation = {kind.lower(): True for kind in line.parameters.get("TYPE", ())}
        entry: dict[str, Any] = {"relation": relation}
        rest = {name: given for name, given in line.parameters.items() if name not in ("TYPE", "VALUE")}
        if line.group:
            rest["GROUP"] = (line.group,)
        if line.parameter("VALUE").lower() == "text" and ":" in text:
            rest["VALUE"] = ("text",)
        if rest:
            entry["vCardParams"] = _parameters(rest)
        related[text] = entry
        return True

    def _grammar(self, line: ContentLine) -> bool:
        speak = self._card.setdefault("speakToAs", {})
        if "grammaticalGender" in speak or line.parameters or line.group:
            return False
        speak["grammaticalGender"] = line.text.strip().lower()
        return True

    def _pronouns(self, line: ContentLine) -> bool:
        entry: dict[str, Any] = {"pronouns": line.text}
        self._common(line, entry, label=False)
        found = self._card.setdefault("speakToAs", {}).setdefault("pronouns", {})
        found[line.parameter("PROP-ID") or f"k{len(found) + 1}"] = entry
        return True


def _ordered_components(
    entry: dict[str, Any], line: ContentLine, rest: dict[str, tuple[str, ...]], kinds: tuple[str, ...]
) -> None:
    order = ",".join(rest.pop("JSCOMPS", ()))
    found = ordered(line.value, order, kinds) if order else None
    if found is None:
        entry["components"] = name_components(line.value) if kinds is NAME_KINDS else address_components(line.value)
        return
    entry["components"], separator = found
    entry["isOrdered"] = True
    if separator:
        entry["defaultSeparator"] = separator


def _personal(line: ContentLine, entry: dict[str, Any]) -> list[str]:
    used = []
    if line.parameter("LEVEL").lower() in _LEVELS:
        entry["level"] = _LEVELS[line.parameter("LEVEL").lower()]
        used.append("LEVEL")
    index = line.parameter("INDEX")
    if index.isascii() and index.isdigit() and len(index) < 6 and int(index):
        entry["listAs"] = int(index)
        used.append("INDEX")
    return used


def _written(line: ContentLine, entry: dict[str, Any]) -> list[str]:
    used = []
    if moment := timestamp(line.parameter("CREATED")):
        entry["created"] = moment
        used.append("CREATED")
    author = {"name": line.parameter("AUTHOR-NAME"), "uri": line.parameter("AUTHOR")}
    if any(author.values()):
        entry["author"] = {name: text for name, text in author.items() if text}
        used += ["AUTHOR", "AUTHOR-NAME"]
    return used


def _parameters(given: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {name.lower(): texts[0] if len(texts) == 1 else list(texts) for name, texts in given.items() if texts}


def _jcard(line: ContentLine) -> list[Any]:
    """The line as a jCard property (RFC 7095). Its value stays escaped, because its type is not known."""
    parameters = {name: given for name, given in line.parameters.items() if name != "VALUE"}
    if line.group:
        parameters["GROUP"] = (line.group,)
    kind = line.parameter("VALUE").lower() or "unknown"
    value = line.value
    if kind == "text":
        parts = texts_of(value)
        if len(parts) == 1 and len(parts[0]) < 2:
            value = line.text
        else:
            kind, parameters["VALUE"] = "unknown", ("text",)
    return [line.name.lower(), _parameters(parameters), kind, value]


_SPECIAL: Mapping[str, Callable[[_ObjectBuilder, ContentLine], bool]] = {
    "FN": _ObjectBuilder._full_name,  # noqa: SLF001 - the table of the class itself, as are the next ones
    "N": _ObjectBuilder._name,  # noqa: SLF001
    "ADR": _ObjectBuilder._address,  # noqa: SLF001
    "ORG": _ObjectBuilder._organization,  # noqa: SLF001
    "NICKNAME": _ObjectBuilder._nickname,  # noqa: SLF001
    "CATEGORIES": _ObjectBuilder._keywords,  # noqa: SLF001
    "KIND": _ObjectBuilder._kind,  # noqa: SLF001
    "MEMBER": _ObjectBuilder._member,  # noqa: SLF001
    "RELATED": _ObjectBuilder._related,  # noqa: SLF001
    "GRAMGENDER": _ObjectBuilder._grammar,  # noqa: SLF001
    "PRONOUNS": _ObjectBuilder._pronouns,  # noqa: SLF001
    **dict.fromkeys(_DAYS, _ObjectBuilder._day),  # noqa: SLF001
    **dict.fromkeys(("REV", "CREATED"), _ObjectBuilder._moment),  # noqa: SLF001
}
