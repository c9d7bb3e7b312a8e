"""What the actions of a recommender share: which package is one, and how much work an answer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lepton_ai.codecs.ranking.options import Options
from lepton_ai.codecs.ranking.top_items import TopItemsCodec
from lepton_ai.core.types import Cell
from lepton_ai.package.recommender import OPTIONS, USER
from lepton_ai.serving.model import Packaged

_ITEMS_A_ROW = 4000
_PAIRS_A_ROW = 100


class Ranking(NamedTuple):
    """A model that recommends, by the codec of its answers."""

    codec: TopItemsCodec

    @classmethod
    def of(cls, package: Packaged) -> Ranking | None:
        """The model of a package, or None when it is of another kind."""
        output = package.output
        if not isinstance(output, TopItemsCodec) or package.inputs.keys() != {USER, OPTIONS}:
            return None
        return cls(output)

    @property
    def cost_of_one(self) -> int:
        """How much work one look over the catalogue is, in plain rows."""
        return 1 + len(self.codec.items) // _ITEMS_A_ROW

    def cost(self, columns: Mapping[str, Sequence[Cell]]) -> int:
        """How much work these lists are, in plain rows: a varied list compares all pairs of its items."""
        cost = 0
        for cell in columns[OPTIONS]:
            cost += self.cost_of_one
            if cell and cell.get("diversity"):
                cost += Options.of(cell).k ** 2 // _PAIRS_A_ROW
        return cost
