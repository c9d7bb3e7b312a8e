"""Events of users with items: repeats, loners, odd times, odd ratings, and users that may be machines."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lepton_ai.data.identifiers import canonical_ids
from lepton_ai.data.moments import moments
from lepton_ai.data.normalise import quick_hashes
from lepton_ai.data.quality.base import Batch, Check, Finding, RowCount, share, shown_rows
from lepton_ai.data.schema import Schema
from lepton_ai.data.typed import as_numbers, as_text

_DAY_MS = 86_400_000
_HEAVY_SHARE = 0.05
_MANY_USERS = 20
_SCALE_VALUES = 100
_CORE_SHARE = 0.005

Positions = NDArray[np.int64]


class Events(Check):
    """What is odd about events. Keeps 36 bytes a row: hashes of user and item, time, rating and place.

    `context["now"]` is the present in milliseconds since 1970; the clock's where it is left out.
    """

    needs: ClassVar[tuple[str, ...]] = ("user", "item")

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        self._rows = 0
        self._parts: list[tuple[NDArray[Any], ...]] = []
        self._missing = {"user": RowCount(), "item": RowCount()}
        self._unreadable = {"rating": RowCount(), "time": RowCount()}

    def observe(self, batch: Batch) -> None:
        """Keep what is needed of each row that has a user and an item."""
        whole = np.ones(batch.frame.height, np.bool_)
        self._rows += batch.frame.height
        hashes = []
        for role, counted in self._missing.items():
            ids = canonical_ids(batch.frame[self.schema.role(role).name])[0]
            missing = ids.is_null().to_numpy().astype(np.bool_)
            counted.add(missing, batch.first)
            whole &= ~missing
            hashes.append(quick_hashes(ids))
        rows = np.arange(batch.first, batch.first + batch.frame.height)
        values: list[NDArray[Any]] = [*hashes, self._ratings(batch), self._times(batch), rows]
        self._parts.append(tuple(value[whole] for value in values))

    def findings(self) -> list[Finding]:
        """Everything that is odd."""
        found = [_missing(role, counted, self._rows) for role, counted in self._missing.items()]
        found += [_unreadable(role, counted) for role, counted in self._unreadable.items()]
        if any(len(part[0]) for part in self._parts):
            users, items, ratings, times, rows = (
                np.concatenate([part[place] for part in self._parts]) for place in range(5)
            )
            found.append(_duplicates(users, items, ratings, times, rows))
            found += [_heavy_user(users, rows), _loners(users, rows), _rare_items(items, rows)]
            found.append(_one_item(items))
            found += _of_times(times[times != _NO_TIME], rows[times != _NO_TIME], self._now())
            rated = np.isfinite(ratings)
            found += _of_ratings(ratings[rated], rows[rated])
        return [finding for finding in found if finding is not None]

    def _now(self) -> int:
        return int(self.context.get("now") or time.time() * 1000)

    def _ratings(self, batch: Batch) -> NDArray[np.float32]:
        columns = self.schema.with_role("rating")
        if not columns:
            return np.full(batch.frame.height, np.nan, np.float32)
        series = batch.frame[columns[0].name]
        numbers = as_numbers(series).fill_null(float("nan")).to_numpy().astype(np.float32)
        given = (as_text(series).str.strip_chars() != "").fill_null(value=False).to_numpy().astype(np.bool_)
        self._unreadable["rating"].add(given & ~np.isfinite(numbers), batch.first)
        return numbers

    def _times(self, batch: Batch) -> NDArray[np.int64]:
        columns = self.schema.with_role("time")
        if not columns:
            return np.full(batch.frame.height, _NO_TIME)
        read = moments(batch.frame[columns[0].name])
        self._unreadable["time"].add(read.unreadable, batch.first)
        return read.values.fill_null(_NO_TIME).to_numpy()


_NO_TIME = int(np.iinfo(np.int64).min)


@dataclass(frozen=True)
class _Groups:
    """Events by user or item: how many each has, and the position of its first."""

    sizes: NDArray[np.int64]
    first: Positions

    @classmethod
    def of(cls, hashes: NDArray[np.uint64]) -> _Groups:
        _, first, sizes = np.unique(hashes, return_index=True, return_counts=True)
        return cls(sizes, first)

    def once(self, rows: Positions) -> Positions:
        """Rows of those that come once only."""
        return np.sort(rows[self.first[self.sizes == 1]])


def _missing(role: str, counted: RowCount, total: int) -> Finding | None:
    if not counted.count:
        return None
    severity = "error" if counted.count * 2 >= total else "warning"
    title = f"{counted.count:,} rows have no {role} ({share(counted.count, total)})"
    advice = "They are left out of training; fill the cells or delete the rows."
    return Finding(f"missing-{role}", severity, title, counted.count, tuple(counted.rows), advice)


def _unreadable(role: str, counted: RowCount) -> Finding | None:
    if not counted.count:
        return None
    title = f"{counted.count:,} cells of the {role} hold something that is no {role}"
    advice = "Training refuses them; mend the cells, or empty them."
    return Finding(f"unreadable-{role}", "error", title, counted.count, tuple(counted.rows), advice)


def _duplicates(
    users: NDArray[np.uint64],
    items: NDArray[np.uint64],
    ratings: NDArray[np.float32],
    times: NDArray[np.int64],
    rows: Positions,
) -> Finding | None:
    keys = users * np.uint64(0x9E3779B97F4A7C15) ^ items
    for values in (times.view(np.uint64), ratings.view(np.uint32).astype(np.uint64)):
        keys = (keys ^ (keys >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) ^ values
    repeated = np.ones(len(keys), np.bool_)
    repeated[np.unique(keys, return_index=True)[1]] = False
    again = rows[repeated]
    if not len(again):
        return None
    severity = "warning" if len(again) > 0.01 * len(rows) else "info"
    title = f"{len(again):,} rows repeat an event in every respect ({share(len(again), len(rows))})"
    advice = "They are counted once. If they are events of their own, give each its time."
    return Finding("duplicate-events", severity, title, len(again), shown_rows(again), advice)


def _heavy_user(users: NDArray[np.uint64], rows: Positions) -> Finding | None:
    groups = _Groups.of(users)
    most = int(groups.sizes.max())
    usual = float(np.median(groups.sizes))
    if len(groups.sizes) < _MANY_USERS or most <= max(_HEAVY_SHARE * len(users), 20 * usual):
        return None
    place = users[groups.first[groups.sizes.argmax()]]
    title = (
        f"One user has {most:,} of the events ({share(most, len(users))}), where {usual:,.0f} are usual; "
        "it may be a machine or a placeholder"
    )
    advice = "Leave this user's rows out if it is not a person."
    return Finding("heavy-user", "warning", title, most, shown_rows(rows[users == place]), advice)


def _loners(users: NDArray[np.uint64], rows: Positions) -> Finding | None:
    groups = _Groups.of(users)
    once, total = groups.once(rows), len(groups.sizes)
    if not len(once):
        return None
    severity = "warning" if len(once) * 2 > total else "info"
    title = f"{len(once):,} of {total:,} users have a single event ({share(len(once), total)})"
    advice = "They teach little and cannot be judged by their last event; gather longer histories."
    return Finding("single-event-users", severity, title, len(once), shown_rows(once), advice)


def _rare_items(items: NDArray[np.uint64], rows: Positions) -> Finding | None:
    groups = _Groups.of(items)
    once, total = groups.once(rows), len(groups.sizes)
    if not len(once):
        return None
    severity = "warning" if len(once) * 2 > total else "info"
    title = f"{len(once):,} of {total:,} items occur once ({share(len(once), total)})"
    advice = "A file of titles and categories helps to recommend them."
    return Finding("rare-items", severity, title, len(once), shown_rows(once), advice)


def _one_item(items: NDArray[np.uint64]) -> Finding | None:
    if (items != items[0]).any():
        return None
    advice = "There is nothing to choose from; check which column names the items."
    return Finding("single-item", "error", "All events are with one item", 1, (), advice)


def _of_times(times: NDArray[np.int64], rows: Positions, now: int) -> list[Finding]:
    if len(times) < 2:
        return []
    found = []
    if times.min() == times.max():
        title = "All events are of one moment"
        advice = "They are in no order; leave the times out, or export the real ones."
        found.append(Finding("constant-times", "warning", title, len(times), (), advice))
    late = rows[times > now + _DAY_MS]
    if len(late):
        title = f"{len(late):,} events are in the future ({share(len(late), len(times))})"
        advice = "Check the clock and the unit of the times; a split by time would test on them."
        found.append(Finding("future-times", "warning", title, len(late), shown_rows(late), advice))
    return found


def _of_ratings(ratings: NDArray[np.float32], rows: Positions) -> list[Finding]:
    if len(ratings) < 2:
        return []
    values, place, counts = np.unique(ratings, return_inverse=True, return_counts=True)
    if len(values) == 1:
        title = f"Every rating is {float(values[0]):g}"
        advice = "It tells nothing; the events count as they are."
        return [Finding("constant-ratings", "warning", title, len(ratings), (), advice)]
    odd = _off_scale(values.astype(np.float64), counts)[place]
    if not odd.any():
        return []
    told = ", ".join(f"{value:g}" for value in np.unique(ratings[odd])[:5].tolist())
    count = int(odd.sum())
    title = f"{count:,} ratings are off the scale of the others ({told})"
    advice = "Check whether they mean something else, such as no rating, and empty these cells if so."
    return [Finding("irregular-ratings", "warning", title, count, shown_rows(rows[odd]), advice)]


def _off_scale(values: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Shape [values]: which rare values are beyond the common ones, or between their steps."""
    core = values[counts >= max(2, _CORE_SHARE * counts.sum())]
    if not 2 <= len(core) <= _SCALE_VALUES or len(core) * 2 < len(values):
        return np.zeros(len(values), np.bool_)  # measures, not a scale
    step = np.diff(core).min()
    steps = (values - core[0]) / step
    return np.asarray(
        (values < core[0] - step) | (values > core[-1] + step) | (np.abs(steps - steps.round()) > 1e-3)
    ) & ~np.isin(values, core)
