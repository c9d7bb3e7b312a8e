"""Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import fastexcel
import polars as pl

from lepton_ai.core.errors import DataError, did_you_mean
from lepton_ai.data.columns import plain_frame, unique_names
from lepton_ai.data.origin import Origin
from lepton_ai.data.sources.base import FileSource, slices


class WorkbookSource(FileSource):
    """Rows of one sheet of a workbook; its first row names the columns. The sheet is held in memory."""

    name: ClassVar[str] = "xlsx"
    accepts = frozenset({"sheet"})

    def _describe(self) -> Origin:
        with self.data.on_disk() as path:
            try:
                workbook = fastexcel.read_excel(path.read_bytes())
                sheet, choice = self._choose(workbook.sheet_names)
                loaded = workbook.load_sheet(sheet, schema_sample_rows=None).to_polars()
                head = workbook.load_sheet(sheet, header_row=None, n_rows=1, dtypes="string").to_polars()
            except DataError:
                raise
            except Exception as error:  # fastexcel raises its own, Arrow's and plain errors alike
                raise self._not_this_format(
                    str(error).splitlines()[0] if str(error) else type(error).__name__,
                    "Open it in a spreadsheet program and save it as .xlsx or .csv.",
                ) from error
        if not loaded.height:
            raise DataError(
                f"The sheet {sheet!r} of {self.data.path} holds no rows under its first.",
                hint="Choose another sheet with 'sheet'."
                if len(workbook.sheet_names) > 1
                else "Add rows to it.",
            )
        raw = [str(value) if value is not None else None for value in head.row(0)] if head.height else []
        raw += [None] * (loaded.width - len(raw))
        names, renamed = unique_names(raw)
        frame, changed = plain_frame(loaded.rename(dict(zip(loaded.columns, names, strict=True))))
        self.frame = frame.with_columns(_whole(series) for series in frame.get_columns())
        return self._origin(notes=(*choice, *renamed, *changed))

    def _choose(self, sheets: list[str]) -> tuple[str, list[str]]:
        wanted = self.options.sheet
        if wanted is None:
            others = ", ".join(map(repr, sheets[1:]))
            note = f"Sheet {sheets[0]!r} was taken, the first" + (f"; others: {others}." if others else ".")
            return sheets[0], [note]
        if wanted not in sheets:
            raise DataError(f"{self.data.path} has no sheet {wanted!r}.", hint=did_you_mean(wanted, sheets))
        return wanted, [f"Sheet {wanted!r}, as asked."]

    def _batches(self, rows: int) -> Iterator[pl.DataFrame]:
        return slices(self.frame, rows)


def _whole(series: pl.Series) -> pl.Series:
    """Whole numbers as such: a workbook stores every number as a decimal, and a label 1 is not "1.0"."""
    if series.dtype != pl.Float64 or series.null_count() == series.len():
        return series
    fits = series.is_null() | ((series == series.round()) & (series.abs() < 2**53))
    return series.cast(pl.Int64) if fits.all() else series
