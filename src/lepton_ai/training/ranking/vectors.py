"""Which items are alike, by what the trained networks make of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lepton_ai.networks import Network
from lepton_ai.networks.ranking.base import StateNetwork
from lepton_ai.networks.ranking.item_linear import ItemLinear
from lepton_ai.networks.ranking.neumf import NeuMF

_WIDTH = 64


def item_vectors(networks: Sequence[Network], weights: Sequence[float]) -> NDArray[np.float32]:
    """One vector an item, of length 1 (0 for an item of which nothing is known): shape [items, width].

    What items have in common by their learned vectors and by the weights between them stands side by side,
    each half as much. Learned vectors are counted by the weight of their network and centred, so that what
    is merely popular is not alike.

    Args:
        networks: The trained networks.
        weights: How much each counts.
    """
    learned = [
        weight**0.5 * _unit(found)
        for network, weight in zip(networks, weights, strict=True)
        if (found := _learned(network)) is not None
    ]
    tables = [_table(network) for network in networks if isinstance(network, ItemLinear)]
    parts = [_unit(np.concatenate(learned, 1))] if learned else []
    if tables:
        parts.append(_unit(_leading(tables)))
    return _unit(np.concatenate(parts, 1)).astype(np.float32)


def _learned(network: Network) -> NDArray[np.float64] | None:
    if isinstance(network, StateNetwork):
        vectors = network.eval().table.merged().own.detach().double().numpy()
    elif isinstance(network, NeuMF):
        vectors = network.items.weight.detach().double().numpy()
    else:
        return None
    centred: NDArray[np.float64] = vectors - vectors.mean(0)
    return centred


def _table(network: ItemLinear) -> Tensor:
    """The weights between items, [items, items], in both directions alike and of a common size."""
    rows = network.weights[1:]
    if network.dense:
        table = rows + rows.T
    else:
        items, width = rows.shape
        ones = torch.arange(items).repeat_interleave(width)
        others, values = network.others[1:].flatten(), rows.flatten()
        places = torch.cat([torch.stack([ones, others]), torch.stack([others, ones])], 1)
        table = torch.sparse_coo_tensor(
            places, torch.cat([values, values]), (items, items), check_invariants=False
        ).coalesce()
    size = float((table.values() if table.is_sparse else table).norm())
    return table / max(size, 1e-12)


def _leading(tables: Sequence[Tensor]) -> NDArray[np.float64]:
    """The directions in which most of the likeness lies: those of the largest positive eigenvalues."""
    table = sum(tables[1:], start=tables[0])
    torch.manual_seed(0)
    left, values, right = torch.svd_lowrank(table, q=min(2 * _WIDTH, len(table)))
    likeness = (left * right).sum(0) > 0
    found: NDArray[np.float64] = (left * values.sqrt())[:, likeness][:, :_WIDTH].double().numpy()
    return found


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float64] = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-12)
    return unit
