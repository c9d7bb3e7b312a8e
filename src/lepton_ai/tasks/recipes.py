"""Which networks a text classifier is made of and how they are trained, by the shape of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import msgspec

from lepton_ai.core.errors import UsageError, did_you_mean
from lepton_ai.core.plan import NetworkPlan
from lepton_ai.tasks.held_out import FOLDS

Recipe = Literal["fast", "balanced", "best"]
"""How much time to spend: seconds, a minute or two, or several minutes."""

_LONG = 40  # units of an average text
_MANY_LABELS = 20
_FEW, _MANY_ROWS, _LARGE, _VERY_LARGE = 2_000, 5_000, 15_000, 20_000


@dataclass(frozen=True)
class Shape:
    """What a recipe looks at.

    Attributes:
        rows: Rows to train on.
        classes: Labels.
        units: Words or characters of an average text, roughly.
    """

    rows: int
    classes: int
    units: float


@dataclass(frozen=True)
class Choice:
    """What a recipe chose: networks, settings of the text codec, rounds, and why."""

    networks: tuple[NetworkPlan, ...]
    codec: dict[str, Any]
    rounds: int
    explanation: tuple[str, ...]


def choose(recipe: str, shape: Shape) -> Choice:
    """The choice of a recipe for data of a shape.

    Raises:
        UsageError: No recipe has that name.
    """
    if recipe not in get_args(Recipe):
        raise UsageError(f"There is no recipe {recipe!r}.", hint=did_you_mean(recipe, get_args(Recipe)))
    networks = {"fast": _fast, "balanced": _balanced, "best": _best}[recipe](shape)
    why = _explain(recipe, shape, networks)
    return Choice(networks, _codec(shape, networks), _rounds(recipe, shape), why)


def _fast(shape: Shape) -> tuple[NetworkPlan, ...]:
    """The wide network; for more than two labels with a convolution that sees the rows less often."""
    if shape.classes == 2:
        return (_wide(shape),)
    wide = _wide(shape)
    return (
        msgspec.structs.replace(wide, training=wide.training | {"iterations": 20}),
        NetworkPlan(network="text_cnn", trainer="steps", settings={"spans": [1, 2]}, training=_short(shape)),
    )


def _balanced(shape: Shape) -> tuple[NetworkPlan, ...]:
    return (_wide(shape), _convolution(shape))


def _best(shape: Shape) -> tuple[NetworkPlan, ...]:
    """All four; the two that fit training rows most closely stop early."""
    steps = _steps(shape) | {"patience": 2}
    recurrent = NetworkPlan(network="recurrent", trainer="steps", training=steps)
    transformer = NetworkPlan(
        network="transformer", trainer="steps", training={**steps, "learning_rate": 1e-3}
    )
    return (_wide(shape), _convolution(shape), recurrent, transformer)


def _wide(shape: Shape) -> NetworkPlan:
    two = {"inverse_penalty": 10.0, "evidence": 0.5}
    many = {"inverse_penalty": 30.0, "evidence": 0.0}
    return NetworkPlan(
        network="wide_ngram", trainer="full_batch", training=two if shape.classes == 2 else many
    )


def _convolution(shape: Shape) -> NetworkPlan:
    """A large convolution for many labels, two small ones for short texts, one small one for long texts."""
    settings: dict[str, Any] = {"spans": [1, 2]}
    if large := shape.classes >= _MANY_LABELS:
        settings = {"spans": [1, 2, 3], "width": 256, "filters": 96, "dropout": 0.5}
    return NetworkPlan(
        network="text_cnn",
        trainer="steps",
        settings=settings,
        training=_steps(shape) | {"cooccurrence": True},
        copies=1 if large or shape.units > _LONG else 2,
    )


def _steps(shape: Shape) -> dict[str, Any]:
    """About as many rows seen for every size of data; twice as many for more than two classes."""
    seen = 40_000 if shape.classes == 2 else 80_000
    large = shape.rows >= _LARGE
    least = 3 if shape.rows >= _VERY_LARGE else 4
    return {
        "epochs": min(16, max(least, round(seen / shape.rows))),
        "batch": 64 if large else 32,
        "learning_rate": 3e-3 if large else 2e-3,
    }


def _short(shape: Shape) -> dict[str, Any]:
    """Half the passes, in larger steps."""
    steps = _steps(shape)
    return steps | {"epochs": max(2, steps["epochs"] // 2), "batch": 64, "learning_rate": 4e-3}


def _codec(shape: Shape, networks: Sequence[NetworkPlan]) -> dict[str, Any]:
    least = 2 if shape.rows > _MANY_ROWS else 1
    settings: dict[str, Any] = {"least_texts": least, "least_units": least, "units": 16_000}
    if all(network.network == "wide_ngram" for network in networks):
        settings["units"] = 0
    return settings


def _rounds(recipe: str, shape: Shape) -> int:
    """Enough held-out rows for a fair report, and no more trainings than that takes."""
    if shape.rows <= _FEW:
        return FOLDS
    return 2 if shape.rows < _VERY_LARGE and recipe != "fast" else 1


_REASONS = {
    "wide_ngram": "weighs words, characters and their runs, which few rows are enough for",
    "text_cnn": "finds telling words and pairs wherever they stand, and learns what words have in common",
    "recurrent": "reads in order, for texts whose meaning turns on it",
    "transformer": "relates distant words, for long texts and many rows",
}


def _explain(recipe: str, shape: Shape, networks: Sequence[NetworkPlan]) -> tuple[str, ...]:
    parts = [_named(network) + " " + _REASONS[network.network] for network in networks]
    size = "larger" if shape.classes >= _MANY_LABELS else "small"
    lines = [
        f"Recipe {recipe!r} for {shape.rows:,} rows, {shape.classes} labels and about {shape.units:.0f} "
        f"words or characters a text.",
        f"Networks: {'; '.join(parts)}.",
    ]
    if any(network.network == "text_cnn" for network in networks):
        epochs = next(each for each in networks if each.network == "text_cnn").training["epochs"]
        lines.append(
            f"A {size} convolution for {shape.classes} labels, {epochs} passes for {shape.rows:,} rows."
        )
    return tuple(lines)


def _named(network: NetworkPlan) -> str:
    return network.network + (f" ({network.copies} copies)" if network.copies > 1 else "")
