"""Errors a user can act on.

Every error says what failed, what was found, what is known, and what to do. A subclass stands for a
kind of cause, so that the command line can pick an exit code and the HTTP server a status from it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class LeptonError(Exception):
    """Base of every error raised on purpose.

    Args:
        message: What failed and what was found, in whole sentences. Never holds a user's data values
            when the error can reach an HTTP answer.
        hint: What to do about it.
    """

    code: str = "error"
    exit_code: int = 1
    status: int = 500

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class UsageError(LeptonError):
    """A setting, flag or argument is not one that is known, or contradicts another."""

    code = "usage"
    exit_code = 2
    status = 400


class DataError(LeptonError):
    """A data file cannot be read, or its content does not fit what was asked of it."""

    code = "data"
    exit_code = 3
    status = 422


class InputError(LeptonError):
    """Rows sent for prediction do not fit the signature of the package."""

    code = "input"
    exit_code = 3
    status = 422


class NotFoundError(LeptonError):
    """A name (of a model, column, file, registry entry) is unknown."""

    code = "not-found"
    exit_code = 4
    status = 404


class PackageError(LeptonError):
    """A model package is damaged, hostile, or of a format this release does not read."""

    code = "package"
    exit_code = 5
    status = 500


class TrainingError(LeptonError):
    """Training could not produce a model that keeps its promises (diverged, parity not met, ...)."""

    code = "training"
    exit_code = 6
    status = 500


class MissingDependencyError(LeptonError):
    """An optional library is needed for what was asked."""

    code = "missing-dependency"
    exit_code = 7
    status = 500

    @classmethod
    def for_extra(cls, library: str, extra: str, purpose: str) -> MissingDependencyError:
        """The error for a `library` that the optional group `extra` brings, needed for `purpose`."""
        return cls(
            f"{purpose} needs the library {library!r}, which is not installed.",
            hint=f'Install it with: pip install "lepton-ai[{extra}]"',
        )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence that lists what is known, nearest spelling first."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3)
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    if not names:
        return "None is known."
    shown = ", ".join(map(repr, names[:20])) + (", ..." if len(names) > 20 else "")
    return f"Known: {shown}."
