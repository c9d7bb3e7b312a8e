"""uvicorn's HTTP/1.1 connection with the bounds that it leaves to a proxy in front."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from lepton_ai.serving.app import App
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.problems import MEDIA_TYPE, ProblemError

_HEADER_OVERHEAD = 4
"""Bytes around each header: colon, space and line end."""


class _JoinedWrites:
    """Puts the head of an answer and its body into one write: one system call and one packet.

    Offers what uvicorn's response cycle uses of a transport.
    """

    __slots__ = ("_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 100"):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()


class BoundedProtocol(HttpToolsProtocol):
    """One connection: bounded head, bounded time for it, and no writing to a reader that sleeps.

    Use `for_app` to make the class that uvicorn instantiates.
    """

    own_app: ClassVar[App]
    limits: ClassVar[Limits]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._head_bytes = 0
        self._header_bytes = 0
        self._refusal = "bad-request"
        self._head_timer: asyncio.TimerHandle | None = None
        self._unwritten = 0
        self._reader_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there; it has `head_timeout` seconds for its first request."""
        super().connection_made(transport)
        self._joined = _JoinedWrites(transport)
        if len(self.connections) > self.limits.max_connections:
            self.app = self.own_app.refuse
        self._head_timer = self.loop.call_later(self.limits.head_timeout, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop_head_timer()
        if self._reader_timer is not None:
            self._reader_timer.cancel()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client will send no more: answer what it has asked in full, then close.

        uvicorn would close at once and lose the answer. An application that waits for a disconnect is
        woken: whoever closes both halves cannot be told from one that closes its own.
        """
        cycle = self.cycle
        if cycle is None or cycle.response_complete or cycle.more_body:
            return False
        cycle.keep_alive = False
        cycle.message_event.set()
        return True

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        super().data_received(data)
        if not self._in_head or self.transport.is_closing():
            self._stop_head_timer()
            return
        # The parser keeps an unfinished URL or header to itself, so unfinished heads are counted here.
        self._head_bytes += len(data)
        if self._head_bytes > self.limits.max_head_bytes:
            self._refusal = "head-too-large"
            self.send_400_response("")
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(self.limits.head_timeout, self._head_is_late)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._in_head = True
        self._header_bytes = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        super().on_url(url)
        if len(self.url) > self.limits.max_url_bytes:
            self._refuse("uri-too-long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer after a chunked body."""
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value) + _HEADER_OVERHEAD
        if self._header_bytes > self.limits.max_head_bytes:
            self._refuse("head-too-large")

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head = False
        self._head_bytes = 0
        super().on_headers_complete()
        self.cycle.transport = self._joined  # type: ignore[assignment]

    def on_response_complete(self) -> None:
        """The application is done; what it wrote may still wait for a slow reader."""
        self._joined.flush()  # an answer to HEAD has no body to go with
        super().on_response_complete()
        if self.transport.is_closing() and self.transport.get_write_buffer_size():
            self._watch_reader()

    def pause_writing(self) -> None:
        """More waits for the client than the transport likes to hold; the application is held up."""
        super().pause_writing()
        self._watch_reader()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing came for a while: close. A client that reads slowly gets the rest of its answer."""
        super().timeout_keep_alive_handler()
        if self.transport.get_write_buffer_size():
            self._watch_reader()

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot reach the application with a problem document, and close."""
        if self.transport.is_closing():
            return
        self.own_app.log.event("refused", code=self._refusal)
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            # What came before the garbage was a whole request; its answer ends the connection.
            cycle.keep_alive = False
            return
        if not self.pipeline and (cycle is None or cycle.response_complete or not cycle.response_started):
            self.transport.write(_refusal_of(self._refusal))
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()

    def _refuse(self, code: str) -> None:
        self._refusal = code
        raise httptools.HttpParserError(code)

    def _head_is_late(self) -> None:
        self._head_timer = None
        if not self._head_bytes:
            self.transport.close()
            return
        self._refusal = "request-timeout"
        self.send_400_response("")

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _watch_reader(self) -> None:
        """Look in a while whether the client reads what waits for it."""
        if self._reader_timer is None:
            self._unwritten = self.transport.get_write_buffer_size()
            self._reader_timer = self.loop.call_later(self.timeout_keep_alive, self._check_reader)

    def _check_reader(self) -> None:
        self._reader_timer = None
        waiting = self.transport.get_write_buffer_size()
        if waiting and waiting == self._unwritten:
            self.own_app.log.event("dropped", reason="the client does not read")
            self.transport.abort()
        elif waiting:
            self._watch_reader()


_DETAILS = {
    "bad-request": "What was sent is not HTTP/1.1.",
    "uri-too-long": "The request target is longer than this server takes.",
    "head-too-large": "The request line and headers are larger than this server takes.",
    "request-timeout": "The head of the request did not arrive in time.",
}


def _refusal_of(code: str) -> bytes:
    error = ProblemError(code, _DETAILS[code])
    body = error.document(None)
    head = (
        b"content-type: %s\r\ncontent-length: %d\r\ncache-control: no-store\r\n"
        b"x-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
    )
    return STATUS_LINE[error.problem.status] + head % (MEDIA_TYPE, len(body)) + body


def for_app(app: App) -> type[asyncio.Protocol]:
    """The connection class for one application and its limits."""
    return type("AppProtocol", (BoundedProtocol,), {"own_app": app, "limits": app.limits})
