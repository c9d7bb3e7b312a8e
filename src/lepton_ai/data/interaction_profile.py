"""What a set of events is like: the facts a task chooses by, and the statistics that drift is told by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lepton_ai.core.types import JSON
from lepton_ai.data.moments import moment_text

if TYPE_CHECKING:
    from lepton_ai.data.interactions import Interactions

VERSION = 1
"""Version of the layout of a profile; `profile_interactions` writes it, readers check it."""

_QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
_MOST_RATINGS = 50
_BINS = 20


@dataclass(frozen=True)
class InteractionFacts:
    """What a recommender is chosen by.

    Attributes:
        events: How many events there are.
        users: How many different users.
        items: How many different items.
        pairs: How many different pairs of user and item.
        has_times: Whether the events are in order of time.
        has_ratings: Whether they have ratings.
        rating_range: Lowest and highest rating; None without ratings.
        repeat_share: Share of the events whose user had the same item before, 0 to 1.
        median_history: Median number of events a user.
    """

    events: int
    users: int
    items: int
    pairs: int
    has_times: bool
    has_ratings: bool
    rating_range: tuple[float, float] | None
    repeat_share: float
    median_history: float

    @property
    def density(self) -> float:
        """Share of all pairs of user and item that occur."""
        return self.pairs / max(self.users * self.items, 1)


def describe_interactions(events: Interactions) -> InteractionFacts:
    """The facts of some events."""
    frame = events.frame
    histories = _sizes(frame, "user")
    pairs = frame.select(pl.struct("user", "item").n_unique()).item() if frame.height else 0
    ratings = _ratings(events)
    return InteractionFacts(
        events=frame.height,
        users=len(histories),
        items=frame["item"].n_unique(),
        pairs=pairs,
        has_times=events.has_times,
        has_ratings=events.has_ratings,
        rating_range=(float(ratings.min()), float(ratings.max())) if len(ratings) else None,
        repeat_share=(frame.height - pairs) / max(frame.height, 1),
        median_history=float(np.median(histories)) if len(histories) else 0.0,
    )


def profile_interactions(events: Interactions) -> JSON:
    """Reference statistics of events, which later events are compared with.

    Returns:
        {"version", "events", "users", "items", "density", "repeat_share", "events_per_user",
        "events_per_item", "time", "ratings"}. The two of `events_per_...` are quantiles by share; "time" is
        {"first", "last"} in UTC or None; "ratings" is None or {"missing", "mean", "deviation", and either
        "values" (rating to count) or, where there are more than 50 different ones, "histogram" ("edges",
        "counts")}.
    """
    facts = describe_interactions(events)
    return {
        "version": VERSION,
        "events": facts.events,
        "users": facts.users,
        "items": facts.items,
        "density": facts.density,
        "repeat_share": facts.repeat_share,
        "events_per_user": _quantiles(_sizes(events.frame, "user")),
        "events_per_item": _quantiles(_sizes(events.frame, "item")),
        "time": _time_range(events),
        "ratings": _rating_profile(events),
    }


def _sizes(frame: pl.DataFrame, column: str) -> NDArray[np.uint32]:
    return frame.group_by(column).len()["len"].to_numpy()


def _quantiles(sizes: NDArray[np.uint32]) -> JSON:
    if not len(sizes):
        return {}
    found = np.quantile(sizes, _QUANTILES)
    return {str(share): float(value) for share, value in zip(_QUANTILES, found, strict=True)}


def _time_range(events: Interactions) -> JSON | None:
    if not events.has_times or not len(events):
        return None
    times = events.frame["time"]
    return {"first": moment_text(int(times[0])), "last": moment_text(int(times[-1]))}


def _ratings(events: Interactions) -> NDArray[np.float64]:
    if not events.has_ratings:
        return np.zeros(0)
    return events.frame["rating"].drop_nulls().to_numpy().astype(np.float64)


def _rating_profile(events: Interactions) -> JSON | None:
    ratings = _ratings(events)
    if not len(ratings):
        return None
    head = {
        "missing": len(events) - len(ratings),
        "mean": float(ratings.mean()),
        "deviation": float(ratings.std()),
    }
    values, counts = np.unique(ratings, return_counts=True)
    if len(values) <= _MOST_RATINGS:
        shown = [f"{value:g}" for value in values.tolist()]
        return {**head, "values": dict(zip(shown, counts.tolist(), strict=True))}
    counts, edges = np.histogram(ratings, bins=_BINS)
    return {**head, "histogram": {"edges": edges.tolist(), "counts": counts.tolist()}}
