"""Data of any kind as one table, or as a stream of batches in bounded memory."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_ai.core.errors import DataError, MissingDependencyError, UsageError
from lepton_ai.data.files import find_file
from lepton_ai.data.origin import Origin
from lepton_ai.data.sources import SOURCES, SUFFIXES, Options, Source

if TYPE_CHECKING:
    import polars as pl

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+]+://")
_WHOLE_BATCH = 50_000


@dataclass(frozen=True)
class Table:
    """All rows of a data source.

    Attributes:
        frame: The rows. Cells of a delimited file are text; other formats keep their types.
        origin: Where they came from, and what was detected.
    """

    frame: pl.DataFrame
    origin: Origin

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of names and cells, 64 hex digits.

        The same rows give the same in every file format, whatever the order of the columns.
        """
        digest = hashlib.sha256()
        for series in sorted(self.frame.get_columns(), key=lambda series: series.name):
            values = [value if value is not None else "" for value in _as_text(series).to_list()]
            encoded = [value.encode("utf-8") for value in values]
            digest.update(series.name.encode("utf-8") + b"\x00")
            digest.update(np.packbits(series.is_null().to_numpy()).tobytes())
            digest.update(np.array([len(value) for value in encoded], dtype="<u8").tobytes())
            digest.update(b"".join(encoded))
        return digest.hexdigest()


def _as_text(series: pl.Series) -> pl.Series:
    import polars as pl  # noqa: PLC0415 - a serving host has no polars

    return series.cast(pl.String)


class Stream:
    """The rows of a data source in batches. It can be iterated more than once, each time from the start."""

    def __init__(self, source: Source, *, batch_rows: int) -> None:
        self._source = source
        self._batch_rows = batch_rows

    @property
    def origin(self) -> Origin:
        """Where the rows come from; its notes grow while they are read."""
        return self._source.origin

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return self._source.batches(self._batch_rows)


def read_table(
    data: Any, *, query: str | None = None, sheet: str | None = None, encoding: str | None = None
) -> Table:
    """All rows of `data`.

    Args:
        data: A path, a SQL url, a polars or pandas DataFrame, an Arrow table, a list of dicts or a dict
            of lists; a `Table` is given back as it is.
        query: SQL statement, for a SQL url.
        sheet: Sheet of a workbook, or dataset or group of an HDF5 file.
        encoding: Text encoding by Python's name; detected when left out.

    Raises:
        DataError: The data is missing, damaged, empty or of an unknown format.
        UsageError: An option was given that means nothing for this kind of data.
    """
    if isinstance(data, Table):
        return data
    source = _open(data, Options(query=query, sheet=sheet, encoding=encoding))
    import polars as pl  # noqa: PLC0415 - a serving host has no polars

    frame = pl.concat(list(source.batches(_WHOLE_BATCH)), rechunk=True)
    return Table(frame=frame, origin=source.origin)


def stream_table(
    data: Any,
    *,
    batch_rows: int = 10_000,
    query: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Stream:
    """The rows of `data` in batches of at most about `batch_rows`, in bounded memory where the format allows.

    JSON documents and workbooks are held in memory whole. Arguments and errors are those of `read_table`.
    """
    if batch_rows < 1:
        raise UsageError(f"batch_rows is {batch_rows}.", hint="Give a number of 1 or more.")
    if isinstance(data, Table):
        data = data.frame
    return Stream(_open(data, Options(query=query, sheet=sheet, encoding=encoding)), batch_rows=batch_rows)


def _open(data: Any, options: Options) -> Source:
    if importlib.util.find_spec("polars") is None:
        raise MissingDependencyError.for_extra("polars", "train", "Reading a table")
    name, given = _source_of(data)
    try:
        source = SOURCES[name]
    except ModuleNotFoundError as error:
        raise MissingDependencyError.for_extra(str(error.name), "train", f"Reading {name} data") from error
    return source(given, options)


def _source_of(data: Any) -> tuple[str, Any]:
    if isinstance(data, str) and _URL.match(data):
        return "sql", data
    if not isinstance(data, str | PurePath):
        return "memory", data
    if not str(data):
        raise DataError("The path of the data file is blank.", hint="Name a file or a SQL url.")
    if "\0" in str(data):
        raise DataError("The path of the data file holds a NUL character.", hint="Name a file.")
    file = find_file(Path(data).expanduser())
    suffix = PurePath(file.inner).suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise DataError(
            f"The format of {file.path} is not known: {file.inner!r} ends in {suffix or 'nothing'!r}.",
            hint=f"Known endings: {known}; each plain or with .gz or .zip after it.",
        )
    return SUFFIXES[suffix], file
