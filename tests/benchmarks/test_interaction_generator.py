from __future__ import annotations

import numpy as np
import pytest
from benchmarks.interaction_generator import KINDS, Shop, generate

SMALL = Shop(users=500, items=800, events=6_000, clusters=12)


@pytest.fixture(scope="module")
def events():
    return generate(SMALL)


def counts(values, size):
    return np.bincount(values, minlength=size)


def test_the_same_settings_give_the_same_events_and_another_seed_gives_others(events):
    again, other = generate(SMALL), generate(Shop(users=500, items=800, events=6_000, clusters=12, seed=1))
    assert again.table() == events.table()
    assert other.table() != events.table()


def test_sizes_are_about_those_asked_for(events):
    assert abs(len(events.item) - 6_000) < 400
    assert counts(events.user, 500).min() >= 2, "three each, but where nothing was out to be taken"
    assert len(np.unique(events.user)) == 500
    assert events.item.max() < 800
    assert events.item.min() >= 0


def test_events_are_in_order_of_time_and_nobody_takes_an_item_twice(events):
    assert (np.diff(events.time) >= 0).all()
    assert len(np.unique(events.user * 800 + events.item)) == len(events.item)


def test_popularity_is_skewed(events):
    popular = np.sort(counts(events.item, 800))[::-1]
    assert popular[:80].sum() > 0.3 * len(events.item), "a tenth of the items"


def test_what_is_wanted_drifts(events):
    half = len(events.item) // 2
    early, late = counts(events.item[:half], 800), counts(events.item[half:], 800)
    new = (early == 0) & (late > 2)
    assert new.sum() > 20, "items come out in the second half"
    assert np.corrcoef(early, late)[0, 1] < 0.9


def test_series_are_followed_and_tell_what_comes_next(events):
    series = KINDS.index("series")
    share = (events.kind == series).mean()
    assert 0.05 < share < 0.35
    before: dict[int, set[int]] = {}
    for user, item, kind in zip(
        events.user.tolist(), events.item.tolist(), events.kind.tolist(), strict=True
    ):
        if kind == series:
            assert item - 1 in before[user], "the part before it was taken earlier"
        before.setdefault(user, set()).add(item)


def test_visits_keep_to_a_kind_of_item():
    made = generate(Shop(users=500, items=800, events=6_000, clusters=12, noise=0.0, series=0.0))
    order = np.lexsort((made.time, made.user))
    user, item, time = made.user[order], made.item[order], made.time[order]
    same, gap = user[1:] == user[:-1], time[1:] - time[:-1]
    near = np.abs(item[1:] - item[:-1]) < 100  # items lie in the order of their clusters
    visit, later = near[same & (gap < 3_600)], near[same & (gap > 86_400)]
    assert min(len(visit), len(later)) > 500
    assert visit.mean() > later.mean() + 0.1


def test_the_table_is_what_a_model_reads(events):
    table = events.table()
    assert list(table) == ["user", "item", "timestamp"]
    assert {len(column) for column in table.values()} == {len(events.item)}
    assert table["user"][0] == f"u{events.user[0]}"
