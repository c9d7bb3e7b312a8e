"""A plan and its rows in, a trained and exported model out: the one door of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray

from lepton_ai.codecs import CODECS, InputCodec, OutputCodec
from lepton_ai.core.errors import TrainingError
from lepton_ai.core.plan import NetworkPlan, Plan, TrainingRows
from lepton_ai.core.progress import Progress
from lepton_ai.core.types import Arrays, Cell
from lepton_ai.training.blend import Blend
from lepton_ai.training.clock import Clock
from lepton_ai.training.export import TOLERANCE, export_onnx, largest_difference
from lepton_ai.training.members import Members, Part, settled, train_members
from lepton_ai.training.stacking import blend_weights

_PARITY_ROWS = (1, 2, 7, 32)


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What a training gives.

    Attributes:
        input: Fitted codec of the input column.
        output: Fitted codec of the target.
        graph: The model as ONNX bytes; its output is "logits".
        difference: Largest difference of a logit between the trained networks and the graph on real rows.
        tolerance: Largest difference that is allowed.
        held_out: Positions of the rows that were held out in some round.
        held_out_logits: Their logits by networks that never saw them, shape [held out, classes].
        blend: Weight of each network.
        networks: How each network was trained at last.
        weights: Trained weights as safetensors, by file name.
        seconds: Time spent by stage.
    """

    input: InputCodec
    output: OutputCodec
    graph: bytes
    difference: float
    tolerance: float
    held_out: NDArray[np.int64]
    held_out_logits: NDArray[np.float32]
    blend: Sequence[float]
    networks: Sequence[NetworkPlan]
    weights: dict[str, bytes]
    seconds: dict[str, float]
    model: Blend = field(repr=False)

    def logits(self, cells: Sequence[Cell]) -> Arrays:
        """What the trained networks themselves answer, not the graph."""
        arrays = self.input.encode(cells)
        self.model.eval()
        with torch.inference_mode():
            logits = self.model(*(torch.from_numpy(arrays[name]) for name in self.model.arrays))
        return {"logits": logits.numpy()}


def fit(plan: Plan, rows: TrainingRows, *, progress: Progress) -> Trained:
    """Carry out a plan.

    In each round the rows of one fold are held out and predicted by networks trained on the rest. Those
    predictions decide how the networks are blended, and stand for rows the model has not seen. Then all is
    trained once more on every row, exported, and the graph compared with the networks.

    Raises:
        TrainingError: Training diverged, or the graph does not answer like the networks.
    """
    clock = Clock()
    output = CODECS[plan.output.codec].fit(rows.targets, **plan.output.settings)
    if not isinstance(output, OutputCodec):
        raise TypeError(f"{plan.output.codec} is not a codec of a target")
    classes = len(output.params()["labels"])
    everything = _part(rows.columns[plan.input.column], output.encode(rows.targets), classes, plan)
    held_out, logits, rounds = _held_out_rounds(plan, everything, rows.folds, progress)
    weights = blend_weights(logits, everything.targets[held_out])
    clock.lap("rounds")
    members = _final(plan, everything, rounds, progress)
    shares = _shares(plan, weights) if plan.refit else weights
    clock.lap("final")
    progress.stage("Exporting")
    model = Blend(members.networks, shares)
    graph, difference = _export(plan, model, members.codec, everything.cells)
    clock.lap("export")
    return Trained(
        input=members.codec,
        output=output,
        graph=graph,
        difference=difference,
        tolerance=TOLERANCE,
        held_out=held_out,
        held_out_logits=_blended(logits, weights),
        blend=shares,
        networks=members.plans,
        weights=_weights(members),
        seconds=clock.laps,
        model=model,
    )


def _part(cells: Sequence[Cell], numbers: NDArray[np.int64], classes: int, plan: Plan) -> Part:
    targets = np.eye(classes, dtype=np.float32)[numbers]
    weights = np.ones(len(numbers), np.float32)
    if plan.class_weights:
        counts = np.maximum(np.bincount(numbers, minlength=classes), 1)
        weights = np.sqrt(1.0 / counts)[numbers].astype(np.float32)
        weights /= weights.mean()
    return Part(cells, targets, weights)


def _final(plan: Plan, everything: Part, rounds: Sequence[Members], progress: Progress) -> Members:
    if not plan.refit:
        return rounds[0]
    last = settled(plan, [members.plans for members in rounds])
    progress.stage("Training on all rows", _epochs(last))
    members, _ = train_members(last, everything, round_number=plan.rounds, progress=progress)
    return members


def _shares(plan: Plan, weights: Sequence[float]) -> list[float]:
    """The weight of each network of the final model: copies share that of their network."""
    return [
        weight / network.copies
        for network, weight in zip(plan.networks, weights, strict=True)
        for _ in range(network.copies)
    ]


def _held_out_rounds(
    plan: Plan, everything: Part, folds: NDArray[np.int64], progress: Progress
) -> tuple[NDArray[np.int64], list[NDArray[np.float32]], list[Members]]:
    held, logits, rounds = [], [], []
    for number in range(plan.rounds):
        rows = np.flatnonzero(folds == number)
        rest = np.flatnonzero(folds != number)
        if not len(rows) or not len(rest):
            raise TrainingError(
                f"Round {number + 1} has {len(rows)} held-out rows and {len(rest)} training rows.",
                hint="Train on more rows, or with fewer rounds.",
            )
        progress.stage(f"Round {number + 1} of {plan.rounds}", _epochs(plan))
        members, answers = train_members(
            plan,
            _rows_of(everything, rest),
            round_number=number,
            progress=progress,
            held_out=_rows_of(everything, rows),
        )
        held.append(rows)
        logits.append(answers)
        rounds.append(members)
    together = [np.concatenate([answers[index] for answers in logits]) for index in range(len(plan.networks))]
    return np.concatenate(held), together, rounds


def _rows_of(part: Part, rows: NDArray[np.int64]) -> Part:
    return Part([part.cells[row] for row in rows], part.targets[rows], part.weights[rows])


def _epochs(plan: Plan) -> int:
    return sum(int(network.training.get("epochs", 1)) for network in plan.networks)


def _blended(logits: Sequence[NDArray[np.float32]], weights: Sequence[float]) -> NDArray[np.float32]:
    return np.asarray(np.tensordot(np.asarray(weights), np.stack(logits), 1), dtype=np.float32)


def _export(plan: Plan, model: Blend, codec: InputCodec, cells: Sequence[Cell]) -> tuple[bytes, float]:
    inputs = {name: f"{plan.input.column}.{name}" for name in model.arrays}
    order = np.argsort(codec.sizes(cells), kind="stable")
    longest = [cells[row] for row in order[-2:]]
    graph = export_onnx(model, inputs, _two_positions(codec.encode(longest)))
    spread = [cells[row] for row in order[:: max(1, len(order) // max(_PARITY_ROWS))]]
    batches = [codec.encode(spread[-count:]) for count in _PARITY_ROWS]
    batches.append(codec.encode(spread[:1]))
    return graph, largest_difference(graph, model, inputs, batches)


def _two_positions(arrays: Arrays) -> Arrays:
    """The arrays, padded where every row has one position at most, which the exporter would freeze."""
    return {
        name: np.pad(array, [(0, 0), (0, max(0, 2 - array.shape[1])), *[(0, 0)] * (array.ndim - 2)])
        for name, array in arrays.items()
    }


def _weights(members: Members) -> dict[str, bytes]:
    return {
        f"{number}_{plan.network}.safetensors": safetensors.torch.save(network.state_dict())
        for number, (plan, network) in enumerate(zip(members.plans, members.networks, strict=True))
    }
