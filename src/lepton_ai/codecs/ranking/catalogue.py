"""What is known of every item that can be recommended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.codecs.ranking.texts import Texts
from lepton_ai.core.errors import PackageError
from lepton_ai.core.types import Arrays, FloatArray

_POPULAR = 0.05


class Catalogue:
    """Items by position (their number less one), with all that rules and reasons ask of them.

    Args:
        items: Their ids.
        vectors: float32 [items, width], of unit length: how alike two items are is their inner product.
            Width 0: nothing is known of that.
        popularity: float32 [items]: share of all events.
        newest: float32 [items]: 0 for the oldest to 1 for the newest.
        categories: Names of all categories.
        item_categories: Starts int64 [items + 1] and category positions int32 of the items, one after the
            other; None: no item has any.
        titles: For people; None: there are none.
        stock: bool [items]; None: nothing is known of stock.

    Raises:
        PackageError: The parts do not fit one another.
    """

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
    ) -> None:
        self.items = items
        self.vectors: FloatArray = np.asarray(vectors, dtype=np.float32)
        self.popularity: FloatArray = np.asarray(popularity, dtype=np.float32)
        self.newest: FloatArray = np.asarray(newest, dtype=np.float32)
        self.categories = _texts(categories)
        starts, numbers = item_categories or (np.zeros(len(items) + 1, np.int64), np.empty(0, np.int32))
        self.starts = np.asarray(starts, dtype=np.int64)
        self.item_categories = np.asarray(numbers, dtype=np.int32)
        self.titles = None if titles is None else _texts(titles)
        self.stock = None if stock is None else np.asarray(stock, dtype=np.bool_)
        self._check()
        self._position = {name: position for position, name in enumerate(self.categories)}
        self._members, self._member_starts = self._by_category()
        self.popular_from = self._popular_from()

    def __len__(self) -> int:
        return len(self.items)

    def _check(self) -> None:
        """Refuse parts of different lengths, and categories that are none."""
        count = len(self.items)
        columns = [self.popularity, self.newest, *([] if self.stock is None else [self.stock])]
        listed, starts = self.item_categories, self.starts
        fits = (
            all(each.shape == (count,) for each in columns)
            and self.vectors.ndim == 2
            and len(self.vectors) == count
            and (self.titles is None or len(self.titles) == count)
            and starts.shape == (count + 1,)
            and starts[0] == 0
            and starts[-1] == len(listed)
            and not (starts[1:] < starts[:-1]).any()
            and (len(listed) == 0 or (listed.min() >= 0 and listed.max() < len(self.categories)))
        )
        if not fits:
            raise PackageError("What is stored of the items does not fit their number.")

    def _by_category(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Positions of the items of each category, one category after the other, and where each begins."""
        owners = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))
        counts = np.bincount(self.item_categories, minlength=len(self.categories))
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return owners[np.argsort(self.item_categories, kind="stable")], starts

    def _popular_from(self) -> float:
        """The share of events from which on an item is one of the popular ones."""
        if len(self) == 0:
            return 0.0
        place = min(len(self) - 1, int(len(self) * (1 - _POPULAR)))
        return float(np.partition(self.popularity, place)[place])

    def in_any(self, categories: Iterable[str]) -> NDArray[np.bool_]:
        """Which items, shape [items], are of one of these categories at least; unknown ones have none."""
        places = {self._position[name] for name in categories if name in self._position}
        return self.in_places(places)

    def in_places(self, places: Iterable[int]) -> NDArray[np.bool_]:
        """Which items, shape [items], are of one of the categories at these positions at least."""
        found = np.zeros(len(self), dtype=np.bool_)
        for place in places:
            found[self._members[self._member_starts[place] : self._member_starts[place + 1]]] = True
        return found

    def categories_of(self, position: int) -> list[int]:
        """Positions of the categories of one item."""
        listed: list[int] = self.item_categories[self.starts[position] : self.starts[position + 1]].tolist()
        return listed

    def positions(self, ids: Sequence[Any]) -> NDArray[np.int64]:
        """Positions of the items with these ids, ascending, each once; unknown ids are passed over."""
        numbers = np.unique(self.items.numbers(ids))
        return numbers[numbers > 0] - 1

    def arrays(self) -> Arrays:
        """The state."""
        state = self.items.arrays("items") | self.categories.arrays("categories")
        state |= {"vectors": self.vectors, "popularity": self.popularity, "newest": self.newest}
        state |= {"category_starts": self.starts, "item_categories": self.item_categories}
        if self.titles is not None:
            state |= self.titles.arrays("titles")
        if self.stock is not None:
            state["stock"] = self.stock
        return state

    @classmethod
    def restore(cls, arrays: Arrays) -> Self:
        """The catalogue with the state of another."""
        return cls(
            IdIndex.restore("items", arrays),
            vectors=arrays["vectors"],
            popularity=arrays["popularity"],
            newest=arrays["newest"],
            categories=Texts.restore("categories", arrays),
            item_categories=(arrays["category_starts"], arrays["item_categories"]),
            titles=Texts.restore("titles", arrays) if "titles.offsets" in arrays else None,
            stock=arrays.get("stock"),
        )


def _texts(texts: Sequence[str]) -> Texts:
    """The texts in compact form."""
    return texts if isinstance(texts, Texts) else Texts.of(texts)
