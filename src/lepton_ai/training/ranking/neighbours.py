"""Weights between items that follow each other, for catalogues of any size."""

from __future__ import annotations

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from lepton_ai.networks import Network
from lepton_ai.networks.ranking.item_linear import ItemLinear
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.trainers import RankingLesson

_BLOCK = 1_000_000


class NeighbourSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which items count as followers.

    Attributes:
        window: Items back that still have followers.
        behind: What an item counts for those before it, as a share of what it counts for those after it.
        shrinkage: Times an item has to be seen before its followers are believed.
        power: How far the followers' own popularity is taken out, 0 to 1.
    """

    window: int = 10
    behind: float = 0.3
    shrinkage: float = 5.0
    power: float = 0.4


def train(network: Network, lesson: RankingLesson) -> None:
    """Keep the strongest followers of each item (cf. Garg et al. 2019, arXiv 1905.01395)."""
    if not isinstance(network, ItemLinear):
        raise TypeError(f"{type(network).__name__} holds no weights between items")
    settings = msgspec.convert(lesson.settings, NeighbourSettings)
    pairs, counts = _pairs(lesson.histories, lesson.items, settings, network.half_life)
    item, other = np.divmod(pairs, lesson.items)
    often = lesson.histories.counts(lesson.items).astype(np.float64)
    strength = counts / ((often[item] + settings.shrinkage) * np.maximum(often[other], 1.0) ** settings.power)
    _keep(network, item, other, strength)
    lesson.progress.advance()


def _pairs(
    histories: Histories, items: int, settings: NeighbourSettings, half_life: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Each pair of items that stand near each other, as item * items + other, and how often, weighed."""
    owner, event = histories.owners, histories.events.astype(np.int64) - 1
    keys, sums = np.empty(0, np.int64), np.empty(0, np.float64)
    for apart in range(1, settings.window + 1):
        for start in range(0, max(0, len(event) - apart), _BLOCK):
            stop = min(start + _BLOCK, len(event) - apart)
            earlier, later = slice(start, stop), slice(start + apart, stop + apart)
            near = (owner[earlier] == owner[later]) & (event[earlier] != event[later])
            first, second = event[earlier][near], event[later][near]
            weight = 0.5 ** ((apart - 1) / half_life)
            found = np.concatenate([keys, first * items + second, second * items + first])
            counted = np.concatenate(
                [sums, np.full(len(first), weight), np.full(len(first), weight * settings.behind)]
            )
            keys, place = np.unique(found, return_inverse=True)
            sums = np.bincount(place, counted).astype(np.float64)
    return keys, sums


def _keep(
    network: ItemLinear, item: NDArray[np.int64], other: NDArray[np.int64], strength: NDArray[np.float64]
) -> None:
    """The strongest followers of each item, as many as the network has room for."""
    order = np.lexsort((-strength, item))
    item, other, strength = item[order], other[order], strength[order]
    rank = np.arange(len(item)) - np.searchsorted(item, item)
    kept = rank < network.weights.shape[1]
    rows, columns = torch.from_numpy(item[kept] + 1), torch.from_numpy(rank[kept])
    values = torch.from_numpy(strength[kept].astype(np.float32))
    with torch.no_grad():
        if network.dense:
            network.weights[rows, torch.from_numpy(other[kept])] = values
        else:
            network.weights[rows, columns] = values
            network.others[rows, columns] = torch.from_numpy(other[kept])
