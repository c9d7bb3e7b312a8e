"""The factors of all users, or of all items, and what is believed of them before any rating."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lepton_ai.training.rating.groups import Block
from lepton_ai.training.rating.sparse import FloatMatrix, SparseMatrix, leading_directions

_START_SPREAD = 0.1
_START_PRECISION = 5.0
_START_RIDGE = 2.0


class Side:
    """One side of the factorisation, redrawn in turn with the other.

    A factor vector is normal around `mean` plus what the features tell, with one covariance for all; both
    are drawn too (Salakhutdinov and Mnih 2008, doi 10.1145/1390156.1390267; features as in Simm et al. 2015,
    arXiv 1509.04610). The features of a kind are turned to orthogonal columns first, so that their weights
    are drawn without solving anything.

    Args:
        features: Kinds of features, each of shape [n, columns]; each kind has a ridge penalty of its own.
        size: n.
        width: Length of the vectors, the bias included as the last.
        rank: Directions of a kind of features that are kept, at most.
        rng: Where all random numbers come from.

    Attributes:
        factors: Shape [n, width].
    """

    def __init__(
        self,
        features: Sequence[SparseMatrix],
        *,
        size: int,
        width: int,
        rank: int,
        rng: np.random.Generator,
    ) -> None:
        self._rng = rng
        self.factors = rng.normal(scale=_START_SPREAD, size=(size, width))
        self.factors[:, -1] = 0.0
        self._mean = np.zeros(width)
        self._precision = np.eye(width) * _START_PRECISION
        self._bases: list[tuple[FloatMatrix, FloatMatrix]] = []
        for matrix in features:
            left, values, _ = leading_directions(
                matrix.times, matrix.transposed_times, shape=matrix.shape, rank=rank, rng=rng
            )
            if len(values):
                self._bases.append((left, values))
        self._weights = [np.zeros((len(values), width)) for _, values in self._bases]
        self._told = [np.zeros((size, width)) for _ in self._bases]
        self._ridges = [_START_RIDGE] * len(self._bases)

    def draw_beliefs(self) -> None:
        """Draw mean, covariance and the weights of the features, given the factors."""
        size, width = self.factors.shape
        rest = self.factors - self._from_features()
        average = rest.mean(0)
        scatter = np.eye(width) + (rest - average).T @ (rest - average)
        scatter += size / (1.0 + size) * np.outer(average, average)
        for ridge, weights in zip(self._ridges, self._weights, strict=True):
            scatter += ridge * weights.T @ weights
        freedom = width + size + sum(map(len, self._weights))
        self._precision = _wishart(scatter, freedom, self._rng)
        spread = np.linalg.inv(np.linalg.cholesky(self._precision))
        self._mean = size * average / (1.0 + size)
        self._mean += self._rng.normal(size=width) @ spread / np.sqrt(1.0 + size)
        for kind in range(len(self._bases)):
            self._draw_weights(kind, spread)

    def _draw_weights(self, kind: int, spread: FloatMatrix) -> None:
        left, values = self._bases[kind]
        weights = self._weights[kind]
        # The first weights are zero: nothing can be told of the penalty from them.
        if weights.any():
            size = float(((weights @ self._precision) * weights).sum())
            self._ridges[kind] = float(self._rng.gamma((1 + weights.size) / 2, 2 / (1 + size)))
        others = self._from_features() - self._told[kind]
        variance = 1.0 / (values * values + self._ridges[kind])
        drawn = (variance * values)[:, np.newaxis] * (left.T @ (self.factors - self._mean - others))
        noise = self._rng.normal(size=weights.shape) @ spread
        self._weights[kind] = drawn + np.sqrt(variance)[:, np.newaxis] * noise
        self._told[kind] = (left * values) @ self._weights[kind]

    def _from_features(self) -> FloatMatrix:
        """What the features tell of the factors, shape [n, width]."""
        total = np.zeros_like(self.factors)
        for told in self._told:
            total += told
        return total

    def draw_factors(
        self,
        blocks: Sequence[Block],
        partners: FloatMatrix,
        targets: NDArray[np.float64],
        certainty: NDArray[np.float64],
    ) -> None:
        """Draw the factors, given those of the partners.

        Args:
            blocks: The ratings of this side.
            partners: Vectors of the other side, shape [partners, width - 1].
            targets: Ratings less the bias of the partner, shape [ratings].
            certainty: Inverse variance of the noise of each rating.
        """
        size, width = self.factors.shape
        # One more row of zeros stands for the padding.
        inputs = np.zeros((len(partners) + 1, width))
        inputs[:-1, :-1], inputs[:-1, -1] = partners, 1.0
        roots = np.append(np.sqrt(certainty), 0.0)
        scaled = np.append(targets, 0.0) * roots
        prior = (self._mean + self._from_features()) @ self._precision
        noise = self._rng.normal(size=(size, width, 1))
        for block in blocks:
            seen = inputs[block.partners] * roots[block.ratings][..., np.newaxis]
            turned = seen.transpose(0, 2, 1)
            heights = turned @ scaled[block.ratings][..., np.newaxis] + prior[block.own][..., np.newaxis]
            lower = np.linalg.inv(np.linalg.cholesky(turned @ seen + self._precision))
            drawn = lower.transpose(0, 2, 1) @ (lower @ heights + noise[block.own])
            self.factors[block.own] = drawn[..., 0]


def _wishart(scatter: FloatMatrix, freedom: int, rng: np.random.Generator) -> FloatMatrix:
    """A precision matrix drawn from a Wishart distribution, by Bartlett's decomposition."""
    width = len(scatter)
    lower = np.zeros((width, width))
    lower[np.tril_indices(width, -1)] = rng.normal(size=width * (width - 1) // 2)
    lower[np.diag_indices(width)] = np.sqrt(rng.chisquare(freedom - np.arange(width)))
    root = np.linalg.cholesky(np.linalg.inv(scatter)) @ lower
    return np.asarray(root @ root.T)
