"""From a Card object to the lines of a card (RFC 9555 section 3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from contactcore.formats.jscontact.component_lists import address_text, name_text
from contactcore.formats.jscontact.dates import date_text, utc_text
from contactcore.formats.jscontact.pointers import pointer, property_line
from contactcore.formats.jscontact.properties import (
    CONTEXTS,
    FEATURES,
    LISTS,
    NAME_KINDS,
    PREFIXES,
    SIMPLE,
    ListProperty,
)
from contactcore.formats.vcard.content_lines import ContentLine, escape

__all__ = ["LinesOfCard"]

Report = Callable[[str, str, str, object], None]
"""Receives code, reason, pointer and value."""

_NAME = re.compile(r"[A-Za-z0-9-]{1,100}", re.ASCII)
_LEVELS = {"high": "expert", "medium": "average", "low": "beginner"}
_DAYS = {"birth": "BDAY", "death": "DEATHDATE", "wedding": "ANNIVERSARY"}
_PLACES = {"birth": "BIRTHPLACE", "death": "DEATHPLACE"}
_TYPES = {
    "emails": "EmailAddress",
    "phones": "Phone",
    "onlineServices": "OnlineService",
    "preferredLanguages": "LanguagePref",
    "titles": "Title",
    "notes": "Note",
    "links": "Link",
    "calendars": "Calendar",
    "schedulingAddresses": "SchedulingAddress",
    "cryptoKeys": "CryptoKey",
    "directories": "Directory",
    "media": "Media",
    "personalInfo": "PersonalInfo",
    "organizations": "Organization",
    "nicknames": "Nickname",
    "addresses": "Address",
    "anniversaries": "Anniversary",
}
_WRONG = "The value has another type than RFC 9553 says; it is kept as it is."
_BY_NAME: Mapping[str, tuple[ListProperty, ...]] = {
    name: tuple(one for one in LISTS if one.name == name) for name in {one.name for one in LISTS}
}
_NEVER = frozenset(("BEGIN", "END", "VERSION"))


class LinesOfCard:
    """Makes the lines of one card. The number of a line is its index; `paths` has the pointer of each.

    Args:
        card: The Card object.
        report: Called with each problem.

    Attributes:
        paths: Pointers by the numbers of the lines.
    """

    def __init__(self, card: Mapping[str, Any], report: Report) -> None:
        self._card = card
        self._report = report
        self._lines: list[ContentLine] = []
        self._groups = 0
        self._organizations: dict[str, str] = {}
        self.paths: list[str] = []

    def lines(self) -> list[ContentLine]:
        """All lines, without BEGIN and END."""
        for name, value in self._card.items():
            if name in ("@type", "version"):
                continue
            if name in _BY_NAME or name in _ENTRIES:
                self._entries(name, value)
                continue
            special = _SPECIAL.get(name)
            if special is not None:
                if not special(self, value):
                    self._wrong(name, value)
            elif name in SIMPLE:
                self._simple(name, value)
            else:
                self._keep(name, value)
        return self._lines

    def _add(
        self,
        path: str,
        name: str,
        value: str,
        parameters: Mapping[str, tuple[str, ...]] | None = None,
        group: str = "",
    ) -> None:
        self._lines.append(ContentLine(name, value, dict(parameters or {}), group.lower(), len(self.paths)))
        self.paths.append(path)

    def _keep(self, path: str, value: object) -> None:
        self._lines.append(property_line(path, value, len(self.paths)))
        self.paths.append(path)

    def _wrong(self, path: str, value: object) -> None:
        self._report("jscontact-value", _WRONG, path, value)
        self._keep(path, value)

    def _new_group(self) -> str:
        self._groups += 1
        return f"js{self._groups}"

    def _simple(self, name: str, value: object) -> None:
        if isinstance(value, str) and value.strip():
            self._add(name, SIMPLE[name], escape(value))
        else:
            self._wrong(name, value)

    def _entries(self, name: str, value: object) -> None:
        if not isinstance(value, Mapping):
            self._wrong(name, value)
            return
        made = 0
        # Contacts are ordered by preference; the ids of preferred entries therefore do not follow from their places.
        preferred = any(isinstance(entry, Mapping) and "pref" in entry for entry in value.values())
        for key, entry in value.items():
            path = pointer(name, key)
            if not isinstance(entry, Mapping):
                self._wrong(path, entry)
                continue
            made += 1
            rest = dict(entry)
            if rest.get("@type") == _TYPES[name]:
                del rest["@type"]
            parameters: dict[str, tuple[str, ...]] = {"PROP-ID": (key,)}
            group = self._common(name, path, rest, parameters)
            write = _ENTRIES.get(name, LinesOfCard._list)
            written = write(self, name, path, rest, parameters, group)
            if not written:
                # A kind that vCard does not know is no fault.
                (self._keep if written is None else self._wrong)(path, entry)
                continue
            if not rest and key == f"{PREFIXES[name]}{made}" and not preferred:
                self._without_id(path)
            for member, left in rest.items():
                self._keep(f"{path}/{pointer(member)}", left)

    def _without_id(self, path: str) -> None:
        """Take the id out of the line of an entry that gets the same id again."""
        for place in range(len(self._lines) - 1, -1, -1):
            line = self._lines[place]
            if self.paths[line.number] == path:
                kept = {name: texts for name, texts in line.parameters.items() if name != "PROP-ID"}
                self._lines[place] = line._replace(parameters=kept)
                return

    def _common(self, name: str, path: str, rest: dict[str, Any], parameters: dict[str, tuple[str, ...]]) -> str:
        """Move what every kind of entry has from the entry to the parameters; returns the group of its line."""
        types: list[str] = []
        contexts = rest.get("contexts")
        if isinstance(contexts, Mapping):
            known = [CONTEXTS[one] for one, given in contexts.items() if given is True and one in CONTEXTS]
            types += known
            if len(known) == len(contexts):
                del rest["contexts"]
        features = rest.get("features")
        if name == "phones" and isinstance(features, Mapping):
            known = [FEATURES[one] for one, given in features.items() if given is True and one in FEATURES]
            types += known
            if len(known) == len(features):
                del rest["features"]
        preference = rest.get("pref")
        if type(preference) is int and 1 <= preference <= 100:
            parameters["PREF"] = (str(rest.pop("pref")),)
        group = ""
        given = rest.pop("vCardParams", None)
        if given is not None:
            more, group = self._parameters(path, given)
            types += more.pop("TYPE", ())
            parameters.update({key: texts for key, texts in more.items() if key not in parameters})
        if types:
            parameters["TYPE"] = tuple(dict.fromkeys(types))
        label = rest.get("label")
        if isinstance(label, str) and label.strip():
            group = group or self._new_group()
            self._add(f"{path}/label", "X-ABLABEL", escape(rest.pop("label")), group=group)
        return group

    def _parameters(self, path: str, given: object) -> tuple[dict[str, tuple[str, ...]], str]:
        if not isinstance(given, Mapping):
            self._report("jscontact-value", _WRONG, f"{path}/vCardParams", given)
            return {}, ""
        found: dict[str, tuple[str, ...]] = {}
        group = ""
        for name, value in given.items():
            texts = tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)
            if not _NAME.fullmatch(name) or None in texts:
                self._report("jscontact-value", _WRONG, f"{path}/vCardParams/{pointer(name)}", value)
            elif name.lower() == "group":
                named = texts[0] if texts else None
                group = named if named and _NAME.fullmatch(named) else ""
            else:
                found[name.upper()] = tuple(text for text in texts if text is not None)
        return found, group

    def _list(
        self, name: str, path: str, rest: dict[str, Any], parameters: dict[str, tuple[str, ...]], group: str
    ) -> bool | None:
        known = _BY_NAME[name]
        kind = rest.get("kind", "title" if name == "titles" else "")
        chosen = next((one for one in known if one.kind == kind), None)
        if chosen is None:
            return None if kind and isinstance(kind, str) else False
        if name == "onlineServices":
            return self._service(path, rest, parameters, group)
        value = rest.get(chosen.value)
        if not isinstance(value, str) or not value.strip():
            return False
        del rest[chosen.value]
        if chosen.kind:
            rest.pop("kind", None)
        if isinstance(rest.get("mediaType"), str):
            parameters["MEDIATYPE"] = (rest.pop("mediaType"),)
        more = _MORE.get(name)
        if more is not None:
            more(rest, parameters)
        if name == "titles" and not group:
            group = self._organization_group(rest)
        if name == "phones" and value.lower().startswith("tel:"):
            parameters["VALUE"] = ("uri",)
        self._add(path, chosen.line, value if chosen.is_uri else escape(value), parameters, group)
        return True

    def _organization_group(self, rest: dict[str, Any]) -> str:
        """The group of the organisation of a title; `""` without one."""
        key, organizations = rest.get("organizationId"), self._card.get("organizations")
        if not isinstance(key, str) or not isinstance(organizations, Mapping):
            return ""
        if not isinstance(organizations.get(key), Mapping):
            return ""
        del rest["organizationId"]
        if key not in self._organizations:
            # The line of the organisation may be made already: it gets the group afterwards.
            self._organizations[key] = group = self._new_group()
            path = pointer("organizations", key)
            for place, line in enumerate(self._lines):
                if line.name == "ORG" and self.paths[line.number] == path:
                    if line.group:
                        self._organizations[key] = line.group
                    else:
                        self._lines[place] = line._replace(group=group)
        return self._organizations[key]

    def _service(self, path: str, rest: dict[str, Any], parameters: dict[str, tuple[str, ...]], group: str) -> bool:
        uri, user, service = (rest.get(name) for name in ("uri", "user", "service"))
        named = rest.pop("vCardName", None)
        if isinstance(service, str) and service:
            parameters["SERVICE-TYPE"] = (rest.pop("service"),)
        if isinstance(uri, str) and uri.strip():
            del rest["uri"]
            if isinstance(user, str) and user:
                parameters["USERNAME"] = (rest.pop("user"),)
            self._add(path, "IMPP" if named == "impp" else "SOCIALPROFILE", uri, parameters, group)
            return True
        if isinstance(user, str) and user.strip():
            parameters["VALUE"] = ("text",)
            self._add(path, "SOCIALPROFILE", escape(rest.pop("user")), parameters, group)
            return True
        return False

    def _organization(
        self, name: str, path: str, rest: dict[str, Any], parameters: dict[str, tuple[str, ...]], group: str
    ) -> bool:
        del name
        units = rest.get("units", [])
        own = rest.get("name", "")
        if not isinstance(own, str) or not isinstance(units, list):
            return False
        names = [unit.get("name") if isinstance(unit, Mapping) else None for unit in units]
        if not all(isinstance(text, str) for text in names) or not (own or names):
            return False
        sort_as = [rest.get("sortAs", ""), *(unit.get("sortAs", "") for unit in units)]
        if any(sort_as) and all(isinstance(text, str) for text in sort_as):
            parameters["SORT-AS"] = (",".join(sort_as).rstrip(","),)
            rest.pop("sortAs", None)
        rest.pop("name", None)
        rest.pop("units", None)
        key = parameters["PROP-ID"][0]
        group = group or self._organizations.get(key, "")
        if group:
            self._organizations[key] = group
        self._add(path, "ORG", ";".join(map(escape, (own, *map(str, names)))), parameters, group)
        return True

    def _nickname(
        self, name: str, path: str, rest: dict[str, Any], parameters: dict[str, tuple[str, ...]], group: str
    ) -> bool:
        del name
        if not isinstance(rest.get("name"), str) or not rest["name"].strip():
            return False
        self._add(path, "NICKNAME", escape(rest.pop("name")), parameters, group)
        return True

    def _address(
        self, name: str, path: str, rest: dict[str, Any], parameters: dict[str, tuple[str, ...]], group: str
    ) -> bool:
        del name
        parts = rest.get("components", [])
        if not _are_components(parts):
            return False
        value, order = address_text(parts)
        rest.pop("components", None)
        _order(rest, parameters, order)
        members = (("full", "LABEL"), ("countryCode", "CC"), ("coordinates", "GEO"), ("timeZone", "TZ"))
        for member, parameter in members:
            if isinstance(rest.get(member), str) and rest[member].strip():
                text = rest.pop(member)
                parameters[parameter] = (text.replace("\\", "\\\\") if member == "full" else text,)
        if not (value.strip(";") or "LABEL" in parameters or "CC" in parameters or "GEO" in parameters):
            return False
        self._add(path, "ADR", value, parameters, group)
        return True

    def _anniversary(
        self, name: str, path: str, rest: dict[str, Any], parameters: dict[str, tuple[str, ...]], group: str
    ) -> bool | None:
        del name
        line = _DAYS.get(str(rest.get("kind")))
        date = rest.get("date")
        text = date_text(date)
        if not text or not isinstance(date, Mapping):
            return False
        if line is None:
            return None if isinstance(rest.get("kind"), str) else False
        if isinstance(date.get("calendarScale"), str):
            parameters["CALSCALE"] = (date["calendarScale"],)
        kind = rest.pop("kind")
        del rest["date"]
        self._add(path, line, text, parameters, group)
        place = rest.get("place")
        if isinstance(place, Mapping) and kind in _PLACES and len(place.keys() - {"@type"}) == 1:
            if isinstance(place.get("full"), str):
                self._add(f"{path}/place", _PLACES[kind], escape(rest.pop("place")["full"]))
            elif isinstance(place.get("coordinates"), str):
                self._add(f"{path}/place", _PLACES[kind], rest.pop("place")["coordinates"], {"VALUE": ("uri",)})
        return True

    # Properties of the card itself

    def _name(self, value: object) -> bool:
        if not isinstance(value, Mapping):
            return False
        rest = dict(value)
        if rest.get("@type") == "Name":
            del rest["@type"]
        full, parts = rest.get("full"), rest.get("components")
        if isinstance(full, str) and full.strip():
            parameters, _ = self._parameters("vCardParams", self._card.get("vCardParams", {}))
            self._add("name/full", "FN", escape(rest.pop("full")), parameters)
        if parts is not None and _are_components(parts):
            text, order = name_text(parts)
            parameters, group = self._parameters("name", rest.pop("vCardParams", {}))
            sort_as = rest.get("sortAs")
            if isinstance(sort_as, Mapping) and all(isinstance(one, str) for one in sort_as.values()):
                parameters["SORT-AS"] = (",".join(sort_as.get(kind, "") for kind in NAME_KINDS).rstrip(","),)
                del rest["sortAs"]
            del rest["components"]
            _order(rest, parameters, order)
            if text.strip(";"):
                self._add("name/components", "N", text, parameters, group)
        for member, left in rest.items():
            self._keep(f"name/{pointer(member)}", left)
        return True

    def _kind(self, value: object) -> bool:
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            return False
        self._add("kind", "KIND", value)
        return True

    def _keywords(self, value: Any) -> bool:
        if not _is_set(value):
            return False
        self._add("keywords", "CATEGORIES", ",".join(map(escape, value)))
        return True

    def _members(self, value: Any) -> bool:
        if not _is_set(value):
            return False
        for uri in value:
            self._add(pointer("members", uri), "MEMBER", uri)
        return True

    def _related(self, value: object) -> bool:
        if not isinstance(value, Mapping):
            return False
        for target, entry in value.items():
            path = pointer("relatedTo", target)
            rest = dict(entry) if isinstance(entry, Mapping) else {"": entry}
            relation = rest.pop("relation", {})
            if "" in rest or not _is_set(relation, empty=True):
                self._wrong(path, entry)
                continue
            if rest.get("@type") == "Relation":
                del rest["@type"]
            parameters, group = self._parameters(path, rest.pop("vCardParams", {}))
            if relation:
                parameters["TYPE"] = tuple(relation)
            is_text = parameters.get("VALUE") == ("text",) or ":" not in target
            if is_text:
                parameters["VALUE"] = ("text",)
            self._add(path, "RELATED", escape(target) if is_text else target, parameters, group)
            for member, left in rest.items():
                self._keep(f"{path}/{pointer(member)}", left)
        return True

    def _speak(self, value: object) -> bool:
        if not isinstance(value, Mapping):
            return False
        rest = dict(value)
        if rest.get("@type") == "SpeakToAs":
            del rest["@type"]
        if isinstance(rest.get("grammaticalGender"), str):
            self._add("speakToAs/grammaticalGender", "GRAMGENDER", escape(rest.pop("grammaticalGender")))
        pronouns = rest.get("pronouns")
        if isinstance(pronouns, Mapping) and all(
            isinstance(one, Mapping) and isinstance(one.get("pronouns"), str) for one in pronouns.values()
        ):
            del rest["pronouns"]
            for key, entry in pronouns.items():
                path = pointer("speakToAs", "pronouns", key)
                parameters: dict[str, tuple[str, ...]] = {"PROP-ID": (key,)}
                left = {name: one for name, one in entry.items() if (name, one) != ("@type", "Pronouns")}
                group = self._common("", path, left, parameters)
                self._add(path, "PRONOUNS", escape(left.pop("pronouns")), parameters, group)
                for member, more in left.items():
                    self._keep(f"{path}/{pointer(member)}", more)
        for member, more in rest.items():
            self._keep(f"speakToAs/{pointer(member)}", more)
        return True

    def _moment(self, name: str, line: str, value: object) -> bool:
        text = utc_text(value) if isinstance(value, str) else ""
        if text:
            self._add(name, line, text)
        return bool(text)

    def _beside_name(self, value: object) -> bool:
        """The parameters of FN, which `_name` writes."""
        return isinstance(value, Mapping) and isinstance(self._card.get("name"), Mapping)

    def _properties(self, value: object) -> bool:
        if not isinstance(value, list):
            return False
        for at, one in enumerate(value):
            path = f"vCardProps/{at}"
            line = self._jcard(path, one)
            if line is None:
                self._report("jscontact-value", "This is no jCard property (RFC 7095); it was left out.", path, one)
            else:
                self._add(path, *line)
        return True

    def _jcard(self, path: str, value: object) -> tuple[str, str, dict[str, tuple[str, ...]], str] | None:
        if not isinstance(value, list) or len(value) < 4 or not isinstance(value[0], str):
            return None
        name, given, kind, *texts = value
        if not _NAME.fullmatch(name) or name.upper() in _NEVER or not isinstance(kind, str):
            return None
        parameters, group = self._parameters(path, given)
        if kind.lower() != "unknown":
            parameters["VALUE"] = (kind.lower(),)
        raw = kind.lower() not in ("text", "language-tag") and all(isinstance(text, str) for text in texts)
        if raw:
            return name.upper(), ",".join(texts), parameters, group
        found = [_structured(text) for text in texts]
        return None if None in found else (name.upper(), ",".join(map(str, found)), parameters, group)


def _structured(value: object) -> str | None:
    if isinstance(value, list):
        parts = [_structured(part) if not isinstance(part, list) else _several(part) for part in value]
        return None if None in parts else ";".join(map(str, parts))
    text = _text(value)
    return None if text is None else escape(text)


def _several(value: list[object]) -> str | None:
    texts = [_text(text) for text in value]
    return None if None in texts else ",".join(escape(str(text)) for text in texts)


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _is_set(value: Any, *, empty: bool = False) -> bool:
    if not isinstance(value, Mapping):
        return False
    return (bool(value) or empty) and all(given is True for given in value.values())


def _are_components(parts: object) -> bool:
    return isinstance(parts, list) and all(
        isinstance(one, Mapping) and isinstance(one.get("kind"), str) and isinstance(one.get("value"), str)
        for one in parts
    )


def _order(rest: dict[str, Any], parameters: dict[str, tuple[str, ...]], order: str) -> None:
    separator = rest.get("defaultSeparator")
    if rest.pop("isOrdered", False) is True:
        if isinstance(separator, str):
            order = f"s,{escape(rest.pop('defaultSeparator'))}{order}"
        parameters["JSCOMPS"] = (order,)


def _personal(rest: dict[str, Any], parameters: dict[str, tuple[str, ...]]) -> None:
    if rest.get("level") in _LEVELS:
        parameters["LEVEL"] = (_LEVELS[rest.pop("level")],)
    if type(rest.get("listAs")) is int and 0 < rest["listAs"] < 100_000:
        parameters["INDEX"] = (str(rest.pop("listAs")),)


def _written(rest: dict[str, Any], parameters: dict[str, tuple[str, ...]]) -> None:
    if isinstance(rest.get("created"), str) and utc_text(rest["created"]):
        parameters["CREATED"] = (utc_text(rest.pop("created")),)
    author = rest.get("author")
    if isinstance(author, Mapping) and {"name", "uri", "@type"}.issuperset(author):
        for member, parameter in (("name", "AUTHOR-NAME"), ("uri", "AUTHOR")):
            if isinstance(author.get(member), str) and author[member]:
                parameters[parameter] = (author[member],)
        del rest["author"]


_MORE: Mapping[str, Callable[[dict[str, Any], dict[str, tuple[str, ...]]], None]] = {
    "personalInfo": _personal,
    "notes": _written,
}
_Write = Callable[[LinesOfCard, str, str, dict[str, Any], dict[str, tuple[str, ...]], str], bool | None]
_ENTRIES: Mapping[str, _Write] = {
    "organizations": LinesOfCard._organization,  # noqa: SLF001 - the table of the class itself, as are the next ones
    "nicknames": LinesOfCard._nickname,  # noqa: SLF001
    "addresses": LinesOfCard._address,  # noqa: SLF001
    "anniversaries": LinesOfCard._anniversary,  # noqa: SLF001
}
_SPECIAL: Mapping[str, Callable[[LinesOfCard, Any], bool]] = {
    "name": LinesOfCard._name,  # noqa: SLF001
    "kind": LinesOfCard._kind,  # noqa: SLF001
    "keywords": LinesOfCard._keywords,  # noqa: SLF001
    "members": LinesOfCard._members,  # noqa: SLF001
    "relatedTo": LinesOfCard._related,  # noqa: SLF001
    "speakToAs": LinesOfCard._speak,  # noqa: SLF001
    "updated": lambda self, value: self._moment("updated", "REV", value),
    "created": lambda self, value: self._moment("created", "CREATED", value),
    "vCardParams": LinesOfCard._beside_name,  # noqa: SLF001
    "vCardProps": LinesOfCard._properties,  # noqa: SLF001
}
