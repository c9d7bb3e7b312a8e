"""Training of a wide linear network over all rows at once."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lepton_ai.core.errors import TrainingError
from lepton_ai.networks import Network
from lepton_ai.networks.wide_ngram import WideNgram
from lepton_ai.training.trainers import Lesson

_HISTORY = 6


class FullBatchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much and how long.

    Attributes:
        inverse_penalty: Times the number of rows, the inverse of the weight of the squared norm; the C of
            support vector machines, per row.
        iterations: L-BFGS iterations, at most.
        evidence: Power of how much an n-gram tells of the classes (its largest absolute log-odds ratio) that
            its values are multiplied by before training (Wang and Manning 2012, ACL); 0 leaves them.
    """

    inverse_penalty: float = 10.0
    iterations: int = 40
    evidence: float = 0.0


def train(network: Network, lesson: Lesson) -> Mapping[str, Any]:
    """Multinomial logistic regression by L-BFGS (Liu and Nocedal 1989); see `Trainer`.

    The objective is convex, so there is one answer whatever the seed, and nothing to stop early.
    """
    if not isinstance(network, WideNgram):
        raise TypeError("full_batch trains wide_ngram networks only")
    settings = msgspec.convert(lesson.settings, FullBatchSettings)
    ngrams, values = lesson.rows.arrays["ngrams"], lesson.rows.arrays["values"]
    known = network.weights.shape[0]
    scale = _evidence(ngrams.flat, ngrams.lengths, lesson.targets, known) ** settings.evidence
    cells = (values.flat * scale[ngrams.flat]).astype(np.float32)
    weights, bias = _minimise(
        _Table(ngrams.flat, cells, ngrams.lengths, known), lesson.targets, lesson.weights, settings
    )
    lesson.progress.advance()
    with torch.no_grad():
        network.weights.copy_(weights * torch.from_numpy(scale)[:, None])
        network.bias.copy_(bias)
    return lesson.settings


class _Table:
    """The sparse table of rows by n-grams, and its transpose."""

    def __init__(
        self,
        ngrams: NDArray[np.generic],
        cells: NDArray[np.float32],
        lengths: NDArray[np.int64],
        known: int,
    ) -> None:
        self.rows, self.known = len(lengths), known
        ends = np.concatenate([[0], np.cumsum(lengths)])
        order = np.argsort(ngrams, kind="stable")
        per_ngram = np.concatenate([[0], np.cumsum(np.bincount(ngrams, minlength=known))])
        row = np.repeat(np.arange(self.rows), lengths)[order]
        self._by_row = _sparse(ends, ngrams, cells, (self.rows, known))
        self._by_ngram = _sparse(per_ngram, row, cells[order], (known, self.rows))

    def logits(self, weights: Tensor) -> Tensor:
        return self._by_row @ weights

    def gradient(self, residual: Tensor) -> Tensor:
        return self._by_ngram @ residual


def _sparse(
    ends: NDArray[np.int64], columns: NDArray[np.generic], cells: NDArray[np.float32], shape: tuple[int, int]
) -> Tensor:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*[Ss]parse.*")
        return torch.sparse_csr_tensor(
            torch.from_numpy(ends.astype(np.int32)),
            torch.from_numpy(columns.astype(np.int32)),
            torch.from_numpy(cells),
            size=shape,
        )


def _minimise(
    table: _Table, targets: NDArray[np.float32], row_weights: NDArray[np.float32], settings: FullBatchSettings
) -> tuple[Tensor, Tensor]:
    """Weights [n-grams, classes] and bias [classes]. Two classes share one column, with opposite signs."""
    wanted = torch.from_numpy(targets)
    two = targets.shape[1] == 2
    wanted = wanted[:, 1:] if two else wanted
    counts = torch.from_numpy(row_weights / row_weights.sum())[:, None]
    penalty = 1.0 / (settings.inverse_penalty * table.rows)
    weights = torch.zeros(table.known, wanted.shape[1])
    bias = torch.zeros(wanted.shape[1]) if two else (wanted * counts).sum(0).clamp(min=1e-6).log()
    optimizer = torch.optim.LBFGS(
        [weights, bias],
        max_iter=settings.iterations,
        history_size=_HISTORY,
        line_search_fn="strong_wolfe",
        tolerance_grad=1e-6,
    )

    def objective() -> Tensor:
        logits = table.logits(weights) + bias
        loss, found = _binary(logits, wanted) if two else _multinomial(logits, wanted)
        residual = (found - wanted) * counts
        weights.grad = table.gradient(residual) + penalty * weights
        bias.grad = residual.sum(0)
        return (loss * counts).sum() + 0.5 * penalty * weights.square().sum()

    final = optimizer.step(objective)  # type: ignore[no-untyped-call]
    if not torch.isfinite(torch.as_tensor(final)):
        raise TrainingError(f"The wide network's loss became {final}.", hint="Use a smaller inverse_penalty.")
    if two:
        return torch.cat([-weights / 2, weights / 2], 1), torch.cat([-bias / 2, bias / 2])
    return weights, bias


def _binary(logits: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return loss, torch.sigmoid(logits)


def _multinomial(logits: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    logs = torch.log_softmax(logits, 1)
    return -(wanted * logs).sum(1, keepdim=True), logs.exp()


def _evidence(
    ngrams: NDArray[np.generic], lengths: NDArray[np.int64], targets: NDArray[np.float32], known: int
) -> NDArray[np.float32]:
    """Largest absolute log-odds ratio of each n-gram over the classes, with one added to every count."""
    row = np.repeat(np.arange(len(lengths)), lengths)
    best = np.zeros(known, np.float32)
    everywhere = np.bincount(ngrams, minlength=known).astype(np.float64)
    for share in targets.T:
        here = np.bincount(ngrams, share[row], minlength=known)
        elsewhere = everywhere - here
        ratio = np.log((here + 1) / (here.sum() + known)) - np.log(
            (elsewhere + 1) / (elsewhere.sum() + known)
        )
        strength = np.abs(ratio) if targets.shape[1] == 2 else np.maximum(ratio, 0)
        np.maximum(best, strength, out=best)
    return best
