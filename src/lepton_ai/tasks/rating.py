"""Ratings foretold for a user and an item: the plan, and the package that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

from lepton_ai.codecs.entity import MOST_CHARACTERS
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import DataError, UsageError, did_you_mean
from lepton_ai.core.plan import NetworkPlan
from lepton_ai.core.rating_plan import ITEM_COLUMN, RATING_COLUMN, USER_COLUMN, RatingPlan, RatingRows
from lepton_ai.core.types import JSON, Cell
from lepton_ai.package import Graph, PackageContents
from lepton_ai.tasks.lineage import lineage
from lepton_ai.tasks.recipes import Recipe

if TYPE_CHECKING:
    from lepton_ai.training.rating.fit import TrainedRating

_LEAST_ROWS = 10
_EXAMPLE_ROWS = 16
_FEW = 20_000
_MANY = 300_000
_LEAST_EPOCHS = 30
_FEATURE_CELLS = 1 << 25
_FEATURE_RANKS = (8, 100)


def plan_rating(rows: RatingRows, *, recipe: str = "balanced", seed: int = 0, task: str) -> RatingPlan:
    """How to train on these ratings.

    Args:
        rows: The ratings.
        recipe: How much time to spend: fast, balanced or best.
        seed: Seed of everything random.
        task: Name in the task table.

    Raises:
        UsageError: No recipe has that name.
        DataError: Too few ratings.
    """
    if recipe not in get_args(Recipe):
        raise UsageError(f"There is no recipe {recipe!r}.", hint=did_you_mean(recipe, get_args(Recipe)))
    count = len(rows.ratings)
    if count < _LEAST_ROWS:
        raise DataError(
            f"{count} rows have a user, an item and a rating.", hint=f"Give at least {_LEAST_ROWS} of them."
        )
    users, items = _known(rows.users, rows.user_features), _known(rows.items, rows.item_features)
    usual = {"fast": 80, "balanced": 300, "best": 600}[recipe]
    epochs = max(_LEAST_EPOCHS, int(usual * min(1.0, _MANY / count)))
    least, most = _FEATURE_RANKS
    training = {
        "epochs": epochs,
        "burn_in": epochs * 3 // 10,
        "width": 8 if recipe == "fast" else 12,
        "feature_rank": max(least, min(most, _FEATURE_CELLS // max(users, items))),
    }
    rounds = 5 if count <= _FEW else {"fast": 1, "balanced": 2 if count <= _MANY else 1, "best": 5}[recipe]
    network = NetworkPlan("factorisation", "gibbs", training=training)
    return RatingPlan(
        task=task,
        networks=(network,),
        rounds=rounds,
        seed=seed,
        explanation=_explain(rows, users=users, items=items, epochs=epochs, rounds=rounds),
    )


def assemble_rating(
    plan: RatingPlan,
    rows: RatingRows,
    trained: TrainedRating,
    *,
    name: str,
    dataset: str,
    source: str,
    settings: Mapping[str, Any],
    metrics: JSON,
    profile: JSON,
    findings: Sequence[JSON] = (),
) -> PackageContents:
    """The contents of the package of a model for ratings.

    Args:
        plan: What was carried out.
        rows: What it was carried out on.
        trained: What came of it.
        name: The model's name.
        dataset: Fingerprint of the data.
        source: Name of the file or kind of the data.
        settings: The settings of the estimator, as JSON values.
        metrics: Scores on the held-out ratings.
        profile: Reference statistics of the data.
        findings: What the quality report found.
    """
    example = _example(rows)
    outputs = trained.values(example)
    calibration = Calibration(rows=len(trained.held_out))
    users, items = len(trained.users.ids), len(trained.items.ids)
    return PackageContents(
        task=plan.task,
        name=name,
        description=f"Foretells how {users:,} users rate {items:,} items,"
        f" from {trained.output.low:g} to {trained.output.high:g}.",
        inputs={USER_COLUMN: trained.users, ITEM_COLUMN: trained.items},
        output_column=RATING_COLUMN,
        output=trained.output,
        graphs={"default": Graph(model=trained.graph, outputs=("value",), tolerance=trained.tolerance)},
        calibration=calibration,
        example=example,
        outputs=outputs,
        answers=trained.output.decode(outputs, calibration, example),
        profile=profile,
        metrics=metrics,
        lineage=lineage(plan, dataset=dataset, source=source, rows=len(rows.ratings), settings=settings),
        findings=findings,
        weights=trained.weights,
    )


def _known(rated: Sequence[str], features: Any) -> int:
    """How many have a rating or features."""
    return len({*rated, *(features.ids if features is not None else ())})


def _explain(rows: RatingRows, *, users: int, items: int, epochs: int, rounds: int) -> tuple[str, ...]:
    count = len(rows.ratings)
    told = [
        f"{count:,} ratings of {items:,} items by {users:,} users: Bayesian matrix factorisation,"
        f" the average of many factorisations drawn in {epochs} steps.",
        "Which items somebody rated counts too, whatever the ratings were.",
    ]
    named = [
        f"{', '.join(map(repr, columns))} of the {whose}"
        for whose, features in (("users", rows.user_features), ("items", rows.item_features))
        if features is not None and (columns := [*features.categories, *features.numbers])
    ]
    if named:
        told.append(f"Features: {'; '.join(named)}.")
    share = f"{rounds} of 5 parts" if rounds < 5 else "all 5 parts in turn"
    told.append(f"The report rests on {share} of the ratings, each held out from a training on the rest.")
    return tuple(told)


def _example(rows: RatingRows) -> dict[str, list[Cell]]:
    """Some real rows, and one of nobody known."""
    count = len(rows.ratings)
    chosen = [
        row
        for row in range(0, count, max(1, -(-count // _EXAMPLE_ROWS)))
        if max(len(rows.users[row]), len(rows.items[row])) <= MOST_CHARACTERS
    ]
    return {
        USER_COLUMN: [*(rows.users[row] for row in chosen), None],
        ITEM_COLUMN: [*(rows.items[row] for row in chosen), None],
    }
