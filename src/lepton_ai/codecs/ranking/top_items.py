"""Scores of items to ranked lists with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.base import OutputCodec
from lepton_ai.codecs.ranking.catalogue import Catalogue
from lepton_ai.codecs.ranking.history import LARGEST_NUMBER, MOST_CHARACTERS
from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.codecs.ranking.index import NearestIndex
from lepton_ai.codecs.ranking.options import Options
from lepton_ai.codecs.ranking.rank import Ranked, rank_by_query, rank_by_scores
from lepton_ai.codecs.ranking.reasons import KINDS, NEARNESS, reasons
from lepton_ai.codecs.ranking.top_k import top_k
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import DataError, NotFoundError, PackageError, UsageError
from lepton_ai.core.types import JSON, Arrays, Cell, Columns


class TopItemsCodec(OutputCodec):
    """Ranks the items of a catalogue, by the rules of `Options`.

    The graph gives `seen` int64 [rows, m], the numbers of the items of the history, 0 for padding; and
    either `scores` float32 [rows, items], a logit for each item, or `query` float32 [rows, width], whose
    inner products with `search` are the scores. Ties break by item number.

    Args:
        items: The catalogue's ids; number n has position n - 1 in the arrays below.
        vectors: float32 [items, any], of unit length, for likeness; see `Catalogue`.
        popularity: float32 [items]: share of all events.
        newest: float32 [items]: 0 for the oldest to 1 for the newest.
        categories: Names of all categories.
        item_categories: Starts and category positions; see `Catalogue`.
        titles: For people; None: there are none.
        stock: bool [items]; None: nothing is known of stock.
        search: float32 [items, width], for graphs that give `query`; the same array as `vectors` is stored
            once.
        index: For a quick search in `search`; None searches exactly.
        nearness: From which cosine on an item of the history is told as a reason.
        repeats: Whether items come again for the same user: then those of the history are left out only
            where `exclude_seen` asks for it.

    Raises:
        PackageError: The parts do not fit one another.
    """

    name: ClassVar[str] = "top_items"

    def __init__(
        self,
        items: IdIndex,
        *,
        vectors: NDArray[Any],
        popularity: NDArray[Any],
        newest: NDArray[Any],
        categories: Sequence[str] = (),
        item_categories: tuple[NDArray[Any], NDArray[Any]] | None = None,
        titles: Sequence[str] | None = None,
        stock: NDArray[Any] | None = None,
        search: NDArray[Any] | None = None,
        index: NearestIndex | None = None,
        nearness: float = NEARNESS,
        repeats: bool = False,
    ) -> None:
        catalogue = Catalogue(
            items,
            vectors=vectors,
            popularity=popularity,
            newest=newest,
            categories=categories,
            item_categories=item_categories,
            titles=titles,
            stock=stock,
        )
        self._set(catalogue, search, index, nearness=nearness, repeats=repeats)

    def _set(
        self,
        catalogue: Catalogue,
        search: NDArray[Any] | None,
        index: NearestIndex | None,
        *,
        nearness: float,
        repeats: bool,
    ) -> None:
        self.catalogue = catalogue
        self.items = catalogue.items
        self.search = None if search is None else np.asarray(search, dtype=np.float32)
        self.index = index
        self.nearness = float(nearness)
        self.repeats = bool(repeats)
        if self.search is not None and (self.search.ndim != 2 or len(self.search) != len(catalogue)):
            raise PackageError("The vectors to search do not fit the number of items.")
        if index is not None and (self.search is None or len(index) != len(catalogue)):
            raise PackageError("The search index does not fit the number of items.")

    @classmethod
    def fit(cls, values: Sequence[Cell], **settings: Any) -> Self:
        """A codec of the items in `values`, of which nothing is known but how often they are there."""
        if settings:
            raise TypeError(f"TopItemsCodec.fit has no setting {sorted(settings)[0]!r}")
        items = IdIndex.of(values)
        numbers = items.numbers(values)
        counts = np.bincount(numbers[numbers > 0], minlength=len(items) + 1)[1:]
        return cls(
            items,
            vectors=np.zeros((len(items), 0), np.float32),
            popularity=counts / max(1, counts.sum()),
            newest=np.zeros(len(items), np.float32),
        )

    def params(self) -> JSON:
        """When an item of the history is a reason, whether items come again, and what is searched."""
        return {
            "nearness": self.nearness,
            "repeats": self.repeats,
            "search_is_vectors": self.search is self.catalogue.vectors,
        }

    def arrays(self) -> Arrays:
        """The catalogue, and what is searched."""
        state = self.catalogue.arrays()
        if self.search is not None and self.search is not self.catalogue.vectors:
            state["search"] = self.search
        return state | ({} if self.index is None else self.index.arrays())

    @classmethod
    def restore(cls, params: JSON, arrays: Arrays) -> Self:
        """The codec with the state of another."""
        codec = cls.__new__(cls)
        catalogue = Catalogue.restore(arrays)
        search = catalogue.vectors if params["search_is_vectors"] else arrays.get("search")
        nearness, repeats = params["nearness"], params["repeats"]
        codec._set(catalogue, search, NearestIndex.restore(arrays), nearness=nearness, repeats=repeats)
        return codec

    def cell_schema(self) -> JSON:
        """The id of an item."""
        bounds = {"minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER, "maxLength": MOST_CHARACTERS}
        return {"type": ["string", "number"], **bounds}

    def encode(self, values: Sequence[Cell]) -> NDArray[np.int64]:
        """Item numbers, shape [rows]."""
        numbers = self.items.numbers(values)
        unknown = np.flatnonzero(numbers == 0)
        if len(unknown):
            raise DataError(f"Row {int(unknown[0]) + 1} has an item that is not in the catalogue.")
        return numbers

    def decode(self, outputs: Arrays, calibration: Calibration, columns: Columns) -> list[JSON]:
        """Answers with `items` (each with `item`, `title`, `score`, `reason`) and `known_user`.

        `score` is the probability that the item is the next one where the graph gives scores
        of all items, and the inner product where it gives a query.
        """
        seen = np.asarray(outputs["seen"]).astype(np.int64, copy=False)
        cells = columns.get("options") or [None] * len(seen)
        answers = []
        for row, cell in enumerate(cells):
            there = seen[row][seen[row] > 0] - 1
            ranked = self._rank(outputs, row, Options.of(cell, repeats=self.repeats), there, calibration)
            answers.append({"items": self._told(ranked, there), "known_user": len(there) > 0})
        return answers

    def _rank(
        self, outputs: Arrays, row: int, options: Options, seen: NDArray[Any], calibration: Calibration
    ) -> Ranked:
        """The items of one row, by what the graph gives."""
        if "scores" in outputs:
            scores = outputs["scores"][row]
            if scores.shape != (len(self.items),):
                raise PackageError("The graph's scores are not one for each item.")
            return rank_by_scores(
                scores,
                options=options,
                seen=seen,
                catalogue=self.catalogue,
                temperature=calibration.temperature,
            )
        if self.search is None:
            raise PackageError("The graph gives a query, and there are no vectors to search.")
        query = np.asarray(outputs["query"][row], dtype=np.float32)
        return rank_by_query(
            query,
            options=options,
            seen=seen,
            catalogue=self.catalogue,
            search=self.search,
            index=self.index,
        )

    def _told(self, ranked: Ranked, seen: NDArray[Any]) -> list[JSON]:
        """The ranked items as an answer tells them."""
        why = reasons(ranked.positions, seen, catalogue=self.catalogue, nearness=self.nearness)
        found = self._named(ranked)
        for one, reason in zip(found, why, strict=True):
            one["reason"] = reason
        return found

    def _named(self, ranked: Ranked) -> list[JSON]:
        """Ids, titles and scores."""
        titles = self.catalogue.titles
        found: list[JSON] = []
        for position, score in zip(ranked.positions.tolist(), ranked.scores.tolist(), strict=True):
            one: JSON = {"item": self.items.id(position + 1)}
            if titles is not None:
                one["title"] = titles[position]
            one["score"] = score
            found.append(one)
        return found

    def similar(self, item: Cell, k: int = 10) -> list[JSON]:
        """The items most like one: `item`, `title` and `score` (cosine), most alike first.

        Raises:
            NotFoundError: The item is not in the catalogue.
            UsageError: The model knows nothing of how alike items are.
        """
        number = self.items.number(item)
        if number == 0:
            raise NotFoundError(
                "The item is not in the catalogue of the model.",
                hint="Give the id of an item that was in the training data or in the items file.",
            )
        vectors = self.catalogue.vectors
        if vectors.shape[1] == 0:
            raise UsageError(
                "The model has no vectors of its items, so it cannot tell which are alike.",
                hint="Train a model with item vectors.",
            )
        cosines = vectors @ vectors[number - 1]
        cosines[number - 1] = -np.inf
        best = top_k(cosines, k)
        return self._named(Ranked(best, cosines[best]))

    def answer_schema(self) -> JSON:
        """The shape of an answer: items and known_user."""
        properties: JSON = {
            "item": {"type": "string", "description": "Id of the item."},
            "title": {"type": "string"},
            "score": {"type": "number", "description": "Higher is better."},
            "reason": {
                "type": "object",
                "properties": {
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "items": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "Items of the history that it is recommended for.",
                    },
                },
                "required": ["kind", "items"],
                "additionalProperties": False,
            },
        }
        if self.catalogue.titles is None:
            del properties["title"]
        item = {"type": "object", "properties": properties, "required": list(properties)}
        return {
            "type": "object",
            "properties": {
                "items": {
                    "type": "array",
                    "items": {**item, "additionalProperties": False},
                    "description": "Best first.",
                },
                "known_user": {
                    "type": "boolean",
                    "description": "False when no item of a history was known: the list is for anyone.",
                },
            },
            "required": ["items", "known_user"],
            "additionalProperties": False,
        }
