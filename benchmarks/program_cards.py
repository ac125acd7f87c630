"""Address books as the known programs export them."""

from __future__ import annotations

import base64
import quopri
import random
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from benchmarks.varied_cards import CITIES, FIRMS, FORMS, GIVEN, STEMS, STREETS, TAGS, TITLES, WORDS, plain_ascii

__all__ = ["PROGRAMS", "program_cards"]


class _Contact:
    """The values of one contact, before a program writes them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.given = chance.choice(GIVEN)
        self.family = chance.choice(STEMS) + chance.choice(("", "", "son", "ski", "-Martin", " da Silva", "ova"))
        self.nameless = chance.random() < 0.05
        self.company = not self.nameless and chance.random() < 0.06
        self.firm = f"{chance.choice(FIRMS)} {chance.choice(FORMS)} {chance.randrange(5_000)}"
        self.title = chance.choice(TITLES) if chance.random() < 0.4 else ""
        self.position = chance.random() < 0.6
        place = f"{plain_ascii(self.firm.partition(' ')[0])}{chance.randrange(700)}.example"
        user = f"{plain_ascii(self.given)}.{plain_ascii(self.family)}{chance.randrange(1_000)}"
        kinds = chance.sample(("WORK", "HOME"), chance.choice((0, 1, 1, 1, 2)) or self.nameless)
        self.emails = [(kind, f"{user}@{place if kind == 'WORK' else 'mail.example'}") for kind in kinds]
        self.addresses = [
            (kind, self._address()) for kind in chance.sample(("HOME", "WORK"), chance.choice((0, 0, 1, 1, 2)))
        ]
        french = all(country == "France" for _, (*_, country) in self.addresses)
        self.phones = [
            (kind, self._phone(national=french))
            for kind in chance.sample(("CELL", "WORK", "HOME"), chance.choice((0, 1, 1, 2, 3)))
        ]
        self.url = f"https://{place}/{chance.choice(('', 'team'))}" if chance.random() < 0.25 else ""
        self.birthday = date(chance.randrange(1940, 2010), chance.randrange(1, 13), chance.randrange(1, 29))
        self.born = chance.random() < 0.3
        self.tags = chance.sample(TAGS, chance.choice((0, 0, 1, 2)))
        self.note = " ".join(chance.choices(WORDS, k=chance.randint(2, 40))) if chance.random() < 0.3 else ""
        self.picture = chance.randbytes(chance.randrange(2_000, 9_000)) if chance.random() < 0.15 else b""
        self.id = str(uuid.UUID(int=chance.getrandbits(128)))

    def _phone(self, *, national: bool) -> str:
        chance = self.chance
        digits = f"{chance.randrange(10**8):08}"
        pairs = " ".join(digits[at : at + 2] for at in range(0, 8, 2))
        own = f"{'0' if national else '+33 '}{chance.choice('167')} {pairs}"
        others = (f"+49 151 {digits}", f"+1 (212) 55{digits[0]}-{digits[1:5]}", f"+336{digits}")
        return chance.choice((own, f"+33 {chance.choice('167')} {pairs}", *others))

    def _address(self) -> tuple[str, str, int, str]:
        city, country = self.chance.choice(CITIES)
        more = self.chance.choice(("", "", "", ", bâtiment 2"))
        street = f"{self.chance.randrange(1, 300)} {self.chance.choice(STREETS)}{more}"
        return street, city, self.chance.randrange(10_000, 99_999), country

    @property
    def name(self) -> str:
        """The shown name."""
        if self.nameless:
            return self.emails[0][1]
        return self.firm if self.company else f"{self.given} {self.family}"

    @property
    def names(self) -> str:
        """The value of N."""
        return ";;;;" if self.nameless or self.company else f"{self.family};{self.given};;;"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")


def _address(address: tuple[str, str, int, str]) -> str:
    street, city, code, country = address
    return f";;{_escaped(street)};{city};;{code};{country}"


def _google(one: _Contact) -> Iterator[str]:  # noqa: C901 - one branch for each property
    yield "VERSION:3.0"
    yield f"FN:{_escaped(one.name)}"
    yield f"N:{one.names}"
    group = iter(range(1, 99))
    for kind, email in one.emails:
        if one.chance.random() < 0.1:
            item = next(group)
            yield f"item{item}.EMAIL;TYPE=INTERNET:{email}"
            yield f"item{item}.X-ABLabel:Autre"
        else:
            yield f"EMAIL;TYPE=INTERNET;TYPE={kind}:{email}"
    for kind, phone in one.phones:
        yield f"TEL;TYPE={kind}:{phone}"
    for kind, (street, city, code, country) in one.addresses:
        whole = _escaped(f"{street}\n{code} {city}\n{country}") if one.chance.random() < 0.2 else _escaped(street)
        yield f"ADR;TYPE={kind}:;;{whole};{city};;{code};{country}"
    if one.company or one.position:
        yield f"ORG:{one.firm}"
    if one.title and not one.company:
        yield f"TITLE:{one.title}"
    if one.url:
        item = next(group)
        yield f"item{item}.URL:{one.url.replace(':', chr(92) + ':')}"
        yield f"item{item}.X-ABLabel:PROFILE"
    if one.born:
        yield f"BDAY:{one.birthday}"
    if one.chance.random() < 0.1:
        item = next(group)
        yield f"item{item}.X-ABRELATEDNAMES:{one.chance.choice(GIVEN)}"
        yield f"item{item}.X-ABLabel:_$!<Spouse>!$_"
    if one.note:
        yield f"NOTE:{_escaped(one.note)}"
    if one.picture:
        yield f"PHOTO:https://lh3.example/contacts/{one.id}"
    yield "CATEGORIES:" + ",".join([*one.tags, "myContacts"])


def _apple(one: _Contact) -> Iterator[str]:  # noqa: C901, PLR0912 - one branch for each property
    yield "VERSION:3.0"
    yield "PRODID:-//Apple Inc.//iPhone OS 17.5.1//EN"
    yield f"N:{one.names}"
    yield f"FN:{_escaped(one.name)}"
    group = iter(range(1, 99))
    if one.company or one.position:
        yield f"ORG:{one.firm};"
    if one.title and not one.company:
        yield f"TITLE:{one.title}"
    for place, (kind, email) in enumerate(one.emails):
        first = ";type=pref" if not place else ""
        if one.chance.random() < 0.5:
            item = next(group)
            yield f"item{item}.EMAIL;type=INTERNET{first}:{email}"
            yield f"item{item}.X-ABLabel:{one.chance.choice(('_$!<Other>!$_', f'_$!<{kind.title()}>!$_', 'Büro'))}"
        else:
            yield f"EMAIL;type=INTERNET;type={kind}{first}:{email}"
    for place, (kind, phone) in enumerate(one.phones):
        first = ";type=pref" if not place else ""
        if one.chance.random() < 0.2:
            item = next(group)
            yield f"item{item}.TEL{first}:{phone}"
            yield f"item{item}.X-ABLabel:_$!<Main>!$_"
        else:
            yield f"TEL;type={kind};type=VOICE{first}:{phone}"
    for kind, address in one.addresses:
        item = next(group)
        yield f"item{item}.ADR;type={kind}:{_address(address)}"
        yield f"item{item}.X-ABADR:fr"
    if one.note:
        yield f"NOTE:{_escaped(one.note)}"
    if one.url:
        item = next(group)
        yield f"item{item}.URL;type=pref:{one.url.replace(':', chr(92) + ':')}"
        yield f"item{item}.X-ABLabel:_$!<HomePage>!$_"
    if one.born and not one.company:
        if one.chance.random() < 0.2:
            yield f"BDAY;X-APPLE-OMIT-YEAR=1604:{one.birthday.replace(year=1604)}"
        else:
            yield f"BDAY;value=date:{one.birthday}"
    if one.chance.random() < 0.1:
        item = next(group)
        yield f"item{item}.X-ABDATE;type=pref:2011-05-0{item}"
        yield f"item{item}.X-ABLabel:_$!<Anniversary>!$_"
    if one.chance.random() < 0.1:
        user = plain_ascii(one.given)
        yield f"X-SOCIALPROFILE;type=twitter:http://twitter.com/{user}{one.chance.randrange(99)}"
    if one.picture:
        yield f"PHOTO;ENCODING=b;TYPE=JPEG:{base64.b64encode(one.picture).decode()}"
    if one.company:
        yield "X-ABShowAs:COMPANY"
    yield f"UID:{one.id}"
    yield "REV:2024-01-15T10:11:12Z"


def _quoted(head: str, text: str) -> str:
    """A line of version 2.1; letters beyond ASCII are in quoted-printable, with soft line breaks."""
    if text.isascii():
        return f"{head}:{text}"
    coded = quopri.encodestring(text.encode(), quotetabs=False).decode().replace("\n", "\r\n")
    return f"{head};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{coded}"


def _android(one: _Contact) -> Iterator[str]:
    yield "VERSION:2.1"
    yield _quoted("N", one.names)
    yield _quoted("FN", one.name)
    for place, (kind, phone) in enumerate(one.phones):
        yield f"TEL;{kind}{'' if place else ';PREF'}:{phone.replace(' ', '')}"
    for kind, email in one.emails:
        yield f"EMAIL;{kind}:{email}"
    for kind, (street, city, code, country) in one.addresses:
        yield _quoted(f"ADR;{kind}", f";;{street.replace(',', '')};{city};;{code};{country}")
    if one.company or one.position:
        yield _quoted("ORG", one.firm)
    if one.title and not one.company:
        yield _quoted("TITLE", one.title)
    if one.url:
        yield f"URL:{one.url}"
    if one.note:
        yield _quoted("NOTE", one.note)
    if one.born and not one.company:
        yield f"BDAY:{one.birthday}"
    if one.picture:
        text = base64.b64encode(one.picture).decode()
        lines = [text[at : at + 72] for at in range(0, len(text), 72)]
        yield "PHOTO;ENCODING=BASE64;JPEG:" + "\r\n ".join(lines) + "\r\n"


def _outlook(one: _Contact) -> Iterator[str]:
    yield "VERSION:2.1"
    yield f"N;LANGUAGE=fr;CHARSET=utf-8:{one.names}"
    yield f"FN;CHARSET=utf-8:{one.name}"
    if one.company or one.position:
        yield f"ORG;CHARSET=utf-8:{one.firm}"
    if one.title and not one.company:
        yield f"TITLE:{one.title}"
    if one.note:
        yield f"NOTE;CHARSET=utf-8:{one.note}"
    for kind, phone in one.phones:
        yield f"TEL;{kind};VOICE:{phone}"
    for kind, (street, city, code, country) in one.addresses:
        yield f"ADR;{kind};CHARSET=utf-8:;;{street};{city};;{code};{country}"
        # A soft line break stands after each line, as Outlook writes it.
        lines = [quopri.encodestring(text.encode()).decode() for text in (street, f"{code} {city}")]
        yield f"LABEL;{kind};ENCODING=QUOTED-PRINTABLE;CHARSET=utf-8:" + "=0D=0A=\r\n".join(lines)
    yield "X-MS-OL-DEFAULT-POSTAL-ADDRESS:2"
    if one.url:
        yield f"URL;WORK:{one.url}"
    if one.born:
        yield f"BDAY:{one.birthday:%Y%m%d}"
    for place, (_, email) in enumerate(one.emails):
        yield f"EMAIL;{'INTERNET' if place else 'PREF;INTERNET'}:{email}"
    yield "REV:20240115T101112Z"


def _thunderbird(one: _Contact) -> Iterator[str]:
    yield "VERSION:4.0"
    for place, (kind, email) in enumerate(one.emails):
        yield f"EMAIL;PREF={place + 1};TYPE={kind.lower()}:{email}"
    yield f"FN:{_escaped(one.name)}"
    yield f"N:{one.names}"
    if one.company or one.position:
        yield f"ORG:{one.firm};Sales"
    if one.title and not one.company:
        yield f"TITLE:{one.title}"
    for kind, phone in one.phones:
        yield f"TEL;TYPE={kind.lower()};VALUE=TEXT:{phone}"
    for kind, address in one.addresses:
        yield f"ADR;TYPE={kind.lower()}:{_address(address)}"
    if one.url:
        yield f"URL;TYPE=work;VALUE=URL:{one.url}"
    if one.note:
        yield f"NOTE:{_escaped(one.note)}"
    if one.born and not one.company:
        yield f"BDAY;VALUE=DATE:{one.birthday:%Y%m%d}"
    yield f"UID:{one.id}"


def _nextcloud(one: _Contact) -> Iterator[str]:
    yield f"VERSION:{one.chance.choice(('3.0', '4.0'))}"
    yield "PRODID:-//Sabre//Sabre VObject 4.5.4//EN"
    yield f"UID:{one.id}"
    yield f"FN:{_escaped(one.name)}"
    if not one.company:
        yield f"N:{one.names}"
    for kind, address in one.addresses:
        yield f"ADR;TYPE={kind}:{_address(address)}"
    for kind, email in one.emails:
        yield f'EMAIL;TYPE="{kind},INTERNET":{email}' if one.chance.random() < 0.1 else f"EMAIL;TYPE={kind}:{email}"
    for kind, phone in one.phones:
        yield f'TEL;TYPE="{kind},VOICE":{phone}'
    if one.company or one.position:
        yield f"ORG:{one.firm}"
    if one.tags:
        yield "CATEGORIES:" + ",".join(one.tags)
    if one.note:
        yield f"NOTE:{_escaped(one.note)}"
    if one.born and not one.company:
        yield f"BDAY:{one.birthday:%Y%m%d}"
    if one.picture:
        yield f"PHOTO;ENCODING=b;TYPE=jpeg:{base64.b64encode(one.picture).decode()}"
    yield "REV;VALUE=DATE-AND-OR-TIME:20240115T101112Z"


def _khard(one: _Contact) -> Iterator[str]:
    yield "VERSION:3.0"
    for kind, address in one.addresses:
        yield f"ADR;TYPE={kind.lower()}:{_address(address)}"
    if one.tags:
        yield "CATEGORIES:" + ",".join(one.tags)
    for kind, email in one.emails:
        yield f"EMAIL;TYPE={kind.lower()}:{email}"
    yield f"FN:{_escaped(one.name)}"
    yield f"N:{one.names}"
    if one.note:
        yield f"NOTE:{_escaped(one.note)}"
    if one.company or one.position:
        yield f"ORG:{one.firm}"
    yield "REV:20240115T101112Z"
    for place, (kind, phone) in enumerate(one.phones):
        yield f"TEL;TYPE={kind.lower()}{'' if place else ',pref'}:{phone}"
    if one.chance.random() < 0.1:
        yield f"X-SKYPE:{plain_ascii(one.given)}"
    yield f"UID:{one.id}"


PROGRAMS: Final[dict[str, Callable[[_Contact], Iterator[str]]]] = {
    "Google": _google,
    "Apple": _apple,
    "Android": _android,
    "Outlook": _outlook,
    "Thunderbird": _thunderbird,
    "Nextcloud": _nextcloud,
    "khard": _khard,
}
"""Program -> writes the lines of a contact as the program does."""


def program_cards(count: int, seed: int, program: str) -> str:
    """A file of vCards as a program exports it: people, a few companies, a few entries without a name.

    Args:
        count: The number of cards.
        seed: The seed of the values.
        program: A key of `PROGRAMS`.
    """
    chance = random.Random(seed)
    lines = PROGRAMS[program]
    return "".join(
        f"BEGIN:VCARD\r\n{''.join(map(_folded, lines(_Contact(chance))))}END:VCARD\r\n" for _ in range(count)
    )


def _folded(line: str) -> str:
    if ";ENCODING=QUOTED-PRINTABLE" in line or ";ENCODING=BASE64" in line:
        return f"{line}\r\n"
    return "\r\n ".join(line[place : place + 74] for place in range(0, len(line), 74)) + "\r\n"
