"""Take the screenshots of the documentation: `python -m examples.webapp.screenshots FOLDER`."""

from __future__ import annotations

import io
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from contactcore_memory import MemoryStorage

from .app import Services, create_app, open_services
from .demo import WORDS, fill
from .firms import FIRMS, USERS

ADDRESSES = """Given name;Family name;Company;E-mail;Phone
Zoe;Carter;Lark Ltd;zoe@lark.example;020 7946 0001
Max;Bell;;max@;
"""
SIZES = {"wide": (1280, 860), "phone": (390, 844)}
SHOTS = (
    # firm, size, name of the file, page; `{id}` is the client of the story, `{other}` its duplicate
    ("northfield", "wide", "directory-en", "/contacts"),
    ("lumiere", "wide", "contact-fr", "/contacts/{id}"),
    ("wisla", "wide", "people-pl", "/contacts/{id}?tab=people"),
    ("northfield", "wide", "duplicates-en", "/duplicates/{id}/{other}"),
    ("lumiere", "wide", "timeline-fr", "/contacts/{id}?tab=timeline"),
    ("northfield", "wide", "import-en", "import"),
    ("wisla", "wide", "settings-pl", "/settings?section=portal"),
    ("northfield", "phone", "directory-en", "/contacts"),
    ("lumiere", "phone", "contact-fr", "/contacts/{id}"),
    ("wisla", "phone", "history-pl", "/contacts/{id}?tab=history"),
)


@contextmanager
def serving() -> Iterator[tuple[str, Services]]:
    """A server of the application with its generated contacts."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        services = open_services(MemoryStorage(), address)
        for workspace in services.workspaces.values():
            fill(workspace)
        server = uvicorn.Server(uvicorn.Config(create_app(services), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while thread.is_alive() and not server.started:
                time.sleep(0.05)
            yield address, services
        finally:
            server.should_exit = True
            thread.join()


def story(services: Services, firm: str) -> dict[str, str]:
    """The ids of the client of the story, and of its duplicate."""
    name = WORDS[FIRMS[firm].language]["story"]
    with services.workspaces[firm].read(USERS["ada"].actor) as session:
        found = {hit.name: hit.id for hit in session.contacts.search(name)}
    return {"id": next(id for title, id in found.items() if title.startswith(f"{name},")), "other": found[name.upper()]}


def open_import(page: Page) -> None:
    """The second step of the wizard, with its preview."""
    page.goto("/import")
    file: Any = {"name": "contacts.csv", "mimeType": "text/csv", "buffer": ADDRESSES.encode()}
    page.locator("#file").set_input_files(file)
    page.locator("button.main").click()
    page.locator("button[value=preview]").click()


def save(page: Page, path: Path) -> None:
    """A picture of the page, with few colours, because the files are part of the repository."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path, f"{path.stat().st_size:,} bytes")


def main(folder: Path) -> None:
    """Take all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with serving() as (address, services), sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for firm, size, name, path in SHOTS:
            width, height = SIZES[size]
            page = browser.new_page(viewport={"width": width, "height": height}, base_url=address)
            page.set_default_timeout(60_000)
            page.goto("/sign-in")
            page.locator(f"input[value={firm}]").check()
            page.locator("button.main").click()
            page.wait_for_url("**/contacts")
            if path == "import":
                open_import(page)
            else:
                page.goto(path.format_map(story(services, firm)))
            save(page, folder / f"{size}-{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"))
