"""The report on a ranking as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_ai.metrics.report.ranking_words import (
    MEANINGS,
    beyond_lines,
    figure,
    limits,
    recall_limits,
    recall_of,
    sentences,
)
from lepton_ai.metrics.report.summary import between, percent
from lepton_ai.metrics.report.text import joined, note_lines, printable

if TYPE_CHECKING:
    from lepton_ai.metrics.report.ranking import RankingReport

_BAR = 30


def render_text(report: RankingReport) -> str:
    """All parts of the report, the most important first."""
    users = f"{report.users:,} users, {report.right_items:,} right items"
    return joined(
        [f"Report on {printable(report.name)}: {users}, lists of {report.k}"],
        [f"  {line}" for line in sentences(report)],
        _scores(report),
        _places(report),
        _beyond(report),
        _histories(report),
        _popularities(report),
        note_lines(report.notes),
    )


def _scores(report: RankingReport) -> list[str]:
    lines = []
    for score, (name, meaning) in MEANINGS.items():
        value = getattr(report, score)
        lines.append(f"  {f'{name}@{report.k}':<14} {figure(value.value):>6}   {limits(value)}   {meaning}")
    return [f"Scores, with {report.level:.0%} intervals", *lines]


def _places(report: RankingReport) -> list[str]:
    most = max(bar.users for bar in report.ranks.bars)
    if not most:
        return []
    lines = []
    for bar in report.ranks.bars:
        place = f"{bar.first}" if bar.first == bar.last else f"{bar.first}-{bar.last}"
        drawn = "#" * round(_BAR * bar.users / most)
        lines.append(f"  {place:>9} {bar.users:>8,}  {percent(bar.users / report.users):>6}  {drawn}")
    return ["Place of the first right item", f"  {'place':>9} {'users':>8}   share", *lines]


def _beyond(report: RankingReport) -> list[str]:
    if report.beyond is None:
        return []
    lines = [f"  {name:<14} {value:>6}   {told}" for name, value, told in beyond_lines(report.beyond)]
    return ["What the lists show", *lines]


def _histories(report: RankingReport) -> list[str]:
    if not report.histories:
        return []
    return [
        "Users by the number of their known events",
        f"  {'events':>9} {'users':>8}  hit rate  interval          NDCG",
        *(
            f"  {line.events:>9} {line.users:>8,}  {percent(line.hit_rate.value):>8}"
            f"  {between(line.hit_rate):<16}  {figure(line.ndcg.value)}"
            for line in report.histories
        ),
    ]


def _popularities(report: RankingReport) -> list[str]:
    if not report.popularities:
        return []
    return [
        "Right items by popularity (popular: half of all events; middling: the next 30%; rare: the rest)",
        f"  {'kind':>9} {'right':>8}     found  interval          of right  of shown",
        *(
            f"  {line.kind:>9} {line.right:>8,}  {recall_of(line):>8}  {recall_limits(line):<16}"
            f"  {percent(line.right_share):>8}  {percent(line.recommended_share):>8}"
            for line in report.popularities
        ),
    ]
