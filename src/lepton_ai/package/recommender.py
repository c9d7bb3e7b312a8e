"""A package that recommends, asked in its own words."""

from __future__ import annotations

from collections.abc import Sequence

from lepton_ai.codecs.ranking.options import MOST_RECOMMENDED
from lepton_ai.codecs.ranking.top_items import TopItemsCodec
from lepton_ai.core.errors import UsageError
from lepton_ai.core.types import JSON, Cell
from lepton_ai.package.runtime import Runtime

USER = "user"
"""The input column that says who to recommend for."""

OPTIONS = "options"
"""The input column that says what is wanted of the list."""


class Recommender:
    """Recommends items with an opened package. Threads may share one.

    Args:
        runtime: The package's runtime.

    Raises:
        UsageError: The package does something else than recommend.

    Example:
        >>> from lepton_ai.package import Recommender, Runtime, open_package
        >>> films = Recommender(Runtime(open_package("films.zip")))  # doctest: +SKIP
        >>> films.recommend([{"history": ["heat", "ronin"]}], {"k": 1})  # doctest: +SKIP
        [{'items': [{'item': 'collateral', 'score': 0.04, 'reason': {...}}], 'known_user': True}]
    """

    def __init__(self, runtime: Runtime) -> None:
        output = runtime.package.output
        if not isinstance(output, TopItemsCodec) or runtime.package.inputs.keys() != {USER, OPTIONS}:
            raise UsageError(
                f"The model {runtime.package.manifest.name!r} does not recommend:"
                f" it is for {runtime.package.manifest.task}.",
                hint="Name a model that was trained for recommendation.",
            )
        self.runtime = runtime
        self._output = output

    def recommend(self, cells: Sequence[Cell], options: JSON | None = None) -> list[JSON]:
        """A ranked list for each cell, in their order.

        Args:
            cells: Who to recommend for: each None, a user id, a list of item ids (oldest first), or an
                object with `user`, `history` and `features`.
            options: What is wanted of all the lists; see `lepton_ai.codecs.ranking.Options`.

        Raises:
            InputError: A cell or the options do not fit; it names the row (from 0) and the field.
        """
        return self.runtime.predict({USER: cells, OPTIONS: [options] * len(cells)})

    def similar_items(self, item: Cell, *, k: int = 10) -> list[JSON]:
        """The items most like one, each with `item`, `title` (where there are any) and `score`.

        Args:
            item: Id of an item of the catalogue.
            k: How many, 1 to 1,000.

        Raises:
            NotFoundError: The item is not in the catalogue.
            UsageError: `k` is out of range, or the model cannot tell which items are alike.
        """
        if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MOST_RECOMMENDED:
            raise UsageError(
                f"k is no whole number from 1 to {MOST_RECOMMENDED:,}.", hint="Give how many items to list."
            )
        return self._output.similar(item, k)
