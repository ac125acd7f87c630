"""The address of a picture at a service that knows e-mail addresses by their digests (PIC-4)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from contactcore import EmailAddress, Invalid
from contactcore.formats.pictures import avatar_address

pytestmark = pytest.mark.req("PIC-4")


@pytest.mark.parametrize("spelling", ["jane@doe.org", " Jane@Doe.ORG ", EmailAddress("JANE@doe.org")])
def test_all_spellings_of_an_address_have_one_digest(spelling: Any) -> None:
    digest = sha256(b"jane@doe.org").hexdigest()
    assert avatar_address(spelling) == f"https://gravatar.com/avatar/{digest}?s=300&d=404"
    libravatar = avatar_address(spelling, size=80, service="https://seccdn.libravatar.org/avatar/")
    assert libravatar == f"https://seccdn.libravatar.org/avatar/{digest}?s=80&d=404"


@pytest.mark.parametrize("service", ["", "http://x.fr", "https://x.fr/a?b=c", "https://x.fr#a", "https://", 5])
@pytest.mark.parametrize("size", [0, -1, 2_049, True, "80", 1.5])
def test_all_wrong_arguments_are_refused_at_once(service: Any, size: Any) -> None:
    with pytest.raises(Invalid) as refused:
        avatar_address("jane", size=size, service=service)
    assert [problem.path for problem in refused.value.problems] == ["email", "size", "service"]
