"""Wrong answers that the model was sure of: often they are wrong labels in the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lepton_ai.core.errors import UsageError
from lepton_ai.metrics.checks import class_numbers, class_table, same_rows


@dataclass(frozen=True)
class Mistake:
    """One wrong answer.

    Attributes:
        position: Place of the row in the arrays, from 0.
        row: The row's number as people count it.
        true: The true class number.
        predicted: The class number given.
        score: The probability of the class given.
    """

    position: int
    row: int
    true: int
    predicted: int
    score: float


def most_confident_mistakes(
    true: ArrayLike, scores: ArrayLike, *, count: int = 10, row_numbers: Sequence[int] | None = None
) -> tuple[Mistake, ...]:
    """The wrong answers with the highest scores, highest first; equal scores in the order of the rows.

    Args:
        true: True class numbers, shape [rows].
        scores: Probabilities, shape [rows, classes].
        count: How many at most.
        row_numbers: The rows' numbers in the user's file; None counts from 1.
    """
    table = class_table(scores, name="scores")
    numbers = class_numbers(true, name="true", classes=table.shape[1])
    same_rows(numbers, table, names=("true", "scores"))
    if count < 0:
        raise UsageError(f"count must be 0 or more; found {count}.")
    shown = np.arange(1, len(numbers) + 1) if row_numbers is None else np.asarray(row_numbers)
    same_rows(shown, numbers, names=("row_numbers", "true"))
    predicted, top = table.argmax(axis=1), table.max(axis=1)
    wrong = np.flatnonzero(predicted != numbers)
    order = wrong[np.argsort(-top[wrong], kind="stable")][:count]
    return tuple(
        Mistake(place, int(shown[place]), int(numbers[place]), int(predicted[place]), float(top[place]))
        for place in order.tolist()
    )
