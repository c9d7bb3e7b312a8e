"""Objects of a request, checked against the package's signature, all errors at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lepton_ai.core.types import JSON, Cell
from lepton_ai.package.signature import compile_cell
from lepton_ai.serving.problems import FieldError, pointer


class ObjectRule:
    """Checks a JSON object field by field.

    The fields are checked by the package's own rules; what this adds is that every error of a request is
    told with a JSON pointer, where `Signature.check` stops at the first.

    Args:
        schema: JSON Schema of the object.
        what: What it is called in an error.

    Raises:
        PackageError: The schema uses words that this release does not know.
    """

    def __init__(self, schema: JSON, *, what: str = "object") -> None:
        properties: Mapping[str, JSON] = schema["properties"]
        self.fields = tuple(properties)
        self._what = what
        self._checks = [(name, compile_cell(cell)) for name, cell in properties.items()]
        self._known = frozenset(properties)
        self._required = frozenset(schema.get("required", ()))

    def fits(self, value: Any) -> bool:
        """Is nothing wrong in the value? `errors` tells what, and is slower."""
        if type(value) is not dict or not self._required <= value.keys() <= self._known:
            return False
        for name, check in self._checks:  # noqa: SIM110 - a generator costs as much as the check
            if name in value and check(value[name]) is not None:
                return False
        return True

    def errors(self, value: Any, *place: str | int) -> Iterator[FieldError]:
        """What is wrong in the value at `place`. Names of unknown fields are not told: they are data."""
        if type(value) is not dict:
            yield FieldError(pointer(*place), f"Expected an object with these fields: {self._fields_told()}.")
            return
        if not value.keys() <= self._known:
            told = f"The {self._what} has an unknown field. Known: {self._fields_told()}."
            yield FieldError(pointer(*place), told)
        for name, check in self._checks:
            if name in value:
                broken = check(value[name])
                if broken is not None:
                    yield FieldError(pointer(*place, name), f"The value {broken}.")
            elif name in self._required:
                yield FieldError(pointer(*place, name), "The field is required and missing.")

    def _fields_told(self) -> str:
        return ", ".join(map(repr, self.fields[:20]))


class RowRule(ObjectRule):
    """Checks rows and turns them into columns.

    Args:
        schema: JSON Schema of a row, as the input half of a package's signature.

    Raises:
        PackageError: The schema uses words that this release does not know.
    """

    def __init__(self, schema: JSON) -> None:
        super().__init__(schema, what="row")

    def row_errors(self, rows: Sequence[Any]) -> Iterator[FieldError]:
        """What is wrong in `rows`, in their order."""
        for index, row in enumerate(rows):
            yield from self.errors(row, "rows", index)

    def to_columns(self, rows: Sequence[Mapping[str, Cell]]) -> dict[str, list[Cell]]:
        """The rows by column; a field that is not required and not there is None."""
        return {name: [row.get(name) for row in rows] for name in self.fields}


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
    make = _EXAMPLES.get(kind)
    return None if make is None else make(schema)


def _example_text(schema: JSON) -> str:
    text = "Where is my parcel? 我的包裹到哪里了？"[: schema.get("maxLength", 100)]
    return text.ljust(schema.get("minLength", 0), "…")


def _example_number(schema: JSON) -> int | float:
    low: int | float = schema.get("minimum", 0)
    high: int | float = schema.get("maximum", math.inf)
    return min(max(0, low), high)


def _example_list(schema: JSON) -> list[Cell]:
    most = schema.get("maxItems", math.inf)
    return [example_cell(schema.get("items", {}))] * min(max(1, schema.get("minItems", 0)), most)


def _example_object(schema: JSON) -> JSON:
    """The required fields, or the first one where none is."""
    properties = schema.get("properties", {})
    names = schema.get("required") or list(properties)[:1]
    return {name: example_cell(properties.get(name, {})) for name in names}


_EXAMPLES: Mapping[str, Callable[[JSON], Cell]] = {
    "array": _example_list,
    "boolean": lambda _schema: False,
    "integer": _example_number,
    "number": _example_number,
    "object": _example_object,
    "string": _example_text,
}
