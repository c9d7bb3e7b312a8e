"""A training, told as plain data: it can be printed, hashed, stored, sent, and searched over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.types import Cell, Columns


class CodecPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The codec of one column before it is fitted: its name in the table and its settings."""

    column: str
    codec: str
    settings: dict[str, Any] = {}


class NetworkPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One network of the model and how it is trained.

    Attributes:
        network: Name in the network table.
        trainer: Name in the trainer table.
        settings: Keyword arguments of the network.
        training: Settings of the trainer.
        copies: Networks that are trained on all rows in the end, from different random starts; their logits
            are averaged.
    """

    network: str
    trainer: str
    settings: dict[str, Any] = {}
    training: dict[str, Any] = {}
    copies: int = 1


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that decides what a training makes of its rows.

    Attributes:
        task: Name in the task table.
        input: Codec of the input column.
        output: Codec of the target column.
        networks: The networks whose logits are blended; one is enough.
        rounds: How many of the folds are held out in turn, each predicted by networks that never saw it.
        refit: Train on all rows in the end; otherwise the networks of the only round are the model.
        seed: Seed of everything random.
        class_weights: Weigh the rows of rare classes up, by the square root of their rarity.
        explanation: Why the plan is as it is, a line each; not part of the fingerprint.
    """

    task: str
    input: CodecPlan
    output: CodecPlan
    networks: tuple[NetworkPlan, ...]
    rounds: int = 5
    refit: bool = True
    seed: int = 0
    class_weights: bool = False
    explanation: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """SHA-256 over the canonical JSON of the plan, without the explanation."""
        bare = msgspec.structs.replace(self, explanation=())
        return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class TrainingRows:
    """The rows that a plan is carried out on.

    Attributes:
        columns: The input columns.
        targets: The target of each row.
        folds: Shape [rows]: the fold of each row, 0 and up. Rows that must not be parted share one; a row
            with -1 is never held out.
    """

    columns: Columns
    targets: Sequence[Cell]
    folds: NDArray[np.int64]
