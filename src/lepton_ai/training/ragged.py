"""Encoded rows of unequal length, kept without their padding and padded batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.base import InputCodec
from lepton_ai.core.types import Arrays, Cell

_CHUNK = 512


class Ragged:
    """One encoded array of many rows, flat.

    Args:
        flat: The positions of all rows, one after the other; further axes belong to a position.
        lengths: How many positions each row has.
    """

    def __init__(self, flat: NDArray[np.generic], lengths: NDArray[np.int64]) -> None:
        self.flat = flat
        self.lengths = lengths
        self.starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(lengths) else lengths

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.generic]:
        """A padded batch of shape [rows, longest, ...]; the longest is at least 1."""
        lengths = self.lengths[rows]
        longest = max(1, int(lengths.max(initial=0)))
        real = np.arange(longest) < lengths[:, None]
        batch = np.zeros((len(rows), longest, *self.flat.shape[1:]), dtype=self.flat.dtype)
        within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        batch[real] = self.flat[np.repeat(self.starts[rows], lengths) + within]
        return batch


class EncodedRows:
    """All arrays of all rows of one input column, ready to be batched."""

    def __init__(self, codec: InputCodec, values: Sequence[Cell], arrays: Sequence[str]) -> None:
        self.sizes = codec.sizes(values)
        self.arrays = {name: _gather(pieces) for name, pieces in _encode(codec, values, arrays).items()}

    def __len__(self) -> int:
        return len(self.sizes)

    def take(self, rows: NDArray[np.int64], arrays: Sequence[str]) -> list[NDArray[np.generic]]:
        """Padded batches of the named arrays."""
        return [self.arrays[name].take(rows) for name in arrays]


def batches(
    sizes: NDArray[np.int64], rows: int, generator: np.random.Generator | None = None
) -> Iterator[NDArray[np.int64]]:
    """Row numbers in batches of rows of like size.

    Args:
        sizes: Size of each row.
        rows: Rows a batch.
        generator: Shuffles the batches and, a little, what goes together; None keeps them in order of size.
    """
    if generator is None:
        order = np.argsort(sizes, kind="stable")
    else:
        jitter = sizes * (1 + 0.2 * generator.random(len(sizes))) + 3 * generator.random(len(sizes))
        order = np.argsort(jitter)
    groups = [order[start : start + rows] for start in range(0, len(order), rows)]
    if generator is not None:
        generator.shuffle(groups)
    yield from groups


def _encode(
    codec: InputCodec, values: Sequence[Cell], arrays: Sequence[str]
) -> dict[str, list[tuple[NDArray[np.generic], NDArray[np.int64]]]]:
    pieces: dict[str, list[tuple[NDArray[np.generic], NDArray[np.int64]]]] = {name: [] for name in arrays}
    for start in range(0, len(values), _CHUNK):
        encoded: Arrays = codec.encode(values[start : start + _CHUNK])
        for name in arrays:
            pieces[name].append(_trim(encoded[name]))
    return pieces


def _trim(padded: NDArray[np.generic]) -> tuple[NDArray[np.generic], NDArray[np.int64]]:
    """The positions of a padded batch before each row's trailing zeros, and the rows' lengths."""
    real = padded != 0
    if real.ndim > 2:
        real = real.any(axis=tuple(range(2, real.ndim)))
    length = padded.shape[1]
    lengths = np.where(real.any(axis=1), length - real[:, ::-1].argmax(axis=1), 0)
    return padded[np.arange(length) < lengths[:, None]], lengths


def _gather(pieces: list[tuple[NDArray[np.generic], NDArray[np.int64]]]) -> Ragged:
    return Ragged(
        np.concatenate([flat for flat, _ in pieces]), np.concatenate([lengths for _, lengths in pieces])
    )
