"""Rows of a request: told apart from columns, checked against the package's signature, all errors at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lepton_ai.core.types import JSON, Cell
from lepton_ai.package.signature import compile_cell
from lepton_ai.serving.problems import FieldError, pointer


class RowRule:
    """Checks rows and turns them into columns.

    The cells are checked by the package's own rules; what this adds is that every error of a request is
    told with a JSON pointer, where `Signature.check` stops at the first.

    Args:
        schema: JSON Schema of a row, as the input half of a package's signature.

    Raises:
        PackageError: The schema uses words that this release does not know.
    """

    def __init__(self, schema: JSON) -> None:
        properties: Mapping[str, JSON] = schema["properties"]
        self.columns = tuple(properties)
        self._checks = [(name, compile_cell(cell)) for name, cell in properties.items()]
        self._known = frozenset(properties)
        self._required = frozenset(schema.get("required", ()))

    def errors(self, rows: Sequence[Any]) -> Iterator[FieldError]:
        """What is wrong in `rows`, in their order. Names of unknown fields are not told: they are data."""
        for index, row in enumerate(rows):
            if type(row) is not dict:
                yield FieldError(pointer("rows", index), "Expected an object with a field for each column.")
                continue
            if not row.keys() <= self._known:
                known = ", ".join(map(repr, self.columns[:20]))
                yield FieldError(pointer("rows", index), f"The row has an unknown field. Known: {known}.")
            yield from self._cell_errors(index, row)

    def _cell_errors(self, index: int, row: Mapping[str, Cell]) -> Iterator[FieldError]:
        for name, check in self._checks:
            if name in row:
                broken = check(row[name])
                if broken is not None:
                    yield FieldError(pointer("rows", index, name), f"The value {broken}.")
            elif name in self._required:
                yield FieldError(pointer("rows", index, name), "The field is required and missing.")

    def to_columns(self, rows: Sequence[Mapping[str, Cell]]) -> dict[str, list[Cell]]:
        """The rows by column; a field that is not required and not there is None."""
        return {name: [row.get(name) for row in rows] for name in self.columns}


def example_row(schema: JSON) -> JSON:
    """A row that fits the JSON Schema of a row, for documentation and for warming up."""
    return {name: example_cell(cell) for name, cell in schema["properties"].items()}


def example_cell(schema: JSON) -> Cell:
    """A value that fits the JSON Schema of a cell: its first example or listed value where it has one."""
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    names = schema.get("type", "string")
    kind = names if isinstance(names, str) else next((name for name in names if name != "null"), "null")
    if kind in ("number", "integer"):
        return min(max(0, schema.get("minimum", 0)), schema.get("maximum", math.inf))
    if kind != "string":
        return False if kind == "boolean" else None
    text = "Where is my parcel? 我的包裹到哪里了？"[: schema.get("maxLength", 100)]
    return text.ljust(schema.get("minLength", 0), "…")
