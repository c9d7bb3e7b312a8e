"""The pictures of the page on predicted ratings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_ai.metrics.report.plots import cell
from lepton_ai.metrics.report.ranking_words import figure
from lepton_ai.metrics.report.rating_words import value_of
from lepton_ai.metrics.report.summary import percent
from lepton_ai.metrics.report.svg import (
    Frame,
    box,
    in_units,
    line,
    picture,
    round_up,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_ai.metrics.report.rating_parts import ErrorHistogram, RatingLine


def predicted(lines: Sequence[RatingLine]) -> str:
    """The mean prediction by true rating, with the middle 8 in 10; the dashed line is perfect."""
    low = min(min(each.low, each.predicted_low) for each in lines)
    high = max(max(each.high, each.predicted_high) for each in lines)
    margin = (high - low) * 0.08 or 0.5
    start, end = low - margin, high + margin
    frame = Frame(right=end, top=end, start=start, floor=start)
    body = []
    for value in _ticks(lines):
        y = frame.y(value)
        body.append(line(frame.LEFT, y, frame.width - frame.AFTER, y, kind="axis"))
        body.append(words(frame.LEFT - 8, y + 4, in_units(value), anchor="end"))
        body.append(frame.below(value, in_units(value)))
    middle = (frame.height - frame.BELOW + frame.ABOVE) / 2
    turned = f' transform="rotate(-90 14 {middle:.1f})"'
    body.append(words(14, middle, "Predicted rating", anchor="middle", more=turned))
    body.append(frame.named("True rating"))
    body.append(line(frame.x(start), frame.y(start), frame.x(end), frame.y(end), kind="ideal"))
    most = max(each.rows for each in lines)
    for each in lines:
        x, y = frame.x((each.low + each.high) / 2), frame.y(each.predicted)
        body.append(line(x, frame.y(each.predicted_low), x, frame.y(each.predicted_high), kind="whisker"))
        told = (
            f"True {value_of(each)}: {each.rows:,} ratings, {figure(each.predicted)} predicted on average, "
            f"8 in 10 between {figure(each.predicted_low)} and {figure(each.predicted_high)}"
        )
        radius = 3 + 5 * math.sqrt(each.rows / most)
        body.append(
            f'<circle class="good" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{told}</title></circle>'
        )
    told = "Mean prediction by true rating. Dots on the dashed line are right; larger ones are more ratings."
    return picture("predicted", body, title="Predicted ratings", told=told, size=(frame.width, frame.height))


def errors(part: ErrorHistogram) -> str:
    """How many ratings were predicted too low and too high, by how much."""
    end, total = part.edges[-1], sum(part.rows)
    frame = Frame(right=end, start=-end, top=round_up(max(part.rows) / total), steps=4)
    body = frame.axes(across="Predicted less true", up="Share of ratings", tell_across=in_units)
    for low, high, rows in zip(part.edges, part.edges[1:], part.rows, strict=False):
        if rows:
            told = f"{low:.2f} to {high:.2f}: {rows:,} ratings"
            width = frame.x(high) - frame.x(low) - 1
            height = frame.y(0) - frame.y(rows / total)
            body.append(box(frame.x(low) + 0.5, frame.y(rows / total), width, height, kind="good", told=told))
    body.append(line(frame.x(0), frame.y(0), frame.x(0), frame.y(frame.top), kind="goal"))
    told = "Ratings by their error; right ones stand at 0."
    return picture("errors", body, title="Errors", told=told, size=(frame.width, frame.height))


def table_of(lines: Sequence[RatingLine]) -> str:
    """True against predicted ratings, counted: one line a true rating, the highest on top."""
    count, names = len(lines), [value_of(each) for each in lines]
    letter, size = 12.0, min(72.0, 560 / count)
    margin = 30 + max(map(len, names)) * letter * 0.58
    end, foot = margin + count * size, 8 + count * size
    body = []
    for row, each in enumerate(reversed(lines)):
        y = 8 + row * size
        body.append(words(margin - 6, y + size / 2 + 4, value_of(each), anchor="end"))
        for column, rows in enumerate(each.predicted_as):
            if rows:
                share = rows / each.rows
                told = f"True {value_of(each)}, predicted as {names[column]}: {rows:,} ({percent(share)})"
                x = margin + column * size
                body += cell(x, y, size, count=rows, share=share, right=True, told=told)
    for index in range(count + 1):
        across, down = margin + index * size, 8 + index * size
        body += [line(across, 8, across, foot, kind="axis"), line(margin, down, end, down, kind="axis")]
    for column, name in enumerate(names):
        middle = margin + (column + 0.5) * size
        body.append(words(middle, foot + 18, name, anchor="middle", more=_small(name, size)))
    turned = f' transform="rotate(-90 12 {foot / 2:.1f})"'
    body.append(words((margin + end) / 2, foot + 40, "Predicted rating, nearest step", anchor="middle"))
    body += [words(12, foot / 2, "True rating", anchor="middle", more=turned)]
    told = "Lines are true ratings, columns the nearest step to the predicted ones; darker is a larger share."
    return picture("steps", body, title="True and predicted ratings", told=told, size=(end + 8, foot + 48))


def _small(name: str, size: float) -> str:
    """Letters of a size that lets `name` stand under a column."""
    return f' style="font-size:{min(12.0, size / max(len(name), 1) / 0.6):.1f}px"'


def _ticks(lines: Sequence[RatingLine]) -> list[float]:
    """The true ratings of the lines; of bins, their edges."""
    values = sorted({each.low for each in lines} | {each.high for each in lines})
    return values[:: math.ceil(len(values) / 11)]
