"""The calls of the viewer of paired workspaces: for each public method a generator of its arguments."""

from __future__ import annotations

from typing import Final

from model_based.viewer_calls.account import ACCOUNT_CALLS
from model_based.viewer_calls.arguments import Arguments, Generator
from model_based.viewer_calls.contacts import CONTACT_CALLS
from model_based.viewer_calls.forms import FORM_CALLS
from model_based.viewer_calls.history import HISTORY_CALLS
from model_based.viewer_calls.items import ITEM_CALLS
from model_based.viewer_calls.notifications import NOTIFICATION_CALLS
from model_based.viewer_calls.people import PEOPLE_CALLS
from model_based.viewer_calls.pictures import PICTURE_CALLS
from model_based.viewer_calls.portal import PORTAL_CALLS
from model_based.viewer_calls.privacy import PRIVACY_CALLS
from model_based.viewer_calls.settings import SETTING_CALLS
from model_based.viewer_calls.timeline import TIMELINE_CALLS

__all__ = ["GENERATORS", "Arguments", "Generator"]

GENERATORS: Final[dict[str, Generator]] = {
    **ACCOUNT_CALLS,
    **CONTACT_CALLS,
    **FORM_CALLS,
    **HISTORY_CALLS,
    **ITEM_CALLS,
    **NOTIFICATION_CALLS,
    **PEOPLE_CALLS,
    **PICTURE_CALLS,
    **PORTAL_CALLS,
    **PRIVACY_CALLS,
    **SETTING_CALLS,
    **TIMELINE_CALLS,
}
"""`service.method` -> generator of its arguments. A new public method of a service needs a generator here."""
