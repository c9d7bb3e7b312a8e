"""What the asker wants of a list of recommendations: how many, what is left out, how varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.base import InputCodec
from lepton_ai.codecs.ranking.history import LARGEST_NUMBER, MOST_CHARACTERS
from lepton_ai.core.types import JSON, Arrays, Cell

MOST_RECOMMENDED = 1000
"""A longer list of recommendations is refused by the signature of a package."""

MOST_LISTED = 10_000
"""Items in an allow or deny list, and categories in a list, at most."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is wanted of a list of recommendations.

    Attributes:
        k: How many items.
        exclude_seen: Leave out the items of the history.
        diversity: 0 ranks by score alone, 1 by how little an item is like those above it.
        allow: Recommend nothing but these items; None allows all.
        deny: Never recommend these.
        categories: Nothing but items of one of these; None allows all.
        exclude_categories: No item of any of these.
        max_per_category: Most items of one category.
        recency: 0 to 1: how much newer items are lifted.
        in_stock: Only items in stock, where the catalogue knows of stock.
    """

    k: int = 10
    exclude_seen: bool = True
    diversity: float = 0.0
    allow: tuple[Cell, ...] | None = None
    deny: tuple[Cell, ...] = ()
    categories: tuple[str, ...] | None = None
    exclude_categories: tuple[str, ...] = ()
    max_per_category: int | None = None
    recency: float = 0.0
    in_stock: bool = True

    @classmethod
    def of(cls, cell: Cell, *, repeats: bool = False) -> Self:
        """The options that a cell gives; what it leaves out, or gives as null, is as by default.

        Args:
            cell: None or an object.
            repeats: Whether items come again for the same user; then by default none are left out for
                being in the history.
        """
        if not isinstance(cell, Mapping) or not cell:
            return cls(exclude_seen=not repeats)
        given = {name: _READ[name](value) for name, value in cell.items() if value is not None}
        return cls(**{"exclude_seen": not repeats} | given)


_READ: Mapping[str, Any] = {
    "k": int,
    "exclude_seen": bool,
    "diversity": float,
    "allow": tuple,
    "deny": tuple,
    "categories": tuple,
    "exclude_categories": tuple,
    "max_per_category": int,
    "recency": float,
    "in_stock": bool,
}


class RankingOptionsCodec(InputCodec):
    """The column that carries `Options`; nothing of it reaches the graph."""

    name: ClassVar[str] = "ranking_options"

    @classmethod
    def fit(cls, values: Sequence[Cell], **settings: Any) -> Self:
        """The codec, which has nothing to learn."""
        return cls()

    def params(self) -> JSON:
        """Nothing."""
        return {}

    def arrays(self) -> Arrays:
        """Nothing."""
        return {}

    @classmethod
    def restore(cls, params: JSON, arrays: Arrays) -> Self:
        """The codec, which has no state."""
        return cls()

    def cell_schema(self) -> JSON:
        """Nothing, or an object with any of the options."""
        return {
            "description": "What is wanted of the list.",
            "type": ["object", "null"],
            "properties": option_schemas(),
            "additionalProperties": False,
            "examples": [{"k": 10}],
        }

    def encode(self, values: Sequence[Cell]) -> Arrays:
        """Nothing."""
        return {}

    def sizes(self, values: Sequence[Cell]) -> NDArray[Any]:
        """No work for the graph."""
        return np.zeros(len(values), dtype=np.int64)


def option_schemas() -> JSON:
    """Option to the JSON Schema (2020-12) of its value; null stands for the default."""
    item = {
        "type": ["string", "number"],
        "maxLength": MOST_CHARACTERS,
        "minimum": -LARGEST_NUMBER,
        "maximum": LARGEST_NUMBER,
    }
    items = {"type": ["array", "null"], "items": item, "maxItems": MOST_LISTED}
    word = {"type": "string", "maxLength": MOST_CHARACTERS}
    words = {"type": ["array", "null"], "items": word, "maxItems": MOST_LISTED}
    share = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
    yes_or_no = {"type": ["boolean", "null"]}
    whole = {"type": ["integer", "null"], "minimum": 1}
    return {
        "k": {**whole, "maximum": MOST_RECOMMENDED, "description": "How many items; 10."},
        "exclude_seen": {
            **yes_or_no,
            "description": "Leave out the items of the history; true where items do not come again.",
        },
        "diversity": {**share, "description": "0 ranks by score alone, 1 by variety alone; 0."},
        "allow": {**items, "description": "Recommend nothing but these items."},
        "deny": {**items, "description": "Never recommend these items."},
        "categories": {**words, "description": "Only items of one of these categories."},
        "exclude_categories": {**words, "description": "No item of any of these categories."},
        "max_per_category": {**whole, "maximum": 2**31, "description": "Most items of one category."},
        "recency": {**share, "description": "How much newer items are lifted; 0."},
        "in_stock": {**yes_or_no, "description": "Only items in stock, where stock is known; true."},
    }
