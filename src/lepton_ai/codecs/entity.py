"""A user or an item to its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.base import InputCodec
from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.core.types import JSON, Arrays, Cell

MOST_CHARACTERS = 200
"""A longer id in a request is refused by the signature of a package."""

LARGEST_NUMBER = 2**63


class EntityCodec(InputCodec):
    """One id a row, written in any way that `lepton_ai.core.ids.as_id` takes.

    Encodes to `number` int64 [rows, 1]: 1 and up for ids that are known, 0 for all others and for a missing
    cell.

    Args:
        ids: The known ids.

    Example:
        >>> codec = EntityCodec.fit(["u2", "u1", 7])
        >>> codec.encode(["u1", "7", 7.0, "u3", None])["number"].tolist()
        [[2], [1], [1], [0], [0]]
    """

    name: ClassVar[str] = "entity"

    def __init__(self, ids: IdIndex) -> None:
        self.ids = ids

    @classmethod
    def fit(cls, values: Sequence[Cell], **settings: Any) -> Self:
        """A codec of the ids in `values`, in the order of their text; missing cells are passed over."""
        return cls(IdIndex.of(values))

    def params(self) -> JSON:
        """Nothing: ids may be many."""
        return {}

    def arrays(self) -> Arrays:
        """The ids."""
        return self.ids.arrays("ids")

    @classmethod
    def restore(cls, params: JSON, arrays: Arrays) -> Self:
        """The codec with the ids of `arrays`."""
        return cls(IdIndex.restore("ids", arrays))

    def cell_schema(self) -> JSON:
        """Text or a number, or nothing for somebody unknown."""
        return {
            "description": "An id; one that is not known is answered by what holds on average.",
            "type": ["string", "number", "null"],
            "maxLength": MOST_CHARACTERS,
            "minimum": -LARGEST_NUMBER,
            "maximum": LARGEST_NUMBER,
            "examples": self.ids.ids(range(1, min(2, len(self.ids)) + 1)),
        }

    def encode(self, values: Sequence[Cell]) -> Arrays:
        """`number`, int64 [rows, 1]."""
        return {"number": self.ids.numbers(values)[:, np.newaxis]}

    def sizes(self, values: Sequence[Cell]) -> NDArray[Any]:
        """One for every cell."""
        return np.ones(len(values), dtype=np.int64)

    def vocabulary(self) -> Mapping[str, int]:
        """The known ids, and 0."""
        return {"number": len(self.ids) + 1}
