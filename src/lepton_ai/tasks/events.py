"""Events and side files as a recommender's training reads them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.core.rating_plan import EntityFeatures, RatingRows
from lepton_ai.core.types import Cell
from lepton_ai.tasks.base import Prepared, named_table
from lepton_ai.tasks.ranking import Catalogued

if TYPE_CHECKING:
    import polars as pl

    from lepton_ai.data import Interactions, Schema, SideTable, Table


@dataclass(frozen=True)
class PreparedEvents(Prepared):
    """Events made ready for a training.

    Attributes:
        events: The cleaned events.
        catalogued: The same by number; None when ratings are learned.
    """

    events: Interactions
    catalogued: Catalogued | None


@dataclass(frozen=True, kw_only=True)
class EventColumns:
    """Names of the columns of events; those left out are guessed."""

    user: str | None
    item: str | None
    rating: str | None
    time: str | None

    def schema(self, table: Table) -> Schema:
        """What the columns of a table are for; every name has to be there."""
        from lepton_ai.data import infer_interactions  # noqa: PLC0415 - only training needs it

        return infer_interactions(
            table.frame, user=self.user, item=self.item, rating=self.rating, time=self.time
        )

    def read(self, table: Table) -> Interactions:
        """The events of another table, which may lack some of the columns."""
        from lepton_ai.data import infer_interactions, read_interactions  # noqa: PLC0415 - see above

        names = {"user": self.user, "item": self.item, "rating": self.rating, "time": self.time}
        there = {role: name for role, name in names.items() if name in table.frame.columns}
        return read_interactions(table, infer_interactions(table.frame, **there))

    def ids(self, data: Any, *roles: Literal["user", "item"]) -> dict[str, list[Cell]]:
        """The ids in columns of data in any form, row by row; None where one is missing."""
        from lepton_ai.data import infer_interactions  # noqa: PLC0415 - see above
        from lepton_ai.data.identifiers import canonical_ids  # noqa: PLC0415 - see above

        frame = named_table(data).frame
        named = {role: name for role in roles if (name := getattr(self, role)) is not None}
        schema = infer_interactions(frame, **named)
        return {role: canonical_ids(frame[schema.role(role).name])[0].to_list() for role in roles}

    def cells(self, rows: Any) -> list[Cell]:
        """Who to recommend for, row by row: the users of a table, or a user or history each."""
        if _is_table(rows):
            return self.ids(rows, "user")["user"]
        return [who(rows)] if isinstance(rows, str | int | float | Mapping) else [who(row) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Sides:
    """What is known of items and of users beside their events.

    Attributes:
        items: The side file of the items, if there is one.
        users: That of the users.
    """

    items: SideTable | None
    users: SideTable | None

    @classmethod
    def read(cls, events: Interactions, *, items: Any, users: Any) -> Sides:
        """The side files, each anything that `read_table` takes, or None."""
        return cls(items=_side(items, events, "item"), users=_side(users, events, "user"))

    def notes(self) -> Iterator[str]:
        """What their columns were taken for."""
        for side in (self.items, self.users):
            if side is not None:
                yield from side.notes


def rating_rows(events: Interactions, sides: Sides) -> RatingRows:
    """The ratings among the events.

    Raises:
        DataError: There are none.
    """
    frame = rated(events)
    return RatingRows(
        users=frame["user"].to_list(),
        items=frame["item"].to_list(),
        ratings=frame["rating"].to_numpy(),
        user_features=_entity_features(sides.users),
        item_features=_entity_features(sides.items),
    )


def rated(events: Interactions) -> pl.DataFrame:
    """The events with a rating.

    Raises:
        DataError: There are none.
    """
    frame = events.frame.drop_nulls("rating") if events.has_ratings else events.frame.clear()
    if not frame.height:
        raise DataError(
            "The data have no column of ratings, or it is empty.",
            hint='Name it with rating=..., or learn what comes next with target="ranking".',
        )
    return frame


def refuse_targets(y: Any) -> None:
    """Events are not given with targets apart.

    Raises:
        UsageError: There are some.
    """
    if y is not None:
        raise UsageError(
            "Events carry what is right in themselves; there is no y.", hint="Give one table of events."
        )


def items_by_user(events: Interactions) -> dict[str, list[str]]:
    """The items that each user took, each once, in order."""
    taken: dict[str, dict[str, None]] = {}
    for user, item in events.frame.select("user", "item").iter_rows():
        taken.setdefault(user, {})[item] = None
    return {user: list(items) for user, items in taken.items()}


def who(value: Any) -> Cell:
    """Who to recommend for, as a cell of the user column; numpy's and pandas' own values become plain."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    elif hasattr(value, "to_list"):
        value = value.to_list()
    if isinstance(value, Mapping):
        return {name: who(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [who(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _is_table(rows: Any) -> bool:
    """Whether rows are a table, and not a user, a history, or several of them."""
    if isinstance(rows, Mapping):
        one = not {"user", "history", "features"}.isdisjoint(rows)
        return not (one and isinstance(rows.get("user"), str | int | float | None))
    return isinstance(rows, Path) or hasattr(rows, "columns")


def _side(data: Any, events: Interactions, column: str) -> SideTable | None:
    from lepton_ai.data import read_side_table  # noqa: PLC0415 - only training needs it

    if data is None:
        return None
    return read_side_table(data, known_ids=events.frame[column].unique().to_list())


def _entity_features(side: SideTable | None) -> EntityFeatures | None:
    if side is None:
        return None
    return EntityFeatures(ids=side.ids, categories=side.categories, numbers=side.numbers)
