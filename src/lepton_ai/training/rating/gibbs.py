"""Bayesian matrix factorisation: many plausible factorisations, drawn in turn and averaged."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from lepton_ai.core.errors import TrainingError
from lepton_ai.networks import Network
from lepton_ai.networks.rating.factorisation import Factorisation
from lepton_ai.training.rating.beliefs import Side
from lepton_ai.training.rating.features import company
from lepton_ai.training.rating.groups import blocks
from lepton_ai.training.rating.sparse import FloatMatrix, leading_directions
from lepton_ai.training.rating.trainers import RatingLesson

_CELLS = 1 << 26
_NOISE_FREEDOM = 10.0


class GibbsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many factorisations are drawn, and how large they are.

    Attributes:
        epochs: How often everything is drawn anew.
        burn_in: The first ones, which still remember the start and are not kept.
        width: Length of the vectors, the bias not counted.
        feature_rank: Directions that are kept of each kind of features.
    """

    epochs: int = 200
    burn_in: int = 60
    width: int = 12
    feature_rank: int = 100


def train(network: Network, lesson: RatingLesson) -> None:
    """Fill the tables of a `Factorisation` with the average of what was drawn.

    The vectors of users and items depend on their features and on whom they were seen with, and each user
    rates with a noise of their own. Whoever is unknown gets the average vector.

    Raises:
        TrainingError: The numbers are not finite any more.
    """
    if not isinstance(network, Factorisation):
        raise TypeError(f"{type(network).__name__} has no tables of factors")
    settings = msgspec.convert(lesson.settings, GibbsSettings)
    chain = _Chain(lesson, settings)
    kept = _Kept(settings, users=len(chain.users.factors), items=len(chain.items.factors))
    for epoch in range(settings.epochs):
        try:
            chain.draw()
        except np.linalg.LinAlgError:
            raise _diverged(epoch) from None
        if not np.isfinite(chain.users.factors).all() or not np.isfinite(chain.items.factors).all():
            raise _diverged(epoch)
        if epoch in kept.epochs:
            kept.add(chain.users.factors, chain.items.factors)
        lesson.progress.advance(1, f"noise {chain.noise * chain.scale:.3f}")
    kept.fill(network, chain)


def _diverged(epoch: int) -> TrainingError:
    return TrainingError(
        f"The factors were no finite numbers any more after {epoch + 1} draws.",
        hint="Look for ratings that are far from all others.",
    )


class _Chain:
    """Ratings, in units of their own spread, and the state that is redrawn."""

    def __init__(self, lesson: RatingLesson, settings: GibbsSettings) -> None:
        self._rng = np.random.default_rng(lesson.seed)
        self._user, self._item = lesson.users, lesson.items
        users, items = lesson.user_features.shape[0], lesson.item_features.shape[0]
        self.mean = float(lesson.ratings.mean())
        self.scale = float(lesson.ratings.std()) or 1.0
        self._ratings = (lesson.ratings - self.mean) / self.scale
        shape = (users, items)
        self._user_blocks = blocks(self._user, self._item, shape=shape)
        self._item_blocks = blocks(self._item, self._user, shape=shape[::-1])
        made = {"width": settings.width + 1, "rank": settings.feature_rank}
        chosen = company(self._user, self._item, shape=shape)
        choosers = company(self._item, self._user, shape=shape[::-1])
        self.users = Side([lesson.user_features, chosen], size=users, rng=self._rng, **made)
        self.items = Side([lesson.item_features, choosers], size=items, rng=self._rng, **made)
        self._certainty = 1.0
        self._steadiness = np.ones(users)
        self._counts = np.bincount(self._user, minlength=users)

    @property
    def noise(self) -> float:
        """Spread of the ratings around what the factors say."""
        return float(self._certainty**-0.5)

    def draw(self) -> None:
        """Draw everything anew, each given all the rest."""
        certainty = self._certainty * self._steadiness[self._user]
        users, items = self.users, self.items
        items.draw_beliefs()
        items.draw_factors(
            self._item_blocks,
            users.factors[:, :-1],
            self._ratings - users.factors[self._user, -1],
            certainty,
        )
        users.draw_beliefs()
        users.draw_factors(
            self._user_blocks,
            items.factors[:, :-1],
            self._ratings - items.factors[self._item, -1],
            certainty,
        )
        self._draw_noise()

    def _draw_noise(self) -> None:
        errors = self._ratings - self._predicted()
        squares = errors * errors
        heard = float((self._steadiness[self._user] * squares).sum())
        self._certainty = float(self._rng.gamma((1 + len(squares)) / 2, 2 / (1 + heard)))
        own = np.bincount(self._user, squares, minlength=len(self._counts)) * self._certainty
        shapes = (_NOISE_FREEDOM + self._counts) / 2
        self._steadiness = self._rng.gamma(shapes) * 2 / (_NOISE_FREEDOM + own)

    def _predicted(self) -> NDArray[np.float64]:
        users, items = self.users.factors, self.items.factors
        predicted: NDArray[np.float64] = users[self._user, -1] + items[self._item, -1]
        for column in range(users.shape[1] - 1):
            predicted += users[self._user, column] * items[self._item, column]
        return predicted


@dataclass
class _Kept:
    """The draws that are averaged; evenly spaced, as many as fit in memory."""

    settings: GibbsSettings
    users: int
    items: int
    _users: list[NDArray[np.float32]] = field(default_factory=list)
    _items: list[NDArray[np.float32]] = field(default_factory=list)

    def __post_init__(self) -> None:
        last = self.settings.epochs - 1
        first = min(self.settings.burn_in, last)
        fitting = max(1, _CELLS // ((self.users + self.items) * (self.settings.width + 1)))
        count = min(fitting, last - first + 1)
        self.epochs = set(np.linspace(last, first, count).round().astype(int).tolist())

    def add(self, users: FloatMatrix, items: FloatMatrix) -> None:
        """Keep one draw, with the average as row 0."""
        self._users.append(_with_average(users))
        self._items.append(_with_average(items))

    def fill(self, network: Factorisation, chain: _Chain) -> None:
        """Write the average of the draws into the tables, its products squeezed into the network's rank."""
        share = chain.scale / len(self._users)
        left, values, right = leading_directions(
            lambda dense: _through(self._users, self._items, dense) * share,
            lambda dense: _through(self._items, self._users, dense) * share,
            shape=(self.users + 1, self.items + 1),
            rank=network.rank,
            rng=np.random.default_rng(0),
        )
        with torch.no_grad():
            network.mean.fill_(chain.mean)
            network.user_bias.copy_(_average_bias(self._users, chain.scale))
            network.item_bias.copy_(_average_bias(self._items, chain.scale))
            network.users[:, : len(values)] = torch.from_numpy(left * np.sqrt(values))
            network.items[:, : len(values)] = torch.from_numpy(right * np.sqrt(values))


def _with_average(factors: FloatMatrix) -> NDArray[np.float32]:
    return np.concatenate([factors.mean(0, keepdims=True), factors]).astype(np.float32)


def _average_bias(draws: list[NDArray[np.float32]], scale: float) -> torch.Tensor:
    return torch.from_numpy(np.mean([draw[:, -1].astype(np.float64) for draw in draws], axis=0) * scale)


def _through(
    ours: list[NDArray[np.float32]], theirs: list[NDArray[np.float32]], dense: FloatMatrix
) -> FloatMatrix:
    """The sum over the draws of ours @ theirs.T, times a matrix of shape [theirs, n]."""
    total = np.zeros((len(ours[0]), dense.shape[1]))
    for own, other in zip(ours, theirs, strict=True):
        total += own[:, :-1] @ (other[:, :-1].T @ dense)
    return total
