"""HDF5: a group with one dataset a column, or one compound dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import h5py
import numpy as np
import polars as pl

from lepton_ai.core.errors import DataError, did_you_mean
from lepton_ai.data.columns import plain_frame, text_series
from lepton_ai.data.origin import Origin
from lepton_ai.data.sources.base import FileSource

_ADVICE = "Check that the file is whole and that it is HDF5."
_FAILURES = (OSError, KeyError, RuntimeError, ValueError, TypeError, AttributeError)
"""What h5py raises for a damaged file; the last because it gives None for a broken link."""


class Hdf5Source(FileSource):
    """Rows of an .h5 file. `sheet` names the dataset or group where there are several tables."""

    name: ClassVar[str] = "hdf5"
    accepts = frozenset({"sheet"})

    def _describe(self) -> Origin:
        with self.data.on_disk() as path:
            try:
                with h5py.File(path, "r") as file:
                    self.place, notes = self._choose(file)
                    self.columns, left_out = self._columns(file[self.place])
            except _FAILURES as error:
                raise self._not_this_format(error, _ADVICE) from error
        return self._origin(notes=(*notes, *left_out))

    def _choose(self, file: Any) -> tuple[str, list[str]]:
        _refuse_pandas(file, str(self.data.path))
        tables = _tables(file)
        wanted = self.options.sheet
        if wanted is not None:
            place = "/" + wanted.strip("/")
            if place not in tables:
                raise DataError(
                    f"{self.data.path} has no table {wanted!r}.", hint=did_you_mean(place, tables)
                )
            return place, [f"Table {place!r}, as asked."]
        if len(tables) != 1:
            raise DataError(
                f"{self.data.path} holds {len(tables)} tables (datasets of rows or groups of columns).",
                hint=f"Name one with 'sheet'. {did_you_mean('', tables)}",
            )
        return tables[0], [f"Table {tables[0]!r}."]

    def _columns(self, table: Any) -> tuple[dict[str, int], list[str]]:
        """Column names to lengths, and notes on what was left out."""
        if isinstance(table, h5py.Dataset):
            return dict.fromkeys(table.dtype.names, table.shape[0]), []
        flat = {name: item for name, item in table.items() if isinstance(item, h5py.Dataset)}
        lengths = {
            name: item.shape[0] for name, item in flat.items() if item.ndim == 1 and not item.dtype.names
        }
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name!r} {length:,}" for name, length in list(lengths.items())[:10])
            raise DataError(
                f"The datasets of {self.place!r} in {self.data.path} differ in length: {told}.",
                hint="Each column needs one value a row.",
            )
        others = [name for name in flat if name not in lengths]
        return lengths, [f"Dataset {name!r} is not one value a row; it is left out." for name in others]

    def _batches(self, rows: int) -> Iterator[pl.DataFrame]:
        height = next(iter(self.columns.values()))
        with self.data.on_disk() as path:
            try:
                with h5py.File(path, "r") as file:
                    for start in range(0, height, rows):
                        yield self._slice(file[self.place], start, start + rows)
            except _FAILURES as error:
                raise self._not_this_format(error, _ADVICE) from error

    def _slice(self, table: Any, start: int, stop: int) -> pl.DataFrame:
        if isinstance(table, h5py.Dataset):
            block = table[start:stop]
            columns = [_series(name, block[name]) for name in self.columns]
        else:
            columns = [_series(name, table[name][start:stop]) for name in self.columns]
        return plain_frame(pl.DataFrame(columns))[0]


def _series(name: str, values: Any) -> pl.Series:
    if values.dtype.kind in "OSU":
        return text_series(name, [_decoded(value) for value in values.tolist()])
    return pl.Series(name, np.ascontiguousarray(values))


def _decoded(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _tables(file: Any) -> list[str]:
    """Paths of compound datasets, and of groups that hold one-dimensional datasets."""
    found: set[str] = set()

    def visit(path: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.ndim == 1:
            found.add(f"/{path}" if item.dtype.names else item.parent.name)

    file.visititems(visit)
    return sorted(found)


def _refuse_pandas(file: Any, location: str) -> None:
    for name, item in file.items():
        if "pandas_type" in item.attrs or "pandas_version" in item.attrs:
            raise DataError(
                f"{location} holds a table in pandas' own layout (to_hdf wrote it at {name!r}).",
                hint="Write it with DataFrame.to_parquet or to_csv, and read that.",
            )
