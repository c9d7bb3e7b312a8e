"""Events of a made-up shop, like those of a real one where it matters to recommenders.

    python -m benchmarks.interaction_generator FILE.parquet [--users 30000 --items 25000 --events 300000]

What is in them, and for which kind of model that is something to find:

* Tastes. Items lie in clusters, and each user likes three of them, unequally (factorisation, neighbours).
* Popularity. Inside a cluster, and between clusters, it follows a power law (popularity).
* Series. Items of a cluster form series of 1 to 8 parts; after one part the next one often follows, either
  at once or later (models of order; neighbours find it too, as the parts of a series meet in histories).
* Visits. Events come in visits, and a visit keeps to one cluster (models of order).
* Drift. Items come out over the whole time, the new ones are wanted most, and most are forgotten at a rate of
  their own; users exchange a taste for a neighbouring one now and then (models that forget).
* Noise. Some events are taken at random by popularity from everything that is out (nobody can foretell them).

Nobody takes an item twice. How each event came about is told beside it, but not to the models.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = ("taste", "series", "noise")
"""How an event came about."""

_TASTE, _SERIES, _NOISE = range(3)
_START = 1_704_067_200  # 2024-01-01 in UTC
_DAY = 86_400
_TRIES = 12


@dataclass(frozen=True)
class Shop:
    """What is made.

    Attributes:
        users: How many, each with at least `shortest` events.
        items: How many may be taken; fewer are.
        events: How many, about.
        clusters: Groups of items of like kind.
        days: From the first event to the last.
        shortest: Fewest events of a user.
        spread: Standard deviation of the logarithm of a user's number of events.
        popularity: Exponent of the power law inside a cluster.
        series: Share of events that take the next part of a series begun, where there is one.
        noise: Share of events that are taken from everywhere.
        visit: Mean events of a visit.
        exchange: Chance, at each visit, that a user exchanges one taste for a neighbouring one.
        evergreen: Share of items that are not forgotten.
        seed: Seed of everything random; the same settings give the same events.
    """

    users: int = 30_000
    items: int = 25_000
    events: int = 300_000
    clusters: int = 80
    days: int = 360
    shortest: int = 3
    spread: float = 0.9
    popularity: float = 0.8
    series: float = 0.35
    noise: float = 0.15
    visit: float = 3.0
    exchange: float = 0.1
    evergreen: float = 0.3
    seed: int = 0


@dataclass(frozen=True)
class Events:
    """Events, oldest first; all arrays have shape [events].

    Attributes:
        user: Number of the user, from 0.
        item: Number of the item, from 0.
        time: Seconds since 1970.
        kind: Position in `KINDS`.
    """

    user: NDArray[np.int64]
    item: NDArray[np.int64]
    time: NDArray[np.int64]
    kind: NDArray[np.int64]

    def table(self) -> dict[str, list[Any]]:
        """The columns that a model is given; ids are texts without a meaning."""
        return {
            "user": [f"u{number}" for number in self.user.tolist()],
            "item": [f"i{number}" for number in self.item.tolist()],
            "timestamp": self.time.tolist(),
        }


def generate(shop: Shop) -> Events:
    """The events of a shop."""
    random = np.random.default_rng(shop.seed)
    goods = _Goods(shop, random)
    lengths = _lengths(shop, random)
    days = _days(shop, lengths, random)
    items, kinds = _Visitors(shop, goods, random).walk(lengths, days)
    there = np.arange(items.shape[1]) < lengths[:, None]
    user, step = np.nonzero(there & (items >= 0))
    second = np.floor(days[user, step] * _DAY).astype(np.int64) + _START
    order = np.lexsort((step, user, second))
    user, step = user[order], step[order]
    return Events(user, items[user, step].astype(np.int64), second[order], kinds[user, step].astype(np.int64))


def _lengths(shop: Shop, random: np.random.Generator) -> NDArray[np.int64]:
    """Events of each user: log-normal, with the wanted mean."""
    raw = random.lognormal(0.0, shop.spread, shop.users)
    mean = max(0.0, shop.events / shop.users - shop.shortest)
    longest = min(300, shop.items // 4)
    lengths: NDArray[np.int64] = shop.shortest + np.floor(raw / raw.mean() * mean + random.random(shop.users))
    return np.minimum(lengths, longest).astype(np.int64)


def _days(shop: Shop, lengths: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.float64]:
    """Day of each event [users, longest], ascending in a row: users come one by one, and in visits."""
    shape = (len(lengths), int(lengths.max()))
    new_visit = random.random(shape) < 1 / shop.visit
    gaps = np.where(new_visit, random.exponential(10.0, shape), random.exponential(0.02, shape))
    gaps[:, 0] = 0.0
    passed = np.cumsum(gaps, axis=1)
    span = passed[np.arange(len(lengths)), lengths - 1]
    # Whoever would still be there after the end is quicker.
    room = np.minimum(span, shop.days * (0.2 + 0.75 * random.random(len(lengths))))
    start = random.random(len(lengths)) * (shop.days - room)
    days: NDArray[np.float64] = start[:, None] + passed * (room / np.maximum(span, 1e-9))[:, None]
    return np.minimum(days, shop.days - 1e-3)


class _Goods:
    """The items, in the order of their clusters, and what each is wanted in each tenth of a month.

    Attributes:
        bounds: Item numbers of cluster c: `bounds[c]` to `bounds[c + 1]`.
        sequel: The next part of an item's series, or -1.
        out: Day an item comes out; negative: before the beginning.
        weight: Shape [clusters]: how many users like it.
    """

    def __init__(self, shop: Shop, random: np.random.Generator) -> None:
        self.period = 10.0
        sizes = _power_law(shop.clusters, 0.6)[random.permutation(shop.clusters)]
        self.weight = sizes * random.lognormal(0.0, 0.3, shop.clusters)
        self.weight /= self.weight.sum()
        inner = np.cumsum(sizes[:-1]) * (shop.items - 2 * shop.clusters)
        self.bounds = np.concatenate([[0], inner.astype(np.int64), [shop.items - 2 * shop.clusters]])
        self.bounds += 2 * np.arange(shop.clusters + 1)  # no cluster is empty
        self._series(shop, random)
        wanted = self._wanted(shop, random)
        self.running = np.cumsum(np.concatenate([np.zeros((len(wanted), 1)), wanted], axis=1), axis=1)

    def _series(self, shop: Shop, random: np.random.Generator) -> None:
        """Cut each cluster into series, the parts of which come out one after the other."""
        first = np.zeros(shop.items + 1, np.bool_)
        first[self.bounds] = True
        place = 0
        for length in np.minimum(random.geometric(0.35, shop.items), 8).tolist():
            if place >= shop.items:
                break
            first[place] = True
            place += length
        self.sequel = np.where(first[1:], -1, np.arange(1, shop.items + 1))
        number = np.cumsum(first[:-1]) - 1
        part = np.arange(shop.items) - np.flatnonzero(first[:-1])[number]
        begun = random.uniform(-shop.days, 0.95 * shop.days, number[-1] + 1)
        self.out = begun[number] + 20.0 * part
        self.strength = random.permutation(_power_law(number[-1] + 1, shop.popularity))[number] * 0.85**part

    def _wanted(self, shop: Shop, random: np.random.Generator) -> NDArray[np.float64]:
        """Shape [periods, items]: nothing before it comes out, then most, then less and less."""
        half_life = random.lognormal(np.log(60.0), 0.7, shop.items)
        half_life[random.random(shop.items) < shop.evergreen] = 4.0 * shop.days
        middle = (np.arange(int(np.ceil(shop.days / self.period))) + 0.5) * self.period
        age = middle[:, None] - self.out
        wanted: NDArray[np.float64] = np.where(age < 0, 0.0, self.strength * 0.5 ** (age / half_life))
        return wanted

    def draw(
        self,
        low: NDArray[np.int64],
        high: NDArray[np.int64],
        day: NDArray[np.float64],
        at: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """An item from `low` to `high`, by how much each is wanted on that day; `at` is from 0 to 1.

        It is -1 where nothing is out.
        """
        period = np.minimum((day / self.period).astype(np.int64), len(self.running) - 1)
        chosen = np.full(len(day), -1)
        for each in np.unique(period).tolist():
            rows, running = np.flatnonzero(period == each), self.running[each]
            least, most = running[low[rows]], running[high[rows]]
            found = np.searchsorted(running, least + at[rows] * (most - least), side="right") - 1
            chosen[rows] = np.where(most > least, np.clip(found, low[rows], high[rows] - 1), -1)
        return chosen


class _Visitors:
    """Users who walk through the goods, all of them one event at a time."""

    def __init__(self, shop: Shop, goods: _Goods, random: np.random.Generator) -> None:
        self.shop, self.goods, self.random = shop, goods, random
        weighed = np.log(goods.weight) + random.gumbel(size=(shop.users, shop.clusters))
        self.tastes = np.argsort(-weighed, axis=1)[:, :3]  # three different ones, by their weight
        self.share = np.cumsum(random.dirichlet((2.0, 1.0, 0.6), shop.users), axis=1)
        self.current = self.tastes[:, 0].copy()

    def walk(
        self, lengths: NDArray[np.int64], days: NDArray[np.float64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
        """Items [users, longest], -1 where there is none, and how each came about."""
        items = np.full(days.shape, -1, np.int32)
        kinds = np.zeros(days.shape, np.int8)
        for step in range(days.shape[1]):
            users = np.flatnonzero(lengths > step)
            day = days[users, step]
            begins = day - days[users, step - 1] > 0.5 if step else np.ones(len(users), np.bool_)
            self._choose_tastes(users[begins])
            items[users, step], kinds[users, step] = self._take(users, day, items[users, :step])
        return items, kinds

    def _choose_tastes(self, users: NDArray[np.int64]) -> None:
        """Begin visits: exchange a taste now and then, and keep to one of them for the visit."""
        random, clusters = self.random, self.shop.clusters
        changing = users[random.random(len(users)) < self.shop.exchange]
        which = random.integers(0, 3, len(changing))
        near = self.tastes[changing, which] + random.choice([-1, 1], len(changing))
        self.tastes[changing, which] = near % clusters
        drawn = (random.random(len(users))[:, None] > self.share[users]).sum(1)
        self.current[users] = self.tastes[users, np.minimum(drawn, 2)]

    def _take(
        self, users: NDArray[np.int64], day: NDArray[np.float64], past: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """One item for each of these users, which they have not had."""
        taken, kind = self._next_parts(users, day, past)
        for _ in range(_TRIES):
            rows = np.flatnonzero(taken < 0)
            if not len(rows):
                break
            noise = self.random.random(len(rows)) < self.shop.noise
            cluster = self.current[users[rows]]
            low = np.where(noise, 0, self.goods.bounds[cluster])
            high = np.where(noise, self.shop.items, self.goods.bounds[cluster + 1])
            found = self.goods.draw(low, high, day[rows], self.random.random(len(rows)))
            new = (found >= 0) & ~(past[rows] == found[:, None]).any(1)
            taken[rows[new]] = found[new]
            kind[rows[new]] = np.where(noise, _NOISE, _TASTE)[new]
        return taken, kind

    def _next_parts(
        self, users: NDArray[np.int64], day: NDArray[np.float64], past: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The next part of the series of one of the last items, mostly of the very last; else -1."""
        taken, kind = np.full(len(users), -1), np.full(len(users), _SERIES)
        if not past.shape[1]:
            return taken, kind
        back = np.minimum(self.random.geometric(0.6, len(users)), past.shape[1])
        before = past[np.arange(len(users)), -back]
        following = np.where(before >= 0, self.goods.sequel[before], -1)
        wanted = (self.random.random(len(users)) < self.shop.series) & (following >= 0)
        wanted &= self.goods.out[following] <= day
        wanted &= ~(past == following[:, None]).any(1)
        taken[wanted] = following[wanted]
        return taken, kind


def _power_law(count: int, exponent: float) -> NDArray[np.float64]:
    """Weights that sum to 1, the largest first."""
    weights = np.arange(1, count + 1, dtype=np.float64) ** -exponent
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def main() -> None:
    """Write a shop's events to a Parquet file."""
    import polars as pl

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    for name in ("users", "items", "events", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Shop, name))
    args = parser.parse_args()
    sizes = {name: getattr(args, name) for name in ("users", "items", "events", "seed")}
    events = generate(replace(Shop(), **sizes))
    pl.DataFrame(events.table()).write_parquet(args.file)
    shares = np.bincount(events.kind, minlength=len(KINDS)) / len(events.kind)
    told = ", ".join(f"{name} {share:.0%}" for name, share in zip(KINDS, shares, strict=True))
    print(f"{len(events.item):,} events in {args.file}: {told}")


if __name__ == "__main__":
    main()
