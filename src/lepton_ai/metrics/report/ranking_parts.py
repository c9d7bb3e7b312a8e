"""The parts that a report on a ranking is made of; each is plain data."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_ai.metrics.binomial import Interval


@dataclass(frozen=True)
class RankBar:
    """Users whose first right item stands at one of the places `first` to `last` (from 1 on)."""

    first: int
    last: int
    users: int


@dataclass(frozen=True)
class LengthPoint:
    """What a list of length k would find."""

    k: int
    hit_rate: float
    recall: float


@dataclass(frozen=True)
class RanksPart:
    """At which places right items stand.

    Attributes:
        depth: How many places of the lists were looked at.
        median: Half of the users that have a right item in these places have one up to this place (the lower
            median of the first one's place); None when no user has.
        bars: Users by the place of their first right item.
        curve: What shorter and longer lists would find, thinned to at most about 100 points.
    """

    depth: int
    median: int | None
    bars: tuple[RankBar, ...]
    curve: tuple[LengthPoint, ...]


@dataclass(frozen=True)
class BeyondPart:
    """What the lists show, right or not.

    Attributes:
        items: How many different items are recommended to somebody.
        half: The smallest number of items that fill half of all places.
        coverage: The share of the catalogue that is recommended; None when its size is not known.
        gini: How unevenly places are shared out (0 even, 1 all to one item); None as above.
        novelty: Mean -log2 of the recommended items' share of events; None when popularity is not known.
    """

    items: int
    half: int
    coverage: float | None
    gini: float | None
    novelty: float | None


@dataclass(frozen=True)
class HistoryLine:
    """Users with a number of known events in one band."""

    events: str
    users: int
    hit_rate: Interval
    ndcg: Interval


@dataclass(frozen=True)
class PopularityLine:
    """Right items of one kind of popularity.

    Attributes:
        kind: "popular", "middling", "rare" or "new".
        right: How many right items are of this kind, counted once for each user.
        recall: The share of them that was found; None when there are none.
        right_share: Their share of all right items.
        recommended_share: The share of all recommended places that this kind takes.
    """

    kind: str
    right: int
    recall: Interval | None
    right_share: float
    recommended_share: float


@dataclass(frozen=True)
class WeakSpot:
    """A kind of users that finds a right item less often than the rest, by more than chance explains.

    Attributes:
        column: "known events" or "right item".
        value: The value shared.
        users: How many share it.
        hit_rate: Their hit rate; the interval holds for all kinds looked at together.
        rest: The hit rate of all other users.
        p_value: Of Fisher's exact test, corrected for the number of kinds (Holm).
    """

    column: str
    value: str
    users: int
    hit_rate: Interval
    rest: float
    p_value: float


@dataclass(frozen=True)
class WeakSpots:
    """What a look at all kinds of users found: the weak ones, worst first, and how many were looked at."""

    found: tuple[WeakSpot, ...]
    tested: int
