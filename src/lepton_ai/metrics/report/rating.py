"""The report on a model's predicted ratings."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.core.types import JSON
from lepton_ai.metrics.binomial import Interval
from lepton_ai.metrics.bootstrap import ratio_intervals
from lepton_ai.metrics.regression import true_and_predicted
from lepton_ai.metrics.report.bands import COUNT_BANDS, count_bands
from lepton_ai.metrics.report.plain import plain
from lepton_ai.metrics.report.rating_page import render_page
from lepton_ai.metrics.report.rating_parts import CountLine, ErrorHistogram, RatingLine
from lepton_ai.metrics.report.rating_text import render_text
from lepton_ai.metrics.report.svg import round_up

FORMAT = 1
"""Raised when a key of the JSON form changes its meaning or goes away."""

_LEVELS, _BINS = 11, 10
_ERROR_BINS = 24

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RatingReport:
    """How far predicted ratings are from the true ones, how sure that is, and for which ratings.

    Make it with `build`; show it with `to_text`, `to_html` or `to_json`. Intervals are percentile bootstrap
    intervals over users (over rows where users are not given), all at `level`.

    Example:
        >>> report = RatingReport.build([1, 5, 3, 4], [2, 4, 3, 4])
        >>> report.mae.value, round(report.rmse.value, 3), report.bias.value
        (0.5, 0.707, 0.0)
    """

    name: str
    rows: int
    users: int | None
    level: float
    rmse: Interval
    mae: Interval
    bias: Interval
    mean_rmse: float
    explained: float | None
    ratings: tuple[RatingLine, ...]
    errors: ErrorHistogram
    user_counts: tuple[CountLine, ...]
    item_counts: tuple[CountLine, ...]
    notes: tuple[str, ...]

    @classmethod
    def build(
        cls,
        true: ArrayLike,
        predicted: ArrayLike,
        *,
        users: Sequence[Hashable] | None = None,
        history_lengths: Sequence[int] | None = None,
        item_counts: Sequence[int] | None = None,
        notes: Sequence[str] = (),
        name: str = "model",
        seed: int = 0,
        level: float = 0.95,
        resamples: int = 1000,
    ) -> Self:
        """The report on predictions of ratings that are known.

        Args:
            true: True ratings, shape [rows].
            predicted: Predicted ratings, shape [rows].
            users: Whose rating each row is. The ratings of one user are drawn together, as they are alike;
                without it intervals take all rows for independent, and are too narrow.
            history_lengths: How many ratings of the row's user the model knew, one a row.
            item_counts: How many ratings of the row's item the model knew, one a row.
            notes: Lines to show as they are, such as how the data was split, or timings.
            name: The model's name.
            seed: Start of the bootstrap's random draws.
            level: The confidence level of all intervals.
            resamples: How many bootstrap resamples to draw.

        Raises:
            UsageError: The arguments tell of different numbers of rows.
            DataError: No rows, or a number that is not finite.
        """
        truth, given = true_and_predicted(true, predicted)
        errors = given - truth
        owners = _owners(users, rows=len(truth))
        chance = _Chance(owners, seed=seed, resamples=resamples, level=level)
        whole = chance.intervals(np.stack([errors**2, np.abs(errors), errors], axis=1), np.ones(len(truth)))
        variance = float(truth.var())
        return cls(
            name=name,
            rows=len(truth),
            users=None if users is None else int(owners.max()) + 1,
            level=level,
            rmse=_root(whole[0]),
            mae=whole[1],
            bias=whole[2],
            mean_rmse=math.sqrt(variance),
            explained=1 - float((errors**2).mean()) / variance if variance else None,
            ratings=_rating_lines(truth, given),
            errors=_histogram(errors),
            user_counts=_count_lines(history_lengths, errors, chance, name="history_lengths"),
            item_counts=_count_lines(item_counts, errors, chance, name="item_counts"),
            notes=tuple(notes),
        )

    def summary(self) -> JSON:
        """The few figures that a package's manifest and model card show; plain JSON.

        `rmse`, `mae` and `bias` are {"value", "low", "high"}.
        """
        return {
            "rows": self.rows,
            **{score: asdict(getattr(self, score)) for score in ("rmse", "mae", "bias")},
            "rmse_of_the_mean": self.mean_rmse,
        }

    def to_json(self) -> JSON:
        """The whole report as JSON values, with key names that stay; shapes are those of the attributes."""
        return {"report": "rating", "format": FORMAT, **plain(asdict(self))}

    def to_text(self) -> str:
        """The report for a terminal: at most about 60 lines."""
        return render_text(self)

    def to_html(self) -> str:
        """The report as one self-contained page: no script, nothing loaded from elsewhere."""
        return render_page(self)


@dataclass(frozen=True)
class _Chance:
    """How intervals are made: `owners` are the numbers of the rows' users, shape [rows]."""

    owners: NDArray[np.int64]
    seed: int
    resamples: int
    level: float

    def intervals(self, parts: _Floats, wholes: _Floats) -> list[Interval]:
        """Of the columns of `parts`, shape [rows, columns], over the rows that `wholes` counts."""
        count = np.broadcast_to(wholes.reshape(len(wholes), -1), parts.shape)
        return ratio_intervals(
            self._by_user(parts), self._by_user(count), seed=self.seed, n=self.resamples, level=self.level
        )

    def _by_user(self, table: _Floats) -> _Floats:
        return np.stack([np.bincount(self.owners, weights=column) for column in table.T], axis=1)


def _owners(users: Sequence[Hashable] | None, *, rows: int) -> NDArray[np.int64]:
    if users is None:
        return np.arange(rows)
    if len(users) != rows:
        raise UsageError(f"users has {len(users)} values for {rows} rows.", hint="Give one user a row.")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(user, len(numbers)) for user in users], dtype=np.int64)


def _root(interval: Interval) -> Interval:
    return Interval(math.sqrt(interval.value), math.sqrt(interval.low), math.sqrt(interval.high))


def _rating_lines(true: _Floats, predicted: _Floats) -> tuple[RatingLine, ...]:
    """One line a step of the scale, or ten bins of equal width where there are too many steps."""
    levels = np.unique(true)
    if len(levels) <= _LEVELS:
        lows, highs, line_of = levels, levels, np.searchsorted(levels, true)
    else:
        edges = np.linspace(levels[0], levels[-1], _BINS + 1)
        used, line_of = np.unique(np.searchsorted(edges[1:-1], true, side="right"), return_inverse=True)
        lows, highs = edges[used], edges[used + 1]
    middles = (lows + highs) / 2
    nearest = np.searchsorted((middles[1:] + middles[:-1]) / 2, predicted, side="right")
    return tuple(
        _rating_line(low, high, true[rows], predicted[rows], np.bincount(nearest[rows], minlength=len(lows)))
        for low, high, rows in zip(
            lows.tolist(), highs.tolist(), (line_of == place for place in range(len(lows))), strict=True
        )
    )


def _rating_line(
    low: float, high: float, true: _Floats, predicted: _Floats, predicted_as: NDArray[np.int64]
) -> RatingLine:
    errors = predicted - true
    below, above = np.quantile(predicted, [0.1, 0.9]).tolist()
    return RatingLine(
        low=low,
        high=high,
        rows=len(true),
        predicted=float(predicted.mean()),
        predicted_low=below,
        predicted_high=above,
        rmse=math.sqrt(float((errors**2).mean())),
        bias=float(errors.mean()),
        predicted_as=tuple(predicted_as.tolist()),
    )


def _histogram(errors: _Floats) -> ErrorHistogram:
    reach = round_up(float(np.abs(errors).max()))
    rows, edges = np.histogram(errors, bins=_ERROR_BINS, range=(-reach, reach))
    return ErrorHistogram(tuple(edges.tolist()), tuple(rows.tolist()))


def _count_lines(
    counts: Sequence[int] | None, errors: _Floats, chance: _Chance, *, name: str
) -> tuple[CountLine, ...]:
    if counts is None:
        return ()
    known = np.asarray(counts)
    if known.shape != errors.shape:
        raise UsageError(
            f"{name} has the shape {list(known.shape)} for {len(errors)} rows.", hint="Give one number a row."
        )
    if known.dtype.kind not in "iu" or known.min() < 0:
        raise DataError(f"{name} must hold whole numbers of 0 or more.")
    bands = count_bands(known)
    present = np.unique(bands)
    members = (bands[:, None] == present).astype(np.float64)
    squared = chance.intervals(members * (errors**2)[:, None], members)
    absolute = chance.intervals(members * np.abs(errors)[:, None], members)
    return tuple(
        CountLine(COUNT_BANDS[band], int(members[:, place].sum()), _root(squared[place]), absolute[place])
        for place, band in enumerate(present.tolist())
    )
