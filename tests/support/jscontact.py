"""A JSContact card with every property."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["CARD"]

CARD: Final[dict[str, Any]] = {
    "@type": "Card",
    "version": "1.0",
    "uid": "22B2C7DF-9120-4969-8460-05956FE6B065",
    "created": "2022-09-30T14:35:10Z",
    "updated": "2021-10-31T22:27:10Z",
    "language": "de-AT",
    "prodId": "ACME 1",
    "name": {
        "components": [
            {"kind": "given", "value": "Robert"},
            {"kind": "given2", "value": "Pau"},
            {"kind": "surname", "value": "Shou Chang"},
            {"kind": "separator", "value": ", "},
            {"kind": "generation", "value": "III"},
        ],
        "isOrdered": True,
        "full": "Robert Pau Shou Chang III",
        "sortAs": {"surname": "Pau Shou Chang", "given": "Robert"},
        "example.com:foo2": {"bar": "baz"},
    },
    "nicknames": {"k391": {"name": "Johnny"}},
    "organizations": {"o1": {"name": "ABC, Inc.", "units": [{"name": "North"}, {"name": "Sales"}], "sortAs": "ABC"}},
    "speakToAs": {"grammaticalGender": "neuter", "pronouns": {"k19": {"pronouns": "they/them", "pref": 2}}},
    "titles": {
        "le9": {"kind": "title", "name": "Research Scientist"},
        "k2": {"kind": "role", "name": "Project Leader", "organizationId": "o1"},
    },
    "emails": {
        "e1": {"contexts": {"work": True}, "address": "jq@xyz.example.com"},
        "e2": {"address": "jane@example.com", "pref": 1, "label": "priv", "vCardParams": {"x-foo": ["a", "b"]}},
    },
    "onlineServices": {
        "x1": {"uri": "xmpp:alice@example.com", "vCardName": "impp"},
        "x2": {"service": "Mastodon", "user": "@alice@example2.com", "uri": "https://example2.com/@alice"},
    },
    "phones": {
        "tel0": {"contexts": {"private": True}, "features": {"mobile": True}, "number": "tel:+12015550123", "pref": 1},
        "tel3": {"contexts": {"work": True}, "number": "tel:+12015550124", "example.com:x": 1},
    },
    "preferredLanguages": {
        "l1": {"language": "en", "contexts": {"work": True}, "pref": 1},
        "l2": {"language": "fr", "pref": 2},
    },
    "calendars": {
        "calA": {"kind": "calendar", "uri": "webcal://example.com/calA.ics", "mediaType": "text/calendar"},
        "busy": {"kind": "freeBusy", "uri": "https://example.com/busy"},
    },
    "schedulingAddresses": {"sched1": {"uri": "mailto:janedoe@example.com"}},
    "addresses": {
        "k23": {
            "contexts": {"work": True},
            "pref": 1,
            "components": [
                {"kind": "number", "value": "54321"},
                {"kind": "separator", "value": " "},
                {"kind": "name", "value": "Oak St"},
                {"kind": "locality", "value": "Reston"},
                {"kind": "region", "value": "VA"},
                {"kind": "postcode", "value": "20190"},
                {"kind": "country", "value": "USA"},
            ],
            "countryCode": "US",
            "defaultSeparator": ", ",
            "isOrdered": True,
            "timeZone": "America/New_York",
            "coordinates": "geo:38.9,-77.3",
        },
        "k24": {"full": "1 rue X\nParis\\2", "contexts": {"billing": True}},
    },
    "cryptoKeys": {"mykey1": {"uri": "https://www.example.com/keys/jdoe.cer"}},
    "directories": {
        "dir1": {"kind": "entry", "uri": "https://dir.example.com/jdoe.vcf"},
        "dir2": {"kind": "directory", "uri": "ldap://ldap.example/o=Example%20Tech", "pref": 1},
    },
    "links": {
        "link3": {"kind": "contact", "uri": "mailto:contact@example.com", "pref": 1},
        "l9": {"uri": "https://example.com", "label": "blog"},
        "l10": {"kind": "example.com:other", "uri": "https://example.com/"},
    },
    "media": {"res1": {"kind": "logo", "uri": "https://www.example.com/abc.jpg", "mediaType": "image/jpeg"}},
    "localizations": {"jp": {"titles/le9/name": "x"}},
    "anniversaries": {
        "k8": {"kind": "birth", "date": {"@type": "PartialDate", "year": 1953, "month": 4}, "place": {"full": "Rome"}},
        "k9": {"kind": "death", "date": {"@type": "Timestamp", "utc": "2019-10-15T23:10:00Z"}},
        "k10": {"kind": "other", "date": {"@type": "PartialDate", "year": 2000}},
    },
    "keywords": {"internet": True, "IETF, too": True},
    "notes": {
        "n1": {"note": "Office hours, Mon;Fri", "created": "2022-11-23T15:01:32Z", "author": {"name": "John"}},
        "n2": {"note": "two\nlines"},
    },
    "personalInfo": {
        "pi2": {"kind": "expertise", "value": "chemistry", "level": "high"},
        "pi1": {"kind": "hobby", "value": "reading", "listAs": 1},
    },
    "relatedTo": {
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6": {"relation": {"friend": True}},
        "8cacdfb7d1ffdb59@example.com": {"relation": {}},
    },
    "vCardProps": [["x-foo", {"group": "item2", "pref": "1"}, "unknown", "a;b,c"], ["x-t", {}, "text", "a;b,c\nd"]],
    "example.com:customprop": {"a": [1, 2.5, {"b": None}], "~/": True},
    "foo": "bar",
}
