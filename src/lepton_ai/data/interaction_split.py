"""Events to train on and events to judge by, so that nothing of the second is known to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.data.moments import moment_text

if TYPE_CHECKING:
    from lepton_ai.data.interactions import Interactions


def leave_last_out(events: Interactions) -> tuple[Interactions, Interactions]:
    """The last event of each user apart; users with one event keep it. Applied twice it gives a validation.

    The order is that of time, or of the rows where there are no times. No event of a user that is left in
    is later than the one taken out; an event of another user may be (for that there is `by_time`).

    Returns:
        (rest, last).

    Raises:
        DataError: No user has two events.
    """
    order = "time" if events.has_times else "row, as there are no times"
    last = pl.col("user").is_last_distinct() & pl.col("user").is_duplicated()
    mask = events.frame.select(last).to_series()
    count = int(mask.sum())
    if not count:
        raise DataError("No user has two events, so none has a last one to leave out.", hint=_GATHER)
    note = f"The last event of each of {count:,} users is left out; the order is by {order}."
    return events.where(~mask, note), events.where(mask, note)


def by_time(events: Interactions, *, share: float = 0.2) -> tuple[Interactions, Interactions]:
    """The latest events apart, about `share` of all. Events of one moment stay together, on the later side.

    Returns:
        (train, test); no event of `train` is as late as the first of `test`.

    Raises:
        UsageError: `share` is not between 0 and 1.
        DataError: There are no times, or all events are of one moment.
    """
    _check_share(share)
    if not events.has_times:
        raise DataError("The events have no times to split by.", hint="Name the column with time=...")
    times = events.frame["time"].to_numpy()
    if not len(times) or times[0] == times[-1]:
        raise DataError(
            "All events are of one moment; they cannot be split by time.", hint="Split at random."
        )
    cut = max(int(times[_first(len(times), share)]), int(times[0]) + 1)
    later = pl.col("time") >= cut
    note = f"Split by time: the events from {moment_text(cut)} on are apart."
    return events.where(~later, note), events.where(later, note)


def at_random(
    events: Interactions, *, share: float = 0.2, seed: int = 0
) -> tuple[Interactions, Interactions]:
    """A random `share` of the pairs of user and item apart, the same for the same events and seed.

    All events of one pair are on one side: what a user thinks of an item again tells what they thought of
    it before.

    Returns:
        (train, test), each in the order of `events`.

    Raises:
        UsageError: `share` is not between 0 and 1.
        DataError: There are fewer than two pairs.
    """
    _check_share(share)
    pairs = events.frame.select("user", "item").unique(maintain_order=True)
    if pairs.height < 2:
        raise DataError("There are fewer than two different pairs of user and item.", hint=_GATHER)
    apart = np.zeros(pairs.height, np.bool_)
    drawn = np.random.default_rng(seed).permutation(pairs.height)
    apart[drawn[_first(pairs.height, share) :]] = True
    if pairs.height == events.frame.height:
        mask = pl.Series(apart)
    else:
        sided = pairs.with_columns(pl.Series("apart", apart))
        joined = events.frame.join(sided, on=["user", "item"], how="left", maintain_order="left")
        mask = joined["apart"]
    note = f"Split at random with seed {seed}: {share:.0%} of the pairs of user and item are apart."
    return events.where(~mask, note), events.where(mask, note)


_GATHER = "Gather more events."


def _check_share(share: float) -> None:
    if not 0 < share < 1:
        raise UsageError(f"The share {share} leaves one side empty.", hint="Give a number between 0 and 1.")


def _first(count: int, share: float) -> int:
    """The place from which on `share` of `count` things are apart; neither side is empty."""
    return min(max(count - round(share * count), 1), count - 1)
