"""The report as one HTML page that loads nothing and runs nothing.

Everything a user's data can hold (labels, texts, names, notes) passes `safe`; the page's own policy forbids
scripts and any request, so that even a mistake here could not run or fetch something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lepton_ai.metrics.report import plots
from lepton_ai.metrics.report.style import STYLE
from lepton_ai.metrics.report.summary import (
    abstention_sentence,
    between,
    calibration_sentence,
    percent,
    sentences,
    slices_sentence,
)
from lepton_ai.metrics.report.svg import safe

if TYPE_CHECKING:
    from lepton_ai.metrics.binomial import Interval
    from lepton_ai.metrics.report.classification import ClassificationReport
    from lepton_ai.metrics.report.parts import ClassLine

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_CLASSES = 20


def render_page(report: ClassificationReport) -> str:
    """The whole page, as text to be stored in UTF-8."""
    body = [
        _header(report),
        _cards(report),
        _section("In words", f"<ul>{''.join(f'<li>{safe(line)}</li>' for line in sentences(report))}</ul>"),
        '<div class="grid">',
        _section(
            "Are the scores honest?",
            plots.reliability(report.calibration),
            told=f"{calibration_sentence(report.calibration)} A score of 80% should be right 8 times "
            "in 10: on the dashed line.",
        ),
        _section(
            "What does abstaining buy?",
            plots.risk_coverage(report.abstention),
            told=f"{abstention_sentence(report.abstention)} Rows with low scores go to a person.",
        ),
        _section(
            "How are scores spread?",
            plots.histogram(report.histogram),
            told="Rows by the score of the answer. Wrong answers should stand on the left.",
        ),
        _section("Weak spots", _slices(report), told=slices_sentence(report)),
        "</div>",
        _section("Labels", _classes(report), told="Lowest F1 first."),
        _section("What is taken for what?", _confusion(report), told=_matrix_note(report)),
        _section(
            "Most confident mistakes",
            _mistakes(report),
            told="Wrong answers with the highest scores. Often the label in the file is what is wrong.",
        ),
        _notes(report),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{safe(report.name)}: classification report</title><style>{STYLE}</style></head>\n"
        f"<body><main>\n{chr(10).join(body)}\n</main></body></html>\n"
    )


def _header(report: ClassificationReport) -> str:
    return (
        f'<header><h1>{_text(report.name)}</h1><p class="soft">Classification report on {report.rows:,} rows '
        f"and {len(report.labels)} labels. Ranges are {report.level:.0%} confidence intervals.</p></header>"
    )


def _cards(report: ClassificationReport) -> str:
    cards = [
        _interval_card("Accuracy", report.accuracy),
        _interval_card("Macro F1", report.macro_f1),
        _card(
            "Calibration error",
            percent(report.calibration.ece_after),
            f"{percent(report.calibration.ece_before)} before calibration",
        ),
    ]
    kept = report.abstention.kept_accuracy
    if report.abstention.threshold > 0:
        right = "every row goes to a person" if kept is None else f"{percent(kept.value)} of those right"
        cards.append(_card("Answers kept", percent(report.abstention.coverage), right))
    else:
        cards.append(_interval_card("Weighted F1", report.weighted_f1))
    return f'<div class="cards">{"".join(cards)}</div>'


def _card(name: str, value: str, below: str) -> str:
    return f'<div class="card">{name}<b>{value}</b><span class="soft">{below}</span></div>'


def _interval_card(name: str, interval: Interval) -> str:
    return _card(name, percent(interval.value), between(interval))


def _section(title: str, body: str, *, told: str = "") -> str:
    below = f'<p class="soft">{safe(told)}</p>' if told else ""
    return f"<section><h2>{title}</h2>{below}{body}</section>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, kinds: Sequence[str]) -> str:
    """A table of finished HTML cells; `kinds` are the styles of the columns."""
    titles = "".join(
        f'<th scope="col" class="{kind}">{title}</th>' for title, kind in zip(head, kinds, strict=True)
    )
    lines = "".join(
        "<tr>"
        + "".join(f'<td class="{kind}">{cell}</td>' for cell, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"


def _text(value: str) -> str:
    """A user's text; `bdi` keeps its direction marks from reordering what stands beside it."""
    return f"<bdi>{safe(value)}</bdi>"


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
    return _table(
        ("Label", "F1", "", "Precision", "Recall", "Rows", "Predicted"),
        (
            (
                _text(line.label),
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
    pairs = _table(
        ("True label", "Predicted label", "Rows", "Share of the true label"),
        (
            (_text(cell.true), _text(cell.predicted), f"{cell.rows:,}", percent(cell.share))
            for cell in report.confusions[:10]
        ),
        kinds=("label", "label", "n", "n"),
    )
    return f"{plots.heat_map(report)}<h3>Largest confusions</h3>{pairs}"


def _slices(report: ClassificationReport) -> str:
    if not report.slices.found:
        return ""
    return _table(
        ("Kind of row", "Right", "Interval", "The rest", "Rows"),
        (
            (
                _text(f"{part.column} = {part.value}"),
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
    return _table(
        ("Row", "Score", "True label", "Predicted label", "Text"),
        (
            (
                str(line.row),
                percent(line.score),
                _text(line.true),
                _text(line.predicted),
                _text(line.text or ""),
            )
            for line in report.mistakes
        ),
        kinds=("n", "n", "label", "label", "text"),
    )


def _notes(report: ClassificationReport) -> str:
    if not report.notes:
        return ""
    return _section("Notes", f"<ul>{''.join(f'<li>{_text(note)}</li>' for note in report.notes)}</ul>")
