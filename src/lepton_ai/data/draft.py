"""Columns while their roles are being decided: asked for first, guessed second."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lepton_ai.core.errors import NotFoundError, UsageError, did_you_mean
from lepton_ai.data.column_types import Facts, column_type
from lepton_ai.data.schema import Column

if TYPE_CHECKING:
    import polars as pl


@dataclass
class Draft:
    """A column while its role is being decided.

    Attributes:
        facts: What is counted of it.
        type: One of `schema.TYPES`.
        reason: Why it has that type.
        role: One of `schema.ROLES`, or "" while it has none.
        why: What was said of its role.
    """

    facts: Facts
    type: str
    reason: str
    role: str = ""
    why: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As in the table."""
        return self.facts.name

    @property
    def constant(self) -> bool:
        """Whether several rows share one value."""
        return self.facts.distinct <= 1 and self.facts.rows > 1

    def give(self, role: str, why: str) -> None:
        """Decide on a role."""
        self.role = role
        self.why.append(why)

    def column(self) -> Column:
        """The column as decided."""
        told = "; ".join([self.reason, *self.why])
        return Column(self.name, self.type, self.role, f"{self.name!r} {told}.")


def draft_columns(frame: pl.DataFrame, wanted: list[tuple[str, str]]) -> list[Draft]:
    """A draft of each column, with the roles that were asked for as (role, name).

    Raises:
        NotFoundError: A named column is not in the table.
        UsageError: One column was given two roles.
    """
    _check_wanted(wanted, frame.columns)
    drafts = [_draft(series) for series in frame.get_columns()]
    by_name = {draft.name: draft for draft in drafts}
    for role, name in wanted:
        by_name[name].give(role, "the role is as asked")
    return drafts


def _check_wanted(wanted: list[tuple[str, str]], columns: list[str]) -> None:
    roles: dict[str, str] = {}
    for role, name in wanted:
        if name not in columns:
            raise NotFoundError(
                f"There is no column {name!r} to be the {role}.", hint=did_you_mean(name, columns)
            )
        if name in roles:
            raise UsageError(
                f"Column {name!r} was named as {roles[name]} and as {role}.", hint="Give a column one role."
            )
        roles[name] = role


def _draft(series: pl.Series) -> Draft:
    facts = Facts.of(series)
    kind, reason = column_type(facts)
    return Draft(facts, kind, reason)
