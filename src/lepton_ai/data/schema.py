"""What the columns of a table are: type, role, and the reason for both in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from lepton_ai.core.errors import DataError, NotFoundError, did_you_mean
from lepton_ai.core.types import JSON

TYPES = ("text", "category", "number", "boolean", "datetime", "identifier")
"""What a column's values are."""

ROLES = ("text", "label", "group", "time", "user", "item", "rating", "ignore", "feature")
"""What a column is for."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: As in the table.
        type: One of `TYPES`.
        role: One of `ROLES`.
        reason: Why, in words.
    """

    name: str
    type: str
    role: str
    reason: str


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in its order.

    Attributes:
        columns: One entry a column.
        candidates: Columns that could be the label, best first.
    """

    columns: tuple[Column, ...]
    candidates: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        known = [column.name for column in self.columns]
        raise NotFoundError(f"There is no column {name!r}.", hint=did_you_mean(name, known))

    def with_role(self, role: str) -> tuple[Column, ...]:
        """All columns of a role; several may be text."""
        return tuple(column for column in self.columns if column.role == role)

    def role(self, role: str) -> Column:
        """The column of a role, the first where there are several.

        Raises:
            DataError: No column has it; the error lists what could.
        """
        found = self.with_role(role)
        if not found:
            raise self._no_role(role)
        return found[0]

    def _no_role(self, role: str) -> DataError:
        listed = ", ".join(f"{column.name!r} ({column.type})" for column in self.columns[:30])
        if role == "label" and self.candidates:
            names = ", ".join(map(repr, self.candidates[:10]))
            hint = f"Name it with label=... Candidates: {names}."
        elif role in {"user", "item"} and (could := self._could_name_things()):
            hint = f"Name it with {role}=... Columns that could be it: {could}."
        else:
            hint = f"Name it with {role}=... The columns are: {listed}."
        return DataError(f"No column was recognised as the {role}.", hint=hint)

    def _could_name_things(self) -> str:
        free = [column for column in self.columns if column.role in {"feature", "ignore"}]
        return ", ".join(repr(column.name) for column in free[:10] if column.type != "datetime")

    def explain(self) -> list[str]:
        """One line a column, for people."""
        return [f"{column.reason} Role: {column.role}." for column in self.columns]

    def to_json(self) -> JSON:
        """The schema as JSON values."""
        return {"columns": [asdict(column) for column in self.columns], "candidates": list(self.candidates)}

    @classmethod
    def from_json(cls, value: JSON) -> Schema:
        """The schema that `to_json` came from.

        Raises:
            DataError: It is not the JSON of a schema.
        """
        try:
            columns = tuple(Column(**column) for column in value["columns"])
            schema = cls(columns, tuple(value.get("candidates", ())))
        except (KeyError, TypeError) as error:
            raise DataError(f"This is not the JSON of a schema: {error}.") from error
        _check_known([column.type for column in columns], TYPES, "type")
        _check_known([column.role for column in columns], ROLES, "role")
        return schema


def _check_known(found: Sequence[str], known: Sequence[str], kind: str) -> None:
    for value in found:
        if value not in known:
            raise DataError(f"A schema holds the unknown {kind} {value!r}.", hint=did_you_mean(value, known))
