"""Training to foretell the next item at every place of every history."""

from __future__ import annotations

import math
from typing import Literal

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from lepton_ai.core.errors import TrainingError
from lepton_ai.networks import Network
from lepton_ai.networks.ranking.base import StateNetwork
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.losses import LOSSES, Sampler
from lepton_ai.training.ranking.trainers import RankingLesson

_BETAS = (0.9, 0.98)
_WARM_UP = 0.1
_LARGEST_GRADIENT = 5.0
_SHARE_POWER = 0.75
_STRANGERS = 4


class NextItemSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the steps are taken.

    Attributes:
        epochs: Passes over the events.
        batch: Windows of histories a step.
        learning_rate: Peak of the one-cycle schedule.
        weight_decay: Decoupled weight decay of matrices.
        loss: Name in the table of losses.
        negatives: Items of a draw, for the losses that draw.
        going_on: The network was trained before; otherwise it starts from how often items come.
    """

    epochs: int = 20
    batch: int = 32
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    loss: Literal["softmax", "sampled_softmax", "bpr", "bce"] = "softmax"
    negatives: int = 1024
    going_on: bool = False


def train(network: Network, lesson: RankingLesson) -> None:
    """Train with AdamW and a one-cycle schedule (Smith 2018, arXiv 1803.09820); see `RankingTrainer`."""
    if not isinstance(network, StateNetwork):
        raise TypeError(f"{type(network).__name__} has no states to compare with items")
    settings = msgspec.convert(lesson.settings, NextItemSettings)
    torch.manual_seed(lesson.seed)
    generator = np.random.default_rng(lesson.seed)
    counts = lesson.histories.counts(lesson.items).astype(np.float64) + 1.0
    if not settings.going_on:
        network.table.start_from(torch.from_numpy(counts / counts.sum()))
    windows = Windows(lesson.histories, lesson.length)
    steps = settings.epochs * math.ceil(len(windows) / settings.batch)
    optimizer, schedule = _optimizer(network, settings, steps)
    loss_of, sampler = LOSSES[settings.loss], _sampler(counts, lesson, settings)
    for epoch in range(1, settings.epochs + 1):
        network.train()
        total = 0.0
        for batch in windows.batches(settings.batch, generator):
            items, came, features = windows.take(batch, generator)
            states = network.states(items, features) if features is not None else network.states(items)
            known = came > 0
            loss = loss_of(network, states[known], came[known] - 1, sampler)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), _LARGEST_GRADIENT)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        if not math.isfinite(total):
            raise TrainingError(
                f"Training diverged in epoch {epoch}: the loss is {total}.", hint="Use a lower learning rate."
            )
        lesson.progress.advance()


class Windows:
    """Histories cut into pieces that a network reads at once.

    A piece has at most `length` items to read. Each event but the first of a piece is foretold from what
    comes before it in the piece; and a few of a piece, drawn at random, from nothing, as for a stranger.

    Args:
        histories: The events.
        length: Items that are read at once.
    """

    def __init__(self, histories: Histories, length: int) -> None:
        self._histories = histories
        pieces = np.where(histories.lengths > 0, np.maximum(1, -(-(histories.lengths - 1) // length)), 0)
        self._owners = np.repeat(np.arange(len(histories)), pieces)
        nth = np.arange(len(self._owners)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        firsts = histories.starts[:-1][self._owners]
        self._ends = histories.starts[1:][self._owners] - nth * length
        self._lengths = np.minimum(self._ends - firsts, length + 1)

    def __len__(self) -> int:
        return len(self._owners)

    def batches(self, size: int, generator: np.random.Generator) -> list[NDArray[np.int64]]:
        """All windows in shuffled batches of like length."""
        jitter = generator.random(len(self)) * (5 + 0.2 * self._lengths)
        order = np.argsort(self._lengths + jitter)
        groups = [order[start : start + size] for start in range(0, len(order), size)]
        generator.shuffle(groups)
        return groups

    def take(
        self, windows: NDArray[np.int64], generator: np.random.Generator
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
        """Items to read and items that came, both [windows, length], and the users' features."""
        ends, lengths = self._ends[windows], self._lengths[windows]
        shape = (len(windows), int(lengths.max()) - 1 + _STRANGERS)
        items, came = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        before = self._histories.gather(ends - 1, lengths - 1)
        after = self._histories.gather(ends, lengths - 1)
        items[:, : before.shape[1]] = before
        came[:, : after.shape[1]] = after
        chance = generator.random((len(windows), _STRANGERS))
        drawn = ends[:, None] - 1 - (chance * lengths[:, None]).astype(np.int64)
        places = lengths[:, None] - 1 + np.arange(_STRANGERS)
        came[np.arange(len(windows))[:, None], places] = self._histories.events[drawn]
        features = self._histories.features
        chosen = None if features is None else torch.from_numpy(features[self._owners[windows]])
        return torch.from_numpy(items), torch.from_numpy(came), chosen


def _optimizer(
    network: Network, settings: NextItemSettings, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    matrices = [value for value in network.parameters() if value.dim() > 1]
    others = [value for value in network.parameters() if value.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": settings.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
        betas=_BETAS,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        settings.learning_rate,
        total_steps=steps + 1,
        pct_start=max(_WARM_UP, 2 / (steps + 1)),  # torch divides by zero when the warm-up is one step
        cycle_momentum=False,
    )
    return optimizer, schedule


def _sampler(counts: NDArray[np.float64], lesson: RankingLesson, settings: NextItemSettings) -> Sampler:
    shares = counts**_SHARE_POWER
    return Sampler(
        torch.from_numpy((shares / shares.sum()).astype(np.float32)),
        min(settings.negatives, 8 * lesson.items),
        torch.Generator().manual_seed(lesson.seed),
    )
