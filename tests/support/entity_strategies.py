"""Hypothesis strategies for all values and entities: valid ones, in many scripts, with hostile texts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st

from contactcore.model import (
    AUTHORITIES,
    ENTRY_TYPES,
    MODULES,
    TOPICS,
    AccessPolicy,
    AccountEntry,
    Affiliation,
    Authority,
    Company,
    Interaction,
    Item,
    ItemRole,
    LinkedFile,
    NotificationPreferences,
    PaymentMethod,
    PermissionSet,
    Person,
    Picture,
    PictureContent,
    Site,
    User,
)
from contactcore.model.consent import Consent
from contactcore.model.crop import Crop
from contactcore.model.distinction import Distinction
from contactcore.model.message import MESSAGE_STATES, Message
from contactcore.model.starting_lists import ROLES
from contactcore.values import (
    Address,
    Currency,
    EmailAddress,
    Language,
    Money,
    PartialDate,
    PersonName,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
)
from contactcore.values.card_numbers import has_card_number
from contactcore.values.texts import clean_line

__all__ = [
    "HOSTILE_TEXTS",
    "NAMES",
    "UNSTORABLE_TEXTS",
    "account_entries",
    "addresses",
    "affiliations",
    "amounts",
    "authorities",
    "companies",
    "consents",
    "contacts",
    "currencies",
    "distinctions",
    "emails",
    "interactions",
    "item_roles",
    "items",
    "languages",
    "lines",
    "messages",
    "names",
    "partial_dates",
    "payment_methods",
    "people",
    "permission_sets",
    "person_names",
    "phones",
    "pictures",
    "policies",
    "preferences",
    "sites",
    "socials",
    "tags",
    "texts",
    "user_names",
    "users",
    "websites",
    "with_one_billing",
]

NAMES = (
    *(
        "Doe",
        "doe",
        "DOE",
        "Élan",
        "Elan",
        "Łoś",
        "Ångström",
        "Österreich",
        "Ñandú",
        "Çelik",
        "Ißler",
        "Žižka",
        "Ødegård",
    ),
    *("O'Neil", "O’Neil", "L'Oréal", "van der Berg", "De la Cruz", "Smith-Jones", "Csaba", "Cukor", "Llull", "Nyírő"),
    *("Петров", "Ёлкин", "Παπαδόπουλος", "山田", "李小龍", "たなか", "김철수", "محمد", "כהן", "नेहा", "สมชาย", "Հայկ"),
    *("3M", "1&1", "#hash", "@home", "42", "½", "Ⅷ", "ﬁn", "Ａｃｍｅ", "I", "ı", "İ", "ǅ", "ß"),
)
"""Names in many scripts and with difficult letters."""

HOSTILE_TEXTS = (
    *("100%", "_", "%_%", "'; DROP TABLE record; --", '" OR ""="', "\\", "\\N", "NULL", "None", "NaN", "-1", "0"),
    *(
        "a* OR b*",
        "NEAR(a b)",
        '"a" AND',
        "^a",
        "a:b",
        "{a}",
        "(",
        "-a",
        "a\u00adb",
        "\u200bx\u200b",
        "\u202eevil\u202c",
    ),
    *(
        "\u2067rtl\u2069",
        "e\u0301",
        "\u0301",
        "👩‍👩‍👧‍👦",
        "𝔘𝔫𝔦",
        "\ufdfa",
        "\uffff",
        "\U0010ffff",
        "=1+1",
        "@SUM(A1)",
        "<b>&amp;",
        "a\tb",
    ),
)
"""Texts that break programs and must be stored unchanged, except for white space."""

UNSTORABLE_TEXTS = ("\x00", "a\x00b", "\ud800", "a\udfffb", "x" * 1_000_001, "\x01", "\x1b[0m")
"""Texts that every storage must refuse."""

_STORABLE = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029")
_ADDRESSEES = ("info", "jane.doe", "JANE", "o'neil", "a+b", "x_y", "1", "jo")
_DOMAINS = ("bois.fr", "acme.example", "EXAMPLE.org", "mail.example.co.uk", "élan.fr")
_NUMBERS = (
    "+33144556677",
    "+33 6 12 34 56 78",
    "+48 22 555 12 34",
    "+1 212-555-0123",
    "+44 20 7946 0000",
    "+49 30 901820",
)


def lines() -> st.SearchStrategy[str]:
    """One line of text as it is stored: never empty, often hostile."""
    wild = st.text(_STORABLE, min_size=1, max_size=40)
    return st.one_of(st.sampled_from(NAMES), st.sampled_from(HOSTILE_TEXTS), wild).filter(
        lambda text: bool(text.strip())
    )


def texts() -> st.SearchStrategy[str]:
    """Text of several lines."""
    return st.lists(lines(), max_size=3).map("\n".join)


def names() -> st.SearchStrategy[str]:
    """Names of people and companies."""
    parts = st.sampled_from(NAMES)
    return st.one_of(parts, st.tuples(parts, parts).map(" ".join), lines())


def person_names() -> st.SearchStrategy[PersonName]:
    """Names with any of their parts."""
    some = st.one_of(st.just(""), names())
    return st.builds(PersonName, given=names(), family=some, middle=some, nickname=some, full=some)


def emails() -> st.SearchStrategy[EmailAddress]:
    """E-mail addresses in plain and unusual spellings."""
    kinds = st.sampled_from(("", "work", "home"))
    parts = st.tuples(st.sampled_from(_ADDRESSEES), st.sampled_from(_DOMAINS))
    return st.builds(EmailAddress, parts.map("@".join), kind=kinds)


def phones() -> st.SearchStrategy[PhoneNumber]:
    """Phone numbers of several countries and kinds."""
    return st.builds(PhoneNumber, st.sampled_from(_NUMBERS), kind=st.sampled_from(("", "work", "mobile", "fax")))


def websites() -> st.SearchStrategy[Website]:
    """Websites."""
    return st.sampled_from(("https://bois.fr", "http://example.org/a?b=c", "https://élan.fr/")).map(Website)


def socials() -> st.SearchStrategy[SocialProfile]:
    """Social profiles."""
    return st.builds(
        SocialProfile, st.sampled_from(("linkedin", "github", "x")), st.sampled_from(("jane", "bois-fils"))
    )


def tags() -> st.SearchStrategy[Tag]:
    """Tags, some of them equal in another spelling."""
    known = st.sampled_from(("VIP", "vip", "Été", "ÉTÉ", "Straße", "STRASSE", "a b", "100%"))
    wild = lines().map(lambda text: text[:50]).filter(_is_tag)
    return st.one_of(known, wild).map(Tag)


def _is_tag(text: str) -> bool:
    try:
        Tag(text)
    except ValueError:
        return False
    return True


def currencies() -> st.SearchStrategy[Currency]:
    """Currencies."""
    return st.sampled_from(("EUR", "PLN", "USD", "JPY")).map(Currency)


def languages() -> st.SearchStrategy[Language]:
    """Languages with different orders."""
    return st.sampled_from(("en", "fr", "de", "pl", "cs", "sv", "da", "es", "tr", "hu", "ru", "ja")).map(Language)


def partial_dates() -> st.SearchStrategy[PartialDate]:
    """Dates, whole and in part."""
    return st.sampled_from(("1980-02-29", "--02-29", "1980", "1980-02")).map(PartialDate.parse)


def policies() -> st.SearchStrategy[AccessPolicy]:
    """Access policies."""
    return st.sampled_from(AccessPolicy)


def user_names() -> st.SearchStrategy[str]:
    """Names of users; some look like access terms."""
    return st.sampled_from(("amelie", "bob", "Bob", "*", "!admin", "=bob", "visible:*", "Łukasz", "x y"))


def users() -> st.SearchStrategy[User]:
    """Users and admins."""
    return st.builds(User, user_names(), admin=st.booleans())


def addresses() -> st.SearchStrategy[Address]:
    """Postal addresses."""
    some = st.one_of(st.just(""), lines())
    return st.builds(
        Address,
        label=st.sampled_from(("", "work", "home")),
        street=some,
        city=lines(),
        country=st.sampled_from(("", "FR", "PL", "US", "JP")),
        billing=st.booleans(),
    )


def with_one_billing(given: list[Address]) -> list[Address]:
    """The addresses with the billing flag on the first one that has it, because a contact has one."""
    first = next((address for address in given if address.billing), None)
    return [attrs.evolve(address, billing=address is first) for address in given]


def _shared() -> dict[str, st.SearchStrategy[object]]:
    return {
        "emails": st.lists(emails(), max_size=3),
        "phones": st.lists(phones(), max_size=3),
        "websites": st.lists(websites(), max_size=2),
        "socials": st.lists(socials(), max_size=2),
        "addresses": st.lists(addresses(), max_size=2).map(with_one_billing),
        "type": st.sampled_from(("", "contractor", "supplier")),
        "tags": st.lists(tags(), max_size=3),
        "description": texts(),
        "currency": st.one_of(st.none(), currencies()),
        "language": st.one_of(st.none(), languages()),
        "responsibles": st.lists(user_names(), max_size=2),
        "access": st.one_of(st.none(), policies()),
        "listed": st.booleans(),
        "external_id": st.one_of(st.just(""), lines()),
        "unmapped": st.dictionaries(lines(), texts(), max_size=2),
    }


def companies() -> st.SearchStrategy[Company]:
    """New companies, with values for any field."""
    return st.builds(Company, name=names(), division=st.one_of(st.just(""), names()), **_shared())


def people() -> st.SearchStrategy[Person]:
    """New persons, with values for any field."""
    some = st.one_of(st.just(""), names())
    return st.builds(
        Person,
        given_name=names(),
        family_name=some,
        middle_name=some,
        prefix=some,
        suffix=some,
        nickname=some,
        phonetic_family_name=some,
        full_name=some,
        birthday=st.one_of(st.none(), partial_dates()),
        gender=some,
        **_shared(),
    )


def contacts() -> st.SearchStrategy[Person | Company]:
    """Persons and companies."""
    return st.one_of(people(), companies())


def affiliations() -> st.SearchStrategy[Affiliation]:
    """New affiliations."""
    days = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2019, 12, 31)))
    later = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
    return st.builds(
        Affiliation,
        position=st.one_of(st.just(""), lines()),
        department=st.one_of(st.just(""), lines()),
        information=texts(),
        email=st.one_of(st.none(), emails()),
        phone=st.one_of(st.none(), phones()),
        retired=st.lists(emails(), max_size=2),
        authorities=st.lists(authorities(), max_size=3),
        permissions=st.one_of(st.none(), permission_sets()),
        notifications=st.one_of(st.none(), preferences()),
        start=days,
        end=later,
        active=st.booleans(),
    )


def sites() -> st.SearchStrategy[Site]:
    """New sites."""
    return st.builds(
        lambda address, **more: Site(address=address and attrs.evolve(address, billing=False), **more),
        name=lines(),
        address=st.one_of(st.none(), addresses()),
        from_billing=st.booleans(),
        emails=st.lists(emails(), max_size=2),
        phones=st.lists(phones(), max_size=2),
        access_notes=texts(),
    )


def items() -> st.SearchStrategy[Item]:
    """New items."""
    return st.builds(
        Item,
        lines(),
        description=texts(),
        status=st.sampled_from(("open", "closed")),
        of_themself=st.booleans(),
        external_id=st.one_of(st.just(""), lines()),
    )


def amounts() -> st.SearchStrategy[Money]:
    """Amounts of either sign with two decimals, up to the largest."""
    cents = st.integers(-(10**17) + 1, 10**17 - 1)
    return cents.map(lambda one: Money(f"{'-' if one < 0 else ''}{abs(one) // 100}.{abs(one) % 100:02d}", "EUR"))


def account_entries() -> st.SearchStrategy[AccountEntry]:
    """New entries of accounts, of every type and in currencies with any number of decimals."""
    days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
    some = st.one_of(st.just(""), lines()).filter(lambda text: not has_card_number(text))
    return st.builds(
        lambda type, units, currency, due, amends, **more: AccountEntry(
            type,
            Money(Decimal(units if type == "amendment" else abs(units) + 1), currency),
            due=more["date"] + timedelta(due) if due is not None and type in {"invoice", "amendment"} else None,
            amends=amends if type == "amendment" else "",
            **more,
        ),
        type=st.sampled_from(ENTRY_TYPES),
        units=st.integers(-(10**14), 10**14),
        currency=st.sampled_from(("EUR", "JPY", "KWD", "CLF")),
        due=st.one_of(st.none(), st.integers(0, 90)),
        amends=some.filter(bool),
        key=some.filter(lambda text: bool(text.strip())),
        date=days,
        number=some,
        text=texts().filter(lambda text: not has_card_number(text)),
        item_id=st.one_of(st.just(""), st.uuids().map(str)),
    )


def payment_methods() -> st.SearchStrategy[PaymentMethod]:
    """New payment methods."""
    some = lines().filter(lambda text: not has_card_number(text))
    return st.builds(
        PaymentMethod,
        some,
        brand=st.one_of(st.just(""), some),
        last_four=st.sampled_from(("", "0000", "4242")),
        expiry=st.sampled_from((None, "2027-05", "1999-12")),
    )


def interactions() -> st.SearchStrategy[Interaction]:
    """New interactions, in UTC or with the name of a time zone."""
    zones = st.sampled_from([UTC, *map(ZoneInfo, ("Europe/Paris", "America/New_York", "Asia/Kathmandu"))])
    starts = st.datetimes(datetime(1900, 1, 1), datetime(2900, 1, 1), timezones=zones)  # noqa: DTZ001 - with `zones`
    values = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), st.floats(allow_nan=False), texts()),
        lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(texts(), inner, max_size=2)),
        max_leaves=5,
    ).filter(lambda value: "inf" not in repr(value))
    files = st.builds(LinkedFile, lines().map(lambda line: f"id {line}"), name=st.one_of(st.just(""), lines()))
    some_id = st.one_of(st.just(""), st.uuids().map(str))
    return st.builds(
        lambda start, length, **more: Interaction(start=start, end=length and start + length, **more),
        title=lines(),
        type=st.sampled_from(("note", "appointment", "action")),
        start=starts,
        length=st.one_of(st.none(), st.timedeltas(timedelta(), timedelta(days=9))),
        body=texts(),
        item_id=some_id,
        site_id=some_id,
        person_id=some_id,
        actor=user_names(),
        state=st.sampled_from(("planned", "done", "cancelled")),
        payload=st.dictionaries(texts(), values, max_size=3),
        attachments=st.lists(files, max_size=2),
    )


def item_roles() -> st.SearchStrategy[ItemRole]:
    """New roles of contacts for items."""
    return st.builds(ItemRole, role=st.sampled_from((*ROLES, "")), information=texts())


def pictures() -> st.SearchStrategy[Picture]:
    """New pictures of contacts and items."""
    small, large, sizes = st.integers(1, 300), st.integers(1, 2_000), st.integers(1, 10_000_000)
    digests = st.text("0123456789abcdef", min_size=64, max_size=64)
    media_types = st.sampled_from(("image/jpeg", "image/png"))
    crops = st.builds(Crop, st.floats(1, 50), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
    thumbnails = st.tuples(st.binary(max_size=50), st.integers(1, 64), st.integers(1, 96))
    return st.builds(
        lambda media_type, thumbnail, **more: Picture(
            media_type=media_type,
            thumbnail=PictureContent(thumbnail[0], thumbnail[1], thumbnail[2], media_type),
            **more,
        ),
        media_type=media_types,
        thumbnail=thumbnails,
        item_id=st.sampled_from(("", "i")),
        width=small,
        height=small,
        size=sizes,
        upright_width=large,
        upright_height=large,
        crop=crops,
        shown_file=digests,
        upright_file=digests,
        import_id=st.sampled_from(("", "7")),
    )


def distinctions() -> st.SearchStrategy[Distinction]:
    """Declarations that two contacts are different."""
    digests = st.text("0123456789abcdef", min_size=32, max_size=32)
    times = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
    return st.builds(Distinction, digest=digests, other_digest=digests, by=st.sampled_from(("", "amelie")), at=times)


def consents() -> st.SearchStrategy[Consent]:
    """Consents in force and withdrawn ones."""
    times = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
    pairs = st.tuples(times, st.none() | times).map(lambda pair: (min(pair[0], pair[1] or pair[0]), pair[1]))
    return st.builds(
        lambda purpose, wording, version, source, pair: Consent(
            purpose=purpose,
            wording=wording,
            wording_version=version,
            source=source,
            given=pair[0],
            withdrawn=pair[1],
        ),
        lines().filter(lambda line: clean_line(line) and len(line) <= 200),
        texts(),
        st.sampled_from(("", "2026-03")),
        st.sampled_from(("", "phone", "form:7")),
        pairs,
    )


def authorities() -> st.SearchStrategy[Authority]:
    """Authorities of every kind, with and without first and last day."""
    days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
    spans = st.tuples(st.one_of(st.none(), days), st.one_of(st.none(), days))
    forward = spans.map(lambda span: tuple(sorted(span)) if None not in span else span)  # type: ignore[type-var] # both are days then
    return st.builds(
        lambda power, span, joint, evidence: Authority(
            slug=power, start=span[0], end=span[1], joint=joint, evidence=evidence
        ),
        st.one_of(st.sampled_from(AUTHORITIES), lines()),
        forward,
        st.booleans(),
        texts(),
    )


def permission_sets() -> st.SearchStrategy[PermissionSet]:
    """Permission sets, also empty ones and ones with modules of the host."""
    return st.lists(st.sampled_from((*MODULES, "price-lists")), unique=True).map(PermissionSet)


def preferences() -> st.SearchStrategy[NotificationPreferences]:
    """Notification preferences, also empty ones and ones with topics of the host."""
    return st.lists(st.sampled_from((*TOPICS, "newsletter")), unique=True).map(NotificationPreferences)


def messages() -> st.SearchStrategy[Message]:
    """New messages in every state, with headers."""
    some = st.one_of(st.just(""), lines())
    return st.builds(
        Message,
        to=emails().map(lambda email: EmailAddress(email.text)),
        to_name=some,
        subject=lines(),
        text=st.tuples(lines(), texts()).map("\n".join),
        html=some,
        language=st.one_of(st.none(), languages()),
        headers=st.dictionaries(st.sampled_from(("X-Second", "Organization", "X-Own")), lines(), max_size=2),
        state=st.sampled_from(MESSAGE_STATES),
        attempts=st.integers(0, 20),
        key=some.map(lambda text: text[:200].strip()),
        about=st.lists(st.uuids().map(str), max_size=2, unique=True),
        confidential=st.booleans(),
    )
