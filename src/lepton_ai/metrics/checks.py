"""What every judge asks of its arguments, said in one place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.core.errors import DataError, UsageError


def class_numbers(values: ArrayLike, *, name: str, classes: int | None = None) -> NDArray[np.int64]:
    """`values` as class numbers, shape [rows].

    Args:
        values: Whole numbers from 0 on, one a row.
        name: What an error calls them.
        classes: How many classes there are; None takes any number from 0 on.

    Raises:
        UsageError: Not one whole number a row.
        DataError: No rows, or a number outside 0 .. classes - 1.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise UsageError(f"{name} must have shape [rows]; found shape {list(array.shape)}.")
    if array.size == 0:
        raise DataError(f"{name} has no rows.", hint="A score needs at least one row.")
    if array.dtype.kind not in "iu":
        raise UsageError(
            f"{name} must hold whole class numbers; found {array.dtype} values.",
            hint="Turn labels into class numbers with LabelCodec.encode.",
        )
    numbers = array.astype(np.int64)
    if numbers.min() < 0 or (classes is not None and numbers.max() >= classes):
        wrong = int(np.flatnonzero((numbers < 0) | (numbers >= (classes or np.iinfo(np.int64).max)))[0])
        allowed = "0 or more" if classes is None else f"0 to {classes - 1}"
        raise DataError(
            f"{name} holds the class number {numbers[wrong]} at position {wrong}; allowed: {allowed}."
        )
    return numbers


def same_rows(first: NDArray[Any], second: NDArray[Any], *, names: tuple[str, str]) -> None:
    """Raise `UsageError` unless both arrays have the same number of rows."""
    if len(first) != len(second):
        raise UsageError(
            f"{names[0]} has {len(first)} rows and {names[1]} has {len(second)}.",
            hint="Both must tell of the same rows, in the same order.",
        )


def class_table(values: ArrayLike, *, name: str) -> NDArray[np.float64]:
    """`values` as finite numbers of shape [rows, classes], with at least one of each.

    Raises:
        UsageError: Another shape.
        DataError: No rows, or a value that is not finite.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2:
        raise UsageError(f"{name} must have shape [rows, classes]; found shape {list(table.shape)}.")
    if table.size == 0:
        raise DataError(
            f"{name} is empty: shape {list(table.shape)}.", hint="A score needs at least one row."
        )
    broken = np.flatnonzero(~np.isfinite(table).all(axis=1))
    if broken.size:
        raise DataError(
            f"{name} is not finite in {broken.size} rows, the first at position {broken[0]}.",
            hint="The network overflowed there; train with a lower learning rate.",
        )
    return table


def top_scores(scores: ArrayLike, correct: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Top scores (0 to 1) and whether each answer was right, both of shape [rows].

    Raises:
        UsageError: Another shape, or a different number of rows.
        DataError: No rows, or a score outside 0 to 1.
    """
    values = np.asarray(scores, dtype=np.float64)
    right = np.asarray(correct, dtype=np.bool_)
    if values.ndim != 1 or right.ndim != 1:
        raise UsageError(
            "scores and correct must have shape [rows]; "
            f"found shapes {list(values.shape)} and {list(right.shape)}."
        )
    same_rows(values, right, names=("scores", "correct"))
    if values.size == 0:
        raise DataError("scores has no rows.", hint="A score needs at least one row.")
    # Single precision may round a probability a little over 1.
    if not ((values >= 0) & (values <= 1 + 1e-5)).all():
        raise DataError("scores holds a value outside 0 to 1.", hint="Pass probabilities, not logits.")
    return np.minimum(values, 1.0), right
