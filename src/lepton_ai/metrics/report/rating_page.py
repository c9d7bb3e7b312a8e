"""The report on predicted ratings as one HTML page; see `markup` for how it is kept safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_ai.metrics.report import rating_plots
from lepton_ai.metrics.report.markup import card, cards, document, in_words, notes, section, table
from lepton_ai.metrics.report.plots import bar
from lepton_ai.metrics.report.ranking_words import figure, limits
from lepton_ai.metrics.report.rating_words import bias_sentence, sentences, value_of
from lepton_ai.metrics.report.summary import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_ai.metrics.report.rating import RatingReport
    from lepton_ai.metrics.report.rating_parts import CountLine


def render_page(report: RatingReport) -> str:
    """The whole page, as text to be stored in UTF-8."""
    body = [
        _cards(report),
        in_words(sentences(report)),
        '<div class="grid">',
        section(
            "Are predictions in the right place?",
            rating_plots.predicted(report.ratings),
            told="The mean prediction by true rating; 8 in 10 predictions lie on the bar. The dashed line is "
            "perfect; a flatter row of dots means careful predictions near the middle.",
        ),
        section(
            "How are errors spread?",
            rating_plots.errors(report.errors),
            told=bias_sentence(report),
        ),
        "</div>",
        section(
            "What is predicted for what?",
            rating_plots.table_of(report.ratings),
            told="Lines are true ratings, columns the nearest step to the predicted ones; stronger is a "
            "larger share of the line.",
        ),
        section("Error by true rating", _ratings(report)),
        '<div class="grid">',
        _counts("New and old users", "Ratings by how many of their user were known.", report.user_counts),
        _counts(
            "Rare and popular items", "Ratings by how many of their item were known.", report.item_counts
        ),
        "</div>",
        notes(report.notes),
    ]
    users = "" if report.users is None else f" of {report.users:,} users"
    told = (
        f"Report on {report.rows:,} predicted ratings{users}. "
        f"Ranges are {report.level:.0%} confidence intervals."
    )
    return document(report.name, kind="rating report", told=told, body=[part for part in body if part])


def _cards(report: RatingReport) -> str:
    named = {"RMSE": report.rmse, "MAE": report.mae, "Bias": report.bias}
    parts = [card(name, figure(value.value), limits(value)) for name, value in named.items()]
    explained = "-" if report.explained is None else percent(report.explained)
    parts.append(card("Spread explained", explained, f"RMSE of the mean: {figure(report.mean_rmse)}"))
    return cards(parts)


def _ratings(report: RatingReport) -> str:
    worst = max(line.rmse for line in report.ratings) or 1.0
    return table(
        ("True rating", "RMSE", "", "Mean prediction", "8 in 10 between", "Bias", "Ratings"),
        (
            (
                value_of(line),
                figure(line.rmse),
                bar(line.rmse / worst, told=f"RMSE {figure(line.rmse)}"),
                figure(line.predicted),
                f"{figure(line.predicted_low)} and {figure(line.predicted_high)}",
                f"{line.bias:+.3f}",
                f"{line.rows:,}",
            )
            for line in report.ratings
        ),
        kinds=("short", "n", "bar", "n", "n", "n", "n"),
    )


def _counts(title: str, told: str, lines: Sequence[CountLine]) -> str:
    if not lines:
        return ""
    rows = table(
        ("Known", "RMSE", "Interval", "MAE", "Ratings"),
        (
            (
                line.known,
                figure(line.rmse.value),
                limits(line.rmse),
                figure(line.mae.value),
                f"{line.rows:,}",
            )
            for line in lines
        ),
        kinds=("short", "n", "n", "n", "n"),
    )
    return section(title, rows, told=told)
