"""Every way a request can be refused, as problem documents (RFC 9457).

`PROBLEMS` is the table of all of them. A problem's `type` leads to its paragraph on the server's own
docs page, and its code is the name to match on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from lepton_ai.core.types import JSON

MEDIA_TYPE = b"application/problem+json"
MAX_ERRORS = 20
"""Most entries of `errors` in one document."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of refusal: its HTTP status, a fixed title, and what to do about it."""

    status: int
    title: str
    advice: str


PROBLEMS: dict[str, Problem] = {
    "bad-request": Problem(400, "Not an HTTP request", "Send HTTP/1.1 as RFC 9112 has it."),
    "invalid-json": Problem(
        400, "The body is not JSON", "Send one JSON value (RFC 8259), without NaN or Infinity."
    ),
    "invalid-unicode": Problem(
        400, "The body is not valid UTF-8", "Encode the body as UTF-8, without a BOM."
    ),
    "duplicate-key": Problem(400, "An object names a key twice", "Name every key of an object once."),
    "json-too-deep": Problem(400, "The JSON is nested too deeply", "No row needs more than a few levels."),
    "client-closed": Problem(
        400, "The client went away", "Keep the connection open until the answer is there."
    ),
    "unknown-path": Problem(404, "There is nothing at this path", "See /docs for the routes of this server."),
    "unknown-model": Problem(404, "There is no model of this name", "Ask for one of the names in `known`."),
    "unknown-action": Problem(
        404,
        "A model of this kind cannot be asked that",
        "Use one of the actions in `known`.",
    ),
    "unknown-item": Problem(
        404, "The model has no such item", "Ask about an item that was there when the model was trained."
    ),
    "method-not-allowed": Problem(
        405, "The path does not take this method", "Use a method of the Allow header."
    ),
    "request-timeout": Problem(
        408, "The request took too long to arrive", "Send it faster, or in smaller parts."
    ),
    "body-too-large": Problem(413, "The body is too large", "Send fewer rows in one request."),
    "uri-too-long": Problem(414, "The request target is too long", "Send data in the body."),
    "unsupported-media-type": Problem(
        415, "The body is not sent as JSON", "Set Content-Type: application/json and no Content-Encoding."
    ),
    "wrong-host": Problem(
        421, "This server does not answer for that host", "Ask for it by a trusted name, such as localhost."
    ),
    "invalid-request": Problem(422, "The request does not fit the model", "Mend what `errors` points at."),
    "too-many-rows": Problem(422, "There are too many rows", "Split the rows over several requests."),
    "head-too-large": Problem(431, "The headers are too large", "Send fewer or shorter headers."),
    "internal-error": Problem(
        500, "The server failed", "Tell the operator the request id; the log has the cause."
    ),
    "not-ready": Problem(503, "The server is not ready", "Try again after the time in Retry-After."),
    "overloaded": Problem(503, "The server is busy", "Try again after the time in Retry-After."),
    "deadline-exceeded": Problem(504, "The answer took too long", "Send fewer rows, or try again later."),
}


class FieldError(msgspec.Struct, frozen=True):
    """One thing wrong in a body: where (a JSON pointer, RFC 6901), and what is wrong there, in words."""

    pointer: str
    detail: str


class ProblemError(Exception):
    """Ends a request with a problem document.

    Args:
        code: A name in `PROBLEMS`.
        detail: What was found and what is allowed. Never holds anything of the request's data.
        errors: What is wrong where; only the first `MAX_ERRORS` are told.
        headers: Further response headers.
        extra: Further members of the document.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        headers: tuple[tuple[bytes, bytes], ...] = (),
        **extra: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.problem = PROBLEMS[code]
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers
        self.extra = extra

    def document(self, request_id: str | None) -> bytes:
        """The problem document as JSON bytes."""
        document: JSON = {
            "type": type_of(self.code),
            "title": self.problem.title,
            "status": self.problem.status,
            "detail": self.detail,
            "code": self.code,
        }
        if request_id is not None:
            document["request_id"] = request_id
        if self.errors:
            document["errors"] = self.errors[:MAX_ERRORS]
            document["error_count"] = len(self.errors)
        document.update(self.extra)
        return msgspec.json.encode(document)


def type_of(code: str) -> str:
    """The `type` member of a problem: a reference to its paragraph on the docs page."""
    return f"/docs#{code}"


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901) from its unescaped parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
