"""The web application: as pages in this process, and in a real browser."""

from __future__ import annotations

import pytest

from contactcore_memory import MemoryStorage
from support.webapp import CHROMIUM, Visitor, filled, serving


@pytest.fixture(scope="session", autouse=True)
def packages():
    """Nothing of the application is tested where its packages are missing."""
    for name in ("starlette", "python_multipart", "httpx2", "uvicorn"):
        pytest.importorskip(name, reason=f"{name} is not installed (group test)")


@pytest.fixture
def services():
    """What the pages of an application share, with some generated contacts in one firm."""
    return filled(MemoryStorage())


@pytest.fixture
def visitor(services):
    """Somebody who asks for pages, and is signed in nowhere."""
    from examples.webapp.app import create_app
    from starlette.testclient import TestClient

    with TestClient(create_app(services)) as client:
        yield Visitor(client)


@pytest.fixture(scope="session")
def chromium():
    """A browser; each test has a fresh context of it."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (group browser)")
    if not CHROMIUM:
        pytest.skip("there is no chromium (Debian: chromium)")
    with sync_api.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(request, chromium):
    """The server of a module: its address, and what its pages share. `FIRM` of the module names the firm."""
    with serving(MemoryStorage(), 3, request.module.FIRM) as running:
        yield running


@pytest.fixture
def page(site, chromium):
    """A page of a fresh browser; a script error or a refusal of the security policy fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=site[0])
    context.set_default_timeout(60_000)
    complaints = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert complaints == []
