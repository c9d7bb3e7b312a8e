"""The report on a classifier's answers to rows it was not trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.codecs.label import softmax
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import UsageError
from lepton_ai.core.types import JSON
from lepton_ai.metrics import calibration as calibrating
from lepton_ai.metrics.binomial import Interval, proportion_interval
from lepton_ai.metrics.bootstrap import SCORES, score_intervals
from lepton_ai.metrics.checks import class_numbers, class_table, same_rows
from lepton_ai.metrics.classification import confusion_matrix, log_loss, scores_of
from lepton_ai.metrics.mistakes import most_confident_mistakes
from lepton_ai.metrics.report.page import render_page
from lepton_ai.metrics.report.parts import (
    AbstentionPart,
    CalibrationPart,
    ClassLine,
    Confusion,
    CurvePoint,
    Histogram,
    MistakeLine,
)
from lepton_ai.metrics.report.plain import plain
from lepton_ai.metrics.report.text import printable, render_text
from lepton_ai.metrics.slices import SliceFindings, text_slices, worst_slices

FORMAT = 1
"""Raised when a key of the JSON form changes its meaning or goes away."""

_CURVE_POINTS = 200
_HISTOGRAM_BINS = 20
_TEXT_LENGTH = 80


@dataclass(frozen=True)
class ClassificationReport:
    """How good a classifier is on rows it was not trained on, how sure that is, and where it fails.

    Make it with `build`; show it with `to_text`, `to_html` or `to_json`. Accuracy and micro F1 carry exact
    binomial intervals, macro and weighted F1 percentile bootstrap intervals, all at `level`.

    Example:
        >>> from lepton_ai.core.calibration import Calibration
        >>> report = ClassificationReport.build(
        ...     ["ham", "spam"], [0, 1, 1], [[2.0, 0.0], [0.0, 3.0], [1.0, 0.0]], calibration=Calibration()
        ... )
        >>> round(report.accuracy.value, 2), report.mistakes[0].row
        (0.67, 3)
    """

    name: str
    rows: int
    labels: tuple[str, ...]
    level: float
    accuracy: Interval
    macro_f1: Interval
    micro_f1: Interval
    weighted_f1: Interval
    log_loss: float
    per_class: tuple[ClassLine, ...]
    confusion: tuple[tuple[int, ...], ...]
    confusions: tuple[Confusion, ...]
    calibration: CalibrationPart
    abstention: AbstentionPart
    histogram: Histogram
    slices: SliceFindings
    mistakes: tuple[MistakeLine, ...]
    notes: tuple[str, ...]

    @classmethod
    def build(
        cls,
        labels: Sequence[str],
        true: ArrayLike,
        outputs: ArrayLike,
        *,
        calibration: Calibration,
        kind: Literal["logits", "scores"] = "logits",
        texts: Sequence[str] | None = None,
        row_numbers: Sequence[int] | None = None,
        slice_columns: Mapping[str, Sequence[str]] | None = None,
        notes: Sequence[str] = (),
        name: str = "model",
        seed: int = 0,
        level: float = 0.95,
        mistakes: int = 20,
        resamples: int = 1000,
    ) -> Self:
        """The report on `outputs` for rows whose true classes are known.

        Args:
            labels: The model's labels, in the order of the logits.
            true: True class numbers, shape [rows].
            outputs: What the network gave, shape [rows, classes].
            calibration: Temperature and threshold of the package; both must come from other rows.
            kind: "logits", or "scores" when `outputs` are uncalibrated probabilities.
            texts: The rows' texts: for slices, and to show mistakes.
            row_numbers: The rows' numbers in the user's file (the first data row is 1); None counts from 1.
            slice_columns: More slices to look at: column name to one value a row.
            notes: Lines to show as they are, such as why a recipe was chosen, or timings.
            name: The model's name.
            seed: Start of the bootstrap's random draws.
            level: The confidence level of all intervals.
            mistakes: How many of the most confident mistakes to hold.
            resamples: How many bootstrap resamples to draw.

        Raises:
            UsageError: The arguments tell of different numbers of rows or classes.
            DataError: No rows, or a class number that is not one of the labels.
        """
        logits = _as_logits(outputs, kind)
        numbers = _numbers(labels, true, logits, texts)
        scores = softmax(logits, calibration.temperature)
        predicted, top = scores.argmax(axis=1), scores.max(axis=1).astype(np.float64)
        correct = predicted == numbers
        matrix = confusion_matrix(numbers, predicted, classes=len(labels))
        bootstrapped = score_intervals(matrix, seed=seed, n=resamples, level=level)
        exact = proportion_interval(int(correct.sum()), len(numbers), level=level)
        return cls(
            name=name,
            rows=len(numbers),
            labels=tuple(labels),
            level=level,
            accuracy=exact,
            macro_f1=bootstrapped["macro_f1"],
            micro_f1=exact,
            weighted_f1=bootstrapped["weighted_f1"],
            log_loss=log_loss(numbers, scores),
            per_class=_class_lines(labels, matrix),
            confusion=tuple(tuple(row) for row in matrix.tolist()),
            confusions=_confusions(labels, matrix),
            calibration=_calibration(logits, top, correct, calibration.temperature, seed=seed),
            abstention=_abstention(top, correct, calibration, level=level),
            histogram=_histogram(top, correct),
            slices=_slices(
                correct, [labels[number] for number in numbers], texts, slice_columns, level=level
            ),
            mistakes=_mistake_lines(
                labels, numbers, scores, count=mistakes, row_numbers=row_numbers, texts=texts
            ),
            notes=tuple(notes),
        )

    def summary(self) -> JSON:
        """The few figures that a package's manifest and model card show; plain JSON.

        Scores with an interval are {"value", "low", "high"}; `slices` lists the weak spots found, each with
        `name`, `rows` and `accuracy`. Accuracy of kept answers is left out when none is kept.
        """
        kept = self.abstention.kept_accuracy
        return {
            "rows": self.rows,
            **{name: asdict(getattr(self, name)) for name in SCORES},
            "log_loss": self.log_loss,
            "calibration_error": self.calibration.ece_after,
            "coverage": self.abstention.coverage,
            **({} if kept is None else {"kept_accuracy": asdict(kept)}),
            "slices": [
                {"name": f"{part.column} = {part.value}", "rows": part.rows, "accuracy": part.accuracy.value}
                for part in self.slices.found
            ],
        }

    def to_json(self) -> JSON:
        """The whole report as JSON values, with key names that stay; shapes are those of the attributes."""
        return {"report": "classification", "format": FORMAT, **plain(asdict(self))}

    def to_text(self) -> str:
        """The report for a terminal: at most about 60 lines, aligned also with Chinese labels."""
        return render_text(self)

    def to_html(self) -> str:
        """The report as one self-contained page: no script, nothing loaded from elsewhere."""
        return render_page(self)


def _as_logits(outputs: ArrayLike, kind: str) -> NDArray[np.float64]:
    table = class_table(outputs, name="outputs")
    if kind == "logits":
        return table
    if kind != "scores":
        raise UsageError(f"There is no kind of outputs named {kind!r}.", hint="Known: 'logits', 'scores'.")
    if table.min() < 0 or np.abs(table.sum(axis=1) - 1).max() > 1e-3:
        raise UsageError("A row of outputs is not a probability distribution.", hint='Pass kind="logits".')
    return np.log(np.clip(table, 1e-30, 1.0))


def _numbers(
    labels: Sequence[str], true: ArrayLike, logits: NDArray[np.float64], texts: Sequence[str] | None
) -> NDArray[np.int64]:
    if logits.shape[1] != len(labels):
        raise UsageError(f"outputs has {logits.shape[1]} classes and there are {len(labels)} labels.")
    numbers = class_numbers(true, name="true", classes=len(labels))
    same_rows(numbers, logits, names=("true", "outputs"))
    if texts is not None and len(texts) != len(numbers):
        raise UsageError(f"true has {len(numbers)} rows and texts has {len(texts)}.")
    return numbers


def _class_lines(labels: Sequence[str], matrix: NDArray[np.int64]) -> tuple[ClassLine, ...]:
    scores = scores_of(matrix)
    columns = (scores.precision, scores.recall, scores.f1, scores.support, scores.predicted)
    return tuple(
        ClassLine(label, *values)
        for label, *values in zip(labels, *(column.tolist() for column in columns), strict=True)
    )


def _confusions(
    labels: Sequence[str], matrix: NDArray[np.int64], *, count: int = 20
) -> tuple[Confusion, ...]:
    """The largest cells off the diagonal, by rows, then by share of the true class."""
    support = matrix.sum(axis=1)
    cells = [
        Confusion(
            labels[true], labels[given], int(matrix[true, given]), float(matrix[true, given] / support[true])
        )
        for true, given in zip(*np.nonzero(matrix), strict=True)
        if true != given
    ]
    return tuple(sorted(cells, key=lambda cell: (-cell.rows, -cell.share, cell.true, cell.predicted))[:count])


def _calibration(
    logits: NDArray[np.float64],
    top: NDArray[np.float64],
    correct: NDArray[np.bool_],
    temperature: float,
    *,
    seed: int,
) -> CalibrationPart:
    before = softmax(logits).max(axis=1)
    return CalibrationPart(
        temperature=temperature,
        ece_before=calibrating.expected_calibration_error(before, correct),
        ece_after=calibrating.expected_calibration_error(top, correct),
        ece_by_chance=calibrating.calibration_noise(top, seed=seed),
        curve=calibrating.reliability_curve(top, correct),
    )


def _slices(
    correct: NDArray[np.bool_],
    true_labels: list[str],
    texts: Sequence[str] | None,
    own: Mapping[str, Sequence[str]] | None,
    *,
    level: float,
) -> SliceFindings:
    ready = {"true label": true_labels} if texts is None else text_slices(texts, labels=true_labels)
    return worst_slices(correct, {**ready, **(own or {})}, level=level)


def _abstention(
    top: NDArray[np.float64], correct: NDArray[np.bool_], calibration: Calibration, *, level: float
) -> AbstentionPart:
    kept = top >= calibration.threshold
    rows, right = int(kept.sum()), int((kept & correct).sum())
    curve = calibrating.risk_coverage_curve(top, correct)
    # Thinned at even coverages, not at even thresholds: confident models crowd near 1.
    wanted = np.linspace(curve.coverage[0], 1.0, _CURVE_POINTS)
    chosen = np.unique(np.searchsorted(curve.coverage, wanted - 1e-12))
    return AbstentionPart(
        threshold=calibration.threshold,
        risk=calibration.risk,
        coverage=rows / len(top),
        kept=rows,
        kept_accuracy=proportion_interval(right, rows, level=level) if rows else None,
        area=curve.area,
        curve=tuple(
            CurvePoint(float(curve.threshold[place]), float(curve.coverage[place]), float(curve.risk[place]))
            for place in chosen.tolist()
        ),
    )


def _histogram(top: NDArray[np.float64], correct: NDArray[np.bool_]) -> Histogram:
    clipped = np.minimum(top, 1.0)
    right, edges = np.histogram(clipped[correct], bins=_HISTOGRAM_BINS, range=(0.0, 1.0))
    wrong, _ = np.histogram(clipped[~correct], bins=_HISTOGRAM_BINS, range=(0.0, 1.0))
    return Histogram(tuple(edges.round(10).tolist()), tuple(right.tolist()), tuple(wrong.tolist()))


def _mistake_lines(
    labels: Sequence[str],
    true: NDArray[np.int64],
    scores: NDArray[np.float32],
    *,
    count: int,
    row_numbers: Sequence[int] | None,
    texts: Sequence[str] | None,
) -> tuple[MistakeLine, ...]:
    return tuple(
        MistakeLine(
            row=found.row,
            true=labels[found.true],
            predicted=labels[found.predicted],
            score=found.score,
            text=None if texts is None else _cut(texts[found.position]),
        )
        for found in most_confident_mistakes(true, scores, count=count, row_numbers=row_numbers)
    )


def _cut(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= _TEXT_LENGTH else line[: _TEXT_LENGTH - 1] + "…"
