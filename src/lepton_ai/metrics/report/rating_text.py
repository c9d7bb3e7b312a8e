"""The report on predicted ratings as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_ai.metrics.report.ranking_words import figure, limits
from lepton_ai.metrics.report.rating_words import sentences, value_of
from lepton_ai.metrics.report.text import joined, note_lines, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_ai.metrics.report.rating import RatingReport
    from lepton_ai.metrics.report.rating_parts import CountLine


def render_text(report: RatingReport) -> str:
    """All parts of the report, the most important first."""
    users = "" if report.users is None else f" of {report.users:,} users"
    return joined(
        [f"Report on {printable(report.name)}: {report.rows:,} ratings{users}"],
        [f"  {line}" for line in sentences(report)],
        _scores(report),
        _ratings(report),
        _counts("Ratings by how many ratings of their user were known", report.user_counts),
        _counts("Ratings by how many ratings of their item were known", report.item_counts),
        note_lines(report.notes),
    )


def _scores(report: RatingReport) -> list[str]:
    named = {"RMSE": report.rmse, "MAE": report.mae, "Bias": report.bias}
    lines = [f"  {name:<6} {figure(value.value):>7}   {limits(value)}" for name, value in named.items()]
    return [f"Scores, with {report.level:.0%} intervals", *lines]


def _ratings(report: RatingReport) -> list[str]:
    width = max(6, *(len(value_of(line)) for line in report.ratings))
    return [
        "Error by true rating",
        f"  {'true':>{width}} {'rows':>10}  mean prediction   8 in 10 between     RMSE     bias",
        *(
            f"  {value_of(line):>{width}} {line.rows:>10,}  {figure(line.predicted):>15}   "
            f"{figure(line.predicted_low):>6} and {figure(line.predicted_high):<6}  {figure(line.rmse):>6}"
            f"  {figure(line.bias):>7}"
            for line in report.ratings
        ),
    ]


def _counts(title: str, lines: Sequence[CountLine]) -> list[str]:
    if not lines:
        return []
    return [
        title,
        f"  {'known':>9} {'rows':>10}    RMSE  interval           MAE",
        *(
            f"  {line.known:>9} {line.rows:>10,}  {figure(line.rmse.value):>6}  {limits(line.rmse):<16}"
            f"  {figure(line.mae.value):>6}"
            for line in lines
        ),
    ]
