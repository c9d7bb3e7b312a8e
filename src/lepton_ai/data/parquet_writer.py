"""Writes a Parquet file of any length batch by batch, in bounded memory."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

_BATCH_ROWS = 100_000
_TYPES: Mapping[str, Any] = {"text": pl.String, "whole": pl.Int64, "number": pl.Float64}


class ParquetWriter:
    """Collects rows and writes them as one file, which appears when the `with` block ends well.

    Until then they lie in the folder "<name>.part" beside it, one Parquet file a batch.

    Args:
        target: The file.
        columns: Column to what it holds: "text", "whole" (int64) or "number" (float64).
    """

    def __init__(self, target: Path, *, columns: Mapping[str, str]) -> None:
        self._target = target
        self._schema = {name: _TYPES[kind] for name, kind in columns.items()}
        self._folder = target.with_name(target.name + ".part")
        self._rows: dict[str, list[Any]] = {name: [] for name in columns}
        self._batches = 0

    def write(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add some rows, given by column."""
        for name, cells in self._rows.items():
            cells.extend(columns[name])
        if len(next(iter(self._rows.values()))) >= _BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        frame = pl.DataFrame(self._rows, schema=self._schema)
        frame.write_parquet(self._folder / f"{self._batches:08d}.parquet")
        self._batches += 1
        for cells in self._rows.values():
            cells.clear()

    def __enter__(self) -> Self:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._flush()
                parts = [self._folder / f"{number:08d}.parquet" for number in range(self._batches)]
                whole = self._folder / "whole"
                pl.scan_parquet(parts).sink_parquet(whole, maintain_order=True)
                whole.replace(self._target)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
