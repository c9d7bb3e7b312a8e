"""A ranking plan and its events in, a trained and exported recommender out: the door for recommenders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor

from lepton_ai.codecs.ranking.history import HistoryCodec
from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.core.errors import DataError
from lepton_ai.core.plan import NetworkPlan
from lepton_ai.core.progress import Progress
from lepton_ai.core.ranking_plan import RankingPlan, RankingRows
from lepton_ai.core.types import Arrays, Cell
from lepton_ai.networks import Network
from lepton_ai.networks.ranking import RANKING_NETWORKS
from lepton_ai.networks.ranking.base import StateNetwork
from lepton_ai.networks.ranking.item_linear import ItemLinear
from lepton_ai.training.clock import Clock
from lepton_ai.training.export import TOLERANCE, export_onnx, largest_difference
from lepton_ai.training.ranking.blend import QueryBlend, ScoreBlend
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.trainers import RANKING_TRAINERS, RankingLesson
from lepton_ai.training.ranking.vectors import item_vectors
from lepton_ai.training.ranking.words import most_alike, word_numbers
from lepton_ai.training.stacking import blend_weights

LARGE = 200_000
"""Items above which users get a query vector for an index in place of a score an item."""

_ROWS = 64
_LEAST_EVENTS = 3
_PARITY_ROWS = (1, 2, 5)
_IN_STEPS = ("next_item",)
_GOING_ON, _GENTLY = 0.25, 0.4
_POPULARITY = 2.0
_SILENT = 1e-6


@dataclass(frozen=True, kw_only=True)
class TrainedRanking:
    """What the training of a recommender gives.

    Attributes:
        input: Codec of the user column, with the histories of all users.
        graph: The model as ONNX bytes, with the outputs `outputs`.
        outputs: "scores" (all items) or "query", and "seen".
        difference: Largest difference of a score between the trained networks and the graph.
        tolerance: Largest difference that is allowed.
        vectors: Shape [items, width]: which items are alike; rows have length 1.
        search: Shape [items, width]: what a query is multiplied with; None when all items are scored.
        held_out_users: Positions of users whose next item was held out and foretold.
        held_out_items: The item number that came.
        held_out_scores: Shape [held out, items]: the blended scores.
        blend: Weight of each network.
        weights: Trained weights as safetensors, by file name.
        seconds: Time spent by stage.
    """

    input: HistoryCodec
    graph: bytes
    outputs: tuple[str, ...]
    difference: float
    tolerance: float
    vectors: NDArray[np.float32]
    search: NDArray[np.float32] | None
    held_out_users: NDArray[np.int64]
    held_out_items: NDArray[np.int64]
    held_out_scores: NDArray[np.float32]
    blend: Sequence[float]
    weights: dict[str, bytes]
    seconds: dict[str, float]
    model: ScoreBlend | QueryBlend = field(repr=False)

    def raw(self, cells: Sequence[Cell]) -> Arrays:
        """What the trained networks themselves answer, not the graph."""
        arrays = self.input.encode(cells)
        self.model.eval()
        with torch.inference_mode():
            given = self.model(*(torch.from_numpy(arrays[name]) for name in self.model.arrays))
        return {name: value.numpy() for name, value in zip(self.outputs, given, strict=True)}


def fit_ranking(plan: RankingPlan, rows: RankingRows, *, progress: Progress) -> TrainedRanking:
    """Carry out a plan.

    The last event of every user who has enough is held out; the networks are trained on the rest, and what
    they foretell decides how they are blended and stands for what the model has not seen. Then closed forms
    are solved once more and the other networks go on with every event, for a share of the passes; all is
    exported, and the graph compared with the networks.

    Raises:
        DataError: No user has enough events to hold one out.
        TrainingError: Training diverged, or the graph does not answer like the networks.
    """
    clock = Clock()
    everything = Histories(rows.starts, rows.events, _features(rows))
    words = None if rows.item_words is None else word_numbers(rows.item_words)
    training, users, came = _held_out(everything, rows, plan)
    progress.stage("Training with the last events held out", _epochs(plan.networks))
    networks = _train(plan, rows, training, words, progress)
    clock.lap("held-out round")
    scores = [_scores(network, training, users, plan) for network in networks]
    if not plan.repeats:
        _hide_seen(scores, training, users)
    weights = _blend_weights(scores, came)
    blended = np.tensordot(np.asarray(weights, np.float32), np.stack(scores), 1)
    clock.lap("blend")
    if not rows.held_out:
        last = _going_on(plan)
        progress.stage("Training on all events", _epochs(last.networks))
        networks = _train(last, rows, everything, words, progress, begun=networks)
    _serve_strangers(networks, weights, everything)
    clock.lap("final")
    progress.stage("Exporting")
    model = _model(networks, weights, len(rows.items))
    codec = _codec(plan, rows)
    graph, difference = _export(model, codec, rows)
    clock.lap("export")
    return TrainedRanking(
        input=codec,
        graph=graph,
        outputs=model.outputs,
        difference=difference,
        tolerance=TOLERANCE,
        vectors=item_vectors(networks, weights),
        search=model.item_vectors().numpy() if isinstance(model, QueryBlend) else None,
        held_out_users=users,
        held_out_items=came,
        held_out_scores=blended,
        blend=weights,
        weights=_safetensors(plan, networks),
        seconds=clock.laps,
        model=model,
    )


def _features(rows: RankingRows) -> NDArray[np.int64] | None:
    return None if rows.user_values is None else rows.user_values.astype(np.int64)


def _held_out(
    everything: Histories, rows: RankingRows, plan: RankingPlan
) -> tuple[Histories, NDArray[np.int64], NDArray[np.int64]]:
    """The histories to train on, the users that are foretold, and the item numbers that came."""
    if rows.held_out:
        users = np.array(sorted(rows.held_out), np.int64)
        came = np.array([rows.held_out[user] for user in users.tolist()], np.int64)
        training = everything
    else:
        users = np.flatnonzero(everything.lengths >= _LEAST_EVENTS)
        came = everything.events[everything.starts[users + 1] - 1].astype(np.int64)
        training = everything.without_last(users)
    if not len(users):
        raise DataError(
            f"No user has {_LEAST_EVENTS} events, so none can be held out to judge the model.",
            hint="Give more events a user.",
        )
    most = max(100, plan.held_out_cells // max(1, len(rows.items)))
    if len(users) > most:
        chosen = np.sort(np.random.default_rng(plan.seed).choice(len(users), most, replace=False))
        users, came = users[chosen], came[chosen]
    return training, users, came


def _going_on(plan: RankingPlan) -> RankingPlan:
    """The plan for the last training: what is learned in steps goes on, a share of the passes and gently."""
    networks = [
        msgspec.structs.replace(
            member,
            training=member.training
            | {
                "epochs": max(1, round(_GOING_ON * member.training["epochs"])),
                "learning_rate": _GENTLY * member.training["learning_rate"],
                "going_on": True,
            },
        )
        if member.trainer in _IN_STEPS
        else member
        for member in plan.networks
    ]
    return msgspec.structs.replace(plan, networks=tuple(networks))


def _epochs(networks: Sequence[NetworkPlan]) -> int:
    return sum(int(network.training.get("epochs", 1)) for network in networks)


def _train(
    plan: RankingPlan,
    rows: RankingRows,
    histories: Histories,
    words: Tensor | None,
    progress: Progress,
    *,
    begun: Sequence[Network] | None = None,
) -> list[Network]:
    """The networks of a plan, trained from the start, or on from where others are."""
    vocabulary = {"items": len(rows.items) + 1, "user": len(rows.users) + 1}
    new, alike = _without_events(histories, words, len(rows.items))
    networks: list[Network] = []
    for number, member in enumerate(plan.networks):
        seed = int(np.random.SeedSequence([plan.seed, int(begun is None), number]).generate_state(1)[0])
        torch.manual_seed(seed)
        kind, settings = RANKING_NETWORKS[member.network], dict(member.settings)
        if issubclass(kind, StateNetwork):
            settings |= {"words": words, "features": [len(values) for values in rows.user_features.values()]}
        network = kind(vocabulary, len(rows.items), **settings)
        if begun is not None:
            network.load_state_dict(begun[number].state_dict())
        lesson = RankingLesson(
            histories=histories,
            items=len(rows.items),
            length=plan.length,
            settings=member.training,
            seed=seed,
            progress=progress,
        )
        RANKING_TRAINERS[member.trainer](network, lesson)
        if len(new):
            network.stand_in(new, alike)
        networks.append(network.eval())
    return networks


def _without_events(histories: Histories, words: Tensor | None, items: int) -> tuple[Tensor, Tensor]:
    """Positions of the items without events, and of those with events that each is most like by its words."""
    seen = torch.from_numpy(histories.counts(items) > 0)
    new, known = torch.nonzero(~seen).flatten(), torch.nonzero(seen).flatten()
    if words is None or not len(new) or not len(known):
        return new, new.new_zeros(len(new), 0)
    return new, most_alike(words, new, known)


def _scores(
    network: Network, histories: Histories, users: NDArray[np.int64], plan: RankingPlan
) -> NDArray[np.float32]:
    """Shape [users, items]."""
    parts = []
    with torch.inference_mode():
        for start in range(0, len(users), _ROWS):
            some = users[start : start + _ROWS]
            arrays: dict[str, NDArray[Any]] = {
                "items": histories.newest_first(some, plan.length),
                "user": some[:, None] + 1,
            }
            if histories.features is not None:
                arrays["features"] = histories.features[some]
            parts.append(network(*(torch.from_numpy(arrays[name]) for name in network.arrays)).numpy())
    return np.concatenate(parts).astype(np.float32)


def _hide_seen(scores: Sequence[NDArray[np.float32]], histories: Histories, users: NDArray[np.int64]) -> None:
    """Give what a user has had the lowest of the user's scores, in place: it will not be proposed."""
    for row, user in enumerate(users.tolist()):
        seen = histories.events[histories.starts[user] : histories.starts[user + 1]] - 1
        for each in scores:
            each[row, seen] = each[row].min()


def _blend_weights(scores: Sequence[NDArray[np.float32]], came: NDArray[np.int64]) -> list[float]:
    targets = np.zeros(scores[0].shape, np.float32)
    targets[np.arange(len(came)), came - 1] = 1.0
    return blend_weights(scores, targets)


def _serve_strangers(networks: Sequence[Network], weights: Sequence[float], histories: Histories) -> None:
    """Let an empty history be answered by popularity first, in place; features still move the rest."""
    for network, weight in zip(networks, weights, strict=True):
        if isinstance(network, ItemLinear) and weight > _SILENT:
            counts = histories.counts(network.classes) + 1.0
            shares = torch.from_numpy(np.log(counts / counts.sum()).astype(np.float32))
            network.prior.copy_(_POPULARITY / weight * shares)
            return


def _model(networks: Sequence[Network], weights: Sequence[float], items: int) -> ScoreBlend | QueryBlend:
    states = [network for network in networks if isinstance(network, StateNetwork)]
    if items <= LARGE:
        return ScoreBlend(networks, weights)
    if len(states) != len(networks):
        raise DataError(
            f"A catalogue of {items:,} items can only be searched with networks that give users a vector.",
            hint="Leave out 'item_linear' and 'neumf'.",
        )
    return QueryBlend(states, weights)


def _codec(plan: RankingPlan, rows: RankingRows) -> HistoryCodec:
    return HistoryCodec(
        IdIndex(rows.items),
        IdIndex(rows.users),
        rows.starts,
        rows.events,
        length=plan.length,
        features=rows.user_features or None,
        user_features=rows.user_values,
        banded=rows.user_bands,
    )


def _export(model: ScoreBlend | QueryBlend, codec: HistoryCodec, rows: RankingRows) -> tuple[bytes, float]:
    inputs = {name: f"user.{name}" for name in model.arrays}
    order = np.argsort(np.diff(rows.starts), kind="stable")
    longest: list[Cell] = [rows.users[user] for user in order[-2:]]
    example = {name: _two_positions(name, array) for name, array in codec.encode(_pair(longest)).items()}
    graph = export_onnx(model, inputs, example, outputs=model.outputs, fixed=("user", "features"))
    spread: list[Cell] = [rows.users[user] for user in order[:: max(1, len(order) // max(_PARITY_ROWS))]]
    batches = [codec.encode(spread[-count:]) for count in _PARITY_ROWS]
    batches += [codec.encode([None, *spread[:1]]), codec.encode([None])]
    return graph, largest_difference(graph, model, inputs, batches, output=model.outputs[0])


def _pair(cells: Sequence[Cell]) -> list[Cell]:
    return [cells[0], cells[-1]]


def _two_positions(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """An array of histories, padded where it has one position only, which the exporter would freeze."""
    if name in ("user", "features"):
        return array
    return np.pad(array, [(0, 0), (0, max(0, 2 - array.shape[1]))])


def _safetensors(plan: RankingPlan, networks: Sequence[Network]) -> dict[str, bytes]:
    return {
        f"{number}_{member.network}.safetensors": safetensors.torch.save(network.state_dict())
        for number, (member, network) in enumerate(zip(plan.networks, networks, strict=True))
    }
