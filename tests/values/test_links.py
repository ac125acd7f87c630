"""Web addresses and social profiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.values import SOCIAL_SERVICES, SocialProfile, Website


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.org", "https://example.org"),
        ("example.com/x", "https://example.com/x"),
        ("//example.com/x", "https://example.com/x"),
        (" HTTP://WWW.Example.COM:80/Path?Q=1#F ", "http://www.example.com/Path?Q=1#F"),
        ("example.com:8080", "https://example.com:8080"),
        ("https://example.org/", "https://example.org"),
        ("https://example.org./x/", "https://example.org/x/"),
        ("https://bücher.example/ä", "https://bücher.example/ä"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://intranet/wiki", "http://intranet/wiki"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080"),
        ('https://a.example/"<b>"', "https://a.example/%22%3Cb%3E%22"),
        ("https://a.example/x\u202ey", "https://a.example/x%E2%80%AEy"),
        ("https://a.example/?u=jo@b.example", "https://a.example/?u=jo@b.example"),
    ],
)
def test_a_web_address_is_kept_in_its_normal_spelling(text: str, url: str) -> None:
    assert str(Website(text)) == url


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "website-empty"),
        ("javascript:alert(1)", "website-scheme"),
        ("JavaScript:alert(1)", "website-scheme"),
        ("java\tscript:alert(1)", "website-syntax"),
        ("data:text/html,x", "website-scheme"),
        ("ftp://example.org", "website-scheme"),
        ("mailto:jo@example.org", "website-scheme"),
        ("https:example.org", "website-scheme"),
        ("https://", "website-host"),
        ("https:///x", "website-host"),
        ("example", "website-host"),
        ("https://exa mple.org", "website-syntax"),
        ("https://-a.example", "website-host"),
        ("https://a..example", "website-host"),
        ("https://a.example:99999", "website-host"),
        ("https://a.example:x", "website-host"),
        ("https://[::1", "website-host"),
        ("https://me:secret@example.org", "website-credentials"),
        ("jo@example.org", "website-credentials"),
        ("https://a.example\\@b.example", "website-credentials"),
        ("https://a.example\u202e.org", "website-host"),
        ("https://a.example/" + "x" * 2_000, "text-too-long"),
    ],
)
def test_what_is_no_safe_web_address_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Website(text)
    assert refused.value.code == code


@given(st.text(max_size=30))
def test_a_web_address_never_breaks_out_of_a_link(text: str) -> None:
    try:
        url = str(Website("https://a.example/" + text))
    except Invalid:
        return
    assert url.startswith("https://a.example")
    assert not set(url) & set('"<>\\ \n\t')


@pytest.mark.parametrize("other", ["http://www.example.org/a/", "example.org/a", "HTTPS://EXAMPLE.ORG/a/"])
def test_the_spellings_of_one_page_share_a_key(other: str) -> None:
    assert Website(other).key == Website("https://example.org/a").key


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize(
    ("service", "text", "profile"),
    [
        ("linkedin", "jane-doe", ("linkedin", "in/jane-doe", "https://linkedin.com/in/jane-doe")),
        (
            "",
            "https://www.linkedin.com/in/jane-doe/?x=1",
            ("linkedin", "in/jane-doe", "https://linkedin.com/in/jane-doe"),
        ),
        ("", "linkedin.com/company/bois", ("linkedin", "company/bois", "https://linkedin.com/company/bois")),
        ("", "https://fr.linkedin.com/in/jane", ("linkedin", "in/jane", "https://linkedin.com/in/jane")),
        ("Twitter", "@jane", ("x", "jane", "https://x.com/jane")),
        ("", "http://twitter.com/jane", ("x", "jane", "https://x.com/jane")),
        ("facebook", "jane.doe", ("facebook", "jane.doe", "https://facebook.com/jane.doe")),
        ("", "https://facebook.com/groups/1/x", ("facebook", "", "https://facebook.com/groups/1/x")),
        ("mastodon", "@jane@social.example", ("mastodon", "jane@social.example", "https://social.example/@jane")),
        (
            "mastodon",
            "https://social.example/@jane",
            ("mastodon", "jane@social.example", "https://social.example/@jane"),
        ),
        ("skype", "jane.doe", ("skype", "jane.doe", "")),
        ("whatsapp", "+33 6 12", ("whatsapp", "+33 6 12", "")),
        ("Game Centre", "Jane Doe", ("game-centre", "Jane Doe", "")),
        ("", "https://example.org/jane", ("example.org", "", "https://example.org/jane")),
        ("x", "https://example.org/jane", ("x", "", "https://example.org/jane")),
    ],
)
def test_a_profile_is_read_from_its_handle_or_its_address(
    service: str, text: str, profile: tuple[str, str, str]
) -> None:
    read = SocialProfile(service, text)
    assert (read.service, read.handle, read.url) == profile
    assert SocialProfile.restore(*profile) == read


def test_the_spellings_of_one_profile_share_a_key() -> None:
    assert SocialProfile("linkedin", "jane") == SocialProfile("", "https://de.linkedin.com/in/jane/")
    assert SocialProfile("x", "@Jane").key == SocialProfile("", "https://twitter.com/jane").key
    assert "x" in SOCIAL_SERVICES


@pytest.mark.parametrize(
    ("service", "text", "code"),
    [
        ("x", " @ ", "social-empty"),
        ("", "jane", "social-service"),
        ("x", "https://me:secret@x.com/jane", "website-credentials"),
    ],
)
def test_what_tells_no_profile_is_refused(service: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        SocialProfile(service, text)
    assert refused.value.code == code
