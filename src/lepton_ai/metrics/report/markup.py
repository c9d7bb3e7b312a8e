"""The pieces that every page of a report is made of.

Everything a user's data can hold (labels, texts, names, notes) passes `safe`; the page's own policy forbids
scripts and any request, so that even a mistake here could not run or fetch something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lepton_ai.metrics.report.style import STYLE
from lepton_ai.metrics.report.summary import between, percent
from lepton_ai.metrics.report.svg import safe

if TYPE_CHECKING:
    from lepton_ai.metrics.binomial import Interval

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def document(name: str, *, kind: str, told: str, body: Sequence[str]) -> str:
    """The whole page: its head, a title with what it is about, and the finished parts of its body."""
    header = f'<header><h1>{text(name)}</h1><p class="soft">{safe(told)}</p></header>'
    parts = "\n".join([header, *body])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{safe(name)}: {safe(kind)}</title><style>{STYLE}</style></head>\n"
        f"<body><main>\n{parts}\n</main></body></html>\n"
    )


def cards(parts: Sequence[str]) -> str:
    """A row of cards."""
    return f'<div class="cards">{"".join(parts)}</div>'


def card(name: str, value: str, below: str) -> str:
    """One figure, large, with its name above and a remark below."""
    return f'<div class="card">{safe(name)}<b>{value}</b><span class="soft">{safe(below)}</span></div>'


def interval_card(name: str, interval: Interval) -> str:
    """A share with the limits between which it lies."""
    return card(name, percent(interval.value), between(interval))


def section(title: str, body: str, *, told: str = "") -> str:
    """A part of the page with its title, a line about it, and its finished body."""
    below = f'<p class="soft">{safe(told)}</p>' if told else ""
    return f"<section><h2>{safe(title)}</h2>{below}{body}</section>"


def in_words(lines: Iterable[str]) -> str:
    """The part that says in sentences what matters most."""
    return section("In words", f"<ul>{''.join(f'<li>{safe(line)}</li>' for line in lines)}</ul>")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, kinds: Sequence[str]) -> str:
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


def text(value: str) -> str:
    """A user's text; `bdi` keeps its direction marks from reordering what stands beside it."""
    return f"<bdi>{safe(value)}</bdi>"


def notes(lines: Sequence[str]) -> str:
    """The part with the lines of whoever made the report; nothing where there are none."""
    if not lines:
        return ""
    return section("Notes", f"<ul>{''.join(f'<li>{text(line)}</li>' for line in lines)}</ul>")
