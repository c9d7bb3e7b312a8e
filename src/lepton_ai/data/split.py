"""Training, validation and holdout rows, so that neither equal nor near-equal texts sit on two sides.

By hash: each normalised text has a number in [0, 1) of its own, and the number alone decides its side. The
order of the rows does not matter, and rows that are added later move none of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.errors import DataError, UsageError, did_you_mean
from lepton_ai.data.normalise import joined_text, normalised, stable_fractions
from lepton_ai.data.schema import Schema
from lepton_ai.data.typed import as_text, as_times

if TYPE_CHECKING:
    import polars as pl

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Row positions from 0, ascending; each row is on exactly one side.

    Attributes:
        train: Rows to train on.
        validation: Rows to stop, calibrate and choose by.
        holdout: Rows to judge by, and for nothing else.
        notes: What was done, in sentences.
    """

    train: Positions
    validation: Positions
    holdout: Positions
    notes: tuple[str, ...] = ()


def split_rows(
    frame: pl.DataFrame,
    schema: Schema,
    *,
    holdout: float = 0.2,
    validation: float = 0.1,
    method: str = "hash",
    seed: int = 0,
) -> Split:
    """Split the rows of a table.

    Args:
        frame: The rows.
        schema: Their schema. "hash" goes by the text columns (by whole rows where there are none), "group"
            by the group column, "time" by the time column.
        holdout: Share of the rows held out, from 0 to less than 1.
        validation: Share of the rows for validation; together less than 1.
        method: "hash", "group" (a group is never divided) or "time" (the latest rows are held out).
        seed: Another number gives another split by hash or group.

    Raises:
        UsageError: A share or the method is out of range.
        DataError: The column that the method needs is not there.
    """
    if not (0 <= holdout < 1 and 0 <= validation < 1 and holdout + validation < 1):
        raise UsageError(
            f"The shares holdout={holdout} and validation={validation} leave no rows to train on.",
            hint="Give two shares of 0 or more that add up to less than 1.",
        )
    if method not in _METHODS:
        raise UsageError(f"There is no split method {method!r}.", hint=did_you_mean(method, _METHODS))
    sides, notes = _METHODS[method](frame, schema, holdout, validation, seed)
    train, middle, held = (np.flatnonzero(sides == side).astype(np.int64) for side in (0, 1, 2))
    counts = f"{len(train):,} training, {len(middle):,} validation and {len(held):,} holdout rows."
    return Split(train, middle, held, (*notes, counts))


def _by_hash(
    frame: pl.DataFrame, schema: Schema, holdout: float, validation: float, seed: int
) -> tuple[NDArray[np.int8], list[str]]:
    keys, number = _factorised(_text_keys(frame, schema))
    fractions = stable_fractions(keys, seed=seed)
    side_of = _sides(fractions, holdout, validation)
    notes = ["Split by the hash of the normalised text: equal and near-equal texts are on one side."]
    notes += _keep_classes(frame, schema, number, side_of, fractions)
    return side_of[number], notes


def _by_group(
    frame: pl.DataFrame, schema: Schema, holdout: float, validation: float, seed: int
) -> tuple[NDArray[np.int8], list[str]]:
    name = schema.role("group").name
    values = as_text(frame[name]).to_list()
    # A row without a group is a group of its own.
    keys, number = _factorised(
        [f"g{value}" if value is not None else f"r{row}" for row, value in enumerate(values)]
    )
    fractions = stable_fractions(keys, seed=seed)
    side_of = _sides(fractions, holdout, validation)
    _ensure_training(side_of, fractions)
    return side_of[number], [f"Split by {name!r}: the rows of one group are on one side."]


def _by_time(
    frame: pl.DataFrame, schema: Schema, holdout: float, validation: float, _seed: int
) -> tuple[NDArray[np.int8], list[str]]:
    name = schema.role("time").name
    times = as_times(frame[name])
    unknown = times.null_count()
    if unknown == times.len():
        raise DataError(
            f"No cell of {name!r} reads as a time.",
            hint="Write times like 2026-01-31 or 2026-01-31 18:30:00.",
        )
    moments = times.dt.timestamp("us").fill_null(np.iinfo(np.int64).min).to_numpy()
    ordered = np.sort(moments)
    sides = np.zeros(len(moments), np.int8)
    total = len(moments)
    for side, kept in ((1, 1 - holdout - validation), (2, 1 - holdout)):
        first = min(round(kept * total), total)
        if first < total:
            # Rows of one moment stay together, on the later side.
            sides[moments >= max(ordered[first], ordered[0] + 1)] = side
    if holdout == 0:
        sides[sides == 2] = 1
    notes = [f"Split by {name!r}: the latest rows are held out, those before them validate."]
    if unknown:
        notes.append(f"{unknown:,} rows without a time are training rows.")
    return sides, notes


_METHODS: dict[
    str, Callable[[pl.DataFrame, Schema, float, float, int], tuple[NDArray[np.int8], list[str]]]
] = {"hash": _by_hash, "group": _by_group, "time": _by_time}


def _text_keys(frame: pl.DataFrame, schema: Schema) -> list[str]:
    texts = [column.name for column in schema.with_role("text")]
    names = texts or [column.name for column in schema.columns if column.role != "ignore"] or frame.columns
    keys = normalised(joined_text(frame, names))
    return [key if key is not None else "" for key in keys.to_list()]


def _factorised(keys: list[str]) -> tuple[list[str], NDArray[np.int64]]:
    """The different keys in order of appearance, and for each row which one it has."""
    places: dict[str, int] = {}
    number = np.fromiter((places.setdefault(key, len(places)) for key in keys), np.int64, len(keys))
    return list(places), number


def _sides(fractions: NDArray[np.float64], holdout: float, validation: float) -> NDArray[np.int8]:
    sides = np.zeros(len(fractions), np.int8)
    sides[fractions < holdout + validation] = 1
    sides[fractions < holdout] = 2
    return sides


def _ensure_training(side_of: NDArray[np.int8], fractions: NDArray[np.float64]) -> None:
    if len(side_of) and not (side_of == 0).any():
        side_of[fractions.argmax()] = 0


def _keep_classes(
    frame: pl.DataFrame,
    schema: Schema,
    number: NDArray[np.int64],
    side_of: NDArray[np.int8],
    fractions: NDArray[np.float64],
) -> list[str]:
    """Give every class a training text: of its texts, the one with the highest number."""
    _ensure_training(side_of, fractions)
    found = schema.with_role("label")
    if not found or found[0].type == "number":
        return []
    labels = as_text(frame[found[0].name]).to_numpy()
    known = np.array([label is not None for label in labels], np.bool_)
    classes, group = np.unique(labels[known].astype(str), return_inverse=True)
    moved = []
    rows = number[known]
    trained = np.zeros(len(classes), np.bool_)
    np.logical_or.at(trained, group, side_of[rows] == 0)
    for place in np.flatnonzero(~trained):
        texts = rows[group == place]
        side_of[texts[fractions[texts].argmax()]] = 0
        moved.append(str(classes[place]))
    if not moved:
        return []
    told = ", ".join(map(repr, moved[:5])) + (", ..." if len(moved) > 5 else "")
    return [f"{len(moved):,} classes had no training row by hash; one text of each was moved there: {told}."]
