"""The report on a recommender's lists for users whose right items are known."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.core.types import JSON
from lepton_ai.metrics.beyond_accuracy import catalogue_counts, gini_of, user_novelty
from lepton_ai.metrics.binomial import Interval, proportion_interval
from lepton_ai.metrics.bootstrap import ratio_intervals
from lepton_ai.metrics.ranked_lists import Hits, Lists, Sets, find_hits, item_sets, ranked_lists, whole_k
from lepton_ai.metrics.ranking import user_scores
from lepton_ai.metrics.report.bands import (
    COUNT_BANDS,
    POPULARITY_BANDS,
    bands_of,
    count_bands,
    popularity_bands,
)
from lepton_ai.metrics.report.plain import plain
from lepton_ai.metrics.report.ranking_page import render_page
from lepton_ai.metrics.report.ranking_parts import (
    BeyondPart,
    HistoryLine,
    LengthPoint,
    PopularityLine,
    RankBar,
    RanksPart,
    WeakSpot,
    WeakSpots,
)
from lepton_ai.metrics.report.ranking_text import render_text
from lepton_ai.metrics.slices import worst_slices

FORMAT = 1
"""Raised when a key of the JSON form changes its meaning or goes away."""

SCORES = ("hit_rate", "ndcg", "mrr", "map", "precision", "recall")
"""The metrics of the report that have an interval."""

_DEPTH = 500
_CURVE_POINTS = 100
_SINGLE_BARS = 12
_BAR_ENDS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500)

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RankingReport:
    """How good a recommender's lists are, how sure that is, whom they fail, and what they show.

    Make it with `build`; show it with `to_text`, `to_html` or `to_json`. The hit rate carries an exact
    binomial interval, the other metrics percentile bootstrap intervals over users, all at `level`.

    Example:
        >>> report = RankingReport.build([["a", "b"], ["c", "a"]], [{"b"}, {"d"}], k=2, catalogue_size=4)
        >>> report.hit_rate.value, report.mrr.value, report.beyond.coverage
        (0.5, 0.25, 0.75)
    """

    name: str
    k: int
    users: int
    passed_over: int
    right_items: int
    level: float
    catalogue_size: int | None
    negatives: int | None
    hit_rate: Interval
    ndcg: Interval
    mrr: Interval
    map: Interval
    precision: Interval
    recall: Interval
    ranks: RanksPart
    beyond: BeyondPart | None
    histories: tuple[HistoryLine, ...]
    popularities: tuple[PopularityLine, ...]
    weak: WeakSpots
    notes: tuple[str, ...]

    @classmethod
    def build(
        cls,
        recommended: Lists,
        relevant: Sets,
        *,
        k: int = 10,
        catalogue_size: int | None = None,
        popularity: Mapping[Any, float] | None = None,
        history_lengths: Sequence[int] | None = None,
        negatives: int | None = None,
        notes: Sequence[str] = (),
        name: str = "model",
        seed: int = 0,
        level: float = 0.95,
        resamples: int = 1000,
    ) -> Self:
        """The report on lists for users whose right items are known.

        Args:
            recommended: One ranked list of item ids a user, best first. Lists longer than k tell more about
                the places of right items; the first 500 places are looked at.
            relevant: One collection of right item ids a user. Users without any are passed over.
            k: The length of the list that users get to see.
            catalogue_size: How many items could be recommended; None leaves coverage and Gini out.
            popularity: Item id to how often it was chosen in the training data, as a count or a share; None
                leaves novelty and the look at popular and rare items out.
            history_lengths: How many events of each user the model knew, one number for every user given.
            negatives: How many drawn items the right ones were ranked among; None for all items. What the
                lists show of the catalogue means nothing then, and is left out.
            notes: Lines to show as they are, such as how the data was split, or timings.
            name: The model's name.
            seed: Start of the bootstrap's random draws.
            level: The confidence level of all intervals.
            resamples: How many bootstrap resamples to draw.

        Raises:
            UsageError: The arguments tell of different numbers of users, an item stands in a list twice, or
                k is under 1.
            DataError: No user has a right item, or more items are recommended than the catalogue holds.
        """
        length = whole_k(k)
        lists, sets = ranked_lists(recommended), item_sets(relevant)
        deep = find_hits(lists, sets, k=max(length, _DEPTH))
        hits = deep.first(length)
        scores = user_scores(hits)
        chance = _Chance(level=level, seed=seed, resamples=resamples)
        bands = None if popularity is None else popularity_bands(popularity)
        wanted = [sets[user] for user in hits.users]
        histories = _histories(history_lengths, users=len(lists), among=hits.users)
        return cls(
            name=name,
            k=length,
            users=len(hits.users),
            passed_over=len(lists) - len(hits.users),
            right_items=int(hits.relevant.sum()),
            level=level,
            catalogue_size=catalogue_size,
            negatives=negatives,
            **_intervals(scores, chance),
            ranks=_ranks(deep, k=length),
            beyond=None if negatives else _beyond(lists, length, catalogue_size, popularity),
            histories=_history_lines(histories, scores, chance),
            popularities=_popularity_lines(lists, hits, wanted, bands, chance),
            weak=_weak_spots(scores["hit_rate"], histories, wanted, bands, level=level),
            notes=tuple(notes),
        )

    def summary(self) -> JSON:
        """The few figures that a package's manifest and model card show; plain JSON.

        Scores are named like the functions, "ndcg_at_10", each {"value", "low", "high"}; `slices` lists
        the kinds of users found weak, each with `name`, `users` and `hit_rate`.
        """
        beyond = self.beyond
        shown = {} if beyond is None or beyond.coverage is None else {"coverage": beyond.coverage}
        return {
            "users": self.users,
            **{f"{score}_at_{self.k}": asdict(getattr(self, score)) for score in SCORES},
            **shown,
            **({} if self.negatives is None else {"sampled_negatives": self.negatives}),
            "slices": [
                {
                    "name": f"{spot.column} = {spot.value}",
                    "users": spot.users,
                    "hit_rate": spot.hit_rate.value,
                }
                for spot in self.weak.found
            ],
        }

    def to_json(self) -> JSON:
        """The whole report as JSON values, with key names that stay; shapes are those of the attributes."""
        return {"report": "ranking", "format": FORMAT, **plain(asdict(self))}

    def to_text(self) -> str:
        """The report for a terminal: at most about 60 lines."""
        return render_text(self)

    def to_html(self) -> str:
        """The report as one self-contained page: no script, nothing loaded from elsewhere."""
        return render_page(self)


@dataclass(frozen=True)
class _Chance:
    """How intervals are made."""

    level: float
    seed: int
    resamples: int

    def intervals(self, parts: ArrayLike, wholes: ArrayLike) -> list[Interval]:
        return ratio_intervals(parts, wholes, seed=self.seed, n=self.resamples, level=self.level)

    def share(self, found: NDArray[np.int64], of: NDArray[np.int64]) -> Interval:
        """Of the things that users have, the share found: exact where no user has two of them."""
        if of.max() <= 1:
            return proportion_interval(int(found.sum()), int(of.sum()), level=self.level)
        return self.intervals(found[:, None], of[:, None])[0]


def _intervals(scores: Mapping[Any, _Floats], chance: _Chance) -> dict[str, Any]:
    table = np.stack([scores[name] for name in SCORES], axis=1)
    found = dict(zip(SCORES, chance.intervals(table, np.ones_like(table)), strict=True))
    hits = scores["hit_rate"].astype(np.int64)
    return {**found, "hit_rate": chance.share(hits, np.ones_like(hits))}


def _ranks(deep: Hits, *, k: int) -> RanksPart:
    """At which places right items stand, in as many places as the longest list has, at least k."""
    depth = max(deep.table.shape[1], k)
    found = deep.table.any(axis=1)
    places: NDArray[np.int64] = deep.table.argmax(axis=1)[found] + 1
    at = np.bincount(places, minlength=depth + 1)
    hit_rates = at.cumsum()[1:] / deep.users.size
    recalls = (deep.table.cumsum(axis=1) / deep.relevant[:, None]).mean(axis=0)
    lengths = np.unique(np.linspace(1, depth, min(depth, _CURVE_POINTS)).round().astype(np.int64))
    return RanksPart(
        depth=depth,
        median=int(np.sort(places)[(len(places) - 1) // 2]) if len(places) else None,
        bars=tuple(
            RankBar(first, last, int(at[first : last + 1].sum())) for first, last in _bar_places(depth)
        ),
        curve=tuple(
            LengthPoint(length, float(hit_rates[length - 1]), float(recalls[min(length, len(recalls)) - 1]))
            for length in lengths.tolist()
        ),
    )


def _bar_places(depth: int) -> list[tuple[int, int]]:
    """First and last place of each bar: single places of short lists, growing bands of long ones."""
    if depth <= _SINGLE_BARS:
        return [(place, place) for place in range(1, depth + 1)]
    ends = [*(end for end in _BAR_ENDS if end < depth), depth]
    return [(before + 1, end) for before, end in zip([0, *ends], ends, strict=False)]


def _beyond(
    lists: list[list[Hashable]], k: int, catalogue_size: int | None, popularity: Mapping[Any, float] | None
) -> BeyondPart | None:
    shown = [row[:k] for row in lists if row]
    if not shown:
        return None
    items = {item for row in shown for item in row}
    counts = catalogue_counts(shown, items if catalogue_size is None else catalogue_size)
    filled = np.sort(counts)[::-1].cumsum()
    return BeyondPart(
        items=len(items),
        half=int(np.searchsorted(filled, filled[-1] / 2)) + 1,
        coverage=None if catalogue_size is None else len(items) / catalogue_size,
        gini=None if catalogue_size is None else gini_of(counts),
        novelty=None if popularity is None else float(user_novelty(shown, popularity).mean()),
    )


def _histories(
    lengths: Sequence[int] | None, *, users: int, among: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """The band of the history of every user with a right item."""
    if lengths is None:
        return None
    counts = np.asarray(lengths)
    if counts.ndim != 1 or len(counts) != users:
        raise UsageError(
            f"history_lengths has the shape {list(counts.shape)} for {users} users.",
            hint="Give one number of known events for every user, also those without a right item.",
        )
    if counts.dtype.kind not in "iu" or counts.min() < 0:
        raise DataError("history_lengths must hold whole numbers of 0 or more.")
    return count_bands(counts[among])


def _history_lines(
    bands: NDArray[np.int64] | None, scores: Mapping[Any, _Floats], chance: _Chance
) -> tuple[HistoryLine, ...]:
    if bands is None:
        return ()
    present = np.unique(bands)
    members = (bands[:, None] == present).astype(np.int64)
    hits = scores["hit_rate"].astype(np.int64)[:, None] * members
    ndcgs = chance.intervals(scores["ndcg"][:, None] * members, members)
    return tuple(
        HistoryLine(
            events=COUNT_BANDS[band],
            users=int(members[:, place].sum()),
            hit_rate=chance.share(hits[:, place], members[:, place]),
            ndcg=ndcgs[place],
        )
        for place, band in enumerate(present.tolist())
    )


def _popularity_lines(
    lists: list[list[Hashable]],
    hits: Hits,
    wanted: list[frozenset[Hashable]],
    bands: dict[Hashable, int] | None,
    chance: _Chance,
) -> tuple[PopularityLine, ...]:
    if bands is None:
        return ()
    shown = [lists[user][: hits.k] for user in hits.users]
    right = np.stack([bands_of(items, bands) for items in wanted])
    found = np.stack(
        [
            bands_of([item for item in row if item in items], bands)
            for row, items in zip(shown, wanted, strict=True)
        ]
    )
    given = sum((bands_of(row, bands) for row in shown), np.zeros(len(POPULARITY_BANDS), dtype=np.int64))
    return tuple(
        PopularityLine(
            kind=kind,
            right=int(right[:, band].sum()),
            recall=chance.share(found[:, band], right[:, band]) if right[:, band].any() else None,
            right_share=float(right[:, band].sum() / right.sum()),
            recommended_share=float(given[band] / max(given.sum(), 1)),
        )
        for band, kind in enumerate(POPULARITY_BANDS)
        if right[:, band].any() or given[band]
    )


def _weak_spots(
    hit: _Floats,
    histories: NDArray[np.int64] | None,
    wanted: list[frozenset[Hashable]],
    bands: dict[Hashable, int] | None,
    *,
    level: float,
) -> WeakSpots:
    columns = {}
    if histories is not None:
        columns["known events"] = [COUNT_BANDS[band] for band in histories.tolist()]
    if bands is not None:
        columns["right item"] = [_kind(items, bands) for items in wanted]
    look = worst_slices(hit > 0, columns, level=level)
    found = [
        WeakSpot(part.column, part.value, part.rows, part.accuracy, part.rest, part.p_value)
        for part in look.found
        if part.value != _SEVERAL
    ]
    return WeakSpots(tuple(found), look.tested)


_SEVERAL = "of several kinds"


def _kind(items: frozenset[Hashable], bands: Mapping[Hashable, int]) -> str:
    """The popularity that all right items of a user share."""
    kinds = {bands.get(item, 3) for item in items}
    return POPULARITY_BANDS[kinds.pop()] if len(kinds) == 1 else _SEVERAL
