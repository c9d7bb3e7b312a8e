"""The parts that a report is made of; each is plain data."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_ai.metrics.binomial import Interval
from lepton_ai.metrics.calibration import ReliabilityBin


@dataclass(frozen=True)
class ClassLine:
    """One class: its scores, its number of rows, and how often it was predicted."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int
    predicted: int


@dataclass(frozen=True)
class Confusion:
    """Rows of one class that were given another: how many, and their share of the true class's rows."""

    true: str
    predicted: str
    rows: int
    share: float


@dataclass(frozen=True)
class CalibrationPart:
    """Whether scores mean what they say, before and after temperature scaling.

    Attributes:
        temperature: What logits were divided by.
        ece_before: Calibration error at temperature 1.
        ece_after: Calibration error of the scores as served.
        ece_by_chance: What perfect scores would stay under in 95% of samples of this size.
        curve: Score against accuracy of the scores as served.
    """

    temperature: float
    ece_before: float
    ece_after: float
    ece_by_chance: float
    curve: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class CurvePoint:
    """What one threshold would give on these rows."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True)
class AbstentionPart:
    """What the package's threshold does on these rows.

    Attributes:
        threshold: Answers with a lower score abstain.
        risk: The share of wrong answers that it was chosen for; None when it was not.
        coverage: The share of rows kept.
        kept: Rows kept.
        kept_accuracy: The share of them answered right; None when none is kept.
        area: Mean risk over all coverages (AURC).
        curve: Risk against coverage, highest threshold first, thinned to at most 200 points.
    """

    threshold: float
    risk: float | None
    coverage: float
    kept: int
    kept_accuracy: Interval | None
    area: float
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True)
class Histogram:
    """Top scores in bins of equal width: counts of right and of wrong answers."""

    edges: tuple[float, ...]
    right: tuple[int, ...]
    wrong: tuple[int, ...]


@dataclass(frozen=True)
class MistakeLine:
    """A wrong answer that the model was sure of; `text` is cut to 80 characters."""

    row: int
    true: str
    predicted: str
    score: float
    text: str | None
