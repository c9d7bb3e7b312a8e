"""What a row must look like: built from the codecs, and checked in about a microsecond a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from lepton_ai.codecs.base import InputCodec, OutputCodec
from lepton_ai.core.errors import InputError, PackageError
from lepton_ai.core.types import JSON, Cell, Columns, Row
from lepton_ai.package.manifest import RESTORE

CellCheck: TypeAlias = Callable[[Cell], str | None]
"""Gives what is wrong with a cell, in words that never hold the cell, or None."""


def build_signature(inputs: Mapping[str, InputCodec], output: OutputCodec) -> JSON:
    """The signature of a model: {"input": JSON Schema of a row, "output": JSON Schema of an answer}.

    Args:
        inputs: Codec by input column.
        output: The codec that makes the answers.
    """
    cells = {column: codec.cell_schema() for column, codec in inputs.items()}
    return {
        "input": {
            "type": "object",
            "properties": cells,
            "required": [column for column, schema in cells.items() if "null" not in _types(schema)],
            "additionalProperties": False,
        },
        "output": output.answer_schema(),
    }


def _types(schema: JSON) -> tuple[str, ...]:
    """The types that a schema allows; empty for any."""
    kind = schema.get("type", ())
    return (kind,) if isinstance(kind, str) else tuple(kind)


class Signature:
    """Checks rows against the input half of a signature.

    It knows the part of JSON Schema 2020-12 that codecs use: `type`, `minLength`, `maxLength`, `minimum`,
    `maximum`, `enum`, `items`, `minItems`, `maxItems`, `properties`, `required` and `additionalProperties`,
    at most 8 levels deep. A missing cell of a column that is not required counts as None.

    Args:
        schema: The JSON Schema of a row.

    Raises:
        PackageError: The schema is not of that part.
    """

    def __init__(self, schema: JSON) -> None:
        try:
            _refuse_unknown(schema, _ROW_WORDS)
            properties: Mapping[str, JSON] = schema["properties"]
            self._checks = {column: compile_cell(cell) for column, cell in properties.items()}
            self._required = frozenset(schema.get("required", ())) & properties.keys()
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            raise PackageError(f"The signature of the package is broken ({error!r}).", hint=RESTORE) from None
        self.columns = tuple(self._checks)

    def check(self, columns: Columns) -> int:
        """Check a table by column and give its number of rows.

        Raises:
            InputError: A column is unknown, missing, or shorter than another; or a cell is not allowed. It
                names the row (from 0) and the field, and never the value.
        """
        if columns.keys() - self._checks.keys():
            raise InputError("There is a column that the model does not know.", hint=self._known())
        lengths = {len(values) for values in columns.values()}
        if len(lengths) > 1:
            raise InputError("The columns differ in length.", hint="Give one value per row in each of them.")
        rows = lengths.pop() if lengths else 0
        for column, check in self._checks.items():
            values = columns.get(column)
            if values is None:
                if column in self._required:
                    raise InputError(f"The column {column!r} is missing.", hint=self._known())
                continue
            for number, value in enumerate(values):
                problem = check(value)
                if problem is not None:
                    raise InputError(f"rows[{number}].{column} {problem}.")
        return rows

    def transpose(self, rows: Sequence[Row]) -> dict[str, list[Cell]]:
        """Turn rows into columns; cells are left for `check`.

        Raises:
            InputError: A row is no object, lacks a field, or has one that the model does not know.
        """
        names = self._checks.keys()
        for number, row in enumerate(rows):
            if not isinstance(row, Mapping):
                raise InputError(f"rows[{number}] is {_kind(row)}, not an object.", hint=self._known())
            if row.keys() != names:
                self._check_names(number, row)
        return {column: [row.get(column) for row in rows] for column in names}

    def _check_names(self, number: int, row: Row) -> None:
        """Refuse a row whose field names are not allowed."""
        missing = sorted(self._required - row.keys())
        if missing:
            raise InputError(f"rows[{number}].{missing[0]} is missing.", hint=self._known())
        if row.keys() - self._checks.keys():
            raise InputError(f"rows[{number}] has a field that the model does not know.", hint=self._known())

    def _known(self) -> str:
        """Which fields there are."""
        return f"It knows: {', '.join(map(repr, self._checks))}."


_ANNOTATIONS: Final = frozenset({"title", "description", "examples", "default", "format", "$comment"})
_ROW_WORDS: Final = _ANNOTATIONS | {"type", "properties", "required", "additionalProperties"}
_CELL_WORDS: Final = _ROW_WORDS | {
    "minLength", "maxLength", "minimum", "maximum", "enum", "items", "minItems", "maxItems"
}  # fmt: skip
_DEEPEST: Final = 8


def _refuse_unknown(schema: JSON, known: frozenset[str]) -> None:
    """Refuse a schema with a word that would not be enforced."""
    unknown = sorted(schema.keys() - known)
    if unknown:
        raise PackageError(
            f"The signature uses {unknown[0][:40]!a}, which this release does not know.",
            hint="A newer release may: pip install --upgrade lepton-ai",
        )


def compile_cell(schema: JSON, *, depth: int = 0) -> CellCheck:
    """The check for the cells of one column.

    Args:
        schema: JSON Schema of a cell, in the part of the language that `Signature` knows.
        depth: How many lists and objects the cell lies in.
    """
    _refuse_unknown(schema, _CELL_WORDS)
    if depth > _DEEPEST:
        raise PackageError(f"The signature is more than {_DEEPEST} levels deep.", hint=RESTORE)
    allowed = _types(schema)
    checks = [_CHECKS[kind](schema, depth) for kind in allowed]
    enum = schema.get("enum")
    known = None if enum is None else frozenset(enum)
    if len(checks) == 1 and known is None:
        return checks[0]
    return _any_of(dict(zip(allowed, checks, strict=True)), known)


def _any_of(checks: Mapping[str, CellCheck], known: frozenset[Any] | None) -> CellCheck:
    """A check that passes when that of one type does, and the value is one of those known."""
    typed = [(_WORDS[kind], check) for kind, check in checks.items()]

    def check(value: Cell) -> str | None:
        for _word, each in typed:
            if each(value) is None:
                if known is None:
                    return None
                break
        else:
            if typed:
                return _why_none(value, typed)
        try:
            member = known is None or value in known
        except TypeError:
            member = False
        return None if member else "is none of the values that the model knows"

    return check


def _why_none(value: Cell, typed: Sequence[tuple[str, CellCheck]]) -> str | None:
    """Why a value is of none of several types: what is wrong with it as one of its own, or what it is."""
    kind = _kind(value)
    for word, check in typed:
        if word == kind:
            return check(value)
    *words, last = dict.fromkeys(word for word, _check in typed)
    return f"is {kind}, not {', '.join(words)}{' or ' if words else ''}{last}"


def _string(schema: JSON, _depth: int) -> CellCheck:
    low, high = int(schema.get("minLength", 0)), schema.get("maxLength")
    limit = math.inf if high is None else int(high)

    def check(value: Cell) -> str | None:
        if not isinstance(value, str):
            return f"is {_kind(value)}, not text"
        if not low <= len(value) <= limit:
            if value:
                return f"has {len(value):,} characters; {low:,} to {limit:,} are allowed"
            return "is empty"
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                return "is no valid Unicode text: it holds half of a surrogate pair"
        return None

    return check


def _number(schema: JSON, _depth: int) -> CellCheck:
    low, high = _bounds(schema)

    def check(value: Cell) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"is {_kind(value)}, not a number"
        if not low <= value <= high or value in (math.inf, -math.inf):
            return f"is not a number from {low:g} to {high:g}"
        return None

    return check


def _integer(schema: JSON, _depth: int) -> CellCheck:
    low, high = _bounds(schema)

    def check(value: Cell) -> str | None:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            return f"is {_kind(value)}, not a whole number"
        if not low <= value <= high:
            return f"is not a whole number from {low:g} to {high:g}"
        return None

    return check


def _bounds(schema: JSON) -> tuple[float, float]:
    """The least and the largest number allowed."""
    return float(schema.get("minimum", -math.inf)), float(schema.get("maximum", math.inf))


def _boolean(_schema: JSON, _depth: int) -> CellCheck:
    return lambda value: None if isinstance(value, bool) else f"is {_kind(value)}, not true or false"


def _null(_schema: JSON, _depth: int) -> CellCheck:
    return lambda value: None if value is None else f"is {_kind(value)}, not null"


def _array(schema: JSON, depth: int) -> CellCheck:
    low, high = int(schema.get("minItems", 0)), schema.get("maxItems")
    limit = math.inf if high is None else int(high)
    each = compile_cell(schema.get("items", {}), depth=depth + 1)

    def check(value: Cell) -> str | None:
        if not isinstance(value, list | tuple):
            return f"is {_kind(value)}, not a list"
        if not low <= len(value) <= limit:
            return f"has {len(value):,} entries; {low:,} to {limit:,} are allowed"
        for number, entry in enumerate(value):
            problem = each(entry)
            if problem is not None:
                return f"has an entry, number {number} from 0, that {problem}"
        return None

    return check


def _object(schema: JSON, depth: int) -> CellCheck:
    fields = {
        name: compile_cell(cell, depth=depth + 1) for name, cell in schema.get("properties", {}).items()
    }
    required = sorted(schema.get("required", ()))
    more = schema.get("additionalProperties", True)
    closed = more is False
    other = compile_cell({} if isinstance(more, bool) else more, depth=depth + 1)

    def check(value: Cell) -> str | None:
        if not isinstance(value, Mapping):
            return f"is {_kind(value)}, not an object"
        lacking = [name for name in required if name not in value]
        if lacking:
            return f"lacks the field {lacking[0]!r}"
        for name, cell in value.items():
            field = fields.get(name) if isinstance(name, str) else None
            if field is None and (closed or not isinstance(name, str)):
                return "has a field that the model does not know"
            problem = (field or other)(cell)
            if problem is not None:
                return f"has the field {name!r}, which {problem}" if field else f"has a field that {problem}"
        return None

    return check


_CHECKS: Final[Mapping[str, Callable[[JSON, int], CellCheck]]] = {
    "array": _array,
    "boolean": _boolean,
    "integer": _integer,
    "null": _null,
    "number": _number,
    "object": _object,
    "string": _string,
}
_WORDS: Final[Mapping[str, str]] = {
    "array": "a list",
    "boolean": "a boolean",
    "integer": "a number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "text",
}


def _kind(value: Cell) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return (
        "an object"
        if isinstance(value, Mapping)
        else "a list"
        if isinstance(value, Sequence)
        else "no JSON value"
    )
