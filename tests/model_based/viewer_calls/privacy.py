"""The viewer's calls of privacy."""

from __future__ import annotations

from random import Random
from typing import Final

from model_based.paired_workspaces import EMAILS, NOON
from model_based.viewer_calls.arguments import Choice, Generator, always, matched, one_name

__all__ = ["PRIVACY_CALLS"]


def _consented(random: Random, names: list[str]) -> Choice:
    name, purpose = random.choice(names), random.choice(("news", "offers"))
    return lambda workspace, _: ((workspace.id(name), purpose), {})


def _brought_consents(random: Random, names: list[str]) -> Choice:
    row = {"email": random.choice(EMAILS), "purpose": "newsletter", "given": NOON.isoformat()}
    name = random.choice(names)
    if random.random() < 0.5:
        return lambda workspace, _: (([row],), {})
    return lambda workspace, _: (([row | {"person": workspace.id(name)}],), {})


PRIVACY_CALLS: Final[dict[str, Generator]] = {
    "privacy.consents": one_name,
    "privacy.export_consents": always(),
    "privacy.give_consent": _consented,
    "privacy.import_consents": _brought_consents,
    "privacy.obstacles": one_name,
    "privacy.readmit": matched,
    "privacy.receipt": one_name,
    "privacy.report": one_name,
    "privacy.restrict": one_name,
    "privacy.unrestrict": one_name,
    "privacy.withdraw_consent": _consented,
}
