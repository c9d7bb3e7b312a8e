"""Small pieces of SVG: a frame with axes, and text that cannot break out of it."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from lepton_ai.metrics.report.text import printable


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


@dataclass(frozen=True)
class Frame:
    """A plot with both axes starting at 0.

    Attributes:
        right: The end of the horizontal axis.
        top: The end of the vertical axis.
        width: Width in pixels, margins counted.
        height: Height in pixels, margins counted.
        rooted: Whether the vertical axis is on a square-root scale.
    """

    right: float = 1.0
    top: float = 1.0
    width: float = 500
    height: float = 330
    rooted: bool = False

    LEFT, ABOVE, AFTER, BELOW = 56, 14, 16, 46

    def x(self, value: float) -> float:
        """The pixel column of a value."""
        return self.LEFT + value / self.right * (self.width - self.LEFT - self.AFTER)

    def y(self, value: float) -> float:
        """The pixel line of a value."""
        share = math.sqrt(value / self.top) if self.rooted else value / self.top
        return self.height - self.BELOW - share * (self.height - self.ABOVE - self.BELOW)

    def axes(self, *, across: str, up: str, whole: bool = False) -> list[str]:
        """Grid lines with their values, and the names of the axes; `whole` shows counts, not shares."""
        parts = []
        for step in range(6):
            across_value = self.right * step / 5
            up_value = self.top * (step / 5) ** (2 if self.rooted else 1)
            parts.append(
                line(self.LEFT, self.y(up_value), self.width - self.AFTER, self.y(up_value), kind="axis")
            )
            shown = f"{up_value:,.0f}" if whole else _share(up_value, self.top)
            parts.append(words(self.LEFT - 8, self.y(up_value) + 4, shown, anchor="end"))
            below = self.height - self.BELOW + 18
            parts.append(
                words(self.x(across_value), below, _share(across_value, self.right), anchor="middle")
            )
        middle = (self.height - self.BELOW + self.ABOVE) / 2
        parts.append(words(self.x(self.right / 2), self.height - 8, across, anchor="middle"))
        parts.append(
            words(14, middle, up, anchor="middle", more=f' transform="rotate(-90 14 {middle:.1f})"'),
        )
        return parts


def _share(value: float, end: float) -> str:
    return f"{value * 100:.0f}%" if end >= 0.05 else f"{value * 100:.1f}%"
