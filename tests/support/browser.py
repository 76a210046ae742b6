"""A headless Chromium, driven through a pipe by its DevTools protocol: no library, no port, no network."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PHONE, SCREEN = (390, 844), (1440, 900)
_MOST = 60  # seconds


class Tab:
    """One page in the browser. `complaints` are the errors and warnings that it logged, also those of its policy."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> Any:
        """The answer of the browser to a command about this page."""
        return self._browser.call(method, self._session, **params)

    @property
    def complaints(self) -> list[str]:
        """What the page logged since it was opened."""
        self.call("Runtime.evaluate", expression="0")  # what was logged before comes before this answer
        return self._browser.logged.setdefault(self._session, [])

    @property
    def requests(self) -> list[str]:
        """The addresses that the page asked for."""
        self.call("Runtime.evaluate", expression="0")
        return self._browser.requested.setdefault(self._session, [])

    def open(self, path: Path, fragment: str = "", size: tuple[int, int] = SCREEN, scheme: str = "light") -> None:
        """Open a file, without a network, on a screen of that size, and wait until the page is ready."""
        self.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        self.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1,
                  mobile=size == PHONE)  # fmt: skip
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=media)
        self.front()
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=path.as_uri() + fragment)
        self.wait("document.documentElement?.dataset.ready === 'yes'")

    def front(self) -> None:
        """Show this page before others: a browser draws no other."""
        self.call("Page.bringToFront")

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true. While a page is opened, it may have no value."""
        end = time.monotonic() + _MOST
        while time.monotonic() < end:
            answer = self._browser.call("Runtime.evaluate", self._session, expression=condition, returnByValue=True)
            if answer["result"].get("value") is True:
                return
            time.sleep(0.02)
        raise AssertionError(f"never true: {condition}; {self.complaints}")

    def press(self, *keys: str) -> None:
        """Press keys, by their names or characters."""
        codes = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38, "End": 35, "Home": 36, " ": 32}
        for key in keys:
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            event = {"key": key, "windowsVirtualKeyCode": codes.get(key, 0)}
            self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **event)
            self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def screenshot(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])


class Browser:
    """The browser and the pipes to and from it."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, os.fdopen(back, "rb", buffering=0)
        self._rest, self._number = b"", 0
        self.logged: dict[str, list[str]] = {}
        self.requested: dict[str, list[str]] = {}

    def call(self, method: str, session: str | None = None, **params: Any) -> Any:
        """The answer to a command; what happens meanwhile is kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        data = json.dumps(message if session is None else {**message, "sessionId": session}).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        while True:
            found = self._next()
            if found.get("id") == self._number:
                assert "error" not in found, (method, found["error"])
                return found["result"]
            self._keep(found)

    def tab(self) -> Tab:
        """A new page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        return Tab(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def _next(self) -> dict[str, Any]:
        parts = [self._rest]
        while b"\0" not in parts[-1]:
            assert select.select([self._back], [], [], _MOST)[0], "the browser does not answer"
            parts.append(self._back.read(1 << 20) or b"")
            assert parts[-1], "the browser has ended"
        text, _, self._rest = b"".join(parts).partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        return found

    def _keep(self, event: dict[str, Any]) -> None:
        params, session = event.get("params", {}), event.get("sessionId", "")
        match event.get("method"):
            case "Runtime.exceptionThrown":
                text = json.dumps(params["exceptionDetails"])
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "warning", "assert"):
                text = json.dumps(params["args"])
            case "Log.entryAdded" if params["entry"]["level"] in ("error", "warning"):
                text = params["entry"]["text"]
            case "Network.requestWillBeSent":
                self.requested.setdefault(session, []).append(params["request"]["url"])
                return
            case _:
                return
        self.logged.setdefault(session, []).append(text)


def executable() -> str | None:
    """The path of a Chromium; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with a profile of its own; the test is skipped where there is none."""
    path = executable()
    if path is None or os.name == "nt":
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    (theirs_in, to), (back, theirs_out) = os.pipe(), os.pipe()
    # The browser reads 3 and writes 4. The pipes may have these numbers here, so theirs get others first.
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in (theirs_in, theirs_out)]

    def connect() -> None:
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    options = ("--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
               "--no-first-run", "--disable-extensions", "--disable-background-networking")  # fmt: skip
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        words = [path, *options, f"--user-data-dir={profile}", "about:blank"]
        quiet: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        process = subprocess.Popen(words, preexec_fn=connect, close_fds=False, **quiet)  # noqa: PLW1509
        for fd in (theirs_in, theirs_out, *high):
            os.close(fd)
        browser = Browser(to, back)
        try:
            yield browser
        finally:
            try:
                browser.call("Browser.close")
                process.wait(_MOST)
            except (AssertionError, OSError, subprocess.TimeoutExpired):
                process.kill()
                process.wait()
            os.close(to)
            browser._back.close()
