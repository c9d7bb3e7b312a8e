"""Ranking by the slowest and most obvious means, to compare with."""

from __future__ import annotations

import math


def full_sort(scores, k):
    """Positions of the k highest scores; of equal ones the lower position first; never minus infinity."""
    there = [place for place, score in enumerate(scores) if score != -math.inf]
    return sorted(there, key=lambda place: (-scores[place], place))[:k]


def allowed(position, options, catalogue, seen):
    """Whether the rules let an item through, item by item."""
    names = {catalogue.categories[each] for each in catalogue.categories_of(position)}
    item = catalogue.items.id(position + 1)
    return not (
        (options.exclude_seen and position in seen)
        or (options.allow is not None and item not in options.allow)
        or item in options.deny
        or (options.categories is not None and not names & set(options.categories))
        or names & set(options.exclude_categories)
        or (options.in_stock and catalogue.stock is not None and not catalogue.stock[position])
    )


def capped(order, options, catalogue):
    """The first k of an order of positions of which no category has more than its cap."""
    counts: dict[int, int] = {}
    chosen = []
    for position in order:
        mine = set(catalogue.categories_of(position))
        most = options.max_per_category
        if most is not None and any(counts.get(each, 0) >= most for each in mine):
            continue
        for each in mine:
            counts[each] = counts.get(each, 0) + 1
        chosen.append(position)
    return chosen[: options.k]
