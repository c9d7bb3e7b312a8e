"""Which networks a recommender is made of and how they are trained, by what the events are like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from lepton_ai.core.errors import UsageError, did_you_mean
from lepton_ai.core.plan import NetworkPlan
from lepton_ai.tasks.recipes import Recipe

if TYPE_CHECKING:
    from lepton_ai.data import InteractionFacts

REPEATS_FROM = 0.2
"""Share of events with an item that the user had before, from which on items may be proposed again."""

NETWORK_NAMES = (
    "item_linear",
    "causal_transformer",
    "gru_sequence",
    "caser",
    "two_tower",
    "neumf",
)
"""What `networks` may name."""

LOSS_NAMES = ("softmax", "sampled_softmax", "bpr", "bce")
"""What `loss` may name."""

_CLOSED_FORM = 5_000  # items: the weights between them are found by solving one system of this size
_FULL_SOFTMAX = 6_000  # items: above, a loss over the whole catalogue takes longer than it is worth
_SCORED = 200_000  # items: above, networks without user vectors cannot be searched
_EVENTS_SEEN = 2_000_000  # about as many are learned from for every size of data
_WITHOUT_VECTORS = ("item_linear", "neumf")
_ORDERED, _UNORDERED = 50, 200
_NEVER = 1e9


@dataclass(frozen=True)
class RankingChoice:
    """What a recipe chose.

    Attributes:
        networks: The networks and their training.
        length: The latest items of a history that they read.
        repeats: Whether items may be proposed again.
        explanation: Why, a line each.
    """

    networks: tuple[NetworkPlan, ...]
    length: int
    repeats: bool
    explanation: tuple[str, ...]


def choose_ranking(
    recipe: str,
    facts: InteractionFacts,
    *,
    items: int,
    described: bool,
    networks: Sequence[str] | None = None,
    loss: str | None = None,
) -> RankingChoice:
    """The choice of a recipe for events.

    Args:
        recipe: How much time to spend.
        facts: What the events are like.
        items: Items of the catalogue, those without events among them.
        described: Whether there is a side file, of items or of users.
        networks: Names of networks to use in place of the recipe's.
        loss: Name of the loss in place of the recipe's.

    Raises:
        UsageError: No recipe, network or loss has that name, a network does not suit so many
            items, or none is trained with the loss.
    """
    _check(recipe, get_args(Recipe), "recipe")
    if isinstance(networks, str):
        raise UsageError(
            f"networks is the text {networks!r}.", hint=f"Give a list of names: networks=[{networks!r}]."
        )
    for name in networks or ():
        _check(name, NETWORK_NAMES, "network for recommendation")
    if loss is not None:
        _check(loss, LOSS_NAMES, "loss")
    unsearchable = [name for name in networks or () if name in _WITHOUT_VECTORS]
    if items > _SCORED and unsearchable:
        raise UsageError(
            f"A catalogue of {items:,} items can only be searched with networks that give users a vector.",
            hint=f"Leave out {', '.join(map(repr, unsearchable))}.",
        )
    names = list(networks) if networks else _names(recipe, facts, items, described=described)
    plans = [plan for name in names for plan in _plans(name, recipe, facts, items, loss)]
    if loss is not None and all(plan.training.get("loss") != loss for plan in plans):
        raise UsageError(
            f"None of the networks is trained with the loss {loss!r}: {', '.join(dict.fromkeys(names))}.",
            hint="Leave the loss out, or name networks that take it: networks=['causal_transformer'].",
        )
    repeats = facts.repeat_share >= REPEATS_FROM
    explanation = (*_why(recipe, facts, items, plans, described=described), _about_repeats(facts, repeats))
    return RankingChoice(tuple(plans), _ORDERED if facts.has_times else _UNORDERED, repeats, explanation)


def check_whole(name: str, value: Any, *, least: int, most: int | None = None) -> None:
    """Refuse a setting that is no whole number of the allowed range.

    Raises:
        UsageError: It is none.
    """
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= least
    if not fits or (most is not None and value > most):
        wanted = f"of {least} or more" if most is None else f"from {least} to {most:,}"
        raise UsageError(f"{name} is {value!r}.", hint=f"Give a whole number {wanted}.")


def _check(name: str, known: Sequence[str], kind: str) -> None:
    if name not in known:
        raise UsageError(f"There is no {kind} {name!r}.", hint=did_you_mean(name, known))


def _names(recipe: str, facts: InteractionFacts, items: int, *, described: bool) -> list[str]:
    """Weights between items always; one or two networks for more than seconds; all for the best."""
    names = [] if items > _SCORED else ["item_linear"]
    learned = ["causal_transformer", "gru_sequence", "caser"] if facts.has_times else ["two_tower", "neumf"]
    if items > _SCORED:
        learned = [name for name in learned if name not in _WITHOUT_VECTORS]
    count = {"fast": 0, "balanced": 2 if facts.has_times else 1, "best": len(learned)}[recipe]
    if not names or described:
        # Only a network that is learned step by step reads what side files tell.
        count = max(1, count)
    return names + learned[:count]


def _plans(
    name: str, recipe: str, facts: InteractionFacts, items: int, loss: str | None
) -> list[NetworkPlan]:
    if name == "item_linear":
        return _linear(facts, items)
    if name == "neumf":
        chosen = {"loss": loss} if loss in ("bce", "bpr") else {}
        return [NetworkPlan(network=name, trainer="pairs", training={"epochs": 12} | chosen)]
    return [NetworkPlan(network=name, trainer="next_item", training=_steps(recipe, facts, items, loss))]


def _linear(facts: InteractionFacts, items: int) -> list[NetworkPlan]:
    half_lives = (8.0, 5.0) if facts.has_times else (_NEVER, _NEVER)
    if items > _CLOSED_FORM:
        settings = {"half_life": half_lives[1]}
        return [NetworkPlan(network="item_linear", trainer="neighbours", settings=settings)]
    alike = NetworkPlan(
        network="item_linear",
        trainer="autoencoder",
        settings={"half_life": half_lives[0]},
        training={"penalty": 150.0},
    )
    if not facts.has_times:
        return [alike]
    following = NetworkPlan(
        network="item_linear",
        trainer="transitions",
        settings={"half_life": half_lives[1]},
        training={"penalty": 300.0},
    )
    return [alike, following]


def _steps(recipe: str, facts: InteractionFacts, items: int, loss: str | None) -> dict[str, Any]:
    """About as many events seen for every size of data."""
    seen = _EVENTS_SEEN // (4 if recipe == "fast" else 1)
    whole = items <= _FULL_SOFTMAX
    return {
        "epochs": max(3, min(60, round(seen / max(1, facts.events)))),
        "batch": 32 if facts.events < 1_000_000 else 128,
        "learning_rate": 3e-3,
        "loss": loss or ("softmax" if whole else "sampled_softmax"),
    }


_REASONS = {
    "item_linear": "lets each item of a history speak for others, from one closed formula or from counts",
    "causal_transformer": "weighs the latest items by what they are and how far back they lie",
    "gru_sequence": "reads a history from the oldest item to the newest",
    "caser": "looks for telling runs among the latest items",
    "two_tower": "compares what a user took, at several rates of forgetting, with what describes an item",
    "neumf": "knows each user by name, which helps those with long histories",
}


def _why(
    recipe: str,
    facts: InteractionFacts,
    items: int,
    plans: Sequence[NetworkPlan],
    *,
    described: bool,
) -> list[str]:
    order = "in order of time" if facts.has_times else "without an order of time"
    lines = [
        f"Recipe {recipe!r} for {facts.events:,} events {order}, {facts.users:,} users and {items:,} items, "
        f"{facts.median_history:.0f} events for the user in the middle.",
    ]
    named = list(dict.fromkeys(plan.network for plan in plans))
    lines.append("Networks: " + "; ".join(f"{name} {_REASONS[name]}" for name in named) + ".")
    stepped = [plan for plan in plans if plan.trainer == "next_item"]
    if stepped:
        training = stepped[0].training
        lines.append(
            f"{training['epochs']} passes with the loss {training['loss']}: "
            + (
                "the catalogue is small enough to be scored whole."
                if training["loss"] == "softmax"
                else "what came against items drawn by their popularity."
                if training["loss"] == "sampled_softmax"
                else "as it was asked for."
            )
        )
        if described:
            lines.append("What the side files tell counts too, so that it can serve new items and new users.")
    return lines


def _about_repeats(facts: InteractionFacts, repeats: bool) -> str:
    share = f"{facts.repeat_share:.0%} of the events repeat an item of the same user"
    return f"{share}: items may be proposed again." if repeats else f"{share}: what was seen is left out."
