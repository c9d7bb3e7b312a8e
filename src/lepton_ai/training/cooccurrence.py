"""First vectors for units, from which units stand near which in the training texts."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lepton_ai.networks.unit_embedding import UNKNOWN, UnitEmbedding
from lepton_ai.training.ragged import Ragged

_WINDOW = 4
_CONTEXT_POWER = 0.75
_SPARE, _ITERATIONS = 16, 3
_SPREAD = 0.15


def start_from_cooccurrence(embedding: UnitEmbedding, units: Ragged, *, seed: int) -> None:
    """Set the vectors of the units that occur with others, in place; the parts keep their random start.

    Positive pointwise mutual information within a window (nearer units count more, contexts smoothed by a
    power) and its leading singular vectors, each times the root of its singular value (Levy and Goldberg
    2014, NIPS; Levy, Goldberg and Dagan 2015, TACL), found by randomised iteration (Halko, Martinsson and
    Tropp 2011, arXiv 0909.4061).
    """
    table = embedding.table.weight
    ids, width = table.shape
    information = _information(units, ids)
    if information is None:
        return
    vectors = _leading_vectors(information, width, seed=seed)
    found = torch.zeros(ids, dtype=torch.bool)
    found[information.indices()[0]] = True
    scale = _SPREAD / vectors[found].std().clamp(min=1e-9)
    with torch.no_grad():
        table[found, : vectors.shape[1]] = vectors[found] * scale


def _information(units: Ragged, ids: int) -> Tensor | None:
    """Sparse table [ids, ids]; None when no two known units ever stand near each other."""
    pairs, weights = _pairs(units, ids)
    keys, place = np.unique(pairs, return_inverse=True)
    if not len(keys):
        return None
    counts = np.bincount(place, weights)
    row, column = np.divmod(keys, ids)
    often = np.bincount(row, counts, minlength=ids)
    context = often**_CONTEXT_POWER
    context /= context.sum()
    information = np.log(counts / (often[row] * context[column]))
    positive = information > 0
    if not positive.any():
        return None
    places = torch.from_numpy(np.stack([row[positive], column[positive]]))
    values = torch.from_numpy(information[positive].astype(np.float32))
    return torch.sparse_coo_tensor(places, values, (ids, ids), check_invariants=False).coalesce()


def _pairs(units: Ragged, ids: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Both orders of every two known units near each other, as one number each, with their weights."""
    unit = units.flat[:, 0].astype(np.int64)
    text = np.repeat(np.arange(len(units.lengths)), units.lengths)
    pairs, weights = [np.empty(0, np.int64)], [np.empty(0, np.float64)]
    for apart in range(1, _WINDOW + 1):
        first, second = unit[:-apart], unit[apart:]
        near = (first > UNKNOWN) & (second > UNKNOWN) & (text[:-apart] == text[apart:])
        first, second = first[near], second[near]
        pairs += [first * ids + second, second * ids + first]
        weights.append(np.full(2 * len(first), 1.0 / apart))
    return np.concatenate(pairs), np.concatenate(weights)


def _leading_vectors(table: Tensor, width: int, *, seed: int) -> Tensor:
    """Shape [ids, at most width]."""
    generator = torch.Generator().manual_seed(seed)
    most = min(width + _SPARE, table.shape[0])
    basis = torch.linalg.qr(table @ torch.randn(table.shape[0], most, generator=generator))[0]
    for _ in range(_ITERATIONS):
        basis = torch.linalg.qr(table @ basis)[0]
    vectors, values, _ = torch.linalg.svd(table @ basis, full_matrices=False)
    leading: Tensor = vectors[:, :width] * values[:width].sqrt()
    return leading
