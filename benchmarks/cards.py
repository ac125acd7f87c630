"""Time and memory of reading and writing vCards, beside vobject.

python -m benchmarks.cards                 2,000 cards of each style, five rounds
python -m benchmarks.cards --cards 20000

The styles of the cards: `uniform`, the same 19 lines with other values; `plain`, varied cards of programs that write no
groups; `national`, such cards with national phone numbers, which are read with a country; `apple`, varied cards with a
group and a label for each value; `mixed`, varied cards of all styles. `Google`, `Apple` and so on are address books as
these programs export them, with pictures, labels, companies and numbers of several countries; they are read with a
country.

`lines` is the work that vobject does when it reads: the properties of each card with their parameters, unfolded and
unescaped where needed. `contacts` also makes checked contacts of them: e-mail addresses, phone numbers, addresses.
`writing` writes the pictures of the cards too, as vobject does.
vobject is left out if it is not installed.

vobject checks neither e-mail addresses nor phone numbers. `vobject with checks` reads with vobject, and then lets the
libraries that contactcore uses check each EMAIL (email-validator, without the network) and each TEL (phonenumbers:
parse, test whether it is possible, write as E.164), as a program has to. It still makes no addresses, dates or tags.
"""

from __future__ import annotations

import argparse
import gc
import io
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from benchmarks.program_cards import PROGRAMS, program_cards
from benchmarks.varied_cards import varied_cards
from contactcore.formats import vcard
from contactcore.formats.vcard.physical_lines import LineReader
from contactcore.formats.vcard.reading import CardFile

__all__ = ["cards", "main", "measure", "peak"]


def cards(count: int) -> str:
    """A file of vCard 3.0 as address books export it: 19 lines a card."""
    return "".join(
        "\r\n".join(
            (
                "BEGIN:VCARD",
                "VERSION:3.0",
                f"N:Doe{n};Jane;Marie;Dr.;",
                f"FN:Dr. Jane Marie Doe{n}",
                f"ORG:Bois & Fils {n % 50};Sales",
                "TITLE:Chief financial officer",
                f"EMAIL;TYPE=INTERNET,WORK,pref:jane{n}@bois.fr",
                f"EMAIL;TYPE=INTERNET,HOME:jane.doe{n}@example.org",
                f"TEL;TYPE=CELL:+336123{n % 100_000:05}",
                f"TEL;TYPE=WORK,VOICE:+331445{n % 100_000:05}",
                f"ADR;TYPE=WORK:;;{n} rue de la Paix\\, bâtiment 2;Paris;;75002;France",
                f"URL:https://bois.fr/{n}",
                f"BDAY:1980-03-{n % 28 + 1:02}",
                "CATEGORIES:VIP,Customers",
                "NOTE:Met at the fair\\nin Lyon\\, likes long notes that need folding because they",
                "  are longer than one line",
                f"UID:urn:uuid:{n:08}-0000-4000-8000-000000000000",
                f"X-AIM:jane{n}",
                "REV:2026-01-15T10:11:12Z",
                "END:VCARD",
                "",
            )
        )
        for n in range(count)
    )


def _best(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The least processor time of each work; the works take turns, so that a busy machine slows all of them."""
    times: dict[str, float] = {}
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            start = time.process_time()
            work()
            times[name] = min(time.process_time() - start, times.get(name, float("inf")))
    return times


def _lines(data: bytes) -> int:
    file = CardFile.of(data)
    with file.source.open() as stream:
        return sum(1 for _ in LineReader(stream, file.encoding, lambda *_: None).lines())


def _checked(text: str, country: str | None) -> int:
    """The number of e-mail addresses and phone numbers that vobject reads and the two libraries accept."""
    import phonenumbers
    import vobject  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from email_validator import EmailNotValidError, validate_email

    count = 0
    for card in vobject.readComponents(text, allowQP=True):
        for line in card.contents.get("email", ()):
            with suppress(EmailNotValidError):
                validate_email(line.value, check_deliverability=False)
                count += 1
        for line in card.contents.get("tel", ()):
            with suppress(phonenumbers.NumberParseException):
                number = phonenumbers.parse(line.value, country)
                if phonenumbers.is_possible_number(number):
                    phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                    count += 1
    return count


STYLES = ("uniform", "plain", "national", "apple", "mixed", *PROGRAMS)


PAIRS = (
    ("lines", "vobject reading"),
    ("contacts", "vobject reading"),
    ("contacts", "vobject with checks"),
    ("writing", "vobject writing"),
)
"""A work of contactcore, and the work of vobject that it is compared with."""


def _text(count: int, style: str) -> str:
    if style == "uniform":
        return cards(count)
    return program_cards(count, 1, style) if style in PROGRAMS else varied_cards(count, 1, style)


def measure(count: int, rounds: int, style: str = "uniform") -> dict[str, float]:
    """Microseconds a card, by name; the names of vobject are missing if it is not installed."""
    text = _text(count, style)
    data = text.encode()
    country = None if style in ("uniform", "plain", "apple") else "FR"
    read_cards = vcard.loads(data, country=country).cards
    contacts = [card.contact for card in read_cards]
    pictures = {id(card.contact): card.pictures for card in read_cards}
    works: dict[str, Callable[[], object]] = {
        "lines": lambda: _lines(data),
        "contacts": lambda: sum(1 for _ in vcard.read(data, country=country)),
        "writing": lambda: vcard.write(contacts, io.BytesIO(), "3.0", pictures=lambda one: pictures[id(one)]),
    }
    try:
        import vobject  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        pass
    else:
        read = list(vobject.readComponents(text, allowQP=True))
        works["vobject reading"] = lambda: sum(1 for _ in vobject.readComponents(text, allowQP=True))
        works["vobject with checks"] = lambda: _checked(text, country)
        with suppress(TypeError):  # vobject cannot write some cards that it has read
            assert len([one.serialize() for one in read]) == count
            works["vobject writing"] = lambda: [one.serialize() for one in read]
    return {name: best / count * 1e6 for name, best in _best(works, rounds).items()}


def peak(count: int) -> int:
    """The most bytes that reading and writing a stream of cards holds at a time, without the file itself."""
    data = cards(count).encode()

    class Nowhere(io.RawIOBase):
        def write(self, data: Any, /) -> int:
            return len(data)  # nothing is kept

    stream = io.BytesIO(data)
    tracemalloc.start()
    try:
        vcard.write((one.contact for one in vcard.read(stream) if one.contact is not None), Nowhere())
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def main() -> None:
    """Print one line for each work."""
    parser = argparse.ArgumentParser("python -m benchmarks.cards")
    parser.add_argument("--cards", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--style", choices=STYLES, help="only cards of this style")
    options = parser.parse_args()
    for style in [options.style] if options.style else STYLES:
        print(style)
        figures = measure(options.cards, options.rounds, style)
        for name, figure in figures.items():
            print(f"  {name:<20}{figure:8.1f} us a card")
        for own, other in PAIRS:
            if other in figures:
                print(f"  {own}: {figures[other] / figures[own]:.1f} times as fast as {other}")
    small, large = peak(options.cards), peak(options.cards * 4)
    sizes = f"{small / 1e6:.1f} MB for {options.cards:,} cards, {large / 1e6:.1f} MB for four times as many"
    print(f"memory of a stream: {sizes}")


if __name__ == "__main__":
    main()
