"""The viewer's calls of forms and their submissions."""

from __future__ import annotations

from random import Random
from typing import Final

from contactcore.errors import ContactCoreError
from contactcore.model import Company, Form, Submission
from contactcore.rules.forms import Suggestion
from contactcore.workspace.session import Session
from model_based.paired_workspaces import PairedWorkspace
from model_based.viewer_calls.arguments import Arguments, Choice, Generator, always, one_name

__all__ = ["FORM_CALLS"]


def _accepted(random: Random, names: list[str]) -> Choice:
    name, fields = random.choice(names), random.choice((["phone"], ["given_name", "email"], []))

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            return (session.forms.submissions.suggestion(workspace.id(name)), fields), {}
        except ContactCoreError:
            submission = Submission(id=workspace.id(name), contact_id=workspace.id(name))
            return (Suggestion(submission=submission, contact=Company("Nobody"), fields=()), fields), {}

    return arguments


FORM_CALLS: Final[dict[str, Generator]] = {
    "forms.add": always(Form("Contact", fields=["email"])),
    "forms.get": one_name,
    "forms.list": always(archived=True),
    "forms.save": always(Form("Contact", fields=["email"], id="00000000-0000-7000-8000-000000000000", version=1)),
    "forms.submissions.accept": _accepted,
    "forms.submissions.delete": one_name,
    "forms.submissions.dismiss": one_name,
    "forms.submissions.get": one_name,
    "forms.submissions.of": one_name,
    "forms.submissions.page": always(),
    "forms.submissions.separate": one_name,
    "forms.submissions.suggestion": one_name,
    "forms.submissions.undo": one_name,
}
