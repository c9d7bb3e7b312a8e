"""Training on single pairs of a user and an item, against items drawn at random."""

from __future__ import annotations

import math
from typing import Literal

import msgspec
import numpy as np
import torch
from torch.nn import functional

from lepton_ai.core.errors import TrainingError
from lepton_ai.networks import Network
from lepton_ai.networks.ranking.neumf import NeuMF
from lepton_ai.training.ranking.trainers import RankingLesson

_UNKNOWN_SHARE = 0.05


class PairSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the steps are taken.

    Attributes:
        epochs: Passes over the events.
        batch: Events a step.
        learning_rate: Of AdamW.
        weight_decay: Decoupled weight decay.
        negatives: Items drawn for each event.
        loss: "bce" asks for a yes or no to each item, "bpr" only that what came scores higher.
    """

    epochs: int = 12
    batch: int = 1024
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    negatives: int = 4
    loss: Literal["bce", "bpr"] = "bce"


def train(network: Network, lesson: RankingLesson) -> None:
    """Train with AdamW; see `RankingTrainer`."""
    if not isinstance(network, NeuMF):
        raise TypeError(f"{type(network).__name__} does not score single pairs")
    settings = msgspec.convert(lesson.settings, PairSettings)
    torch.manual_seed(lesson.seed)
    generator = np.random.default_rng(lesson.seed)
    owners, events = lesson.histories.owners + 1, lesson.histories.events.astype(np.int64) - 1
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )
    for epoch in range(1, settings.epochs + 1):
        network.train()
        total, order = 0.0, generator.permutation(len(events))
        for start in range(0, len(order), settings.batch):
            batch = order[start : start + settings.batch]
            users = np.where(generator.random(len(batch)) < _UNKNOWN_SHARE, 0, owners[batch])
            drawn = generator.integers(0, lesson.items, (len(batch), settings.negatives))
            items = np.concatenate([events[batch][:, None], drawn], 1)
            scores = network.pairs(torch.from_numpy(users), torch.from_numpy(items))
            right, wrong = scores[:, :1], scores[:, 1:]
            if settings.loss == "bpr":
                loss = functional.softplus(wrong - right).mean()
            else:
                loss = functional.softplus(-right).mean() + functional.softplus(wrong).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += float(loss.detach())
        if not math.isfinite(total):
            raise TrainingError(
                f"Training diverged in epoch {epoch}: the loss is {total}.", hint="Use a lower learning rate."
            )
        lesson.progress.advance()
