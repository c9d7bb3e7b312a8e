"""Which items may be recommended at all: seen, allow and deny lists, categories, stock."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.ranking.catalogue import Catalogue
from lepton_ai.codecs.ranking.options import Options


class Rules:
    """What `Options` leave of a catalogue, for one history.

    Args:
        only: Positions of the items that may be recommended, ascending; None: all.
        allowed: bool [items] of the same; None: all. An item has to be in both.
        excluded: Positions of items that may not.
    """

    def __init__(
        self,
        only: NDArray[Any] | None,
        allowed: NDArray[np.bool_] | None,
        excluded: NDArray[Any],
    ) -> None:
        self.only = only
        self.allowed = allowed
        self.excluded = excluded

    @classmethod
    def of(cls, options: Options, catalogue: Catalogue, seen: NDArray[Any]) -> Self:
        """The rules for a history whose items lie at the positions `seen`."""
        excluded = seen if options.exclude_seen else seen[:0]
        if options.deny:
            excluded = np.concatenate([excluded, catalogue.positions(options.deny)])
        allowed: NDArray[np.bool_] | None = None
        if options.in_stock and catalogue.stock is not None:
            allowed = catalogue.stock
        if options.categories is not None:
            chosen = catalogue.in_any(options.categories)
            allowed = chosen if allowed is None else allowed & chosen
        if options.exclude_categories:
            chosen = ~catalogue.in_any(options.exclude_categories)
            allowed = chosen if allowed is None else allowed & chosen
        only = None if options.allow is None else catalogue.positions(options.allow)
        return cls(only, allowed, excluded)

    def apply(self, scores: NDArray[Any]) -> NDArray[Any]:
        """The scores of all items, with minus infinity for those that may not be recommended."""
        if self.only is None:
            found = scores.copy()
        else:
            found = np.full_like(scores, -np.inf)
            found[self.only] = scores[self.only]
        if self.allowed is not None:
            found[~self.allowed] = -np.inf
        found[self.excluded] = -np.inf
        return found

    def keep(self, positions: NDArray[Any]) -> NDArray[Any]:
        """Those of the positions whose items may be recommended, in their order."""
        kept = positions
        if self.only is not None:
            kept = kept[np.isin(kept, self.only)]
        if self.allowed is not None:
            kept = kept[self.allowed[kept]]
        return kept[np.isin(kept, self.excluded, invert=True)] if len(self.excluded) else kept
