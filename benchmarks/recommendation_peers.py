"""What recommendation is compared with, each tuned on an event held out of the training events.

Popularity, item neighbours and EASE (Steck 2019, arXiv 1905.03375) are written out here; alternating least
squares and BPR are those of `implicit`. `peer_sasrec` has the sequential transformer.
"""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from lepton_ai.metrics import ndcg_at_k

Settings = Mapping[str, Any]

_ROWS = 256
_JUDGED = 3_000


@dataclass(frozen=True)
class Histories:
    """Users by position, each with the positions of their items.

    Attributes:
        items: How many items there are.
        lists: The items of each user, oldest first.
    """

    items: int
    lists: Sequence[NDArray[np.int64]]

    @cached_property
    def matrix(self) -> Any:
        """1 where a user had an item: a sparse float32 matrix [users, items]."""
        owners = np.repeat(np.arange(len(self.lists)), [len(one) for one in self.lists])
        shape = (len(self.lists), self.items)
        events = (np.ones(len(owners), np.float32), (owners, np.concatenate(self.lists)))
        found = scipy.sparse.csr_matrix(events, shape=shape)
        found.data[:] = 1.0
        return found

    def without_last(self) -> tuple[Histories, NDArray[np.int64], NDArray[np.int64]]:
        """The rest, users whose last event is taken away, and these events; of at most 3,000 users."""
        users = np.flatnonzero([len(one) > 2 for one in self.lists])
        if len(users) > _JUDGED:
            users = np.sort(np.random.default_rng(1).choice(users, _JUDGED, replace=False))
        chosen = set(users.tolist())
        rest = [one[:-1] if user in chosen else one for user, one in enumerate(self.lists)]
        return Histories(self.items, rest), users, np.array([self.lists[user][-1] for user in users])


class Peer(ABC):
    """A recommender that is trained when it is made.

    Args:
        histories: The events.
        settings: What is tuned; each peer has its own.
    """

    start: ClassVar[Settings] = {}
    """Where the search for settings begins."""

    choices: ClassVar[Sequence[Sequence[Settings]]] = ()
    """What is tried: of each group every change, the other settings at the best so far."""

    def __init__(self, histories: Histories, **settings: Any) -> None:
        self.histories = histories
        self.fit(**settings)

    @abstractmethod
    def fit(self, **settings: Any) -> None:
        """Learn from the events."""

    @abstractmethod
    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """Shape [users, items]."""

    def recommend(self, users: NDArray[np.int64], k: int) -> NDArray[np.int64]:
        """Positions of the best unseen items, shape [users, k]."""
        parts = []
        for begin in range(0, len(users), _ROWS):
            some = users[begin : begin + _ROWS]
            scores = np.array(self.scores(some))
            for row, user in enumerate(some.tolist()):
                scores[row, self.histories.lists[user]] = -np.inf
            parts.append(best(scores, k))
        return np.concatenate(parts)


def best(scores: NDArray[Any], k: int) -> NDArray[np.int64]:
    """Positions of the highest scores of each row, best first; of equal ones the lower position first."""
    if k < scores.shape[1]:
        some = np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)
    else:
        some = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    order = np.argsort(-np.take_along_axis(scores, some, 1), axis=1, kind="stable")
    found: NDArray[np.int64] = np.take_along_axis(some, order, 1)
    return found


class Popularity(Peer):
    """The items with the most events."""

    def fit(self, **settings: Any) -> None:
        """See `Peer.fit`."""
        self.counts = np.asarray(self.histories.matrix.sum(0), np.float32)

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Peer.scores`."""
        return np.repeat(self.counts, len(users), axis=0)


class ItemNeighbours(Peer):
    """Sums of the cosines of an item with those of a history, of the nearest neighbours of each item only."""

    start: ClassVar[Settings] = {"neighbours": 100, "shrinkage": 10.0, "latest": 0}
    choices: ClassVar[Sequence[Sequence[Settings]]] = (
        [{"neighbours": 20}, {"neighbours": 50}, {"neighbours": 200}, {"neighbours": 400}],
        [{"shrinkage": 0.0}, {"shrinkage": 3.0}, {"shrinkage": 30.0}, {"shrinkage": 100.0}],
    )

    def fit(self, *, neighbours: int, shrinkage: float, latest: int, **settings: Any) -> None:
        """See `Peer.fit`."""
        matrix = self.histories.matrix
        together = (matrix.T @ matrix).tocsr()
        length = np.sqrt(together.diagonal())
        together.setdiag(0.0)
        together.eliminate_zeros()
        owner = np.repeat(np.arange(together.shape[0]), np.diff(together.indptr))
        together.data /= length[owner] * length[together.indices] + shrinkage
        self.near = _strongest(together, neighbours)
        self.read = self._latest(latest) if latest else matrix

    def _latest(self, count: int) -> Any:
        cut = Histories(self.histories.items, [one[-count:] for one in self.histories.lists])
        return cut.matrix

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Peer.scores`."""
        found: NDArray[np.float32] = (self.read[users] @ self.near).toarray()
        return found


class LatestNeighbours(ItemNeighbours):
    """The same, by the latest items of a history only; how many of them is tuned too."""

    start: ClassVar[Settings] = {"neighbours": 100, "shrinkage": 10.0, "latest": 10}
    choices: ClassVar[Sequence[Sequence[Settings]]] = (
        *ItemNeighbours.choices,
        [{"latest": count} for count in (1, 3, 5, 20, 50)],
    )


def _strongest(matrix: Any, count: int) -> Any:
    """The highest entries of each row."""
    order = np.lexsort((-matrix.data, np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))))
    rank = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], np.diff(matrix.indptr))
    kept = order[rank < count]
    owner = np.repeat(np.arange(matrix.shape[0]), np.minimum(np.diff(matrix.indptr), count))
    # Rows stay in their order, so `owner` fits `kept`.
    entries = (matrix.data[kept].astype(np.float32), (owner, matrix.indices[kept]))
    return scipy.sparse.csr_matrix(entries, shape=matrix.shape)


class Ease(Peer):
    """A linear autoencoder in closed form; needs memory for the square of the number of items."""

    start: ClassVar[Settings] = {"penalty": 300.0}
    choices: ClassVar[Sequence[Sequence[Settings]]] = (
        [{"penalty": penalty} for penalty in (50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)],
    )

    def fit(self, *, penalty: float, **settings: Any) -> None:
        """See `Peer.fit`."""
        matrix = self.histories.matrix
        gram = (matrix.T @ matrix).toarray().astype(np.float64)
        gram[np.diag_indices_from(gram)] += penalty
        inverse = np.linalg.inv(gram)
        weights = inverse / -np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        self.weights = weights.astype(np.float32)

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Peer.scores`."""
        found: NDArray[np.float32] = self.histories.matrix[users] @ self.weights
        return found


class _Implicit(Peer):
    """A model of `implicit`, which also has a search of its own."""

    model: Any

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Peer.scores`."""
        found: NDArray[np.float32] = self.model.user_factors[users] @ self.model.item_factors.T
        return found

    def recommend(self, users: NDArray[np.int64], k: int) -> NDArray[np.int64]:
        """By the model's own search; places for which it finds nothing hold -1."""
        seen = self.histories.matrix[users]
        found: NDArray[np.int64] = self.model.recommend(users, seen, N=k, filter_already_liked_items=True)[0]
        return found


class Als(_Implicit):
    """Weighted alternating least squares (Hu, Koren, Volinsky 2008)."""

    start: ClassVar[Settings] = {"factors": 64, "regularization": 0.1, "alpha": 5.0, "iterations": 15}
    choices: ClassVar[Sequence[Sequence[Settings]]] = (
        [{"factors": 16}, {"factors": 32}, {"factors": 128}],
        [{"alpha": 1.0}, {"alpha": 15.0}, {"alpha": 40.0}],
        [{"regularization": 0.01}, {"regularization": 1.0}, {"regularization": 10.0}],
        [{"iterations": 7}, {"iterations": 30}],
    )

    def fit(self, **settings: Any) -> None:
        """See `Peer.fit`."""
        from implicit.cpu.als import AlternatingLeastSquares

        self.model = AlternatingLeastSquares(**settings, random_state=0, num_threads=threads())
        with one_blas_thread():
            self.model.fit(self.histories.matrix, show_progress=False)


class Bpr(_Implicit):
    """Factors that rank what was taken over what was not (Rendle et al. 2009)."""

    start: ClassVar[Settings] = {
        "factors": 64,
        "learning_rate": 0.02,
        "regularization": 0.01,
        "iterations": 200,
    }
    choices: ClassVar[Sequence[Sequence[Settings]]] = (
        [
            {"learning_rate": rate, "iterations": iterations}
            for rate in (0.005, 0.02, 0.1)
            for iterations in (50, 200, 800)
        ],
        [{"regularization": 0.001}, {"regularization": 0.03}, {"regularization": 0.1}],
        [{"factors": 16}, {"factors": 32}, {"factors": 128}],
    )

    def fit(self, **settings: Any) -> None:
        """See `Peer.fit`."""
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        # More than one thread of it makes the outcome depend on how they meet.
        self.model = BayesianPersonalizedRanking(**settings, random_state=0, num_threads=1)
        with one_blas_thread():
            self.model.fit(self.histories.matrix, show_progress=False)


def threads() -> int:
    """Threads that a training may use: those of OMP_NUM_THREADS, else one a core."""
    return int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1))


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """As `implicit` asks for it: its own threads and those of BLAS hinder each other."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        yield


@dataclass(frozen=True)
class Tuned:
    """A peer with the settings that foretold the held-out events best, trained on all events.

    Attributes:
        peer: The peer.
        chosen: Its settings, and what they reached, in words.
        seconds: Of the training with the chosen settings alone.
        tuning_seconds: Of all the others.
    """

    peer: Peer
    chosen: str
    seconds: float
    tuning_seconds: float


def tune(
    kind: Callable[..., Peer], histories: Histories, *, start: Settings, choices: Iterable[Any]
) -> Tuned:
    """Search along one group of settings after the other by NDCG@10, and then train on all events."""
    begin = time.perf_counter()
    fitting, users, came = histories.without_last()
    relevant = [[item] for item in came.tolist()]
    settings, told = dict(start), ""
    if choices:
        reached = -1.0
        for group in ([{}], *choices):
            base = dict(settings)
            for change in group:
                lists = kind(fitting, **base | change).recommend(users, 10)
                found = ndcg_at_k([row[row >= 0].tolist() for row in lists], relevant, k=10)
                if found > reached:
                    settings, reached = base | change, found
        told = f", validation NDCG@10 {reached:.4f}"
    tuned = time.perf_counter()
    peer = kind(histories, **settings)
    seconds = time.perf_counter() - tuned
    chosen = " ".join(f"{name}={value}" for name, value in settings.items()) or "nothing to choose"
    return Tuned(peer, chosen + told, seconds, tuned - begin)


PEERS: dict[str, type[Peer]] = {
    "popularity": Popularity,
    "item-kNN": ItemNeighbours,
    "item-kNN latest": LatestNeighbours,
    "EASE": Ease,
    "implicit ALS": Als,
    "implicit BPR": Bpr,
}
