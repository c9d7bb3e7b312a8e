"""Text ids to numbers and back, from a handful of items to many millions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.ranking.texts import Texts
from lepton_ai.core.errors import PackageError
from lepton_ai.core.ids import as_id
from lepton_ai.core.types import Arrays, Cell

MOST_IN_MEMORY = 200_000
"""Up to so many ids are looked up in a dict; more of them in sorted hashes, which a memory map can hold."""


class IdIndex:
    """Ids with numbers from 1 on, in their order; 0 is "unknown" and padding.

    Args:
        ids: Canonical ids (see `lepton_ai.core.ids.as_id`), each once.
        most_in_memory: Most ids to hold in a dict.

    Raises:
        PackageError: An id is there twice.

    Example:
        >>> index = IdIndex(["anvil", "7"])
        >>> index.numbers([7.0, "anvil ", "tnt"]).tolist(), index.ids([2])
        ([2, 1, 0], ['7'])
    """

    def __init__(self, ids: Iterable[str], *, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._texts = ids if isinstance(ids, Texts) else Texts.of(ids)
        self._hashes = np.empty(0, dtype=np.uint64)
        self._order = np.empty(0, dtype=np.int32)
        self._table: dict[str, int] | None = None
        if len(self._texts) > most_in_memory:
            hashes = np.array([_hash(self._texts.raw(at)) for at in range(len(self))], dtype=np.uint64)
            self._order = np.argsort(hashes, kind="stable").astype(np.int32)
            self._hashes = hashes[self._order]
            self._refuse_twins()
        else:
            self._fill_table()

    def _fill_table(self) -> None:
        self._table = {text: number for number, text in enumerate(self._texts, start=1)}
        if len(self._table) != len(self):
            raise PackageError("An id is in the list of ids twice.")

    def _refuse_twins(self) -> None:
        for at in np.flatnonzero(self._hashes[1:] == self._hashes[:-1]).tolist():
            if self._texts.raw(int(self._order[at])) == self._texts.raw(int(self._order[at + 1])):
                raise PackageError("An id is in the list of ids twice.")

    @classmethod
    def of(cls, values: Iterable[Cell]) -> Self:
        """The ids among `values`, each once, in the order of their text."""
        return cls(sorted({each for value in values if (each := as_id(value)) is not None}))

    def arrays(self, name: str) -> Arrays:
        """The state, as arrays whose names begin with "{name}."."""
        state = self._texts.arrays(name)
        if self._table is None:
            state |= {f"{name}.hashes": self._hashes, f"{name}.order": self._order}
        return state

    @classmethod
    def restore(cls, name: str, arrays: Arrays) -> Self:
        """The index whose `arrays(name)` are among `arrays`; a large one is not read, only pointed to."""
        index = cls.__new__(cls)
        index._texts = Texts.restore(name, arrays)
        index._table = None
        if f"{name}.hashes" not in arrays:
            index._fill_table()
            return index
        index._hashes, index._order = arrays[f"{name}.hashes"], arrays[f"{name}.order"]
        if index._hashes.shape != index._order.shape or index._order.shape != (len(index),):
            raise PackageError("A list of ids does not fit its hashes.")
        return index

    def __len__(self) -> int:
        return len(self._texts)

    def number(self, value: Cell) -> int:
        """The number of one id, written in any way that `as_id` takes; 0 when it is unknown."""
        text = as_id(value)
        if text is None:
            return 0
        if self._table is not None:
            return self._table.get(text, 0)
        return self._search(text.encode("utf-8", "surrogatepass"))

    def numbers(self, values: Sequence[Cell]) -> NDArray[np.int64]:
        """The numbers of ids, shape [values]; 0 for each that is unknown."""
        if self._table is None:
            return np.array([self.number(value) for value in values], dtype=np.int64)
        # Text that is in the table is canonical already, and most is.
        get = self._table.get
        found = [(get(value) if type(value) is str else None) or self.number(value) for value in values]
        return np.array(found, dtype=np.int64)

    def _search(self, raw: bytes) -> int:
        sought = np.uint64(_hash(raw))
        at = int(np.searchsorted(self._hashes, sought))
        while at < len(self._hashes) and self._hashes[at] == sought:
            position = int(self._order[at])
            if 0 <= position < len(self) and self._texts.raw(position) == raw:
                return position + 1
            at += 1
        return 0

    def ids(self, numbers: Sequence[int] | NDArray[Any]) -> list[str]:
        """The ids with these numbers, each from 1 to the number of ids."""
        plain: list[int] = numbers.tolist() if isinstance(numbers, np.ndarray) else list(numbers)
        return [self.id(number) for number in plain]

    def id(self, number: int) -> str:
        """The id with this number.

        Raises:
            IndexError: The number is not from 1 to the number of ids.
        """
        if number < 1:
            raise IndexError(f"ids are numbered from 1, and {number} is none of them")
        text: str = self._texts[number - 1]
        return text


def _hash(raw: bytes) -> int:
    """A 64-bit hash that is the same everywhere."""
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little")
