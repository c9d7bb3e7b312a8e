"""Small pieces of SVG: a frame with axes, and text that cannot break out of it."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lepton_ai.metrics.report.text import printable

Tell: TypeAlias = Callable[[float], str]
"""Writes a value of an axis."""


def safe(text: str) -> str:
    """`text` for a place between tags or in quotes: control characters replaced, markup escaped."""
    return html.escape(printable(text), quote=True)


def picture(name: str, body: Sequence[str], *, title: str, told: str, size: tuple[float, float]) -> str:
    """An SVG image with a title and a description for readers who do not see it.

    Args:
        name: An identifier that no other picture of the page has.
        body: Its elements.
        title: What it is.
        told: What it shows, in words.
        size: Width and height in pixels at full size.
    """
    width, height = size
    return (
        f'<svg role="img" aria-labelledby="{name}-title {name}-told" viewBox="0 0 {width:g} {height:g}" '
        f'style="max-width:{width:g}px"><title id="{name}-title">{safe(title)}</title>'
        f'<desc id="{name}-told">{safe(told)}</desc>{"".join(body)}</svg>'
    )


def line(x1: float, y1: float, x2: float, y2: float, *, kind: str) -> str:
    """A straight line of the style `kind`."""
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def words(x: float, y: float, text: str, *, anchor: str = "start", kind: str = "", more: str = "") -> str:
    """A piece of text; `anchor` says which of its ends, or its middle, stands at x."""
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{safe(text)}</text>'


def box(
    x: float, y: float, width: float, height: float, *, kind: str, opacity: float = 1, told: str = ""
) -> str:
    """A filled rectangle, with a tooltip where `told` says something."""
    fade = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 0):.1f}"'
    inner = f"<title>{safe(told)}</title>" if told else ""
    return f'<rect class="{kind}" {place}{fade}>{inner}</rect>'


def round_up(value: float) -> float:
    """The next round number (1, 1.5, 2 ... times a power of ten): a good end for an axis from 0."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9)
    )


def in_percent(end: float) -> Tell:
    """What writes the shares at an axis that ends at `end`."""
    return lambda value: f"{value * 100:.0f}%" if end >= 0.05 else f"{value * 100:.1f}%"


def in_whole(value: float) -> str:
    """A count as it stands at an axis."""
    return f"{value:,.0f}"


def in_units(value: float) -> str:
    """A measured number as it stands at an axis."""
    return f"{value:,.4g}"


@dataclass(frozen=True)
class Frame:
    """A plot with two axes.

    Attributes:
        right: The end of the horizontal axis.
        top: The end of the vertical axis.
        width: Width in pixels, margins counted.
        height: Height in pixels, margins counted.
        rooted: Whether the vertical axis, which then starts at 0, is on a square-root scale.
        start: Where the horizontal axis starts.
        floor: Where the vertical axis starts.
        steps: Into how many parts an axis is divided.
    """

    right: float = 1.0
    top: float = 1.0
    width: float = 500
    height: float = 330
    rooted: bool = False
    start: float = 0.0
    floor: float = 0.0
    steps: int = 5

    LEFT, ABOVE, AFTER, BELOW = 56, 14, 16, 46

    def x(self, value: float) -> float:
        """The pixel column of a value."""
        share = (value - self.start) / (self.right - self.start)
        return self.LEFT + share * (self.width - self.LEFT - self.AFTER)

    def y(self, value: float) -> float:
        """The pixel line of a value."""
        share = (value - self.floor) / (self.top - self.floor)
        if self.rooted:
            share = math.sqrt(share)
        return self.height - self.BELOW - share * (self.height - self.ABOVE - self.BELOW)

    def axes(
        self, *, across: str, up: str, tell_across: Tell | None = None, tell_up: Tell | None = None
    ) -> list[str]:
        """Grid lines with their values, and the names of the axes; shares unless told otherwise."""
        parts = self.upright(up, tell=tell_up)
        tell = tell_across or in_percent(self.right)
        for step in range(self.steps + 1):
            value = self.start + (self.right - self.start) * step / self.steps
            parts.append(self.below(value, tell(value)))
        return [*parts, self.named(across)]

    def upright(self, name: str, *, tell: Tell | None = None) -> list[str]:
        """The vertical axis: grid lines with their values, and its name."""
        parts, told = [], tell or in_percent(self.top)
        for step in range(self.steps + 1):
            share = (step / self.steps) ** (2 if self.rooted else 1)
            value = self.floor + (self.top - self.floor) * share
            parts.append(line(self.LEFT, self.y(value), self.width - self.AFTER, self.y(value), kind="axis"))
            parts.append(words(self.LEFT - 8, self.y(value) + 4, told(value), anchor="end"))
        middle = (self.height - self.BELOW + self.ABOVE) / 2
        turned = f' transform="rotate(-90 14 {middle:.1f})"'
        return [*parts, words(14, middle, name, anchor="middle", more=turned)]

    def below(self, value: float, text: str) -> str:
        """A text under the horizontal axis."""
        return words(self.x(value), self.height - self.BELOW + 18, text, anchor="middle")

    def named(self, across: str) -> str:
        """The name of the horizontal axis."""
        return words(self.x((self.start + self.right) / 2), self.height - 8, across, anchor="middle")
