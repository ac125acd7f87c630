"""The forms of a workspace for its website: shown to visitors, and received from them (IMP-6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.forms.asked import asked_digest, asked_fields
from contactcore.formats.forms.layout import FormPage, form_html, notice_html
from contactcore.formats.forms.reading import LARGEST_POST, Posted, posted, size_of
from contactcore.formats.forms.signing import SignedPage, read_page, sign_page
from contactcore.formats.forms.wording import chosen_language, message_of
from contactcore.frozen import frozen
from contactcore.model.form import FORM_LANGUAGES, Form, in_language
from contactcore.rules.limits import FORMS_BY_SOURCE, source_of
from contactcore.workspace.forms.receiving import Verdict, receive
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.repositories.counters import count, is_exhausted
from contactcore.workspace.repositories.forms import FormRepository, signing_key

__all__ = ["FormAnswer", "WebForms"]

_RECEIVED = "form-received"
_LONGEST_LANGUAGES = 1_000
_IGNORED = re.compile(r"[\x00-\x20]+")
"""The characters that browsers leave out of an address. They may hide the scheme."""
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@frozen(kw_only=True)
class FormAnswer:
    """The answer to a submission; it is true if the submission was received.

    The answer says nothing about stored contacts.

    Attributes:
        reason: `"form-received"`; `"form-invalid"` with `problems`; `"form-trap"` if the field for robots was filled
            in; `"form-too-fast"`, `"form-expired"`, `"form-forged"` for a page that this workspace did not sign;
            `"form-used"` for a page that was used to send other fields; `"form-changed"` if the form asks for other
            fields now, or for consent to another wording; `"form-closed"`, `"form-limited"`, `"form-too-large"`.
        message: The message for the visitor, in the language of the page.
        problems: The problems of the fields, with the names of the fields as paths; `Problem.message` is in English.
        html: The page for the visitor: thanks, or the form again, with what was typed and the messages.
        return_to: The page to which the visitor goes after the submission; `""` for none, and after a refusal.
        language: The language of the page.
    """

    reason: str
    message: str
    problems: tuple[Problem, ...] = ()
    html: str = attrs.field(default="", repr=False)
    return_to: str = ""
    language: str = "en"

    @property
    def accepted(self) -> bool:
        """Whether the submission was received, now or before."""
        return self.reason == _RECEIVED

    def __bool__(self) -> bool:
        return self.accepted


def _check_action(action: str) -> None:
    if _OTHER_SCHEME.match(_IGNORED.sub("", action)):
        message = "Give the address of a page: /contact, or one that begins with https:// or http://."
        raise Invalid("website-scheme", message, path="action", value=action)


def _chosen(transaction: Transaction, form: Form, language: str) -> str:
    """The language of a page."""
    offered, own = form.languages, transaction.settings.language.base
    if offered == FORM_LANGUAGES and own in offered:
        offered = (own, *offered)
    return chosen_language(language[:_LONGEST_LANGUAGES], offered)


@frozen
class _Opened:
    """A form as one snapshot shows it."""

    form: Form
    key: str
    limited: bool


@check_arguments(exclude=("submit",))
class WebForms:
    """The forms of a workspace for its website; `workspace.forms` is this service.

    The application gives the HTML to the visitor's browser, and the fields that come back to `submit`. Neither needs a
    user: submissions run as the workspace itself.

    Args:
        transactions: The transactions of the system.
        workspace: The name of the workspace.

    >>> from contactcore import Form, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace = Workspace(MemoryStorage(), name="acme")
    >>> with workspace.write(User("root", admin=True)) as session:
    ...     form = session.forms.add(Form("Contact", fields=["given_name", "email"]))
    >>> '<label for="cc-' in workspace.forms.render(form, language="de")
    True
    >>> workspace.forms.submit(form, {"email": "jo@bois.fr"}).reason
    'form-forged'

    Source: IMP-6.
    """

    def __init__(self, transactions: Transactions, workspace: str) -> None:
        self._transactions = transactions
        self._workspace = workspace

    def render(self, form: str | Form, *, language: str = "", action: str = "") -> str:
        """The HTML of a form, to be embedded in any page; it needs no script and no style of its own.

        Each call gives a new page, which one visitor uses once. Do not cache it.

        Args:
            form: The form, or its id.
            language: The languages of the visitor: a tag such as `"fr-CA"`, or the header `Accept-Language`; `""` (the
                default) for the first language of the form, or for that of the workspace if the form has all of them.
            action: The address to which the browser sends the fields; `""` (the default) for that of the page itself.

        Returns:
            The HTML; a notice in place of the form if the form is archived.

        Raises:
            NotFound: There is no such form.
            Invalid: `website-scheme` for an `action` that is no page, such as `javascript:`.
            StorageError: `extra-missing` if the extra `forms` is not installed.

        >>> from contactcore import Form, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace = Workspace(MemoryStorage(), name="acme")
        >>> with workspace.write(User("root", admin=True)) as session:
        ...     form = session.forms.add(Form("Contact", fields=["email"], title={"fr": "Écrivez-nous"}))
        >>> "Écrivez-nous" in workspace.forms.render(form, language="fr-CA,fr;q=0.9")
        True
        """
        _check_action(action)
        with self._transactions.reading() as transaction:
            opened = self._open(transaction, id_of(form), "")
            wanted = _chosen(transaction, opened.form, language)
            if opened.form.archived:
                return notice_html("form-closed", wanted)
            return self._page(transaction, opened, wanted, action)

    def submit(
        self, form: str | Form, fields: Mapping[str, Any], *, source: str = "", language: str = "", action: str = ""
    ) -> FormAnswer:
        """Receive what a visitor sent: it becomes a new contact, or a suggestion beside a stored one.

        Sending the same page twice has one effect, and the same answer. A refusal changes nothing; attempts of one
        source are counted. The method runs outside any session.

        Args:
            form: The form, or its id.
            fields: The fields as they came: by name a text, or a list of texts. Leave out fields of your own framework,
                because unknown fields are refused.
            source: The address of the caller, whose attempts are limited; `""` (the default) for no limit.
            language: The languages of the visitor, for the answer to a page whose own language cannot be read.
            action: As for `render`, for the form in the answer.

        Raises:
            NotFound: There is no such form.
            Invalid: `not-a-mapping`, `text-type` for other arguments of a wrong type, `website-scheme` as for `render`.
            StorageError: `extra-missing`; a code of the storage.

        >>> import re
        >>> from datetime import UTC, datetime, timedelta
        >>> from contactcore import Form, Host, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> times = iter(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number) for number in range(9))
        >>> workspace = Workspace(MemoryStorage(), name="acme", host=Host(clock=lambda: next(times)))
        >>> with workspace.write(User("root", admin=True)) as session:
        ...     form = session.forms.add(Form("Contact", fields=["given_name", "email"]))
        >>> (token,) = re.findall('name="cc_token" value="([^"]+)"', workspace.forms.render(form))
        >>> sent = {"cc_token": token, "given_name": "Jo", "email": "jo@bois.fr"}
        >>> answer = workspace.forms.submit(form, sent, source="192.0.2.7")
        >>> answer.reason, answer.message
        ('form-received', 'Thank you, your message has arrived.')
        """
        form_id = id_of(form)
        if not isinstance(fields, Mapping):
            raise Invalid(
                "not-a-mapping", f"Give the fields by their names, not {type(fields).__name__}.", path="fields"
            )
        for name, value in (("source", source), ("language", language), ("action", action)):
            if not isinstance(value, str):
                raise Invalid("text-type", f"Give text here, not {type(value).__name__}.", path=name)
        _check_action(action)
        address = source_of(source)
        with self._transactions.reading() as transaction:
            opened = self._open(transaction, form_id, address)
            chosen = _chosen(transaction, opened.form, language)
            too_large = size_of(fields) > LARGEST_POST
            came = posted({} if too_large else fields)
            page = read_page(came.token, opened.key, self._workspace)
            if page is not None and page.language in opened.form.languages:
                chosen = page.language
            verdict = Verdict("form-too-large") if too_large else self._refusal(transaction, opened, page, came)
        if page is None or verdict is not None:
            reason = verdict or Verdict("form-forged")
            if address and not opened.limited:
                self._transactions.run(lambda transaction: count(transaction, FORMS_BY_SOURCE, address))
        else:
            reason = self._receive(form_id, address, page, came)
        with self._transactions.reading() as transaction:
            # The form may have been changed in between.
            opened = self._open(transaction, form_id, "")
            return self._answer(transaction, opened, chosen, action, reason, came)

    def _receive(self, form_id: str, address: str, page: SignedPage, came: Posted) -> Verdict:
        def received(transaction: Transaction) -> Verdict:
            if count(transaction, FORMS_BY_SOURCE, address):
                return Verdict("form-limited")
            return receive(transaction, form_id, page, came)

        return self._transactions.run(received)

    def _open(self, transaction: Transaction, form_id: str, source: str) -> _Opened:
        form = FormRepository(transaction).get(form_id)
        return _Opened(form, signing_key(transaction), is_exhausted(transaction, FORMS_BY_SOURCE, source))

    def _refusal(
        self, transaction: Transaction, opened: _Opened, page: SignedPage | None, came: Posted
    ) -> Verdict | None:
        """The refusal of a page that the fields themselves do not decide; None for none."""
        form, reason = opened.form, ""
        if opened.limited:
            reason = "form-limited"
        elif page is None or page.form_id != form.id:
            reason = "form-forged"
        elif came.trapped:
            reason = "form-trap"
        else:
            age = transaction.now - page.made
            if age < timedelta(seconds=form.min_seconds):
                reason = "form-too-fast"
            elif age > timedelta(hours=form.max_hours):
                reason = "form-expired"
        return Verdict(reason) if reason else None

    def _page(
        self,
        transaction: Transaction,
        opened: _Opened,
        language: str,
        action: str,
        verdict: Verdict | None = None,
        came: Posted | None = None,
    ) -> str:
        """A new page with a form, and with what was typed on the former one."""
        form = opened.form
        asked = asked_fields(form, transaction.settings)
        page = SignedPage(
            form_id=form.id,
            submission_id=transaction.new_id(),
            made=transaction.now.astimezone(UTC),
            language=language,
            asked=asked_digest(form, asked, language),
        )
        return form_html(
            FormPage(
                form=form,
                asked=asked,
                language=language,
                token=sign_page(page, opened.key, self._workspace),
                action=action,
                values={} if came is None else came.values,
                problems=() if verdict is None else verdict.problems,
                reason="" if verdict is None else verdict.reason,
            )
        )

    def _answer(
        self,
        transaction: Transaction,
        opened: _Opened,
        language: str,
        action: str,
        verdict: Verdict,
        came: Posted | None = None,
    ) -> FormAnswer:
        form, reason = opened.form, verdict.reason
        message, return_to = message_of(reason, language), ""
        if reason == _RECEIVED:
            thanks = in_language(form.thanks, language)
            message, return_to = thanks or message, form.return_to
            html = notice_html(reason, language, thanks)
        elif reason == "form-closed" or form.archived:
            html = notice_html("form-closed", language)
        else:
            html = self._page(transaction, opened, language, action, verdict, came)
        return FormAnswer(
            reason=reason,
            message=message,
            problems=verdict.problems,
            html=html,
            return_to=return_to,
            language=language,
        )
