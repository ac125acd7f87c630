"""The page of a form as plain HTML: it needs no script and no style, and every text of it is escaped.

Each field has a label, its help and its error beside it, which are tied to it by `aria-describedby`. The errors stand
together at the beginning too, as links to their fields (WCAG 2.2, techniques G83, G139, H44).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

import attrs

from contactcore.errors import Problem
from contactcore.formats.forms.asked import AskedField
from contactcore.formats.forms.reading import CONSENT, TOKEN, TRAP
from contactcore.formats.forms.wording import message_of, word
from contactcore.frozen import frozen
from contactcore.model.form import Form, in_language

__all__ = ["FormPage", "form_html", "notice_html"]

_INPUTS: Mapping[str, str] = {
    "line": 'type="text"',
    "email": 'type="email"',
    "phone": 'type="tel"',
    "url": 'type="url"',
    "date": 'type="date"',
    # An input of the type number refuses a comma, which people of most of the languages type.
    "number": 'type="text" inputmode="decimal"',
}
_LINE = 1_000
_TEXT = 20_000


@frozen(kw_only=True)
class FormPage:
    """All that a page with a form shows.

    Attributes:
        form: The form.
        asked: The fields that it asks for.
        language: The language of the page.
        token: The signed facts of the page.
        action: The address to which the page is sent; `""` for the address of the page itself.
        values: The texts that the visitor typed before, by the names of the fields.
        problems: The problems of these texts, with the names of the fields as paths.
        reason: The code of the message above the fields; `""` for none.
    """

    form: Form
    asked: tuple[AskedField, ...]
    language: str
    token: str
    action: str = ""
    values: Mapping[str, str | tuple[str, ...]] = attrs.field(factory=dict)
    problems: tuple[Problem, ...] = ()
    reason: str = ""

    def messages(self, name: str) -> list[str]:
        """The messages beside a field, each once."""
        codes = [problem.code for problem in self.problems if problem.path == name]
        return list(dict.fromkeys(message_of(code, self.language) for code in codes))

    def id(self, name: str) -> str:
        """The id of an element of the page; no other form has it."""
        return _attribute(f"cc-{self.form.id}-{name}".replace(".", "-"))


def notice_html(code: str, language: str, text: str = "") -> str:
    """A message in place of a form, such as thanks.

    Args:
        code: The code of the message.
        language: The language of the page.
        text: A text of the admin in place of the message of the library; `""` for none.

    >>> notice_html("form-closed", "en")
    '<p class="cc-notice" role="status" lang="en">This form is closed.</p>'
    """
    shown = _lines(text) if text else escape(message_of(code, language))
    return f'<p class="cc-notice" role="status" lang="{_attribute(language)}">{shown}</p>'


def form_html(page: FormPage) -> str:
    """The HTML of a form.

    Args:
        page: The page.
    """
    return "\n".join(_form(page)) + "\n"


def _attribute(text: str) -> str:
    return escape(text, quote=True)


def _displayable(text: str) -> str:
    """A text that came, without what no page can contain: halves of characters, and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _form(page: FormPage) -> Iterator[str]:
    form, language = page.form, page.language
    action = f' action="{_attribute(page.action)}"' if page.action else ""
    yield (
        f'<form class="cc-form" id="{page.id("form")}" method="post"{action} accept-charset="utf-8" '
        f'lang="{_attribute(language)}">'
    )
    title, introduction = in_language(form.title, language), in_language(form.introduction, language)
    if title:
        yield f'<h2 class="cc-title">{_lines(title)}</h2>'
    if introduction:
        yield f'<p class="cc-introduction">{_lines(introduction)}</p>'
    yield from _summary(page)
    for field in page.asked:
        yield from _field(page, field)
    yield from _trap(page)
    yield from _consent(page)
    yield f'<input type="hidden" name="{TOKEN}" value="{_attribute(page.token)}">'
    button = in_language(form.button, language) or word("send", language)
    yield f'<p class="cc-send"><button type="submit">{escape(button)}</button></p>'
    yield "</form>"


def _summary(page: FormPage) -> Iterator[str]:
    """The message above the fields, with links to the fields that have problems."""
    if not page.reason:
        return
    yield '<div class="cc-problems" role="alert">'
    yield f"<p>{escape(message_of(page.reason, page.language))}</p>"
    links = list(_links(page))
    if links:
        yield "<ul>"
        yield from links
        yield "</ul>"
    yield "</div>"


def _links(page: FormPage) -> Iterator[str]:
    labels = {one.name: one.label(page.language) for one in page.asked} | {CONSENT: word("consent", page.language)}
    for name in dict.fromkeys(problem.path for problem in page.problems):
        for message in page.messages(name):
            if name in labels:
                yield f'<li><a href="#{page.id(name)}">{escape(labels[name])}</a>: {escape(message)}</li>'
            else:
                yield f"<li>{escape(message)}</li>"


def _described(page: FormPage, name: str, *, has_help: bool) -> str:
    """The attributes that tie help and errors to a field."""
    has_errors = bool(page.messages(name))
    ids = [page.id(f"{name}-help")] if has_help else []
    ids += [page.id(f"{name}-error")] if has_errors else []
    described = f' aria-describedby="{" ".join(ids)}"' if ids else ""
    return described + (' aria-invalid="true"' if has_errors else "")


def _errors(page: FormPage, name: str) -> Iterator[str]:
    messages = page.messages(name)
    if messages:
        yield f'<p class="cc-error" id="{page.id(f"{name}-error")}">{" ".join(map(escape, messages))}</p>'


def _name_of(page: FormPage, field: AskedField) -> str:
    mark = f' <span class="cc-required">({escape(word("required", page.language))})</span>' if field.required else ""
    return escape(field.label(page.language)) + mark


def _field(page: FormPage, field: AskedField) -> Iterator[str]:
    name = field.name
    hint = in_language(field.field.help, page.language)
    described = _described(page, name, has_help=bool(hint))
    more = [f'<p class="cc-help" id="{page.id(f"{name}-help")}">{_lines(hint)}</p>'] if hint else []
    more += _errors(page, name)
    if field.typed == "choices":
        yield f'<fieldset class="cc-field" id="{page.id(name)}"{described}>'
        yield f"<legend>{_name_of(page, field)}</legend>"
        yield from more
        yield from _boxes(page, field)
        yield "</fieldset>"
        return
    yield '<div class="cc-field">'
    yield f'<label for="{page.id(name)}">{_name_of(page, field)}</label>'
    yield from more
    yield from _control(page, field, described)
    yield "</div>"


def _boxes(page: FormPage, field: AskedField) -> Iterator[str]:
    chosen = page.values.get(field.name, ())
    chosen = (chosen,) if isinstance(chosen, str) else chosen
    for index, choice in enumerate(_choices(field)):
        id, checked = page.id(f"{field.name}-{index}"), " checked" if choice in chosen else ""
        value = f'name="{_attribute(field.name)}" value="{_attribute(choice)}"'
        yield f'<div><input type="checkbox" id="{id}" {value}{checked}>'
        yield f'<label for="{id}">{escape(choice)}</label></div>'


def _choices(field: AskedField) -> tuple[str, ...]:
    return () if field.definition is None else field.definition.choices


def _control(page: FormPage, field: AskedField, described: str) -> Iterator[str]:
    value = page.values.get(field.name, "")
    text = _displayable(value if isinstance(value, str) else next(iter(value), ""))
    named = f'id="{page.id(field.name)}" name="{_attribute(field.name)}"'
    required = " required" if field.required else ""
    completed = f' autocomplete="{field.autocomplete}"'
    if field.typed in {"choice", "yes-no"}:
        language = page.language
        options: Iterable[tuple[str, str]] = ((one, one) for one in _choices(field))
        if field.typed == "yes-no":
            options = (("yes", word("yes", language)), ("no", word("no", language)))
        yield f"<select {named}{required}{described}>"
        yield f'<option value="">{escape(word("choose", language))}</option>'
        for option, shown in options:
            selected = " selected" if option == text else ""
            yield f'<option value="{_attribute(option)}"{selected}>{escape(shown)}</option>'
        yield "</select>"
    elif field.typed == "text":
        # HTML drops a line break at the beginning.
        yield (
            f'<textarea {named} rows="6" maxlength="{_TEXT}"{completed}{required}{described}>'
            f"\n{escape(text)}</textarea>"
        )
    else:
        limit = "" if field.typed == "date" else f' maxlength="{_LINE}"'
        shown = f' value="{_attribute(text)}"' if text else ""
        yield f"<input {_INPUTS[field.typed]} {named}{limit}{completed}{shown}{required}{described}>"


def _trap(page: FormPage) -> Iterator[str]:
    """The field that people do not see, and that robots fill in."""
    id = page.id("more")
    yield f'<div hidden><label for="{id}">{escape(word("trap", page.language))}</label>'
    yield f'<input type="text" id="{id}" name="{TRAP}" tabindex="-1" autocomplete="off"></div>'


def _consent(page: FormPage) -> Iterator[str]:
    wording = in_language(page.form.consent, page.language)
    if not wording:
        return
    id, described = page.id(CONSENT), _described(page, CONSENT, has_help=False)
    yield '<div class="cc-field cc-consent">'
    yield from _errors(page, CONSENT)
    # It is never checked beforehand: only what somebody does is a consent (GDPR, recital 32).
    yield f'<input type="checkbox" id="{id}" name="{CONSENT}" value="yes" required{described}>'
    yield f'<label for="{id}">{_lines(wording)}</label>'
    yield "</div>"
