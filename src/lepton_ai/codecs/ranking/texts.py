"""A list of texts as two arrays, which a memory map can serve without reading them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.errors import PackageError
from lepton_ai.core.types import Arrays


class Texts(Sequence[str]):
    """Immutable texts: their UTF-8 one after the other, and where each begins.

    Args:
        content: uint8 [bytes].
        offsets: int64 [texts + 1], from 0 to the number of bytes, never falling.

    Raises:
        PackageError: The offsets do not fit the content.
    """

    def __init__(self, content: NDArray[Any], offsets: NDArray[Any]) -> None:
        fits = (
            content.dtype == np.uint8
            and offsets.dtype == np.int64
            and content.ndim == offsets.ndim == 1
            and len(offsets) > 0
            and offsets[0] == 0
            and offsets[-1] == len(content)
            and not (offsets[1:] < offsets[:-1]).any()
        )
        if not fits:
            raise PackageError("A list of texts is broken.")
        self.content = content
        self.offsets = offsets
        self._view = np.ascontiguousarray(content).data

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """The given texts; a lone half of a surrogate pair is kept as it is."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(each) for each in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    def arrays(self, name: str) -> Arrays:
        """The state, as arrays named "{name}.bytes" and "{name}.offsets"."""
        return {f"{name}.bytes": self.content, f"{name}.offsets": self.offsets}

    @classmethod
    def restore(cls, name: str, arrays: Arrays) -> Self:
        """The texts whose `arrays(name)` are among `arrays`."""
        return cls(arrays[f"{name}.bytes"], arrays[f"{name}.offsets"])

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(f"there are {len(self):,} texts, and none at {index}")
        return self.raw(position).decode("utf-8", "surrogatepass")

    def raw(self, position: int) -> bytes:
        """The UTF-8 of the text at `position`, counted from 0."""
        return bytes(self._view[self.offsets[position] : self.offsets[position + 1]])

    def __iter__(self) -> Iterator[str]:
        return (self[position] for position in range(len(self)))
