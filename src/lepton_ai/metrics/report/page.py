"""The report as one HTML page that loads nothing and runs nothing; see `markup` for how it is kept safe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lepton_ai.metrics.report import plots
from lepton_ai.metrics.report.markup import (
    card,
    cards,
    document,
    in_words,
    interval_card,
    notes,
    section,
    table,
    text,
)
from lepton_ai.metrics.report.summary import (
    abstention_sentence,
    between,
    calibration_sentence,
    percent,
    sentences,
    slices_sentence,
)

if TYPE_CHECKING:
    from lepton_ai.metrics.report.classification import ClassificationReport
    from lepton_ai.metrics.report.parts import ClassLine

_CLASSES = 20


def render_page(report: ClassificationReport) -> str:
    """The whole page, as text to be stored in UTF-8."""
    body = [
        _cards(report),
        in_words(sentences(report)),
        '<div class="grid">',
        section(
            "Are the scores honest?",
            plots.reliability(report.calibration),
            told=f"{calibration_sentence(report.calibration)} A score of 80% should be right 8 times "
            "in 10: on the dashed line.",
        ),
        section(
            "What does abstaining buy?",
            plots.risk_coverage(report.abstention),
            told=f"{abstention_sentence(report.abstention)} Rows with low scores go to a person.",
        ),
        section(
            "How are scores spread?",
            plots.histogram(report.histogram),
            told="Rows by the score of the answer. Wrong answers should stand on the left.",
        ),
        section("Weak spots", _slices(report), told=slices_sentence(report)),
        "</div>",
        section("Labels", _classes(report), told="Lowest F1 first."),
        section("What is taken for what?", _confusion(report), told=_matrix_note(report)),
        section(
            "Most confident mistakes",
            _mistakes(report),
            told="Wrong answers with the highest scores. Often the label in the file is what is wrong.",
        ),
        notes(report.notes),
    ]
    told = (
        f"Classification report on {report.rows:,} rows and {len(report.labels)} labels. "
        f"Ranges are {report.level:.0%} confidence intervals."
    )
    return document(report.name, kind="classification report", told=told, body=body)


def _cards(report: ClassificationReport) -> str:
    shown = [
        interval_card("Accuracy", report.accuracy),
        interval_card("Macro F1", report.macro_f1),
        card(
            "Calibration error",
            percent(report.calibration.ece_after),
            f"{percent(report.calibration.ece_before)} before calibration",
        ),
    ]
    kept = report.abstention.kept_accuracy
    if report.abstention.threshold > 0:
        right = "every row goes to a person" if kept is None else f"{percent(kept.value)} of those right"
        shown.append(card("Answers kept", percent(report.abstention.coverage), right))
    else:
        shown.append(interval_card("Weighted F1", report.weighted_f1))
    return cards(shown)


def _classes(report: ClassificationReport) -> str:
    rows = sorted(
        (line for line in report.per_class if line.rows + line.predicted),
        key=lambda line: (line.f1, line.label),
    )
    shown = _class_table(rows[:_CLASSES])
    more = rows[_CLASSES:]
    if not more:
        return shown
    return f"{shown}<details><summary>The other {len(more)} labels</summary>{_class_table(more)}</details>"


def _class_table(rows: Sequence[ClassLine]) -> str:
    return table(
        ("Label", "F1", "", "Precision", "Recall", "Rows", "Predicted"),
        (
            (
                text(line.label),
                percent(line.f1),
                plots.bar(line.f1, told=f"F1 {percent(line.f1)}"),
                percent(line.precision),
                percent(line.recall),
                f"{line.rows:,}",
                f"{line.predicted:,}",
            )
            for line in rows
        ),
        kinds=("label", "n", "bar", "n", "n", "n", "n"),
    )


def _matrix_note(report: ClassificationReport) -> str:
    shown = len(plots.shown_labels(report))
    part = (
        f" Only the {shown} labels with the most wrong answers are shown."
        if shown < len(report.labels)
        else ""
    )
    return (
        "Lines are true labels, columns are predicted ones; blue is right, red is wrong, stronger is a "
        f"larger share of the line.{part}"
    )


def _confusion(report: ClassificationReport) -> str:
    if not report.confusions:
        return plots.heat_map(report)
    pairs = table(
        ("True label", "Predicted label", "Rows", "Share of the true label"),
        (
            (text(cell.true), text(cell.predicted), f"{cell.rows:,}", percent(cell.share))
            for cell in report.confusions[:10]
        ),
        kinds=("label", "label", "n", "n"),
    )
    return f"{plots.heat_map(report)}<h3>Largest confusions</h3>{pairs}"


def _slices(report: ClassificationReport) -> str:
    if not report.slices.found:
        return ""
    return table(
        ("Kind of row", "Right", "Interval", "The rest", "Rows"),
        (
            (
                text(f"{part.column} = {part.value}"),
                percent(part.accuracy.value),
                between(part.accuracy),
                percent(part.rest),
                f"{part.rows:,}",
            )
            for part in report.slices.found
        ),
        kinds=("label", "n", "n", "n", "n"),
    )


def _mistakes(report: ClassificationReport) -> str:
    if not report.mistakes:
        return "<p>None: every row was answered right.</p>"
    return table(
        ("Row", "Score", "True label", "Predicted label", "Text"),
        (
            (
                str(line.row),
                percent(line.score),
                text(line.true),
                text(line.predicted),
                text(line.text or ""),
            )
            for line in report.mistakes
        ),
        kinds=("n", "n", "label", "label", "text"),
    )
