"""A ranked list for every user of a model, batch by batch, into a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lepton_ai.cli.output import Csv, JsonLines, check_ending, whole_file
from lepton_ai.core.errors import MissingDependencyError
from lepton_ai.core.progress import Progress
from lepton_ai.core.types import JSON

if TYPE_CHECKING:
    from lepton_ai.codecs.ranking import IdIndex
    from lepton_ai.package import Recommender

_BATCH_USERS = 256
_COLUMNS = {
    "user": "text",
    "rank": "whole",
    "item": "text",
    "title": "text",
    "score": "number",
    "reason": "text",
    "because_of": "text",
}
"""The columns of a .csv or .parquet file, which has a row for every item of every list."""


@dataclass
class Totals:
    """What was written."""

    users: int = 0
    items: int = 0
    seconds: float = 0.0

    def to_json(self) -> JSON:
        """The totals as JSON values."""
        return asdict(self)


class _Lists(Protocol):
    def write(self, user: str, answer: JSON) -> None:
        """Write the list of one user."""


def recommend_to_all(
    recommender: Recommender, users: IdIndex, out: Path, options: JSON, *, progress: Progress
) -> Totals:
    """Write a ranked list for every user, in the order of the model, in bounded memory.

    A .jsonl file has a line for every user, with the whole answer; .csv and .parquet have a row for every
    item of every list: user, rank (from 1), item, title, score, reason, because_of (the items of the history
    that are the reason, "|" between them).

    Args:
        recommender: The model.
        users: Those who get a list.
        out: The file; it appears under its name when it is complete.
        options: What is wanted of all lists.
        progress: Told about every batch.

    Raises:
        UsageError: `out` has another ending.
        MissingDependencyError: A .parquet file needs polars.
        InputError: The options do not fit.
    """
    check_ending(out, (".parquet", ".jsonl", ".csv"))
    totals = Totals()
    start = time.monotonic()
    progress.stage("Recommending", len(users))
    with _writer(out) as writer:
        for first in range(1, len(users) + 1, _BATCH_USERS):
            batch = users.ids(range(first, min(first + _BATCH_USERS, len(users) + 1)))
            for user, answer in zip(batch, recommender.recommend(batch, options), strict=True):
                writer.write(user, answer)
                totals.items += len(answer["items"])
            totals.users += len(batch)
            progress.advance(len(batch))
    totals.seconds = round(time.monotonic() - start, 3)
    return totals


@contextlib.contextmanager
def _writer(out: Path) -> Iterator[_Lists]:
    if out.suffix == ".parquet":
        try:
            from lepton_ai.data.parquet_writer import ParquetWriter  # a serving host may not have polars
        except ModuleNotFoundError:
            raise MissingDependencyError.for_extra("polars", "train", "Writing a Parquet file") from None
        with ParquetWriter(out, columns=_COLUMNS) as parquet:
            yield _Rows(parquet)
        return
    with whole_file(out) as file:
        yield _Csv(Csv(file, fields=list(_COLUMNS))) if out.suffix == ".csv" else _JsonLines(JsonLines(file))


class _JsonLines:
    def __init__(self, lines: JsonLines) -> None:
        self._lines = lines

    def write(self, user: str, answer: JSON) -> None:
        self._lines.write({"user": user, **answer})


class _Csv:
    def __init__(self, lines: Csv) -> None:
        self._lines = lines

    def write(self, user: str, answer: JSON) -> None:
        for row in _rows(user, answer):
            self._lines.write(row)


class _Rows:
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, user: str, answer: JSON) -> None:
        rows = list(_rows(user, answer))
        self._writer.write({name: [row[name] for row in rows] for name in _COLUMNS})


def _rows(user: str, answer: JSON) -> Iterator[JSON]:
    """The rows of one list."""
    for rank, one in enumerate(answer["items"], start=1):
        reason = one.get("reason") or {}
        yield {
            "user": user,
            "rank": rank,
            "item": one["item"],
            "title": one.get("title"),
            "score": one["score"],
            "reason": reason.get("kind"),
            "because_of": "|".join(reason.get("items", ())),
        }
