"""JSON as RFC 8259 and RFC 7493 (I-JSON) have it: what is doubtful is refused, not guessed at."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import msgspec

from lepton_ai.serving.problems import ProblemError

_DECODER = msgspec.json.Decoder()


def decode(body: bytes) -> Any:
    """The value that a body holds.

    Duplicate keys pass here (no parser tells them at this speed); see `keys_written`.

    Raises:
        ProblemError: The body is not UTF-8, not JSON, or nested too deeply.
    """
    try:
        return _DECODER.decode(body)
    except RecursionError:
        raise ProblemError("json-too-deep", "The body is nested hundreds of levels deep.") from None
    except UnicodeDecodeError:
        raise ProblemError("invalid-unicode", "The body holds bytes that are not UTF-8.") from None
    except msgspec.DecodeError:
        raise ProblemError(*_diagnose(body)) from None


def keys_written(body: bytes) -> int:
    """How many keys the objects of a valid JSON text name, each counted as often as it is written.

    A colon outside strings stands for a key. Strings are cut out in three passes at the speed of
    memchr: backslashes occur only in strings, so once escaped ones and escaped quotes are gone, every
    other piece between quotes is a string.
    """
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(body.split(b'"')[::2]).count(b":")


class _NotANumberError(ValueError):
    pass


def _refuse_constant(_: str) -> NoReturn:
    raise _NotANumberError


def _diagnose(body: bytes) -> tuple[str, str]:
    """Code and detail for a body that the fast parser refused, told by the slower standard one."""
    if body.startswith(b"\xef\xbb\xbf"):
        return "invalid-unicode", "The body starts with a byte order mark."
    try:
        json.loads(body.decode("utf-8"), parse_constant=_refuse_constant, parse_int=float)
    except UnicodeDecodeError as error:
        found = "invalid-unicode", f"The body is not UTF-8 from byte {error.start}."
    except _NotANumberError:
        found = "invalid-json", "NaN and Infinity are not JSON values."
    except json.JSONDecodeError as error:
        found = "invalid-json", f"The text stops being JSON at line {error.lineno}, column {error.colno}."
    except RecursionError:
        found = "json-too-deep", "The body is nested hundreds of levels deep."
    else:
        # The standard parser lets through what JSON leaves open and I-JSON does not.
        found = "invalid-json", "A number is out of the range of a 64-bit float."
        if b"\\u" in body:
            found = "invalid-unicode", "A string holds half of a surrogate pair, or a number is too large."
    return found
