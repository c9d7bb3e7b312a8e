"""What a server answers, as the client hands it over."""

from __future__ import annotations

import msgspec

from lepton_ai.core.types import JSON


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a classifier to one row.

    Attributes:
        id: Unique; sorts by the time of the answer.
        label: The most likely label.
        score: Its calibrated probability.
        abstained: The score is under the model's threshold: hand the row to a person.
        scores: Calibrated probability of every label.
    """

    id: str
    label: str
    score: float
    abstained: bool
    scores: dict[str, float]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why an item is recommended.

    Attributes:
        kind: "because_of" (an item of the history is much like it), "popular", or "similar_users".
        items: The items of the history that are meant.
    """

    kind: str
    items: list[str]


class RecommendedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a ranked list; `title` and `reason` are None where the model has none."""

    item: str
    score: float
    title: str | None = None
    reason: Reason | None = None


class Recommendations(msgspec.Struct, frozen=True, kw_only=True):
    """A ranked list.

    Attributes:
        id: Unique; sorts by the time of the answer.
        items: Best first.
        known_user: False when nothing of a history was known, so that the list is for anyone.
    """

    id: str
    items: list[RecommendedItem]
    known_user: bool


class ModelSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the list of models."""

    name: str
    task: str
    version: int
    description: str
    metrics: JSON


class ModelCard(ModelSummary, frozen=True, kw_only=True):
    """All that a model says of itself; `labels` is None for a task without labels."""

    created: str
    labels: list[str] | None
    signature: JSON
    calibration: JSON
