"""Which rows are held out in which round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from lepton_ai.data import Schema

FOLDS = 5
_NEVER = -1


@dataclass(frozen=True)
class HeldOut:
    """How rows are held out.

    Attributes:
        folds: Fold of each row; -1 is never held out.
        rounds: How many folds are held out in turn.
        refit: Whether the model is trained on all rows in the end.
        explanation: All this in words.
    """

    folds: NDArray[np.int64]
    rounds: int
    refit: bool
    explanation: str


def in_turn(frame: pl.DataFrame, schema: Schema, *, rounds: int, seed: int, latest: bool = False) -> HeldOut:
    """Hold out fifths of the rows in turn, whole groups where the schema has a group; or the latest fifth."""
    if latest:
        return _latest(frame, schema, seed=seed)
    if schema.with_role("group"):
        return _by_group(frame, schema.role("group").name, rounds=rounds, seed=seed)
    from lepton_ai.data.folds import fold_rows  # noqa: PLC0415 - needs the libraries of the training side

    text, label = schema.role("text").name, schema.role("label").name
    folds = fold_rows(frame[text], frame[label], folds=FOLDS, seed=seed)
    filled = int(folds.max()) + 1  # fewer than FOLDS when there are fewer different texts
    rounds = min(rounds, filled)
    kept = "Equal and nearly equal texts are kept together."
    return HeldOut(folds, rounds, True, _explain(FOLDS if rounds == filled else rounds, kept))


def given(training: int, validation: int) -> HeldOut:
    """Hold out the validation rows, which come after the training rows, and never train on them."""
    folds = np.repeat(np.array([_NEVER, 0]), [training, validation])
    return HeldOut(
        folds,
        1,
        False,
        f"The {validation:,} validation rows set how the networks are blended, the calibration, the "
        "threshold and the report; the model is not trained on them.",
    )


def _by_group(frame: pl.DataFrame, group: str, *, rounds: int, seed: int) -> HeldOut:
    from lepton_ai.data.folds import deal  # noqa: PLC0415 - see in_turn

    names = frame[group].cast(str).fill_null("").to_list()
    different = sorted(set(names))
    fold_of = deal(dict.fromkeys(different, ""), folds=FOLDS, seed=seed)
    folds = np.array([fold_of[name] for name in names], np.int64)
    if len(different) < FOLDS:
        raise DataError(
            f"The group column {group!r} has {len(different)} different values; {FOLDS} are needed.",
            hint="Train without it, or give validation rows of your own.",
        )
    return HeldOut(folds, rounds, True, _explain(rounds, f"Rows of one {group!r} are kept together."))


def _latest(frame: pl.DataFrame, schema: Schema, *, seed: int) -> HeldOut:
    from lepton_ai.data import split_rows  # noqa: PLC0415 - see in_turn

    split = split_rows(frame, schema, holdout=1 / FOLDS, validation=0.0, method="time", seed=seed)
    folds = np.full(frame.height, _NEVER, np.int64)
    folds[split.holdout] = 0
    return HeldOut(
        folds,
        1,
        True,
        f"The latest {len(split.holdout):,} rows by {schema.role('time').name!r} are held out and predicted "
        "from the earlier ones; the model itself is then trained on all rows.",
    )


def _explain(rounds: int, kept: str) -> str:
    share = {1: "A fifth of the rows is", FOLDS: "Each row is"}.get(
        rounds, f"{rounds} fifths of the rows are"
    )
    return (
        f"{share} held out once and predicted by networks that never saw them; those predictions set how the "
        f"networks are blended, the calibration, the threshold and the report. {kept} The model itself is "
        "then trained on all rows, so it should do a little better than the report says."
    )
