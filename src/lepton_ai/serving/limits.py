"""How much one server takes on; everything that waits or is kept has a bound here."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from lepton_ai.core.errors import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Bounds of the HTTP server. Sizes are in bytes, times in seconds.

    Attributes:
        max_body_bytes: Largest request body.
        max_buffered_bytes: Bodies of all requests being read or answered, together.
        max_rows: Most rows in one request.
        inline_rows: Requests of at most so many rows ...
        inline_bytes: ... and so many bytes are answered in the event loop; others go to a thread.
        max_concurrency: Requests answered in threads at one time.
        max_waiting: Requests that may wait for a thread; more are refused with 503.
        max_connections: Open connections; more are answered 503 and closed.
        max_url_bytes: Longest request target (414).
        max_head_bytes: Largest request line and headers together (431).
        head_timeout: Time for a client to send the head of a request.
        body_timeout: Time for a client to send the whole body (408).
        deadline: Time from the head of a request to its answer, for those that wait for a thread (504).
        keep_alive: How long an idle connection stays open.
        retry_after: What a refused client is told to wait; whole seconds.
    """

    max_body_bytes: int = 4 << 20
    max_buffered_bytes: int = 64 << 20
    max_rows: int = 1000
    inline_rows: int = 64
    inline_bytes: int = 64 << 10
    max_concurrency: int = 2
    max_waiting: int = 32
    max_connections: int = 1000
    max_url_bytes: int = 8 << 10
    max_head_bytes: int = 32 << 10
    head_timeout: float = 10.0
    body_timeout: float = 10.0
    deadline: float = 30.0
    keep_alive: float = 5.0
    retry_after: int = 1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value < math.inf or (value == 0 and field.name not in _MAY_BE_ZERO):
                raise UsageError(
                    f"The limit {field.name} is {value}.",
                    hint=f"It has to be a number above 0; 0 is allowed for {', '.join(_MAY_BE_ZERO)}.",
                )
        if self.max_buffered_bytes < self.max_body_bytes:
            raise UsageError(
                f"max_buffered_bytes is {self.max_buffered_bytes} and max_body_bytes {self.max_body_bytes}, "
                "so the largest body would never fit.",
                hint="Raise the first or lower the second.",
            )


_MAY_BE_ZERO = ("inline_rows", "inline_bytes", "max_waiting", "retry_after")
