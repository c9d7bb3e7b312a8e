"""The pictures of the page, each drawn from one part of the report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_ai.metrics.report.summary import percent
from lepton_ai.metrics.report.svg import Frame, box, in_whole, line, picture, round_up, words
from lepton_ai.metrics.report.text import display_width, fit

if TYPE_CHECKING:
    from lepton_ai.metrics.report.classification import ClassificationReport
    from lepton_ai.metrics.report.parts import AbstentionPart, CalibrationPart, Histogram

MATRIX_LABELS = 100
"""With more labels than this, the heat map shows those with the most wrong answers."""

NUMBERED = 12
"""Tables with more lines than this show no counts in their cells."""
_LABEL_CELLS = 26


def reliability(part: CalibrationPart) -> str:
    """Accuracy against score, one dot a bin, with its interval; the dashed line is perfect."""
    frame = Frame()
    body = frame.axes(across="Score the model gave", up="Share answered right")
    body.append(line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), kind="ideal"))
    most = max(place.rows for place in part.curve)
    for place in part.curve:
        x, y = frame.x(place.score), frame.y(place.accuracy.value)
        told = (
            f"{place.rows} rows with scores of {percent(place.low)} to {percent(place.high)}: "
            f"mean score {percent(place.score)}, {percent(place.accuracy.value)} right"
        )
        body.append(line(x, frame.y(place.accuracy.low), x, frame.y(place.accuracy.high), kind="whisker"))
        radius = 3 + 5 * math.sqrt(place.rows / most)
        body.append(
            f'<circle class="good" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{told}</title></circle>'
        )
    told = (
        f"Calibration error {percent(part.ece_after)}. Dots on the dashed line are honest scores; "
        "larger dots stand for more rows."
    )
    return picture(
        "reliability", body, title="Reliability diagram", told=told, size=(frame.width, frame.height)
    )


def risk_coverage(part: AbstentionPart) -> str:
    """The share of wrong answers among the kept, for every share kept; marks the package's threshold."""
    worst = max([point.risk for point in part.curve if point.coverage >= 0.05] or [0.0])
    frame = Frame(top=max(round_up(max(worst, part.risk or 0) * 1.1), 0.01))
    body = frame.axes(across="Share of rows kept", up="Share wrong among the kept")
    points = " ".join(
        f"{frame.x(point.coverage):.1f},{frame.y(min(point.risk, frame.top)):.1f}" for point in part.curve
    )
    body.append(f'<polyline class="curve" points="{points}"/>')
    if part.risk is not None:
        body.append(line(frame.x(0), frame.y(part.risk), frame.x(1), frame.y(part.risk), kind="goal"))
        body.append(
            words(
                frame.x(1), frame.y(part.risk) - 6, f"at most {percent(part.risk)}", kind="mark", anchor="end"
            )
        )
    told = "No row is kept at the threshold."
    if part.kept_accuracy is not None:
        x, y = frame.x(part.coverage), frame.y(1 - part.kept_accuracy.value)
        told = f"{percent(part.coverage)} of rows kept, {percent(1 - part.kept_accuracy.value)} of them wrong"
        body.append(line(x, y, x, frame.y(0), kind="goal"))
        body.append(f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="6"><title>{told}</title></circle>')
    return picture("risk", body, title="Risk-coverage curve", told=told, size=(frame.width, frame.height))


def histogram(part: Histogram) -> str:
    """How many rows got which score, right and wrong answers side by side, on a square-root scale."""
    frame = Frame(top=max(round_up(max(part.right + part.wrong)), 5), rooted=True)
    body = frame.axes(across="Score the model gave", up="Rows (square-root scale)", tell_up=in_whole)
    for low, high, right, wrong in zip(part.edges, part.edges[1:], part.right, part.wrong, strict=False):
        x, width = frame.x(low) + 1, (frame.x(high) - frame.x(low) - 2) / 2
        told = (
            f"Scores of {percent(low, digits=0)} to {percent(high, digits=0)}: {right} right, {wrong} wrong"
        )
        for kind, left, count in (("good", x, right), ("bad", x + width, wrong)):
            if count:
                height = frame.y(0) - frame.y(count)
                body.append(box(left, frame.y(count), width, height, kind=kind, told=told))
    body += [
        box(frame.x(0) + 12, 22, 12, 12, kind="good"),
        words(frame.x(0) + 30, 32, "right"),
        box(frame.x(0) + 78, 22, 12, 12, kind="bad"),
        words(frame.x(0) + 96, 32, "wrong"),
    ]
    told = f"{sum(part.right)} right and {sum(part.wrong)} wrong answers by score."
    return picture("scores", body, title="Histogram of scores", told=told, size=(frame.width, frame.height))


def shown_labels(report: ClassificationReport) -> list[int]:
    """The class numbers that the heat map shows, in the order of the labels."""
    if len(report.labels) <= MATRIX_LABELS:
        return list(range(len(report.labels)))
    wrong = [
        sum(row) + sum(other[place] for other in report.confusion) - 2 * row[place]
        for place, row in enumerate(report.confusion)
    ]
    return sorted(sorted(range(len(wrong)), key=lambda place: -wrong[place])[:MATRIX_LABELS])


def heat_map(report: ClassificationReport) -> str:
    """The confusion matrix: one line a true label, one column a predicted one; darker is a larger share."""
    places = shown_labels(report)
    names = [fit(report.labels[place], _LABEL_CELLS).rstrip() for place in places]
    size = min(72.0, max(10.0, 560 / len(places)))
    letter = min(12.0, size * 0.95)
    margin = 14 + max(display_width(name) for name in names) * letter * 0.58
    style = f' style="font-size:{letter:.1f}px"'
    body = []
    for index, name in enumerate(names):
        middle = margin + (index + 0.5) * size
        low = middle + letter * 0.35
        body.append(words(margin - 6, low, name, anchor="end", more=style))
        turn = f' transform="rotate(-90 {low:.1f} {margin - 6:.1f})"{style}'
        body.append(words(low, margin - 6, name, more=turn))
    end = margin + len(places) * size
    for index in range(len(places) + 1):
        edge = margin + index * size
        body += [line(margin, edge, end, edge, kind="axis"), line(edge, margin, edge, end, kind="axis")]
    for row, true in enumerate(places):
        total = sum(report.confusion[true])
        for column, given in enumerate(places):
            count = report.confusion[true][given]
            if count:
                told = (
                    f"{report.labels[true]} given {report.labels[given]}: "
                    f"{count} of {total} rows ({percent(count / total)})"
                )
                x, y = margin + column * size, margin + row * size
                share, right = count / total, true == given
                body += cell(x, y, size, count=count, share=share, right=right, told=told)
    told = (
        "Lines are true labels, columns are predicted ones. Blue cells are right answers, red ones are wrong."
    )
    return picture("confusion", body, title="Confusion matrix", told=told, size=(end + 8, end + 8))


def cell(x: float, y: float, size: float, *, count: int, share: float, right: bool, told: str) -> list[str]:
    """One cell of a table of counts, darker the larger its share of the line; large ones show the count."""
    # The root makes rare confusions visible beside a strong diagonal.
    opacity = 0.08 + 0.92 * math.sqrt(share)
    kind = "good" if right else "bad"
    parts = [box(x + 0.5, y + 0.5, size - 1, size - 1, kind=kind, opacity=opacity, told=told)]
    if size >= 560 / NUMBERED:
        middle = x + size / 2
        parts.append(
            words(
                middle, y + size / 2 + 4, str(count), anchor="middle", kind="on" if opacity > 0.6 else "value"
            )
        )
    return parts


def bar(value: float, *, told: str) -> str:
    """A short bar for a share, to stand in a table."""
    return (
        f'<svg role="img" aria-label="{told}" viewBox="0 0 100 14" preserveAspectRatio="none" '
        f'style="height:14px;margin:4px 0">{box(0, 2, 100, 10, kind="track")}'
        f"{box(0, 2, 100 * value, 10, kind='good')}</svg>"
    )
