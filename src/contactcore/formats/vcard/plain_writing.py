"""The quick door of the writer: the text of a person's card whose values need nothing but their own lines.

It gives back anything unusual to the careful writer (`card_lines`): companies, parameters without a place in the model,
kept lines that are written in another way than they were read. A property test proves that both write equal cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contactcore.formats.vcard.address_lines import address_value
from contactcore.formats.vcard.content_lines import LONGEST_HEAD, ContentLine, escape, folded_line, parse_line
from contactcore.formats.vcard.extras import (
    GROUP,
    LINES,
    NAME,
    PARAMETERS,
    PROFILE,
    UNMAPPED,
    VALUE,
    Extras,
    unmapped_name,
)
from contactcore.formats.vcard.kinds import types_of
from contactcore.formats.vcard.person_lines import birthday_line, formatted
from contactcore.formats.vcard.social_lines import profile_line
from contactcore.formats.vcard.uids import uid_of
from contactcore.model import Company, Person
from contactcore.values import PhoneNumber

__all__ = ["KEPT_BESIDE", "NEVER", "ONCE", "PlainWriter"]

NEVER: Final = frozenset(("BEGIN", "END", "VERSION", UNMAPPED))
"""Properties of `unmapped` that are no lines of a card."""
ONCE: Final = frozenset(("REV", "PRODID", "CREATED"))
"""Properties of which a card has at most one."""
_MOST_HEADS = 1_000
_KIND = unmapped_name("KIND")


_END: Final = "\r\n"
_NOTHING: Final[list[str]] = []
KEPT_BESIDE: Final = frozenset((GROUP, VALUE, LINES, NAME, "X-SEX"))
"""Parameters of the entry in `unmapped` that are no parameters of a card."""


class _Unusual(Exception):
    """The careful writer has to write the card."""


class PlainWriter:
    """Writes plain cards. What stands before the values is remembered.

    Args:
        version: `"3.0"` or `"4.0"`.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        self._new = version == "4.0"
        self._start = f"BEGIN:VCARD\r\nVERSION:{version}\r\n"
        self._heads: dict[tuple[str, str, bool], tuple[str, str]] = {}
        self._kept: dict[str, tuple[str, str, str] | None] = {}
        self._groups = 0
        self._taken: list[str] = _NOTHING

    def card(self, contact: Person | Company) -> str | None:
        """The card of a contact without pictures and positions; None if it is not plain.

        Args:
            contact: The contact.
        """
        if type(contact) is not Person:
            return None
        try:
            lines = self._lines(contact)
        except _Unusual:
            return None
        return f"{self._start}{''.join([f'{folded_line(line)}{_END}' for line in lines])}END:VCARD\r\n"

    def _lines(self, person: Person) -> list[str]:
        if person.gender:
            raise _Unusual
        kept, taken = self._kept_lines(person) if person.unmapped else (_NOTHING, _NOTHING)
        text = person.unmapped.get(PARAMETERS)
        extras = Extras(text) if text else None
        if extras is not None and (not extras.readable or LINES in (text or "")):
            raise _Unusual
        lines: list[str] = []
        self._name(person, lines, extras, kinded=_KIND in person.unmapped)
        self._details(person, lines, extras, taken)
        if person.description:
            lines.append(_line("NOTE", escape(person.description), person.description, extras))
        lines += kept
        return lines

    def _name(self, person: Person, lines: list[str], extras: Extras | None, *, kinded: bool) -> None:
        names = (person.family_name, person.given_name, person.middle_name, person.prefix, person.suffix)
        named = any(names)
        if not named and not kinded:
            lines.append("KIND:individual")
        if named or not self._new:
            lines.append(_line("N", ";".join([escape(name) if name else "" for name in names]), names, extras))
        name = formatted(person.display_name)
        lines.append(_line("FN", escape(name), name, extras))
        if person.full_name and person.full_name != name:
            lines.append(f"X-CONTACTCORE-FULL-NAME:{escape(person.full_name)}")
        for property_name, text in (
            ("NICKNAME", person.nickname),
            ("X-PHONETIC-FIRST-NAME", person.phonetic_given_name),
            ("X-PHONETIC-LAST-NAME", person.phonetic_family_name),
        ):
            if text:
                lines.append(_line(property_name, escape(text), text, extras))
        if person.birthday is not None:
            if extras is not None and extras.of("BDAY", person.birthday):
                raise _Unusual
            lines.append(str(birthday_line(person.birthday, self._version)))
        uid = uid_of(person.external_id, person.id)
        if uid:
            is_text = self._new and not uid.lower().startswith(("urn:", "http://", "https://"))
            if extras is not None and extras.of("UID", uid):
                raise _Unusual
            lines.append(f"UID{';VALUE=text' if is_text else ''}:{escape(uid)}")

    def _details(self, person: Person, lines: list[str], extras: Extras | None, taken: list[str]) -> None:
        self._groups, self._taken = 0, taken
        for place, email in enumerate(person.emails):
            first = place == 0 and len(person.emails) > 1
            self._value("EMAIL", escape(email.text), email.text, email.kind, lines, extras, first=first)
        phones: tuple[PhoneNumber | str, ...] = person.phones
        for place, phone in enumerate(phones):
            first = place == 0 and len(phones) > 1
            if isinstance(phone, str):
                self._value("", escape(phone), phone, "", lines, extras, first=first)
            else:
                self._value("TEL", self._number(phone), phone.key, phone.kind, lines, extras, first=first)
        for place, website in enumerate(person.websites):
            first = place == 0 and len(person.websites) > 1
            self._value("URL", website.url, website.url, website.kind, lines, extras, first=first)
        self._others(person, lines, extras)

    def _number(self, phone: PhoneNumber) -> str:
        if self._new:
            return phone.uri
        return f"{phone.e164} x{phone.extension}" if phone.extension else phone.e164

    def _others(self, person: Person, lines: list[str], extras: Extras | None) -> None:
        """Everything between the websites and the notes."""
        for profile in person.socials:
            if extras is not None and extras.of(PROFILE, profile.key):
                raise _Unusual
            lines.append(str(profile_line(profile, self._version)))
        for place, address in enumerate(person.addresses):
            if address.billing:
                raise _Unusual
            first = place == 0 and len(person.addresses) > 1
            value = address_value(address)
            self._value("ADR", value, address, address.label, lines, extras, first=first, formatted=address.formatted)
        if person.language is not None:
            if extras is not None and extras.of("LANG", person.language):
                raise _Unusual
            lines.append(f"{'LANG' if self._new else 'X-LANG'}:{person.language}")
        if person.tags:
            lines.append("CATEGORIES:" + ",".join([escape(tag.text) for tag in person.tags]))

    def _value(  # one value with everything beside it
        self,
        name: str,
        value: str,
        key: object,
        kind: str,
        lines: list[str],
        extras: Extras | None,
        *,
        first: bool,
        formatted: str = "",
    ) -> None:
        """The lines of a value of a list; the name is `""` for a number that is a text."""
        head, label = self._head(name, kind, first)
        if not value.isprintable():
            raise _Unusual
        found = extras.of(name or "TEL", key) if extras is not None else None
        if found or formatted:
            self._labelled(ContentLine(name or "TEL", value), lines, found or {}, head, label, formatted)
        elif label:
            group = self._new_group()
            lines += (f"{group}.{head}{value}", f"{group}.X-ABLABEL:{label}")
        else:
            lines.append(head + value)

    def _labelled(
        self,
        line: ContentLine,
        lines: list[str],
        found: Mapping[str, tuple[str, ...]],
        head: str,
        label: str,
        formatted: str,
    ) -> None:
        """The lines of a value with parameters that the model does not keep, or of an address with its lines."""
        if GROUP in found or VALUE in found:
            raise _Unusual
        extras = dict(found)
        own, region = extras.pop("X-ABLABEL", ()), extras.pop("X-ABADR", ())
        label = escape(own[0]) if own and own[0] else label
        group = self._new_group() if label or (region and region[0]) or (formatted and not self._new) else ""
        parsed = parse_line(head)
        assert parsed is not None  # the writer wrote it
        given = dict(parsed.parameters)
        if formatted and self._new:
            given = {"LABEL": (formatted.replace("\\", "\\\\"),), **given}
        for name, one in extras.items():
            given[name] = tuple(dict.fromkeys((*given.get(name, ()), *one))) if name == "TYPE" else one
        lines.append(str(ContentLine(line.name, line.value, given, group)))
        if label:
            lines.append(f"{group}.X-ABLABEL:{label}")
        if region and region[0]:
            lines.append(f"{group}.X-ABADR:{escape(region[0])}")
        if formatted and not self._new:
            lines.append(f"{group}.LABEL:{escape(formatted)}")

    def _new_group(self) -> str:
        while True:
            self._groups += 1
            group = f"item{self._groups}"
            if group not in self._taken:
                return group

    def _head(self, name: str, kind: str, first: bool) -> tuple[str, str]:
        """What stands before a value, and its label."""
        key = name, kind, first
        found = self._heads.get(key)
        if found is None:
            if len(self._heads) >= _MOST_HEADS:
                self._heads.clear()
            given: dict[str, tuple[str, ...]] = {"VALUE": ("uri",)} if name == "TEL" and self._new else {}
            property_name = name or "TEL"
            types = types_of(property_name, kind)
            if first and not self._new:
                given["TYPE"] = (*types, "pref")
            elif types:
                given["TYPE"] = types
            if first and self._new:
                given["PREF"] = ("1",)
            label = escape(kind) if kind and not types else ""
            found = self._heads[key] = str(ContentLine(property_name, "", given)), label
        return found

    def _kept_lines(self, person: Person) -> tuple[list[str], list[str]]:
        """The lines of `unmapped` as they are written, and their groups."""
        kept: list[str] = []
        groups: list[str] = []
        for name, text in person.unmapped.items():
            if name == PARAMETERS:
                continue
            several = text.split("\n") if "\n" in text else [text]
            for line in several:
                head = line.partition(":")[0]
                try:
                    known = self._kept[head]
                except KeyError:
                    known = self._kept_head(head, line)
                if known is None or known[0] != name or not line.isprintable():
                    raise _Unusual
                if known[2]:
                    groups.append(known[2])
            if len(several) > 1:
                several = several[-1:] if known is not None and known[1] in ONCE else list(dict.fromkeys(several))
            kept += several
        return kept, groups

    def _kept_head(self, head: str, line: str) -> tuple[str, str, str] | None:
        """The name in `unmapped`, the property and the group of a line; None if it is not written as it is kept."""
        if len(head) > LONGEST_HEAD:
            return None
        found = parse_line(line)
        known = None
        usual = found is not None and "ENCODING" not in found.parameters and found.name not in NEVER
        if found is not None and usual and str(found._replace(value="")) == f"{head}:":
            known = unmapped_name(found.name), found.name, found.group
        if len(self._kept) >= _MOST_HEADS:
            self._kept.clear()
        self._kept[head] = known
        return known


def _line(name: str, value: str, key: object, extras: Extras | None) -> str:
    """The line of a value with the parameters that are kept beside it."""
    found = extras.of(name, key) if extras is not None else None
    if not found:
        return f"{name}:{value}"
    if not found.keys().isdisjoint(KEPT_BESIDE):
        raise _Unusual
    return str(ContentLine(name, value, found))
