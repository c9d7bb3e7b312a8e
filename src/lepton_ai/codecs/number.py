"""One number a row, on a scale with two ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.base import OutputCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import DataError
from lepton_ai.core.types import JSON, Arrays, Cell, Columns, FloatArray


class NumberCodec(OutputCodec):
    """A number from `low` to `high`; the graph gives `value` of shape [rows, 1].

    Example:
        >>> import numpy as np
        >>> from lepton_ai.core.calibration import Calibration
        >>> codec = NumberCodec.fit([1, 4.5, 5, None])
        >>> codec.decode({"value": np.array([[3.5], [6.0]], np.float32)}, Calibration(), {})
        [{'value': 3.5}, {'value': 5.0}]
    """

    name: ClassVar[str] = "number"

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = float(low), float(high)

    @classmethod
    def fit(cls, values: Sequence[Cell] | NDArray[Any], **settings: Any) -> Self:
        """A codec for the scale from the least to the largest of `values`; missing cells are passed over.

        Raises:
            DataError: There is no number, or a value is none.
        """
        known = values if isinstance(values, np.ndarray) else [each for each in values if each is not None]
        numbers = _numbers(known)
        if not len(numbers):
            raise DataError("There is no number to learn from.", hint="Give rows with a known number.")
        return cls(numbers.min(), numbers.max())

    def params(self) -> JSON:
        """Both ends of the scale."""
        return {"low": self.low, "high": self.high}

    def arrays(self) -> Arrays:
        """Nothing: the scale fits in the manifest."""
        return {}

    @classmethod
    def restore(cls, params: JSON, arrays: Arrays) -> Self:
        """The codec with the scale of `params`."""
        return cls(params["low"], params["high"])

    def cell_schema(self) -> JSON:
        """A number; one beyond the scale is allowed."""
        return {"type": "number"}

    def encode(self, values: Sequence[Cell] | NDArray[Any]) -> FloatArray:
        """The numbers, shape [rows].

        Raises:
            DataError: A value is no number.
        """
        return _numbers(values)

    def decode(self, outputs: Arrays, calibration: Calibration, columns: Columns) -> list[JSON]:
        """Answers with `value`, kept within the scale."""
        values: list[float] = np.clip(outputs["value"][:, 0].astype(np.float64), self.low, self.high).tolist()
        return [{"value": value} for value in values]

    def answer_schema(self) -> JSON:
        """The shape of an answer: value."""
        return {
            "type": "object",
            "properties": {"value": {"type": "number", "minimum": self.low, "maximum": self.high}},
            "required": ["value"],
            "additionalProperties": False,
        }


def _numbers(values: Sequence[Cell] | NDArray[Any]) -> FloatArray:
    """Finite numbers as float32."""
    if not isinstance(values, np.ndarray):
        wrong = next((place for place, value in enumerate(values) if not _is_number(value)), None)
        if wrong is not None:
            raise DataError(
                f"Value {wrong + 1} of the target is no number.",
                hint="Leave out rows whose number is missing.",
            )
    numbers = np.asarray(values, dtype=np.float32)
    wrong_places = np.flatnonzero(~np.isfinite(numbers))
    if len(wrong_places):
        raise DataError(
            f"Value {wrong_places[0] + 1} of the target is no finite number.",
            hint="Leave out rows whose number is missing.",
        )
    return numbers


def _is_number(value: Cell) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)
