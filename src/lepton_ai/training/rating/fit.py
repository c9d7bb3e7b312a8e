"""A plan and ratings in, a trained and exported model out: the door of this folder."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray

from lepton_ai.codecs.entity import EntityCodec
from lepton_ai.codecs.number import NumberCodec
from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.core.errors import TrainingError
from lepton_ai.core.plan import NetworkPlan
from lepton_ai.core.progress import Progress
from lepton_ai.core.rating_plan import ITEM_COLUMN, USER_COLUMN, EntityFeatures, RatingPlan, RatingRows
from lepton_ai.core.types import Arrays, Cell, Columns
from lepton_ai.networks import Network
from lepton_ai.networks.rating import RATING_NETWORKS
from lepton_ai.training.blend import Blend
from lepton_ai.training.export import TOLERANCE, export_onnx, largest_difference
from lepton_ai.training.rating.features import feature_matrix
from lepton_ai.training.rating.trainers import RATING_TRAINERS, RatingLesson

VALUE = "value"
"""The graph's output."""

_INPUTS = {"user": f"{USER_COLUMN}.number", "item": f"{ITEM_COLUMN}.number"}
_PARITY_ROWS = (1, 2, 7, 32)
_LEAST_ROWS = 10


@dataclass(frozen=True, kw_only=True)
class TrainedRating:
    """What a training for ratings gives.

    Attributes:
        users: Codec of the users.
        items: Codec of the items.
        output: Codec of the ratings.
        graph: The model as ONNX bytes; its output is "value".
        difference: Largest difference of a rating between the trained networks and the graph on real rows.
        tolerance: Largest difference that is allowed.
        held_out: Positions of the rows that were held out in some round.
        held_out_ratings: Their ratings by networks that never saw them, within the scale.
        weights: Trained weights as safetensors, by file name.
        seconds: Time spent by stage.
    """

    users: EntityCodec
    items: EntityCodec
    output: NumberCodec
    graph: bytes
    difference: float
    tolerance: float
    held_out: NDArray[np.int64]
    held_out_ratings: NDArray[np.float32]
    weights: dict[str, bytes]
    seconds: dict[str, float]
    model: Blend = field(repr=False)

    def values(self, columns: Columns) -> Arrays:
        """What the trained networks themselves answer, not the graph."""
        return {VALUE: _answers(self.model, _encoded(self, columns[USER_COLUMN], columns[ITEM_COLUMN]))}


def fit_rating(plan: RatingPlan, rows: RatingRows, *, progress: Progress) -> TrainedRating:
    """Carry out a plan.

    In each round one part of the ratings is held out and foretold by networks trained on the rest. Then
    all is trained once more on every rating, exported, and the graph compared with the networks.

    Raises:
        TrainingError: Too few ratings, training diverged, or the graph does not answer like the networks.
    """
    if len(rows.ratings) < _LEAST_ROWS:
        raise TrainingError(
            f"There are {len(rows.ratings)} ratings.", hint=f"Give at least {_LEAST_ROWS} of them."
        )
    started = time.monotonic()
    users = EntityCodec(_catalogue(rows.users, rows.user_features))
    items = EntityCodec(_catalogue(rows.items, rows.item_features))
    output = NumberCodec.fit(rows.ratings)
    everything = _Ratings(rows, users.ids, items.ids)
    held_out, ratings = _held_out_rounds(plan, everything, progress)
    held = time.monotonic()
    progress.stage("Training on all ratings", _epochs(plan))
    networks = _train(plan, everything, everything.all(), round_number=plan.rounds, progress=progress)
    model = _blend(plan, networks)
    final = time.monotonic()
    progress.stage("Exporting")
    graph, difference = _export(model, everything)
    return TrainedRating(
        users=users,
        items=items,
        output=output,
        graph=graph,
        difference=difference,
        tolerance=TOLERANCE,
        held_out=held_out,
        held_out_ratings=np.clip(ratings, output.low, output.high),
        weights=_weights(plan, networks),
        seconds={"rounds": held - started, "final": final - held, "export": time.monotonic() - final},
        model=model,
    )


def _catalogue(rated: Sequence[str], features: EntityFeatures | None) -> IdIndex:
    """Everybody with a rating or with features."""
    return IdIndex.of([*dict.fromkeys(rated), *(features.ids if features else ())])


class _Ratings:
    """The rows in numbers."""

    def __init__(self, rows: RatingRows, users: IdIndex, items: IdIndex) -> None:
        self.users, self.items = users.numbers(rows.users), items.numbers(rows.items)
        self.ratings = rows.ratings.astype(np.float64)
        self.user_features = feature_matrix(rows.user_features, users)
        self.item_features = feature_matrix(rows.item_features, items)
        self.vocabulary = {"user": len(users) + 1, "item": len(items) + 1}

    def all(self) -> NDArray[np.int64]:
        """The positions of all rows."""
        return np.arange(len(self.ratings))

    def arrays(self, rows: NDArray[np.int64]) -> Arrays:
        """What a network reads of some rows."""
        return {"user": self.users[rows, np.newaxis], "item": self.items[rows, np.newaxis]}


def _held_out_rounds(
    plan: RatingPlan, everything: _Ratings, progress: Progress
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    count = len(everything.ratings)
    folds = np.random.default_rng(plan.seed).permutation(count) % plan.folds
    held, ratings = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    for number in range(plan.rounds):
        progress.stage(f"Round {number + 1} of {plan.rounds}", _epochs(plan))
        rest, rows = np.flatnonzero(folds != number), np.flatnonzero(folds == number)
        networks = _train(plan, everything, rest, round_number=number, progress=progress)
        held.append(rows)
        ratings.append(_answers(_blend(plan, networks), everything.arrays(rows))[:, 0])
    return np.concatenate(held), np.concatenate(ratings)


def _copies(plan: RatingPlan) -> list[NetworkPlan]:
    return [network for network in plan.networks for _ in range(network.copies)]


def _epochs(plan: RatingPlan) -> int:
    return sum(int(network.training.get("epochs", 1)) for network in _copies(plan))


def _train(
    plan: RatingPlan,
    everything: _Ratings,
    rows: NDArray[np.int64],
    *,
    round_number: int,
    progress: Progress,
) -> list[Network]:
    """All networks of the plan, trained on some of the rows."""
    networks = []
    for place, chosen in enumerate(_copies(plan)):
        network = RATING_NETWORKS[chosen.network](everything.vocabulary, 1, **chosen.settings)
        lesson = RatingLesson(
            users=everything.users[rows] - 1,
            items=everything.items[rows] - 1,
            ratings=everything.ratings[rows],
            user_features=everything.user_features,
            item_features=everything.item_features,
            settings=chosen.training,
            seed=int(np.random.SeedSequence([plan.seed, round_number, place]).generate_state(1)[0]),
            progress=progress,
        )
        RATING_TRAINERS[chosen.trainer](network, lesson)
        networks.append(network)
    return networks


def _blend(plan: RatingPlan, networks: Sequence[Network]) -> Blend:
    """The average over the networks of the plan; copies share the weight of theirs."""
    shares = [1.0 / (len(plan.networks) * chosen.copies) for chosen in _copies(plan)]
    return Blend(networks, shares)


def _answers(model: Blend, arrays: Arrays) -> NDArray[np.float32]:
    model.eval()
    with torch.inference_mode():
        answers: NDArray[np.float32] = model(
            *(torch.from_numpy(arrays[name]) for name in model.arrays)
        ).numpy()
    return answers


def _encoded(trained: TrainedRating, users: Sequence[Cell], items: Sequence[Cell]) -> Arrays:
    return {"user": trained.users.encode(users)["number"], "item": trained.items.encode(items)["number"]}


def _export(model: Blend, everything: _Ratings) -> tuple[bytes, float]:
    rows = everything.all()
    graph = export_onnx(model, _INPUTS, everything.arrays(rows[:2]), outputs=(VALUE,), fixed=tuple(_INPUTS))
    spread = rows[:: max(1, len(rows) // max(_PARITY_ROWS))]
    batches = [everything.arrays(spread[:count]) for count in _PARITY_ROWS]
    nobody = np.zeros((1, 1), np.int64)
    batches.append({"user": nobody, "item": nobody})
    return graph, largest_difference(graph, model, _INPUTS, batches, output=VALUE)


def _weights(plan: RatingPlan, networks: Sequence[Network]) -> dict[str, bytes]:
    return {
        f"{number}_{chosen.network}.safetensors": safetensors.torch.save(network.state_dict())
        for number, (chosen, network) in enumerate(zip(_copies(plan), networks, strict=True))
    }
