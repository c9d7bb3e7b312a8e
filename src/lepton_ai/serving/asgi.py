"""One HTTP request and its answer, on bare ASGI."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from time import perf_counter
from typing import Any, TypeAlias

from lepton_ai.serving.problems import MEDIA_TYPE, ProblemError

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Header: TypeAlias = tuple[bytes, bytes]

JSON_TYPE = b"application/json"
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_CHARSET = re.compile(r'charset="?utf-?8"?', re.IGNORECASE)
_LINGER_SECONDS = 1.0
_LINGER_BYTES = 16 << 20

_SAFETY: list[Header] = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


class Reply:
    """What a request is answered: status, body, media type, headers of its own, Content-Security-Policy."""

    __slots__ = ("body", "headers", "media_type", "policy", "status")

    def __init__(
        self,
        body: bytes,
        *,
        status: int = 200,
        media_type: bytes = JSON_TYPE,
        headers: tuple[Header, ...] = (),
        policy: bytes = b"default-src 'none'; frame-ancestors 'none'",
    ) -> None:
        self.status = status
        self.body = body
        self.media_type = media_type
        self.headers = headers
        self.policy = policy

    @classmethod
    def of_problem(cls, error: ProblemError, request_id: str | None) -> Reply:
        """The problem document of `error`."""
        document = error.document(request_id)
        return cls(document, status=error.problem.status, media_type=MEDIA_TYPE, headers=error.headers)


class Request:
    """What is needed of an ASGI scope, and the body.

    Attributes:
        id: The client's X-Request-Id where that is well formed, else empty until the application sets one.
        buffered: Bytes of the body taken from the budget, for the application to give back.
        marks: Stages passed, as (name, `perf_counter` at its end), for Server-Timing.
        model: Name of the model asked, once known to exist; for the log.
        action: What it is asked; for the log.
        rows: Number of rows asked, once known; for the log.
    """

    __slots__ = (
        "_receive", "_unread", "action", "buffered", "headers", "id", "marks", "method", "model", "path",
        "rows", "started",
    )  # fmt: skip

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.started = perf_counter()
        self._receive = receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self._unread = (
            b"transfer-encoding" in self.headers or self.headers.get(b"content-length", b"0") != b"0"
        )
        given = self.headers.get(b"x-request-id")
        self.id = given.decode("ascii") if given is not None and _REQUEST_ID.fullmatch(given) else ""
        self.buffered = 0
        self.marks: list[tuple[str, float]] = []
        self.model: str | None = None
        self.action: str | None = None
        self.rows: int | None = None

    def mark(self, stage: str) -> None:
        """A stage ends now."""
        self.marks.append((stage, perf_counter()))

    def check_is_json(self) -> None:
        """Pass a body that says it is plain JSON.

        Raises:
            ProblemError: 415, for another media type, charset or a Content-Encoding.
        """
        given = self.headers.get(b"content-type", b"")
        if given != JSON_TYPE:
            media_type, _, rest = given.decode("latin-1").partition(";")
            plain = not rest.strip() or _CHARSET.fullmatch(rest.strip())
            if media_type.strip().lower() != "application/json" or not plain:
                raise ProblemError(
                    "unsupported-media-type", "The Content-Type has to be application/json, in UTF-8."
                )
        if self.headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise ProblemError("unsupported-media-type", "A Content-Encoding is not supported.")

    async def read_body(self, *, limit: int, timeout: float, budget: BodyBudget) -> bytes:
        """The whole body; its bytes are taken from `budget` and counted in `buffered`.

        Raises:
            ProblemError: 413 over `limit` bytes (at once when the Content-Length says so), 408 after
                `timeout` seconds, 503 when `budget` is spent, 400 when the client goes away.
        """
        said = self.headers.get(b"content-length", b"")
        if said.isdigit() and int(said[:20]) > limit:
            raise _too_large(limit)
        try:
            async with asyncio.timeout(timeout):
                return await self._read(limit, budget)
        except TimeoutError:
            raise ProblemError(
                "request-timeout", f"The body did not arrive whole within {timeout:g} seconds."
            ) from None

    async def _read(self, limit: int, budget: BodyBudget) -> bytes:
        parts: list[bytes] = []
        size = 0
        while self._unread:
            message = await self._receive()
            if message["type"] != "http.request":
                raise ProblemError("client-closed", "The connection closed before the whole body was there.")
            self._unread = message.get("more_body", False)
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > limit:
                raise _too_large(limit)
            budget.take(len(part))
            self.buffered += len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def gone(self) -> None:
        """Return when the client closes the connection, or its half of it. Only after the body is read."""
        await self._receive()

    async def answer(self, reply: Reply, send: Send) -> None:
        """Send the reply. Where a body was left unread, the connection is closed after it."""
        now = perf_counter()
        # RFC 9110, section 8.6: an answer without content has no length either.
        content: list[Header] = (
            []
            if reply.status == HTTPStatus.NO_CONTENT
            else [(b"content-type", reply.media_type), (b"content-length", b"%d" % len(reply.body))]
        )
        headers = [
            *content,
            (b"x-request-id", self.id.encode("ascii")),
            (b"server-timing", self._timing(now)),
            (b"content-security-policy", reply.policy),
            *_SAFETY,
            *reply.headers,
        ]
        if self._unread:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body, "more_body": self._unread})
        if self._unread:
            await self._linger()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _timing(self, now: float) -> bytes:
        before = self.started
        stages = []
        for name, moment in self.marks:
            stages.append(f"{name};dur={(moment - before) * 1000:.2f}")
            before = moment
        stages.append(f"total;dur={(now - self.started) * 1000:.2f}")
        return ", ".join(stages).encode("ascii")

    async def _linger(self) -> None:
        """Throw away what the client still sends, within bounds.

        A socket closed with unread bytes in it is reset, and a reset makes the client lose the answer
        that it was just sent (RFC 9112, section 9.6).
        """
        left = _LINGER_BYTES
        try:
            async with asyncio.timeout(_LINGER_SECONDS):
                while left > 0:
                    message = await self._receive()
                    left -= len(message.get("body", b""))
                    if not message.get("more_body", False):
                        return
        except TimeoutError:
            return


class BodyBudget:
    """Bytes that all bodies together may take at one time."""

    __slots__ = ("left", "retry_after")

    def __init__(self, size: int, *, retry_after: int) -> None:
        self.left = size
        self.retry_after = retry_after

    def take(self, size: int) -> None:
        """Take `size` bytes.

        Raises:
            ProblemError: 503; there are not so many left.
        """
        if size > self.left:
            raise overloaded(self.retry_after)
        self.left -= size


def overloaded(retry_after: int) -> ProblemError:
    """The refusal of a server that has as much to do as it may."""
    headers = ((b"retry-after", b"%d" % retry_after),)
    return ProblemError(
        "overloaded", "The server has as many requests as it takes at a time.", headers=headers
    )


def _too_large(limit: int) -> ProblemError:
    return ProblemError("body-too-large", f"A body may have {limit} bytes.", limit=limit)
