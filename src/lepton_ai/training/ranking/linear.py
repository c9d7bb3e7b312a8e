"""Closed-form weights between items, for catalogues of a few thousand."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec
import numpy as np
import torch
from torch import Tensor

from lepton_ai.networks import Network
from lepton_ai.networks.ranking.item_linear import ItemLinear
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.trainers import RankingLesson

_ROWS = 4096
_FAINT = 7  # half-lives after which an item is not heard any more


class LinearSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How strongly weights are pulled to zero.

    Attributes:
        penalty: Ridge penalty.
    """

    penalty: float = 100.0


def train_autoencoder(network: Network, lesson: RankingLesson) -> None:
    """Each item of a history from all others, without itself (EASE, Steck 2019, arXiv 1905.03375)."""
    settings, linear = msgspec.convert(lesson.settings, LinearSettings), _dense(network)
    gram = torch.zeros(lesson.items, lesson.items)
    for users, taken in _taken(lesson.histories):
        gram += _products(users, taken, torch.ones(len(taken)), lesson.items)[0]
    gram.diagonal().add_(settings.penalty)
    inverse = torch.linalg.inv(gram.double())
    weights = inverse / -inverse.diagonal()
    weights.fill_diagonal_(0.0)
    _keep(linear, weights)
    lesson.progress.advance()


def train_transitions(network: Network, lesson: RankingLesson) -> None:
    """Each event from the ones before it, the newer the louder, by ridge regression.

    (SLIST's transition half, Choi et al. 2021, arXiv 2103.16104.)
    """
    settings, linear = msgspec.convert(lesson.settings, LinearSettings), _dense(network)
    gram = torch.zeros(lesson.items, lesson.items)
    cross = torch.zeros(lesson.items, lesson.items)
    for events, items, loudness, came in _steps(lesson, linear.half_life):
        product, before = _products(events, items, loudness, lesson.items)
        gram += product
        cross.index_add_(0, came, before)
    gram.diagonal().add_(settings.penalty)
    _keep(linear, torch.linalg.solve(gram.double(), cross.T.double()))
    lesson.progress.advance()


def _dense(network: Network) -> ItemLinear:
    if not isinstance(network, ItemLinear) or not network.dense:
        raise TypeError("closed-form weights are for a linear network over a small catalogue")
    return network


def _keep(network: ItemLinear, weights: Tensor) -> None:
    network.weights[1:] = weights.float()


def _products(rows: Tensor, items: Tensor, values: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Of a sparse table X given by its cells: X'X of shape [items, items], and X itself, dense."""
    count = int(rows[-1]) + 1
    table = torch.zeros(count, width).index_put_((rows, items), values, accumulate=True)
    turned = torch.sparse_coo_tensor(
        torch.stack([items, rows]), values, (width, count), check_invariants=False
    )
    return torch.sparse.mm(turned, table), table


def _taken(histories: Histories) -> Iterator[tuple[Tensor, Tensor]]:
    """What each user took, each item once, some users at a time: positions of users and of items."""
    for start in range(0, len(histories), _ROWS):
        stop = min(start + _ROWS, len(histories))
        events = slice(histories.starts[start], histories.starts[stop])
        pairs = np.stack([histories.owners[events] - start, histories.events[events] - 1], 1)
        if len(pairs):
            once = torch.from_numpy(np.unique(pairs, axis=0).astype(np.int64))
            yield once[:, 0], once[:, 1]


def _steps(lesson: RankingLesson, half_life: float) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """For some events at a time, what came before each (event, item, loudness), and the item that came."""
    histories = lesson.histories
    firsts = np.repeat(histories.starts[:-1], histories.lengths)
    behind = np.arange(len(histories.events)) - firsts
    reach = min(lesson.length, math.ceil(_FAINT * half_life))
    later = np.flatnonzero(behind > 0)
    for start in range(0, len(later), _ROWS):
        some = later[start : start + _ROWS]
        back = histories.gather(some, np.minimum(behind[some], reach))
        rows, places = np.nonzero(back)
        yield (
            torch.from_numpy(rows),
            torch.from_numpy(back[rows, places] - 1),
            torch.from_numpy((0.5 ** (places / half_life)).astype(np.float32)),
            torch.from_numpy(histories.events[some].astype(np.int64) - 1),
        )
