"""Who to recommend for: a user, a history, or both, as the arrays that a network reads."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.base import InputCodec
from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.core.errors import PackageError
from lepton_ai.core.ids import as_id
from lepton_ai.core.types import JSON, Arrays, Cell

MOST_ITEMS = 10_000
"""A longer history in a request is refused by the signature of a package."""

MOST_CHARACTERS = 200
"""A longer id in a request is refused by the signature of a package."""

LARGEST_NUMBER = 2**63

_NO_ITEMS: NDArray[np.int32] = np.empty(0, dtype=np.int32)
_FEATURE = "feature.{}"


class _Who(NamedTuple):
    """What one cell says: number of the user, numbers of all items oldest first, given features."""

    user: int
    history: NDArray[np.int32]
    features: Mapping[str, Cell]


class HistoryCodec(InputCodec):
    """A user and the items of their history, oldest first as people give it.

    A cell is None (nobody is known), a user id, a list of item ids, or an object with any of `user`,
    `history` and `features`. A history given together with a known user is appended to what is stored of
    that user, so that a new event counts at once. Items that are not in the catalogue are passed over.

    Encodes to `items` int64 [rows, n], the latest items, newest first, 0 after the last; `seen` int64
    [rows, m], all items of the history, each once, ascending, 0 after the last; `user` int64 [rows, 1], 0
    for one who is unknown; and, where there are any, `features` int64 [rows, features], 0 for a value that
    is unknown (this array is as wide as there are features: its zeros at the end are no padding).

    Args:
        items: The catalogue.
        users: The users whose events are stored.
        starts: int64 [users + 1]: the events of user number u are `events[starts[u - 1]:starts[u]]`.
        events: int32 [events]: item numbers, oldest first within a user.
        length: Most items in `items`.
        features: Features of users: name to its known values.
        user_features: int32 [users, features]: number of each value, 1 and up, 0 when it is unknown.
        banded: Names of the features that are numbers in bands: their known values are the lower ends of the
            bands, ascending. A number below all of them counts for the lowest band.

    Raises:
        PackageError: The arrays do not fit one another.

    Example:
        >>> codec = HistoryCodec.fit([["a", "b"], ["b", "c"]])
        >>> codec.encode([["c", "a"]])["items"].tolist()
        [[1, 3]]
    """

    name: ClassVar[str] = "history"

    def __init__(
        self,
        items: IdIndex,
        users: IdIndex,
        starts: NDArray[Any],
        events: NDArray[Any],
        *,
        length: int = 100,
        features: Mapping[str, IdIndex | Sequence[str]] | None = None,
        user_features: NDArray[Any] | None = None,
        banded: Collection[str] = (),
    ) -> None:
        self.items = items
        self.users = users
        self.starts = np.asarray(starts, dtype=np.int64)
        self.events = np.asarray(events, dtype=np.int32)
        self.length = int(length)
        self.features = {
            name: values if isinstance(values, IdIndex) else IdIndex(values)
            for name, values in (features or {}).items()
        }
        shape = (len(users), len(self.features))
        given = np.zeros(shape, dtype=np.int32) if user_features is None else user_features
        self.user_features = np.asarray(given, dtype=np.int32)
        self._check(shape)
        self._ends = {name: _lower_ends(self.features.get(name)) for name in banded}

    def _check(self, shape: tuple[int, int]) -> None:
        """Refuse arrays that do not fit one another."""
        starts, events = self.starts, self.events
        fits = (
            starts.shape == (len(self.users) + 1,)
            and events.ndim == 1
            and starts[0] == 0
            and starts[-1] == len(events)
            and not (starts[1:] < starts[:-1]).any()
            and (len(events) == 0 or (events.min() >= 1 and events.max() <= len(self.items)))
        )
        if not fits:
            raise PackageError("The stored events do not fit the users and the catalogue.")
        if self.length < 1:
            raise PackageError(f"The length of a history is {self.length}; it is 1 or more.")
        if self.user_features.shape != shape or any(
            len(column) and (column.min() < 0 or column.max() > len(known))
            for column, known in zip(self.user_features.T, self.features.values(), strict=True)
        ):
            raise PackageError("The stored features do not fit the users and the known values.")

    @classmethod
    def fit(cls, values: Sequence[Cell], *, length: int = 100, **settings: Any) -> Self:
        """A codec whose catalogue is every item in `values`, which are histories; it knows no users.

        Args:
            values: Lists of item ids; other cells are passed over.
            length: Most items in `items`.
            settings: None others are known.
        """
        if settings:
            raise TypeError(f"HistoryCodec.fit has no setting {sorted(settings)[0]!r}")
        items = IdIndex.of(item for value in values for item in _items_of(value))
        return cls(items, IdIndex(()), np.zeros(1, np.int64), _NO_ITEMS, length=length)

    def params(self) -> JSON:
        """The longest `items`, and the names of the features and of those in bands."""
        return {"length": self.length, "features": list(self.features), "banded": list(self._ends)}

    def arrays(self) -> Arrays:
        """The catalogue, the users, their events and their features."""
        state = self.items.arrays("items") | self.users.arrays("users")
        state |= {"starts": self.starts, "events": self.events}
        if self.features:
            state["user_features"] = self.user_features
        for place, known in enumerate(self.features.values()):
            state |= known.arrays(_FEATURE.format(place))
        return state

    @classmethod
    def restore(cls, params: JSON, arrays: Arrays) -> Self:
        """The codec with the state of another."""
        names = [str(name) for name in params["features"]]
        return cls(
            IdIndex.restore("items", arrays),
            IdIndex.restore("users", arrays),
            arrays["starts"],
            arrays["events"],
            length=int(params["length"]),
            features={
                name: IdIndex.restore(_FEATURE.format(place), arrays) for place, name in enumerate(names)
            },
            user_features=arrays.get("user_features"),
            banded=[str(name) for name in params["banded"]],
        )

    def vocabulary(self) -> Mapping[str, int]:
        """How many numbers `items` and `user` may hold."""
        return {"items": len(self.items) + 1, "user": len(self.users) + 1}

    def cell_schema(self) -> JSON:
        """Nothing, a user, a history, or an object with both."""
        bounds = {"minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER, "maxLength": MOST_CHARACTERS}
        one = {"type": ["string", "number"], **bounds}
        many = {"items": one, "maxItems": MOST_ITEMS}
        feature = {"type": ["string", "number", "boolean", "null"], **bounds}
        properties: JSON = {
            "user": {**one, "type": ["string", "number", "null"], "description": "Id of a user."},
            "history": {"type": ["array", "null"], **many, "description": "Ids of items, oldest first."},
        }
        if self.features:
            properties["features"] = {
                "type": ["object", "null"],
                "properties": dict.fromkeys(self.features, feature),
                "additionalProperties": False,
                "description": "What is known of the user.",
            }
        return {
            "description": "Who to recommend for: a user, a history oldest first, or both. A history that"
            " comes with a known user is appended to the stored one.",
            "type": ["object", "array", "string", "number", "null"],
            **bounds,
            **many,
            "properties": properties,
            "additionalProperties": False,
            "examples": [{"history": self.items.ids(range(1, min(3, len(self.items)) + 1))}],
        }

    def encode(self, values: Sequence[Cell]) -> Arrays:
        """`items`, `seen`, `user` and, where there are any, `features` of each cell."""
        who = [self._read(value) for value in values]
        found: Arrays = {
            "items": _padded([each.history[: -self.length - 1 : -1] for each in who]),
            "seen": _padded([_distinct(each.history) for each in who]),
            "user": np.array([[each.user] for each in who], dtype=np.int64).reshape(len(who), 1),
        }
        if self.features:
            found["features"] = self._features_of(who)
        return found

    def sizes(self, values: Sequence[Cell]) -> NDArray[Any]:
        """How many items each history has, as far as the network reads it."""
        return np.array([self._size(value) for value in values], dtype=np.int64)

    def _size(self, value: Cell) -> int:
        """At most how many items a cell speaks of, counted without looking them up."""
        user = value.get("user") if isinstance(value, Mapping) else value
        number = 0 if isinstance(user, list | tuple) else self.users.number(user)
        stored = int(self.starts[number] - self.starts[number - 1]) if number else 0
        return min(stored + len(_items_of(value)), self.length)

    def _read(self, value: Cell) -> _Who:
        """What a cell says; what cannot be understood is as if it were not there."""
        features: Mapping[str, Cell] = {}
        user = 0
        if isinstance(value, Mapping):
            given = value.get("features")
            features = given if isinstance(given, Mapping) else features
            user = self.users.number(value.get("user"))
        elif not isinstance(value, list | tuple):
            user = self.users.number(value)
        history = _NO_ITEMS if user == 0 else self.events[self.starts[user - 1] : self.starts[user]]
        new = _items_of(value)
        if new:
            numbers = self.items.numbers(new)
            history = np.concatenate([history, numbers[numbers > 0].astype(np.int32)])
        return _Who(user, history, features)

    def _features_of(self, who: Sequence[_Who]) -> NDArray[np.int64]:
        """Numbers of the features' values: those given, else those stored."""
        found = np.zeros((len(who), len(self.features)), dtype=np.int64)
        for row, each in enumerate(who):
            if each.user:
                found[row] = self.user_features[each.user - 1]
            for column, name in enumerate(self.features):
                if name in each.features:
                    found[row, column] = self._value_number(name, each.features[name])
        return found

    def _value_number(self, name: str, value: Cell) -> int:
        """The number of a feature's value; 0 when it is unknown."""
        if name not in self._ends:
            return self.features[name].number(feature_word(value))
        try:
            number = float(value)
        except (TypeError, ValueError):
            return 0
        if isinstance(value, bool) or not math.isfinite(number):
            return 0
        return max(1, int(np.searchsorted(self._ends[name], number, side="right")))


def feature_word(value: Cell) -> str | None:
    """The canonical text of a feature's value: that of an id, and "true" or "false"."""
    return str(value).lower() if isinstance(value, bool) else as_id(value)


def _lower_ends(known: IdIndex | None) -> NDArray[np.float64]:
    """The lower ends of a feature's bands."""
    try:
        ends = np.array([] if known is None else known.ids(range(1, len(known) + 1)), dtype=np.float64)
    except ValueError:
        ends = np.empty(0)
    if not len(ends) or not (ends[1:] > ends[:-1]).all():
        raise PackageError("The bands of a feature are not numbers in ascending order.")
    return ends


def _items_of(value: Cell) -> Sequence[Cell]:
    """The items that a cell lists."""
    given = value.get("history") if isinstance(value, Mapping) else value
    return given if isinstance(given, list | tuple) else ()


def _distinct(history: NDArray[np.int32]) -> list[int]:
    """The items of a history, each once, ascending."""
    return sorted(set(history.tolist()))


def _padded(rows: Sequence[Sequence[int] | NDArray[Any]]) -> NDArray[np.int64]:
    """Rows of different lengths as one array, 0 behind the end of each; at least one column."""
    found = np.zeros((len(rows), max([1, *map(len, rows)])), dtype=np.int64)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return found
