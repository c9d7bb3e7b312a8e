"""Parquet files, read one group of rows after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import polars as pl

from lepton_ai.data.columns import plain_frame
from lepton_ai.data.origin import Origin
from lepton_ai.data.sources.base import FileSource

_ADVICE = "Check that the file is whole and that it is Parquet."


class ParquetSource(FileSource):
    """Rows of a .parquet file."""

    name: ClassVar[str] = "parquet"

    def _describe(self) -> Origin:
        with self.data.on_disk() as path:
            try:
                head = pl.read_parquet(path, n_rows=1, memory_map=False)
            except (pl.exceptions.PolarsError, OSError) as error:
                raise self._not_this_format(_first_line(error), _ADVICE) from error
        _, notes = plain_frame(head)
        return self._origin(notes=tuple(notes))

    def _batches(self, rows: int) -> Iterator[pl.DataFrame]:
        with self.data.on_disk() as path:
            try:
                for frame in pl.scan_parquet(path).collect_batches(chunk_size=rows, maintain_order=True):
                    yield plain_frame(frame)[0]
            except (pl.exceptions.PolarsError, OSError) as error:
                raise self._not_this_format(_first_line(error), _ADVICE) from error


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
