"""Which texts a model was trained on, kept as hashes, so that a test on some of them can be noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from lepton_ai.core.errors import DataError
from lepton_ai.data.normalise import normalised, stable_hashes

if TYPE_CHECKING:
    import polars as pl

MOST = 200_000
"""Hashes kept at most, 8 bytes each."""

_SEED = 0x5EE4  # another than a split is likely to have, so that the sample does not depend on the split


@dataclass(frozen=True)
class Overlap:
    """How many of some texts were seen before.

    Attributes:
        texts: All of them.
        judged: Those that can be told about: all, or a fair sample.
        seen: Those of the judged that were seen before.
    """

    texts: int
    judged: int
    seen: int

    @property
    def share(self) -> float:
        """The share of the texts that were seen before."""
        return self.seen / max(self.judged, 1)


@dataclass(frozen=True, eq=False)
class SeenTexts:
    """Hashes of normalised texts: whether a text at hand is among them can be told, not what they say.

    Where there are too many, those with the lowest hashes are kept. They are a fair sample, and a text is
    judged only when its own hash is low enough to be in it.

    Attributes:
        hashes: Shape [kept], ascending and different.
        bound: The largest hash that is kept when its text was seen.
    """

    hashes: NDArray[np.uint64]
    bound: int

    @classmethod
    def of(cls, texts: pl.Series, *, most: int = MOST) -> Self:
        """The hashes of `texts`, of which none may be missing; at most `most` of them."""
        hashes = np.unique(_hashes(texts))
        if len(hashes) <= most:
            return cls(hashes, (1 << 64) - 1)
        return cls(hashes[:most], int(hashes[most - 1]))

    def overlap(self, texts: pl.Series) -> Overlap:
        """How many of `texts`, of which none may be missing, are among the seen ones."""
        hashes = _hashes(texts)
        judged = hashes[hashes <= np.uint64(self.bound)]
        return Overlap(len(hashes), len(judged), int(np.isin(judged, self.hashes).sum()))

    def to_bytes(self) -> bytes:
        """As safetensors: `hashes` and `bound`."""
        arrays = {"hashes": self.hashes, "bound": np.array([self.bound], np.uint64)}
        return safetensors.numpy.save(arrays)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """What `to_bytes` wrote.

        Raises:
            DataError: It is something else.
        """
        try:
            arrays = safetensors.numpy.load(raw)
            hashes, bound = arrays["hashes"], arrays["bound"]
        except (SafetensorError, KeyError) as error:
            raise DataError(f"The hashes of seen texts cannot be read: {error}.") from None
        if hashes.dtype != np.uint64 or hashes.ndim != 1 or bound.dtype != np.uint64 or bound.shape != (1,):
            raise DataError("The hashes of seen texts are no list of 64-bit numbers with a bound.")
        return cls(hashes, int(bound[0]))


def _hashes(texts: pl.Series) -> NDArray[np.uint64]:
    return stable_hashes(normalised(texts).to_list(), seed=_SEED)
