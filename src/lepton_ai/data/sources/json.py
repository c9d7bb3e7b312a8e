"""A JSON document: an array of objects, an object of arrays, or either inside a field such as "data"."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any, ClassVar

import polars as pl

from lepton_ai.core.errors import DataError
from lepton_ai.data.columns import ColumnTypes
from lepton_ai.data.encoding import detect_encoding
from lepton_ai.data.lines import read_text
from lepton_ai.data.origin import Origin
from lepton_ai.data.sources.base import FileSource, slices
from lepton_ai.data.sources.jsonl import parse_json, parse_object

_SHAPES = (
    'Known shapes: [{"text": ...}, ...], {"text": [...], "label": [...]}, {"data": [{...}, ...]}, '
    "one object a line."
)


class JsonSource(FileSource):
    """Rows of a .json file. JSON is one value, so the whole file is held in memory."""

    name: ClassVar[str] = "json"
    accepts = frozenset({"encoding"})

    def _describe(self) -> Origin:
        location = str(self.data.path)
        encoding = detect_encoding(self.data.open, requested=self.options.encoding, location=location)
        text = read_text(self.data, encoding).lstrip("\ufeff")
        rows, notes = self._rows(text)
        types = ColumnTypes()
        types.observe(rows)
        if not types.kinds:
            raise DataError(f"{location} holds no rows with fields.", hint=_SHAPES)
        self.frame = types.frame(rows)
        return self._origin(encoding=encoding.codec, notes=(encoding.note, *notes, *types.notes()))

    def _rows(self, text: str) -> tuple[list[dict[str, Any]], list[str]]:
        if not text.strip():
            raise DataError(f"{self.data.path} holds nothing but blanks.", hint=_SHAPES)
        first = list(itertools.islice(_filled_lines(text), 2))
        if len(first) == 2 and all(_is_object(line) for _, line in first):
            where = f"of {self.data.path}"
            rows = [parse_object(line, f"line {number} {where}") for number, line in _filled_lines(text)]
            return rows, ["Despite its name the file holds one JSON object a line."]
        return self._rows_of(parse_json(text, str(self.data.path)))

    def _rows_of(self, value: Any) -> tuple[list[dict[str, Any]], list[str]]:
        if isinstance(value, list):
            return self._checked(value), []
        if isinstance(value, dict):
            return self._rows_of_object(value)
        raise self._unknown(f"a single {type(value).__name__}")

    def _rows_of_object(self, value: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
        tables = [key for key, inner in value.items() if isinstance(inner, list) and _holds_objects(inner)]
        if len(tables) == 1:
            others = ", ".join(repr(key) for key in value if key != tables[0])
            note = f"The rows are those of the field {tables[0]!r}" + (
                f"; left out: {others}." if others else "."
            )
            return self._checked(value[tables[0]]), [note]
        if value and all(isinstance(inner, list) for inner in value.values()):
            return self._from_columns(value), []
        if value and all(isinstance(inner, dict) for inner in value.values()):
            rows = [{"key": key, **inner} for key, inner in value.items()]
            return rows, ["The object's keys are the rows' names; they are kept in the column 'key'."]
        inner = value.get("data")
        if isinstance(inner, list | dict) and inner is not value:
            return self._rows_of(inner)
        raise self._unknown(f"an object with the fields {', '.join(map(repr, list(value)[:10])) or '(none)'}")

    def _from_columns(self, value: dict[str, list[Any]]) -> list[dict[str, Any]]:
        lengths = {name: len(column) for name, column in value.items()}
        if len(set(lengths.values())) != 1:
            told = ", ".join(f"{name!r} {length:,}" for name, length in list(lengths.items())[:10])
            raise DataError(
                f"The arrays in {self.data.path} differ in length: {told}.",
                hint="Each column needs one value a row.",
            )
        return [dict(zip(value, cells, strict=True)) for cells in zip(*value.values(), strict=True)]

    def _checked(self, rows: list[Any]) -> list[dict[str, Any]]:
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, dict):
                raise self._unknown(f"an array whose item {number} is a {type(row).__name__}")
        return rows

    def _unknown(self, found: str) -> DataError:
        return DataError(f"{self.data.path} holds {found}, which is not a table.", hint=_SHAPES)

    def _batches(self, rows: int) -> Iterator[pl.DataFrame]:
        return slices(self.frame, rows)


def _filled_lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(io.StringIO(text), start=1):
        if line.strip():
            yield number, line


def _is_object(line: str) -> bool:
    return line.lstrip().startswith("{") and line.rstrip().endswith("}")


def _holds_objects(rows: list[Any]) -> bool:
    return bool(rows) and all(isinstance(row, dict) for row in rows)
