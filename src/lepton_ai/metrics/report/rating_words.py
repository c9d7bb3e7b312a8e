"""What the figures of predicted ratings say, in sentences that the terminal and the page share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_ai.metrics.report.ranking_words import figure, limits
from lepton_ai.metrics.report.summary import percent

if TYPE_CHECKING:
    from lepton_ai.metrics.report.rating import RatingReport
    from lepton_ai.metrics.report.rating_parts import RatingLine

_WORTH_TELLING = 0.01


def sentences(report: RatingReport) -> list[str]:
    """What matters most, one sentence a subject."""
    return [
        f"Predictions are {figure(report.mae.value)} off on average; the RMSE, in which large errors count "
        f"more, is {figure(report.rmse.value)}; on new ratings like these, expect {limits(report.rmse)}.",
        mean_sentence(report),
        bias_sentence(report),
        worst_sentence(report),
    ]


def mean_sentence(report: RatingReport) -> str:
    """What the model adds to an answer that is always the same."""
    if report.explained is None:
        return "All true ratings are the same: there is nothing to tell apart."
    always = f"Always answering the mean of these ratings would have an RMSE of {figure(report.mean_rmse)}"
    if report.explained <= 0:
        return f"{always}: the model is no better than that."
    return f"{always}: the model explains {percent(report.explained)} of their spread."


def bias_sentence(report: RatingReport) -> str:
    """Whether predictions are too high or too low altogether."""
    if report.bias.low <= 0 <= report.bias.high:
        return "Taken together, predictions are neither too high nor too low by more than chance explains."
    way = "high" if report.bias.value > 0 else "low"
    return f"Taken together, predictions are too {way} by {figure(abs(report.bias.value))}."


def worst_sentence(report: RatingReport) -> str:
    """Which true ratings are predicted worst, very few ones left out."""
    told = [line for line in report.ratings if line.rows >= _WORTH_TELLING * report.rows]
    worst = max(told, key=lambda line: line.rmse)
    return (
        f"Worst predicted are true ratings of {value_of(worst)} ({percent(worst.rows / report.rows)} of "
        f"rows): {figure(worst.predicted)} on average, an RMSE of {figure(worst.rmse)}."
    )


def value_of(line: RatingLine) -> str:
    """The true rating of a line, or its limits."""
    return f"{line.low:.4g}" if line.low == line.high else f"{line.low:.4g} to {line.high:.4g}"
