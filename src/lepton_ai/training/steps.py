"""Training in small steps over shuffled batches, for any network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lepton_ai.core.errors import TrainingError
from lepton_ai.networks import Network
from lepton_ai.networks.unit_embedding import UnitEmbedding
from lepton_ai.networks.unit_network import UnitNetwork
from lepton_ai.training.cooccurrence import start_from_cooccurrence
from lepton_ai.training.predict import logits_of, predict
from lepton_ai.training.ragged import EncodedRows, batches
from lepton_ai.training.trainers import Lesson

_WARM_UP = 0.2
_BETAS = (0.9, 0.99)


class StepSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many steps, how large, how damped.

    Attributes:
        epochs: Passes over the rows, at most.
        batch: Rows a step.
        learning_rate: Peak of the one-cycle schedule.
        weight_decay: Decoupled weight decay.
        smoothing: Share of each target that is spread over all classes.
        patience: Epochs without a lower loss on the watched rows before training stops; 0 never stops early.
        cooccurrence: Start the vectors of units from which of them stand near each other in the rows.
    """

    epochs: int = 10
    batch: int = 32
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    smoothing: float = 0.05
    patience: int = 0
    cooccurrence: bool = False


def train(network: Network, lesson: Lesson) -> Mapping[str, Any]:
    """Train with AdamW and a one-cycle schedule (Smith 2018, arXiv 1803.09820); see `Trainer`."""
    settings = msgspec.convert(lesson.settings, StepSettings)
    generator = np.random.default_rng(lesson.seed)
    torch.manual_seed(lesson.seed)
    if settings.cooccurrence:
        start_from_cooccurrence(_embedding(network), lesson.rows.arrays["units"], seed=lesson.seed)
    targets = torch.from_numpy(_smooth(lesson.targets, settings.smoothing))
    weights = torch.from_numpy(lesson.weights)
    stepper = _Stepper(
        network, settings, steps=settings.epochs * math.ceil(len(lesson.rows) / settings.batch)
    )
    best = _Best(network)
    for epoch in range(1, settings.epochs + 1):
        network.train()
        total = 0.0
        for batch in batches(lesson.rows.sizes, settings.batch, generator):
            losses = _cross_entropy(logits_of(network, lesson.rows, batch), targets[batch])
            total += stepper.step((losses * weights[batch]).mean())
        if not math.isfinite(total):
            raise TrainingError(
                f"Training diverged in epoch {epoch}: the loss is {total}.", hint="Use a lower learning rate."
            )
        lesson.progress.advance()
        if lesson.watch and settings.patience:
            best.keep(epoch, _watched_loss(network, *lesson.watch))
            if epoch - best.epoch >= settings.patience:
                break
    epochs = best.restore() or settings.epochs
    return {**lesson.settings, "epochs": epochs, "patience": 0}


class _Stepper:
    """Optimizer and schedule as one."""

    def __init__(self, network: Network, settings: StepSettings, *, steps: int) -> None:
        self._optimizer = torch.optim.AdamW(
            network.parameters(),
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            betas=_BETAS,
            fused=True,
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer,
            settings.learning_rate,
            total_steps=steps + 1,
            pct_start=max(_WARM_UP, 2 / (steps + 1)),  # torch divides by zero when the warm-up is one step
            cycle_momentum=False,
        )

    def step(self, loss: Tensor) -> float:
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._schedule.step()
        return float(loss.detach())


class _Best:
    """Remembers the weights of the epoch with the lowest loss."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._loss = math.inf
        self._weights: dict[str, Tensor] = {}
        self.epoch = 0

    def keep(self, epoch: int, loss: float) -> None:
        if loss < self._loss:
            self._loss, self.epoch = loss, epoch
            self._weights = {name: value.clone() for name, value in self._network.state_dict().items()}

    def restore(self) -> int:
        """Put the best weights back; the epoch they are of, 0 when none was kept."""
        if self._weights:
            self._network.load_state_dict(self._weights)
        return self.epoch


def _embedding(network: Network) -> UnitEmbedding:
    if not isinstance(network, UnitNetwork):
        raise TypeError(f"{type(network).__name__} has no unit embedding to start from co-occurrence")
    return network.embedding


def _smooth(targets: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    return np.asarray(targets * (1 - share) + share / targets.shape[1], dtype=np.float32)


def _cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Shape [rows]."""
    return -(targets * torch.log_softmax(logits, 1)).sum(1)


def _watched_loss(network: Network, rows: EncodedRows, targets: NDArray[np.float32]) -> float:
    return float(_cross_entropy(torch.from_numpy(predict(network, rows)), torch.from_numpy(targets)).mean())
