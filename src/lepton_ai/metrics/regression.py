"""How far predicted numbers, such as ratings, are from the true ones.

Both metrics take either two arrays of shape [rows], or a model and the data to judge it on (see
`PredictsRatings`).
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.checks import same_rows


@runtime_checkable
class PredictsRatings(Protocol):
    """A model that `rmse` and `mae` can judge."""

    def predicted_ratings(self, data: Any) -> tuple[ArrayLike, ArrayLike]:
        """The true ratings of `data` and the predicted ones, in this order, each of shape [rows]."""
        ...


def rmse(first: PredictsRatings | ArrayLike, second: Any) -> float:
    """The root of the mean squared error, in the unit of the ratings; large errors count most.

    Args:
        first: A model, or the true numbers, shape [rows].
        second: The data to judge the model on, or the predicted numbers, shape [rows].

    Raises:
        UsageError: The two tell of different numbers of rows, or are not lists of numbers.
        DataError: No rows, or a number that is not finite.

    Example:
        >>> rmse([1.0, 2.0, 3.0], [1.0, 2.0, 6.0])
        1.7320508075688772
    """
    true, predicted = true_and_predicted(first, second)
    return float(np.sqrt(np.square(predicted - true).mean()))


def mae(first: PredictsRatings | ArrayLike, second: Any) -> float:
    """The mean absolute error, in the unit of the ratings.

    Arguments and errors are those of `rmse`.

    Example:
        >>> mae([1.0, 2.0, 3.0], [1.0, 2.0, 6.0])
        1.0
    """
    true, predicted = true_and_predicted(first, second)
    return float(np.abs(predicted - true).mean())


def true_and_predicted(
    first: PredictsRatings | ArrayLike, second: Any
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """True and predicted numbers, each of shape [rows], asked of the model where one was given."""
    given = first.predicted_ratings(second) if isinstance(first, PredictsRatings) else (first, second)
    true, predicted = _numbers(given[0], name="true"), _numbers(given[1], name="predicted")
    same_rows(true, predicted, names=("true", "predicted"))
    return true, predicted


def _numbers(values: ArrayLike, *, name: str) -> NDArray[np.float64]:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"{name} must hold numbers; found {type(values).__name__}.",
            hint="Give two lists of numbers, or a model that has `predicted_ratings` and its data.",
        ) from error
    if array.ndim != 1:
        raise UsageError(f"{name} must have shape [rows]; found shape {list(array.shape)}.")
    if array.size == 0:
        raise DataError(f"{name} has no rows.", hint="A score needs at least one row.")
    broken = np.flatnonzero(~np.isfinite(array))
    if broken.size:
        raise DataError(f"{name} is not finite in {broken.size} rows, the first at position {broken[0]}.")
    return array
