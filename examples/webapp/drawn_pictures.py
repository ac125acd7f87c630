"""Candidates of pictures for the demonstration: drawn here, so that no address of anybody leaves this machine."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator

from PIL import Image, ImageDraw

from contactcore import EmailAddress, PictureCandidate, SocialProfile

__all__ = ["DrawnPictures"]

CELLS = 5
SIDE = 40  # pixels of a cell


class DrawnPictures:
    """A picture provider (`Host.picture_provider`) without a network; a real one asks the services of the contact."""

    def candidates(
        self,
        _workspace: str,
        _contact_id: str,
        /,
        *,
        emails: Iterable[EmailAddress],
        profiles: Iterable[SocialProfile],
    ) -> Iterator[PictureCandidate]:
        """One picture for each e-mail address and each social profile."""
        for email in emails:
            yield PictureCandidate(f"email:{email.key}", source=email.text)
        for profile in profiles:
            name = profile.handle or profile.url
            yield PictureCandidate(f"{profile.service}:{name}", source=f"{profile.service}: {name}")

    def fetch(self, _workspace: str, _contact_id: str, candidate: PictureCandidate, /) -> bytes:
        """A symmetric pattern in a colour of its own, the same for the same key."""
        digest = hashlib.sha256(candidate.key.encode()).digest()
        image = Image.new("RGB", (CELLS * SIDE, CELLS * SIDE), "#f4f4f4")
        pen, colour = ImageDraw.Draw(image), (digest[0] // 2 + 30, digest[1] // 2 + 30, digest[2] // 2 + 30)
        for number in range(CELLS * (CELLS // 2 + 1)):
            column, row = divmod(number, CELLS)
            for place in {column, CELLS - 1 - column} if digest[3 + number] % 2 else set():
                pen.rectangle((place * SIDE, row * SIDE, (place + 1) * SIDE - 1, (row + 1) * SIDE - 1), fill=colour)
        file = io.BytesIO()
        image.save(file, "PNG")
        return file.getvalue()
