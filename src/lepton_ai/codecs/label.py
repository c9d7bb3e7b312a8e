"""Class labels to numbers, and logits to labels with calibrated scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.base import OutputCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import DataError, did_you_mean
from lepton_ai.core.types import JSON, Arrays, Cell, Columns, FloatArray


def softmax(logits: NDArray[Any], temperature: float = 1.0) -> FloatArray:
    """Probabilities of shape [rows, classes] from logits of that shape; stable for large logits."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    raised = np.exp(scaled)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


class LabelCodec(OutputCodec):
    """One label a row, out of a fixed set. Labels are text: a number 1 becomes the label "1".

    The graph gives `logits` of shape [rows, classes]; an answer is the label with the highest score,
    that score, the scores of all labels, and whether the model abstains.

    Example:
        >>> from lepton_ai.core.calibration import Calibration
        >>> codec = LabelCodec.fit(["spam", "ham", "ham"])
        >>> codec.labels
        ('ham', 'spam')
        >>> codec.encode(["spam"]).tolist()
        [1]
    """

    name: ClassVar[str] = "label"

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self._index = {label: index for index, label in enumerate(self.labels)}

    @classmethod
    def fit(cls, values: Sequence[Cell], **settings: Any) -> Self:
        """A codec for the labels in `values`, in sorted order; missing cells are passed over."""
        return cls(sorted({str(value) for value in values if value is not None}))

    def params(self) -> JSON:
        """The labels, in the order of the logits."""
        return {"labels": list(self.labels)}

    def arrays(self) -> Arrays:
        """Nothing: the labels fit in the manifest."""
        return {}

    @classmethod
    def restore(cls, params: JSON, arrays: Arrays) -> Self:
        """The codec with the labels of `params`."""
        return cls([str(label) for label in params["labels"]])

    def cell_schema(self) -> JSON:
        """One of the labels."""
        return {"type": "string", "enum": list(self.labels)}

    def encode(self, values: Sequence[Cell]) -> NDArray[np.int64]:
        """Label numbers, shape [rows]."""
        try:
            return np.array([self._index[str(value)] for value in values], dtype=np.int64)
        except KeyError as error:
            raise DataError(
                f"The label {error.args[0]!r} was not among the training labels.",
                hint=did_you_mean(str(error.args[0]), self.labels),
            ) from None

    def decode(self, outputs: Arrays, calibration: Calibration, columns: Columns) -> list[JSON]:
        """Answers with `label`, `score`, `abstained` and `scores` (label to probability)."""
        scores = softmax(outputs["logits"], calibration.temperature)
        best = scores.argmax(axis=1)
        rows: list[list[float]] = scores.tolist()
        return [
            {
                "label": self.labels[index],
                "score": row[index],
                "abstained": row[index] < calibration.threshold,
                "scores": dict(zip(self.labels, row, strict=True)),
            }
            for index, row in zip(best.tolist(), rows, strict=True)
        ]

    def answer_schema(self) -> JSON:
        """The shape of an answer: label, score, abstained, scores."""
        score = {"type": "number", "minimum": 0, "maximum": 1}
        return {
            "type": "object",
            "properties": {
                "label": {
                    "type": "string",
                    "enum": list(self.labels),
                    "description": "The most likely label.",
                },
                "score": {**score, "description": "Calibrated probability of that label."},
                "abstained": {
                    "type": "boolean",
                    "description": "True when the score is under the threshold: hand the row to a person.",
                },
                "scores": {
                    "type": "object",
                    "description": "Calibrated probability of every label.",
                    "properties": dict.fromkeys(self.labels, score),
                    "required": list(self.labels),
                    "additionalProperties": False,
                },
            },
            "required": ["label", "score", "abstained", "scores"],
            "additionalProperties": False,
        }
