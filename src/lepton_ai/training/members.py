"""The networks of a plan, trained on some of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from lepton_ai.codecs import CODECS, InputCodec
from lepton_ai.core.plan import CodecPlan, NetworkPlan, Plan
from lepton_ai.core.progress import Progress
from lepton_ai.core.types import Cell
from lepton_ai.networks import NETWORKS, Network
from lepton_ai.training.predict import predict
from lepton_ai.training.ragged import EncodedRows
from lepton_ai.training.trainers import TRAINERS, Lesson


@dataclass(frozen=True)
class Members:
    """Trained networks with the codec they read, and how each was trained in the end."""

    codec: InputCodec
    networks: Sequence[Network]
    plans: Sequence[NetworkPlan]


@dataclass(frozen=True)
class Part:
    """Some rows of a training: cells, targets [rows, classes], and how much each counts [rows]."""

    cells: Sequence[Cell]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


def train_members(
    plan: Plan, part: Part, *, round_number: int, progress: Progress, held_out: Part | None = None
) -> tuple[Members, list[NDArray[np.float32]]]:
    """Fit the codec and train every network of a plan on a part of the rows.

    Args:
        plan: What to train.
        part: The rows to train on.
        round_number: Part of the seed.
        progress: Told how far training has come.
        held_out: Rows to stop early on and to predict.

    Returns:
        The members, and their logits for the held-out rows, one array of shape [rows, classes] a network.
    """
    codec = fit_codec(plan.input, part.cells)
    arrays = _arrays(plan.networks)
    rows = EncodedRows(codec, part.cells, arrays)
    others = EncodedRows(codec, held_out.cells, arrays) if held_out else None
    networks, plans, logits = [], [], []
    for number, member in enumerate(plan.networks):
        seed = _seed(plan.seed, round_number, number)
        torch.manual_seed(seed)
        network = NETWORKS[member.network](codec.vocabulary(), part.targets.shape[1], **member.settings)
        lesson = Lesson(
            rows=rows,
            targets=part.targets,
            weights=part.weights,
            settings=member.training,
            seed=seed,
            progress=progress,
            watch=(others, held_out.targets) if held_out and others else None,
        )
        repeat = TRAINERS[member.trainer](network, lesson)
        networks.append(network)
        plans.append(msgspec.structs.replace(member, training=dict(repeat)))
        if others:
            logits.append(predict(network, others))
    return Members(codec, networks, plans), logits


def fit_codec(plan: CodecPlan, cells: Sequence[Cell]) -> InputCodec:
    """The codec of a plan, fitted."""
    return cast(InputCodec, CODECS[plan.codec].fit(cells, **plan.settings))


def settled(plan: Plan, rounds: Sequence[Sequence[NetworkPlan]]) -> Plan:
    """The plan for the last training on all rows: epochs are the rounds' mean, and copies are written out."""
    networks = [
        _mean_plan([found[number] for found in rounds])
        for number, network in enumerate(plan.networks)
        for _ in range(network.copies)
    ]
    return msgspec.structs.replace(plan, networks=tuple(networks))


def _mean_plan(found: Sequence[NetworkPlan]) -> NetworkPlan:
    training: Mapping[str, Any] = {
        name: round(float(np.mean([plan.training[name] for plan in found]))) if name == "epochs" else value
        for name, value in found[0].training.items()
    }
    return msgspec.structs.replace(found[0], training=dict(training))


def _arrays(networks: Sequence[NetworkPlan]) -> list[str]:
    return list(dict.fromkeys(name for plan in networks for name in NETWORKS[plan.network].arrays))


def _seed(seed: int, round_number: int, network: int) -> int:
    return int(np.random.SeedSequence([seed, round_number + 1, network]).generate_state(1)[0])
