"""What the figures of a ranking say, in sentences that the terminal and the page share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_ai.metrics.report.summary import between, percent

if TYPE_CHECKING:
    from lepton_ai.metrics.binomial import Interval
    from lepton_ai.metrics.report.ranking import RankingReport
    from lepton_ai.metrics.report.ranking_parts import BeyondPart, PopularityLine

MEANINGS = {
    "hit_rate": ("Hit rate", "users with a right item in the list"),
    "ndcg": ("NDCG", "right items found; those at the top count most"),
    "mrr": ("MRR", "1 / place of the first right item"),
    "map": ("MAP", "precision at the places of right items"),
    "precision": ("Precision", "places of the list that hold a right item"),
    "recall": ("Recall", "right items that are in the list"),
}
"""The name of each metric, and what it is the mean or the share of."""

KINDS = {
    "popular": "items that together hold the first half of all events",
    "middling": "the next 30% of events",
    "rare": "the last 20%",
    "new": "no event yet",
}
"""What each kind of popularity means."""


def figure(value: float) -> str:
    """A metric as the field writes it: 0.206."""
    return f"{value:.3f}"


def limits(interval: Interval) -> str:
    """The limits of a metric: "0.189 to 0.224"."""
    return f"{figure(interval.low)} to {figure(interval.high)}"


def sentences(report: RankingReport) -> list[str]:
    """What matters most, one sentence a subject."""
    told = [
        f"{percent(report.hit_rate.value)} of {report.users:,} users find a right item among the first "
        f"{report.k}; of new users like these, expect {between(report.hit_rate)}.",
        places_sentence(report),
    ]
    if report.negatives is not None:
        told.insert(
            1,
            f"Right items were ranked among {report.negatives:,} drawn items only: these figures are much "
            "higher than those of a full ranking, and cannot be compared with them.",
        )
    if report.beyond is not None:
        told.append(shown_sentence(report.beyond, report.catalogue_size))
    if report.weak.tested:
        told.append(weak_sentence(report))
    if report.passed_over:
        users = "1 user has" if report.passed_over == 1 else f"{report.passed_over:,} users have"
        told.append(f"{users} no right item and cannot be judged.")
    return told


def places_sentence(report: RankingReport) -> str:
    """Where right items stand, and how many are nowhere."""
    part = report.ranks
    if part.median is None:
        return f"No right item stands in the first {part.depth:,} places of any list."
    missing = 1 - part.curve[-1].hit_rate
    return (
        f"Of the users with a right item in the first {part.depth:,} places, half have one in the first "
        f"{part.median:,}; {percent(missing)} of all users have none there."
    )


def shown_sentence(part: BeyondPart, catalogue_size: int | None) -> str:
    """How much of the catalogue is shown, and how unevenly."""
    of = ""
    if catalogue_size is not None and part.coverage is not None:
        of = f" of {catalogue_size:,} ({percent(part.coverage)})"
    half = "1 item fills" if part.half == 1 else f"{part.half:,} items fill"
    return f"The lists show {part.items:,} different items{of}; {half} half of all places."


def weak_sentence(report: RankingReport) -> str:
    """Whether some kind of user fares worse than the rest."""
    looked = f"{report.weak.tested} kinds of users were looked at"
    if not report.weak.found:
        return f"{looked}: none is worse than the rest by more than chance explains."
    worst = report.weak.found[0]
    return (
        f"{looked}: {len(report.weak.found)} worse than the rest, the worst ({worst.column} = {worst.value}) "
        f"has a hit rate of {percent(worst.hit_rate.value)} against {percent(worst.rest)}."
    )


def recall_of(line: PopularityLine) -> str:
    """The share of right items of a kind that was found."""
    return "-" if line.recall is None else percent(line.recall.value)


def recall_limits(line: PopularityLine) -> str:
    """The limits of that share."""
    return "" if line.recall is None else between(line.recall)


def beyond_lines(part: BeyondPart) -> list[tuple[str, str, str]]:
    """Name, value and meaning of what the lists show."""
    lines = [("Items shown", f"{part.items:,}", "different items in all lists together")]
    if part.coverage is not None:
        lines.append(("Coverage", percent(part.coverage), "share of the catalogue that is shown to somebody"))
    if part.gini is not None:
        lines.append(("Gini", figure(part.gini), "0: all items are shown equally often; 1: one takes all"))
    if part.novelty is not None:
        lines.append(
            ("Novelty", f"{part.novelty:.2f}", "mean -log2 of an item's share of events; more is newer")
        )
    return lines
