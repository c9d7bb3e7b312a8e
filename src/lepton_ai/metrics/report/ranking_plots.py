"""The pictures of the page on a ranking."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_ai.metrics.report.summary import percent
from lepton_ai.metrics.report.svg import (
    Frame,
    box,
    in_whole,
    line,
    picture,
    round_up,
    words,
)

if TYPE_CHECKING:
    from lepton_ai.metrics.report.ranking_parts import RanksPart

_GAP = 0.12


def places(part: RanksPart, *, users: int, k: int) -> str:
    """Users by the place of their first right item; places behind k are paler."""
    count = len(part.bars)
    frame = Frame(right=count, top=round_up(max(max(bar.users for bar in part.bars) / users, 0.001)))
    body = frame.upright("Share of users")
    for index, bar in enumerate(part.bars):
        at = f"{bar.first}" if bar.first == bar.last else f"{bar.first}-{bar.last}"
        body.append(frame.below(index + 0.5, at))
        if bar.users:
            share = bar.users / users
            told = f"Place {at}: {bar.users:,} users ({percent(share)})"
            left, width = frame.x(index + _GAP), frame.x(index + 1 - _GAP) - frame.x(index + _GAP)
            height = frame.y(0) - frame.y(share)
            shade = 1 if bar.last <= k else 0.45
            body.append(box(left, frame.y(share), width, height, kind="good", opacity=shade, told=told))
    body.append(frame.named("Place of the first right item"))
    told = "Users by the place of their first right item in the list."
    return picture("places", body, title="Places of right items", told=told, size=(frame.width, frame.height))


def lengths(part: RanksPart, *, k: int, several: bool) -> str:
    """What longer and shorter lists would find; marks k. Recall is drawn where it differs."""
    best = max(point.hit_rate for point in part.curve)
    top = 1.0 if best > 0.8 else max(round_up(best * 1.1), 0.01)
    frame = Frame(right=max(5 * math.ceil(part.depth / 5), 5), top=top)
    body = frame.axes(across="Length of the list (k)", up="Share found", tell_across=in_whole)
    hit = next(point for point in part.curve if point.k >= k)
    body.append(line(frame.x(hit.k), frame.y(0), frame.x(hit.k), frame.y(hit.hit_rate), kind="goal"))
    curves = [("hit_rate", "curve", "hit rate"), *([("recall", "curve second", "recall")] if several else [])]
    for attribute, kind, name in curves:
        shares = [getattr(point, attribute) for point in part.curve]
        points = " ".join(
            f"{frame.x(point.k):.1f},{frame.y(share):.1f}"
            for point, share in zip(part.curve, shares, strict=True)
        )
        body.append(f'<polyline class="{kind}" points="{points}"/>')
        if several:
            mark = "good" if attribute == "hit_rate" else "bad"
            right = frame.x(part.curve[-1].k)
            body.append(words(right - 4, frame.y(shares[-1]) - 8, name, anchor="end", kind=mark))
    told = f"A list of {hit.k} has a right item for {percent(hit.hit_rate)} of users"
    body.append(
        f'<circle class="mark" cx="{frame.x(hit.k):.1f}" cy="{frame.y(hit.hit_rate):.1f}" r="6">'
        f"<title>{told}</title></circle>"
    )
    return picture("lengths", body, title="Length of the list", told=told, size=(frame.width, frame.height))
