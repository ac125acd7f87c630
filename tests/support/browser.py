"""A real browser, driven by the W3C WebDriver protocol of `chromedriver`, without any library."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Browser", "missing_browser", "started_browser"]

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_PATIENCE = 60.0


def missing_browser() -> str:
    """Why there is no browser to drive; `""` if there is one."""
    missing = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)} (Debian: chromium, chromium-driver)" if missing else ""


class Browser:
    """One window.

    Args:
        session: The address of the session of the driver.
    """

    def __init__(self, session: str) -> None:
        self._session = session

    def open(self, address: str) -> None:
        """Open a page."""
        _call("POST", f"{self._session}/url", {"url": address})

    def address(self) -> str:
        """The address of the present page."""
        return str(_call("GET", f"{self._session}/url"))

    def back(self) -> None:
        """Go back, as by the button."""
        _call("POST", f"{self._session}/back", {})

    def find(self, selector: str) -> str:
        """The first element with a CSS selector, which the browser waits for; fails without any."""
        found = _call("POST", f"{self._session}/element", {"using": "css selector", "value": selector})
        return str(found[_ELEMENT])

    def count(self, selector: str) -> int:
        """The number of elements with a CSS selector."""
        return len(_call("POST", f"{self._session}/elements", {"using": "css selector", "value": selector}))

    def type(self, selector: str, text: str) -> None:
        """Replace the text of a control by typing."""
        element = self.find(selector)
        _call("POST", f"{self._session}/element/{element}/clear", {})
        _call("POST", f"{self._session}/element/{element}/value", {"text": text})

    def click(self, selector: str) -> None:
        """Click an element."""
        _call("POST", f"{self._session}/element/{self.find(selector)}/click", {})

    def text(self, selector: str) -> str:
        """The text of an element as it is shown."""
        return str(_call("GET", f"{self._session}/element/{self.find(selector)}/text"))

    def property(self, selector: str, name: str) -> Any:
        """A property of an element, such as its value."""
        return _call("GET", f"{self._session}/element/{self.find(selector)}/property/{name}")

    def label(self, selector: str) -> str:
        """The name of an element for screen readers, as the browser computes it."""
        return str(_call("GET", f"{self._session}/element/{self.find(selector)}/computedlabel"))

    def height(self, selector: str) -> float:
        """The height at which an element is shown; 0 for one that is not."""
        return float(_call("GET", f"{self._session}/element/{self.find(selector)}/rect")["height"])


@contextmanager
def started_browser(folder: Path, *, scripts: bool) -> Iterator[Browser]:
    """A browser with an own profile.

    Args:
        folder: An empty folder for the profile.
        scripts: Whether pages may run scripts.
    """
    process = subprocess.Popen(
        ["chromedriver", "--port=0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"HOME": str(folder)},
    )
    try:
        assert process.stdout is not None
        port = ""
        for line in process.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                port = found[1]
                break
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        options: dict[str, Any] = {"args": [*arguments, f"--user-data-dir={folder / 'profile'}"]}
        if not scripts:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        always = {"browserName": "chrome", "goog:chromeOptions": options, "timeouts": {"implicit": 30_000}}
        wanted = {"capabilities": {"alwaysMatch": always}}
        driver = f"http://127.0.0.1:{port}"
        session = _call("POST", f"{driver}/session", wanted)["sessionId"]
        try:
            yield Browser(f"{driver}/session/{session}")
        finally:
            _call("DELETE", f"{driver}/session/{session}")
    finally:
        process.terminate()
        process.communicate(timeout=_PATIENCE)


def _call(method: str, address: str, data: object = None) -> Any:
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=_PATIENCE) as response:
        return json.load(response)["value"]
