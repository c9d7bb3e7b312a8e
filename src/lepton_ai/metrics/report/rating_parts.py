"""The parts that a report on predicted ratings is made of; each is plain data."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_ai.metrics.binomial import Interval


@dataclass(frozen=True)
class RatingLine:
    """The ratings whose true value lies from `low` to `high` (the same where the scale has steps).

    Attributes:
        low: Smallest true rating of the line.
        high: Largest one.
        rows: How many ratings.
        predicted: Their mean prediction.
        predicted_low: A tenth of the predictions are under this.
        predicted_high: A tenth of the predictions are over this.
        rmse: Root of their mean squared error.
        bias: Mean of predicted less true.
        predicted_as: How many of them were predicted nearest to each line, in the order of the lines.
    """

    low: float
    high: float
    rows: int
    predicted: float
    predicted_low: float
    predicted_high: float
    rmse: float
    bias: float
    predicted_as: tuple[int, ...]


@dataclass(frozen=True)
class ErrorHistogram:
    """Ratings by predicted less true, in bins of equal width."""

    edges: tuple[float, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class CountLine:
    """Ratings of users, or of items, of which the model knew a number of ratings in one band."""

    known: str
    rows: int
    rmse: Interval
    mae: Interval
