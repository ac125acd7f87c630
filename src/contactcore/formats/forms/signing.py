"""The signed page: what a form says of itself when it comes back; the only module that imports itsdangerous.

A page carries its form, the id of its submission, the time at which it was made, its language, and the digest of what
it asks. All of it is signed, so a changed page is recognised, whatever was changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from contactcore.errors import StorageError
from contactcore.frozen import frozen

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

__all__ = ["SignedPage", "digest_of", "read_page", "sign_page"]

_LONGEST_TOKEN = 1_000


@frozen(kw_only=True)
class SignedPage:
    """The signed facts of one page with a form.

    Attributes:
        form_id: The id of the form.
        submission_id: The id that the submission gets.
        made: The time at which the page was made, in UTC.
        language: The language of the page.
        asked: The digest of what the page asks: its fields, and the wording of the consent.
    """

    form_id: str
    submission_id: str
    made: datetime
    language: str
    asked: str


def digest_of(parts: Iterable[str]) -> str:
    """The digest of texts.

    >>> digest_of(["a", "b"]) == digest_of(["ab"])
    False
    """
    digest = sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass")
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()


def sign_page(page: SignedPage, key: str, workspace: str) -> str:
    """The token of a page.

    Args:
        page: The page.
        key: The secret of the workspace.
        workspace: The name of the workspace; a copy under another name does not accept the token.

    Raises:
        StorageError: `extra-missing`.

    >>> made = datetime(2026, 3, 1, tzinfo=UTC)
    >>> page = SignedPage(form_id="1", submission_id="2", made=made, language="en", asked="")
    >>> token = sign_page(page, "secret", "acme")
    >>> read_page(token, "secret", "acme") == page, read_page(token, "other", "acme"), read_page("x", "secret", "acme")
    (True, None, None)
    """
    seconds = page.made.timestamp()
    # The time is rounded down, so that no page seems to come from the future.
    facts = [page.form_id, page.submission_id, int(seconds * 1_000), page.language, page.asked]
    token: str = _serializer(key, workspace).dumps(facts)
    return token


def read_page(token: object, key: str, workspace: str) -> SignedPage | None:
    """The page of a token; None if the workspace did not sign it.

    Args:
        token: The token as it came.
        key: The secret of the workspace.
        workspace: The name of the workspace.

    Raises:
        StorageError: `extra-missing`.
    """
    serializer = _serializer(key, workspace)
    from itsdangerous import BadData

    if not isinstance(token, str) or len(token) > _LONGEST_TOKEN or not token.isascii():
        return None
    try:
        facts: Any = serializer.loads(token)
    except BadData:
        return None
    form_id, submission_id, milliseconds, language, asked = facts
    made = datetime.fromtimestamp(milliseconds / 1_000, UTC)
    return SignedPage(form_id=form_id, submission_id=submission_id, made=made, language=language, asked=asked)


def _serializer(key: str, workspace: str) -> URLSafeSerializer:
    try:
        from itsdangerous import URLSafeSerializer
    except ImportError:
        message = "Forms of the web need their extra: pip install 'contactcore[forms]'."
        raise StorageError(message, "extra-missing", {"extra": "forms"}) from None
    options = {"digest_method": sha256, "key_derivation": "hmac"}
    return URLSafeSerializer(key, salt=f"contactcore.forms:{workspace}", signer_kwargs=options)
