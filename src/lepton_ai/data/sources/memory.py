"""Values that are in memory already: polars, pandas, Arrow, a list of dicts, a dict of lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import polars as pl

from lepton_ai.core.errors import DataError, MissingDependencyError
from lepton_ai.data.columns import ColumnTypes, kind_of, plain_frame, series_of, unique_names
from lepton_ai.data.origin import Origin
from lepton_ai.data.sources.base import Source, slices


class MemorySource(Source):
    """Rows of a table in memory."""

    name: ClassVar[str] = "memory"

    def _describe(self) -> Origin:
        frame, notes = self._frame(self.data)
        if not frame.width:
            raise DataError(
                "The table has no columns.", hint="Give columns with names, such as text and label."
            )
        self.frame, changed = plain_frame(frame)
        return Origin(location="memory", format=self.name, notes=(*notes, *changed))

    def _frame(self, data: Any) -> tuple[pl.DataFrame, list[str]]:
        if isinstance(data, pl.LazyFrame):
            return data.collect(), []
        if isinstance(data, pl.DataFrame):
            return data, []
        if type(data).__module__.split(".")[0] == "pandas" and hasattr(data, "columns"):
            return _from_pandas(data)
        if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
            return _from_arrow(data)
        if isinstance(data, Mapping):
            return _from_columns(data)
        if isinstance(data, Sequence) and not isinstance(data, str | bytes):
            return _from_rows(data)
        raise DataError(
            f"A table cannot be made of a {type(data).__name__}.",
            hint="Give a path, a DataFrame, an Arrow table, a list of dicts or a dict of lists.",
        )

    def _batches(self, rows: int) -> Iterator[pl.DataFrame]:
        return slices(self.frame, rows)


def _from_pandas(data: Any) -> tuple[pl.DataFrame, list[str]]:
    names, notes = unique_names([str(name) for name in data.columns])
    renamed = data.set_axis(names, axis=1)
    try:
        return pl.from_pandas(renamed, nan_to_null=True), notes
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"Reading a pandas DataFrame needs the library {error.name!r}, which is not installed.",
            hint=f"Install it with: pip install {error.name}",
        ) from error
    except (pl.exceptions.PolarsError, TypeError, ValueError):
        # A column of mixed Python objects, which Arrow refuses: its cells are looked at one by one.
        columns = {
            name: renamed[name].astype(object).where(renamed[name].notna(), None).tolist() for name in names
        }
        frame, more = _from_columns(columns)
        return frame, [*notes, *more]


def _from_arrow(data: Any) -> tuple[pl.DataFrame, list[str]]:
    try:
        return pl.DataFrame(data), []
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        raise DataError(f"The Arrow table cannot be read: {error}.", hint="Name each column once.") from error


def _from_rows(data: Sequence[Any]) -> tuple[pl.DataFrame, list[str]]:
    for number, row in enumerate(data, start=1):
        if not isinstance(row, Mapping):
            raise DataError(
                f"Row {number} is a {type(row).__name__} where a dict was expected.",
                hint='Give rows such as {"text": "...", "label": "..."}.',
            )
    types = ColumnTypes()
    types.observe(data)
    types.kinds = {str(name): kinds for name, kinds in types.kinds.items()}
    return types.frame(data), types.notes()


def _from_columns(data: Mapping[Any, Any]) -> tuple[pl.DataFrame, list[str]]:
    columns: dict[str, list[Any]] = {}
    for name, values in data.items():
        if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
            raise DataError(
                f"Column {name!r} is a {type(values).__name__} where a list was expected.",
                hint='Give columns such as {"text": ["..."], "label": ["..."]}.',
            )
        columns[str(name)] = values.tolist() if hasattr(values, "tolist") else list(values)
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name!r} {length:,}" for name, length in list(lengths.items())[:10])
        raise DataError(f"The columns differ in length: {told}.", hint="Each needs one value a row.")
    types = ColumnTypes()
    types.kinds = {
        name: {kind_of(value) for value in values if value is not None} for name, values in columns.items()
    }
    return pl.DataFrame(
        [series_of(name, columns[name], kinds) for name, kinds in types.kinds.items()]
    ), types.notes()
