"""The report as lines for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lepton_ai.metrics.report.summary import between, percent, sentences

if TYPE_CHECKING:
    from lepton_ai.metrics.report.classification import ClassificationReport

_LABEL, _WIDE_LABEL, _TEXT = 24, 30, 56
_CLASSES, _CONFUSIONS, _SLICES, _MISTAKES, _NOTES = 10, 5, 5, 5, 8
_MATRIX_CLASSES = 6


def printable(text: str) -> str:
    """`text` on one line, its control characters and half surrogates replaced: safe to print and to store."""
    return "".join(
        " "
        if character.isspace()
        else "\ufffd"
        if unicodedata.category(character) in {"Cc", "Cs"}
        else character
        for character in text
    )


def display_width(text: str) -> int:
    """How many terminal cells `text` takes: wide characters two, combining marks none."""
    return sum(map(_cells, text))


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: cut with an ellipsis, or filled with blanks."""
    line = printable(text)
    if display_width(line) > width:
        kept, used = [], 0
        for character in line:
            used += _cells(character)
            if used > width - 1:
                break
            kept.append(character)
        line = "".join(kept) + "…"
    blanks = " " * (width - display_width(line))
    return blanks + line if right else line + blanks


def render_text(report: ClassificationReport) -> str:
    """All parts of the report, the most important first."""
    return joined(
        _heading(report),
        [f"  {printable(line)}" for line in sentences(report)],
        _scores(report),
        _classes(report),
        _confusion(report),
        _slices(report),
        _mistakes(report),
        note_lines(report.notes),
    )


def joined(*parts: Sequence[str]) -> str:
    """The lines of all parts that have any, with a blank line between parts."""
    return "\n\n".join("\n".join(line.rstrip() for line in part) for part in parts if part) + "\n"


def note_lines(notes: Sequence[str]) -> list[str]:
    """The notes of whoever made the report; nothing where there are none."""
    if not notes:
        return []
    more = len(notes) - _NOTES
    lines = [f"  {printable(note)}" for note in notes[:_NOTES]]
    return ["Notes", *lines, *([f"  ... and {more} more"] if more > 0 else [])]


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _heading(report: ClassificationReport) -> list[str]:
    return [f"Report on {printable(report.name)}: {report.rows} rows, {len(report.labels)} labels"]


def _scores(report: ClassificationReport) -> list[str]:
    named = {
        "Accuracy": report.accuracy,
        "Macro F1": report.macro_f1,
        "Weighted F1": report.weighted_f1,
    }
    lines = [f"  {name:<12} {percent(value.value):>6}   {between(value)}" for name, value in named.items()]
    return [f"Scores, with {report.level:.0%} intervals (micro F1 is the accuracy)", *lines]


def _classes(report: ClassificationReport) -> list[str]:
    rows = [line for line in report.per_class if line.rows + line.predicted]
    shown = sorted(rows, key=lambda line: (line.f1, line.label))[:_CLASSES]
    width = _column([line.label for line in shown], _WIDE_LABEL)
    title = "Classes" if len(rows) <= _CLASSES else f"Classes: the worst {_CLASSES} of {len(rows)}"
    head = f"  {fit('', width)}  precision  recall      F1    rows"
    return [
        title,
        head,
        *(
            f"  {fit(line.label, width)}  {percent(line.precision):>9}  {percent(line.recall):>6}"
            f"  {percent(line.f1):>6}  {line.rows:>6}"
            for line in shown
        ),
    ]


def _confusion(report: ClassificationReport) -> list[str]:
    if len(report.labels) <= _MATRIX_CLASSES:
        return _matrix(report)
    if not report.confusions:
        return []
    shown = report.confusions[:_CONFUSIONS]
    true = _column([cell.true for cell in shown], _WIDE_LABEL)
    given = _column([cell.predicted for cell in shown], _WIDE_LABEL)
    return [
        "Largest confusions (true -> predicted, share of the true label's rows)",
        *(
            f"  {fit(cell.true, true)} -> {fit(cell.predicted, given)}"
            f"  {cell.rows:>5}  {percent(cell.share):>6}"
            for cell in shown
        ),
    ]


def _matrix(report: ClassificationReport) -> list[str]:
    width = _column(report.labels, 14)
    cell = max(width, *(len(str(count)) for row in report.confusion for count in row))
    head = "  ".join(fit(label, cell, right=True) for label in report.labels)
    return [
        "Confusion (lines are true labels, columns are predicted ones)",
        f"  {fit('', width)}  {head}",
        *(
            f"  {fit(label, width)}  " + "  ".join(f"{count:>{cell}}" for count in row)
            for label, row in zip(report.labels, report.confusion, strict=True)
        ),
    ]


def _slices(report: ClassificationReport) -> list[str]:
    shown = report.slices.found[:_SLICES]
    if not shown:
        return []
    names = [f"{part.column} = {part.value}" for part in shown]
    width = _column(names, 34)
    return [
        "Weak spots (kinds of rows that are worse than the rest)",
        f"  {fit('', width)}   right    rest    rows   interval",
        *(
            f"  {fit(name, width)}  {percent(part.accuracy.value):>6}  {percent(part.rest):>6}"
            f"  {part.rows:>6}   {between(part.accuracy)}"
            for name, part in zip(names, shown, strict=True)
        ),
    ]


def _mistakes(report: ClassificationReport) -> list[str]:
    shown = report.mistakes[:_MISTAKES]
    if not shown:
        return []
    true = _column([line.true for line in shown], _LABEL)
    given = _column([line.predicted for line in shown], _LABEL)
    row = max(5, *(len(str(line.row)) for line in shown))
    return [
        "Most confident mistakes: look here for wrong labels",
        f"  {'row':>{row}}  score  {fit('true', true)}  {fit('predicted', given)}  text",
        *(
            f"  {line.row:>{row}}  {line.score:.3f}  {fit(line.true, true)}  {fit(line.predicted, given)}"
            f"  {fit(line.text or '', _TEXT).rstrip()}"
            for line in shown
        ),
    ]


def _column(values: Sequence[str], most: int) -> int:
    return min(most, max(9, *(display_width(printable(value)) for value in values)))
