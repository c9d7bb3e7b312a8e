"""What the figures say, in sentences that the terminal and the page share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_ai.metrics.binomial import Interval
    from lepton_ai.metrics.report.classification import ClassificationReport
    from lepton_ai.metrics.report.parts import AbstentionPart, CalibrationPart


def percent(value: float, *, digits: int = 1) -> str:
    """0.0512 as "5.1%"."""
    return f"{value * 100:.{digits}f}%"


def between(interval: Interval) -> str:
    """The limits of an interval: "89.1% to 92.9%"."""
    return f"{percent(interval.low)} to {percent(interval.high)}"


def sentences(report: ClassificationReport) -> list[str]:
    """What matters most, one sentence a subject."""
    return [
        f"{percent(report.accuracy.value)} of {report.rows:,} rows were answered right; "
        f"on new rows like these, expect {between(report.accuracy)}.",
        calibration_sentence(report.calibration),
        abstention_sentence(report.abstention),
        slices_sentence(report),
    ]


def calibration_sentence(part: CalibrationPart) -> str:
    """Whether the scores can be taken at their word."""
    distance = (
        f"Scores are {percent(part.ece_after)} off on average ({percent(part.ece_before)} before calibration)"
    )
    if part.ece_after <= part.ece_by_chance:
        return f"{distance}: no more than chance explains on so many rows."
    return f"{distance}: more than the {percent(part.ece_by_chance)} that chance explains."


def abstention_sentence(part: AbstentionPart) -> str:
    """What the threshold keeps, and how good that is."""
    if part.kept_accuracy is None:
        return "The threshold keeps no row: every answer is handed to a person."
    if part.threshold <= 0:
        return "There is no threshold: every answer is kept."
    kept = f"The threshold {part.threshold:.3f} keeps {percent(part.coverage)} of the rows"
    right = f"{percent(part.kept_accuracy.value)} of those are right ({between(part.kept_accuracy)})"
    if part.risk is None:
        return f"{kept}; {right}."
    goal = f"it was chosen for {percent(1 - part.risk)} or more"
    if part.kept_accuracy.high < 1 - part.risk:
        goal += ", which these rows contradict: they may differ from those it was chosen on"
    return f"{kept}; {right}; {goal}."


def slices_sentence(report: ClassificationReport) -> str:
    """Whether some kind of row fares worse than the rest."""
    looked = f"{report.slices.tested} kinds of rows were looked at"
    if not report.slices.found:
        return f"{looked}: none is worse than the rest by more than chance explains."
    worst = report.slices.found[0]
    return (
        f"{looked}: {len(report.slices.found)} worse than the rest, "
        f"the worst ({worst.column} = {worst.value}) is right in {percent(worst.accuracy.value)} of its rows."
    )
