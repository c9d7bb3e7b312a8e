"""Facts and reference statistics of events."""

from __future__ import annotations

import json

import pytest

from lepton_ai.data import (
    InteractionFacts,
    describe_interactions,
    infer_interactions,
    profile_interactions,
    read_interactions,
    read_table,
)

ROWS = {
    "user": ["a", "a", "a", "b", "c"],
    "item": ["x", "y", "x", "x", "z"],
    "rating": [1, 5, 3, None, 3],
    "time": [1580464800 + n for n in range(5)],
}


def events_of(columns):
    table = read_table(columns)
    return read_interactions(table, infer_interactions(table.frame))


def test_facts():
    facts = describe_interactions(events_of(ROWS))
    assert facts == InteractionFacts(
        events=5,
        users=3,
        items=3,
        pairs=4,
        has_times=True,
        has_ratings=True,
        rating_range=(1.0, 5.0),
        repeat_share=0.2,
        median_history=1.0,
    )
    assert facts.density == pytest.approx(4 / 9)


def test_facts_of_bare_events():
    facts = describe_interactions(events_of({"user": ["a"], "item": ["x"]}))
    assert (facts.has_times, facts.has_ratings, facts.rating_range) == (False, False, None)
    assert (facts.density, facts.repeat_share, facts.median_history) == (1.0, 0.0, 1.0)


def test_profile():
    profile = profile_interactions(events_of(ROWS))
    assert json.loads(json.dumps(profile)) == profile
    assert profile["time"] == {"first": "2020-01-31T10:00:00Z", "last": "2020-01-31T10:00:04Z"}
    assert profile["ratings"]["values"] == {"1": 1, "3": 2, "5": 1}
    assert (profile["ratings"]["missing"], profile["ratings"]["mean"]) == (1, 3.0)
    assert profile["events_per_user"]["1.0"] == 3.0
    assert profile["events_per_item"]["0.5"] == 1.0
    assert (profile["version"], profile["events"], profile["repeat_share"]) == (1, 5, 0.2)


def test_profile_of_bare_events_and_of_many_ratings():
    bare = profile_interactions(events_of({"user": ["a"], "item": ["x"]}))
    assert (bare["time"], bare["ratings"]) == (None, None)
    many = {"user": ["a"] * 100, "item": list(range(100)), "rating": [n / 7 for n in range(100)]}
    histogram = profile_interactions(events_of(many))["ratings"]["histogram"]
    assert sum(histogram["counts"]) == 100
    assert len(histogram["edges"]) == len(histogram["counts"]) + 1


def test_facts_of_no_events():
    events = events_of(ROWS)
    none = events.where(events.frame["user"] == "nobody")
    assert describe_interactions(none).events == 0
    assert profile_interactions(none)["events_per_user"] == {}
