"""Headless Chromium, driven over its DevTools pipe: what a page shows, asks for and complains about.

The protocol is JSON with a NUL byte behind each message, on the browser's file descriptors 3 and 4
(https://chromedevtools.github.io/devtools-protocol/).
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60
"""How long any one step of the browser may take."""

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def chromium() -> str | None:
    """The browser's program, or None where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser with a fresh profile, ended with the block."""
    program = chromium()
    assert program is not None
    their_input, our_output = os.pipe()
    our_input, their_output = os.pipe()
    # Bash puts the ends where the browser looks for them; the browser's own words go to a file.
    script = f'exec "$@" 3<&{their_input} 4>&{their_output}'
    command = ["bash", "-c", script, "bash", program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with (profile.parent / "browser.log").open("wb") as log:
        process = subprocess.Popen(
            command, pass_fds=(their_input, their_output), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    os.close(their_input)
    os.close(their_output)
    try:
        yield Browser(Pipe(our_input, our_output))
    finally:
        os.close(our_output)  # the browser ends when nobody can ask it for anything
        os.close(our_input)
        try:
            process.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


_TEXT = """(() => {
  const body = document.body.cloneNode(true);
  body.querySelectorAll("script, style, noscript").forEach(one => one.remove());
  return body.textContent;
})()"""


class Pipe:
    """Messages to and from the browser."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._buffer = b""
        self._number = 0

    def send(self, method: str, params: dict[str, Any], session: str | None) -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        data = memoryview(json.dumps(message).encode() + b"\0")
        while data:
            data = data[os.write(self._writing, data) :]
        return self._number

    def receive(self, *, until: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._reading], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"the browser said nothing for {SECONDS} s"
            data = os.read(self._reading, 1 << 20)
            assert data, "the browser has ended"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told


@dataclass
class Page:
    """One tab, with all that it asked for (`requests`, as URLs) and complained about (`errors`).

    Without a session it is the browser itself.
    """

    pipe: Pipe
    session: str | None
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to a command; events that come before it are noted."""
        number = self.pipe.send(method, params, self.session)
        until = time.monotonic() + SECONDS
        while True:
            message = self.pipe.receive(until=until)
            if message.get("id") == number:
                assert "error" not in message, f"{method}: {message['error']}"
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def open(self, url: str, *, width: int, scheme: str = "light", height: int = 900) -> None:
        """Load `url` into a viewport `width` CSS pixels wide, for a reader who prefers `scheme`."""
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.ask(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        preference = {"name": "prefers-color-scheme", "value": scheme}
        self.ask("Emulation.setEmulatedMedia", features=[preference])
        assert "errorText" not in (told := self.ask("Page.navigate", url=url)), told
        self.wait(lambda: "Page.loadEventFired" in self.events, "the page to load")

    def wait(self, done: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < until, f"waited {SECONDS} s for {what}"
            self.value("new Promise(resolve => setTimeout(resolve, 20))")

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives in the page; a promise is waited for."""
        told = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    @property
    def text(self) -> str:
        """All that the page says, seen or folded away, without its scripts."""
        return str(self.value(_TEXT))

    def screenshot(self) -> bytes:
        """The whole page as PNG, down to its end."""
        root = "document.documentElement"
        clip = {"x": 0, "y": 0, "width": self.value(f"{root}.clientWidth"), "scale": 1}
        clip["height"] = self.value(f"{root}.scrollHeight")
        told = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(told["data"])

    def _note(self, message: dict[str, Any]) -> None:
        if message.get("sessionId") != self.session:
            return
        method, params = message["method"], message["params"]
        self.events.append(method)
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(params["exceptionDetails"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            self.errors.append(json.dumps(params["entry"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning", "assert"}:
            self.errors.append(json.dumps(params["args"]))


class Browser:
    """Opens pages."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def page(self) -> Page:
        """A new tab in a window of its own, with nothing kept from others."""
        root = Page(self._pipe, None)  # the browser itself
        context = root.ask("Target.createBrowserContext")["browserContextId"]
        target = root.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = root.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self._pipe, session)
