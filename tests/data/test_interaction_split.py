"""Nothing of the test side is known to the training side."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.data import (
    at_random,
    by_time,
    infer_interactions,
    leave_last_out,
    read_interactions,
    read_table,
)

EVENTS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz"), st.integers(1_580_000_000, 1_580_000_006)),
    min_size=1,
    max_size=40,
)


def events_of(rows, *, times=True):
    frame = pl.DataFrame(rows, schema=["user", "item", "time"], orient="row")
    table = read_table(frame if times else frame.drop("time"))
    return read_interactions(table, infer_interactions(table.frame))


def check_parts(events, parts):
    """Each event is on exactly one side, and the order is kept."""
    rows = [part.frame["row"].to_list() for part in parts]
    assert sorted(rows[0] + rows[1]) == sorted(events.frame["row"].to_list())
    for part, kept in zip(parts, rows, strict=True):
        order = [row for row in events.frame["row"].to_list() if row in set(kept)]
        assert part.frame["row"].to_list() == order
        assert part.frame.columns == events.frame.columns
        assert len(part.notes) == len(events.notes) + 1


@settings(deadline=None, max_examples=100)
@given(EVENTS, st.booleans())
def test_the_last_event_of_each_user(rows, times):
    events = events_of(rows, times=times)
    sizes = dict(events.frame.group_by("user").len().iter_rows())
    if max(sizes.values()) < 2:
        with pytest.raises(DataError, match="No user has two events"):
            leave_last_out(events)
        return
    rest, last = leave_last_out(events)
    check_parts(events, (rest, last))
    assert last.frame["user"].is_duplicated().sum() == 0
    assert set(last.frame["user"]) == {user for user, size in sizes.items() if size > 1}
    order = ["time", "row"] if times else ["row"]
    for event in last.frame.iter_rows(named=True):
        kept = rest.frame.filter(pl.col("user") == event["user"]).select(order).rows()
        assert len(kept) == sizes[event["user"]] - 1
        assert max(kept) < tuple(event[name] for name in order)


@settings(deadline=None, max_examples=100)
@given(EVENTS, st.floats(0.01, 0.99))
def test_the_latest_events(rows, share):
    events = events_of(rows)
    if events.frame["time"].n_unique() < 2:
        with pytest.raises(DataError, match="one moment"):
            by_time(events, share=share)
        return
    train, test = by_time(events, share=share)
    check_parts(events, (train, test))
    assert len(train)
    assert len(test)
    assert train.frame["time"].max() < test.frame["time"].min()


@settings(deadline=None, max_examples=100)
@given(EVENTS, st.floats(0.01, 0.99), st.integers(0, 3))
def test_a_random_share_of_the_pairs(rows, share, seed):
    events = events_of(rows)
    pairs = events.frame.select("user", "item").n_unique()
    if pairs < 2:
        with pytest.raises(DataError, match="fewer than two"):
            at_random(events, share=share, seed=seed)
        return
    train, test = at_random(events, share=share, seed=seed)
    check_parts(events, (train, test))
    sides = [set(part.frame.select("user", "item").iter_rows()) for part in (train, test)]
    assert not sides[0] & sides[1]
    assert len(sides[1]) == min(max(round(share * pairs), 1), pairs - 1)
    again = at_random(events, share=share, seed=seed)
    assert again[1].frame.equals(test.frame)


def test_another_seed_gives_another_split():
    events = events_of([("a", str(n), 1_580_000_000 + n) for n in range(100)])
    first, second = (at_random(events, seed=seed)[1].frame["row"].to_list() for seed in (0, 1))
    assert first != second
    assert len(first) == len(second) == 20


def test_the_share_is_met():
    events = events_of([("a", str(n), 1_580_000_000 + n) for n in range(100)])
    train, test = by_time(events, share=0.25)
    assert (len(train), len(test)) == (75, 25)
    assert "the events from 2020-01-26T00:54:35Z on" in test.notes[-1]


@pytest.mark.parametrize("split", [by_time, at_random])
@pytest.mark.parametrize("share", [0, 1, -0.1, 2, float("nan")])
def test_shares_that_leave_a_side_empty_are_refused(split, share):
    with pytest.raises(UsageError, match="leaves one side empty"):
        split(events_of([("a", "x", 1_580_000_000)]), share=share)


def test_no_times_to_split_by():
    with pytest.raises(DataError, match="no times"):
        by_time(events_of([("a", "x", 1_580_000_000), ("a", "y", 1_580_000_001)], times=False))
    with pytest.raises(DataError, match="two"):
        leave_last_out(events_of([("a", "x", 1_580_000_000)]))


@pytest.mark.real_data
def test_movielens_leaves_one_event_a_user(shared):
    file = shared / "recommendation" / "movielens_100k" / "ml-100k.inter.gz"
    if not file.is_file():
        pytest.skip("movielens_100k is not among the public datasets")
    table = read_table(file)
    events = read_interactions(table, infer_interactions(table.frame))
    rest, last = leave_last_out(events)
    assert (len(rest), len(last)) == (99_057, 943)
    training, validation = leave_last_out(rest)
    assert (len(training), len(validation)) == (98_114, 943)
