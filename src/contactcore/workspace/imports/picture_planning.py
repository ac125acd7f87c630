"""Plans of the pictures of contacts."""

from __future__ import annotations

from hashlib import sha256

from contactcore.formats.contact_rows.mapped_row import MappedRow, RowPicture
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.workspace.imports.batch_plan import PlannedPicture
from contactcore.workspace.imports.batch_state import BatchState
from contactcore.workspace.imports.staged_contacts import StagedContact
from contactcore.workspace.repositories.pictures import PictureRepository

__all__ = ["PicturePlanner"]


class PicturePlanner:
    """Plans the pictures of one batch.

    Args:
        state: The state of the batch.
    """

    def __init__(self, state: BatchState) -> None:
        self._state = state

    def set_picture(self, row: MappedRow, picture: RowPicture, staged: StagedContact, *, noted: bool) -> bool:
        """Plan the picture of a contact; returns whether it gets the picture.

        Args:
            row: The row.
            picture: Its picture.
            staged: The contact.
            noted: Whether the picture is a change of a contact that exists.
        """
        known = self._shown_picture(staged)
        shown = sha256(picture.prepared.data).hexdigest()
        if known in {shown, picture.digest}:
            return False
        if known and self._state.plan.policy != "overwrite":
            reason = "The contact has another picture, and an update never overwrites: set it by hand."
            self._state.batch.problems.append(RowProblem(picture.line, picture.column, "", reason, "kept-existing"))
            return False
        planned = self._state.batch.pictures.get(staged.id)
        self._state.batch.outcomes["pictures"] += 1
        before = known if planned is None else planned.before
        self._state.batch.pictures[staged.id] = PlannedPicture(staged, picture.prepared, before)
        if noted:
            one = picture.prepared
            after = f"{one.media_type}, {one.width} x {one.height}"
            old = "another picture" if known else ""
            self._state.batch.changes.append((row.line, staged.id, staged.entity.display_name, "picture", old, after))
        staged.picture = shown
        return True

    def _shown_picture(self, staged: StagedContact) -> str:
        """The name of the file that a contact shows as its picture after the earlier rows; `""` for no picture."""
        if staged.picture is None:
            stored = PictureRepository(self._state.transaction).of_owner(staged.id) if staged.is_stored else None
            staged.picture = stored.entity.shown_file if stored is not None else ""
        return staged.picture
