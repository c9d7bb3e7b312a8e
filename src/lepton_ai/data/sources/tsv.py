"""Delimited text whose name promises tabs."""

from __future__ import annotations

from typing import ClassVar

from lepton_ai.data.sources.csv import CsvSource


class TsvSource(CsvSource):
    """Rows of a .tsv file; another delimiter is still found and said."""

    name: ClassVar[str] = "tsv"
    expected: ClassVar[str] = "\t"
