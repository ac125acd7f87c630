"""Hypothesis strategies for forms of the web and their submissions."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from contactcore.model import Form, FormField, Submission
from contactcore.model.form import FORM_FIELDS, FORM_LANGUAGES
from contactcore.model.submission import SUBMISSION_STATES
from support.entity_strategies import emails, lines, policies, tags, texts, user_names

__all__ = ["forms", "submissions"]


def forms() -> st.SearchStrategy[Form]:
    """New forms with any fields, texts and defaults."""
    spoken = st.dictionaries(st.sampled_from(("", *FORM_LANGUAGES)), lines(), max_size=3)
    numbers = st.tuples(st.integers(0, 3_600), st.integers(1, 720))

    def of(makes: str) -> st.SearchStrategy[Form]:
        names = st.lists(
            st.sampled_from((*FORM_FIELDS[makes], "fields.size", "fields.colour")), unique=True, max_size=8
        ).map(lambda some: list(dict.fromkeys((*some, "email"))))
        fields = names.flatmap(
            lambda some: st.tuples(
                *(
                    st.builds(FormField, st.just(name), required=st.booleans(), label=spoken, help=spoken)
                    for name in some
                )
            )
        )
        return st.builds(
            lambda ages, **more: Form(min_seconds=ages[0], max_hours=ages[1], **more),
            ages=numbers,
            name=lines(),
            makes=st.just(makes),
            fields=fields,
            title=spoken,
            introduction=spoken,
            button=spoken,
            thanks=spoken,
            consent=spoken,
            consent_version=lines(),
            type=st.sampled_from(("", "supplier")),
            categories=st.lists(st.sampled_from(("a", "b")), unique=True),
            tags=st.lists(tags(), max_size=2),
            responsibles=st.lists(user_names(), max_size=2),
            access=policies(),
            return_to=st.sampled_from(("", "/thanks", "https://www.acme.example/thanks")),
            languages=st.lists(st.sampled_from(FORM_LANGUAGES), unique=True),
            thank_you=st.booleans(),
            archived=st.booleans(),
        )

    return st.sampled_from(tuple(FORM_FIELDS)).flatmap(of)


def submissions() -> st.SearchStrategy[Submission]:
    """New submissions in every state."""
    typed = st.one_of(texts(), st.lists(texts(), max_size=2).map(tuple))
    values = st.one_of(st.none(), texts(), st.integers(-5, 5))
    return st.builds(
        Submission,
        form_id=st.uuids().map(str),
        form_version=st.integers(1, 9),
        language=st.sampled_from(FORM_LANGUAGES),
        fields=st.dictionaries(st.sampled_from(("email", "message", "fields.size")), typed),
        email=st.one_of(st.just(""), emails().map(lambda email: email.text)),
        consent=texts(),
        consent_version=st.one_of(st.just(""), lines()),
        received=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        state=st.sampled_from(SUBMISSION_STATES),
        accepted=st.lists(st.sampled_from(("email", "phone")), unique=True),
        contact_version=st.integers(0, 9),
        before=st.dictionaries(st.sampled_from(("given_name", "phones")), values),
        digest=st.just("d"),
    )
