"""Ranked lists of items, and where in them the right ones stand."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.errors import DataError, UsageError

Lists: TypeAlias = Sequence[Sequence[Hashable]]
"""One ranked list of item ids a user, best first."""

Sets: TypeAlias = Sequence[Collection[Hashable]]
"""One collection of item ids a user."""

_NO_ORDER = (set, frozenset, Mapping)
_NO_COLLECTION = (str, bytes)


@dataclass(frozen=True)
class Hits:
    """Where the right items stand, for the users that have at least one.

    Attributes:
        table: Whether the item at a place of a user's list is right, shape [users, places]: as many places
            as the longest list has, at least 1 and at most k. What is behind a list's end is not right.
        relevant: How many right items a user has, shape [users]; at least 1.
        users: The positions of those users among all that were given, shape [users].
        k: How many places the lists could have had.
    """

    table: NDArray[np.bool_]
    relevant: NDArray[np.int64]
    users: NDArray[np.int64]
    k: int

    def first(self, k: int) -> Hits:
        """The same for the first `k` places only; k may not grow."""
        return Hits(self.table[:, :k], self.relevant, self.users, k)


def whole_k(k: int) -> int:
    """`k` where it is a whole number from 1 on.

    Raises:
        UsageError: It is not.
    """
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise UsageError(f"k, the length of the list, must be a whole number of 1 or more; found {k!r}.")
    return int(k)


def ranked_lists(recommended: Lists, *, k: int | None = None) -> list[list[Hashable]]:
    """The first `k` items of every user's list (all of them for None), checked.

    Raises:
        UsageError: What was given has no lists, a list has no order, or an item stands in a list twice.
    """
    rows = [_ranked(row, user) for user, row in enumerate(_users(recommended, name="recommended"))]
    return rows if k is None else [row[: whole_k(k)] for row in rows]


def item_sets(relevant: Sets) -> list[frozenset[Hashable]]:
    """Every user's collection as a set.

    Raises:
        UsageError: What was given has no collections, or an id is a list or another changing thing.
    """
    return [_set(items, user) for user, items in enumerate(_users(relevant, name="relevant"))]


def find_hits(recommended: Lists, relevant: Sets, *, k: int) -> Hits:
    """Where the right items stand in the first `k` places; users without a right item are passed over.

    Raises:
        UsageError: The two tell of different numbers of users, an item stands in a list twice, k is under 1,
            or the ids are text on one side and something else on the other.
        DataError: No user has a right item.
    """
    length = whole_k(k)
    rows, wanted = ranked_lists(recommended), item_sets(relevant)
    if len(rows) != len(wanted):
        raise UsageError(
            f"recommended has {len(rows)} users and relevant has {len(wanted)}.",
            hint="Both must tell of the same users, in the same order.",
        )
    users = [user for user, items in enumerate(wanted) if items]
    if not users:
        raise DataError(
            f"None of {len(wanted)} users has a relevant item.",
            hint="A ranking is judged on users whose right items are known.",
        )
    longest = max(len(rows[user]) for user in users)
    table = np.zeros((len(users), max(1, min(length, longest))), dtype=np.bool_)
    for place, user in enumerate(users):
        items = wanted[user]
        row = [item in items for item in rows[user][:length]]
        table[place, : len(row)] = row
    if not table.any():
        _refuse_two_kinds(rows, wanted)
    counts = np.array([len(wanted[user]) for user in users], dtype=np.int64)
    return Hits(table, counts, np.array(users, dtype=np.int64), length)


def _users(values: Any, *, name: str) -> list[Any]:
    if isinstance(values, _NO_COLLECTION + _NO_ORDER) or not isinstance(values, Iterable):
        raise UsageError(
            f"{name} must hold one list of item ids a user; found {type(values).__name__}.",
            hint="Give lists in the order of the users, or a model that has `ranked_items` and its data.",
        )
    return list(values)


def _ranked(row: Any, user: int) -> list[Hashable]:
    if isinstance(row, _NO_COLLECTION + _NO_ORDER) or not isinstance(row, Iterable):
        raise UsageError(
            f"recommended holds no ranked list at position {user}; found {type(row).__name__}.",
            hint="Give every user a list of item ids, best first.",
        )
    items: list[Hashable] = row.tolist() if isinstance(row, np.ndarray) else list(row)
    repeated = len(items) - len(_hashed(items, name="recommended", user=user))
    if repeated:
        raise UsageError(
            f"The list at position {user} of recommended holds {repeated} of its items more than once.",
            hint="An item can be recommended to a user only once: remove the repeats.",
        )
    return items


def _set(items: Any, user: int) -> frozenset[Hashable]:
    if isinstance(items, _NO_COLLECTION) or not isinstance(items, Iterable):
        raise UsageError(
            f"relevant holds no collection of item ids at position {user}; found {type(items).__name__}.",
            hint="Give every user a list or set, also where one item only is right.",
        )
    return _hashed(items.tolist() if isinstance(items, np.ndarray) else items, name="relevant", user=user)


def _hashed(items: Iterable[Any], *, name: str, user: int) -> frozenset[Hashable]:
    try:
        return frozenset(items)
    except TypeError as error:
        raise UsageError(
            f"{name} holds an item id at position {user} that cannot be compared: {error}.",
            hint="Ids are text, numbers, or other values that do not change.",
        ) from error


def _refuse_two_kinds(rows: Sequence[Iterable[Hashable]], wanted: Sequence[Iterable[Hashable]]) -> None:
    """Raise where nothing can ever be found: "42" is not 42."""
    given = {isinstance(item, str) for row in rows for item in row}
    right = {isinstance(item, str) for items in wanted for item in items}
    if len(given) == len(right) == 1 and given != right:
        text, other = ("recommended", "relevant") if True in given else ("relevant", "recommended")
        raise UsageError(
            f"The item ids of {text} are text and those of {other} are not, so none can be found.",
            hint="Write the ids of both in the same way.",
        )
