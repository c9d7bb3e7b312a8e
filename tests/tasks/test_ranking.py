"""From events to numbers, and from what was trained to a package."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from shop import GENRES, ITEMS, STEPS, USERS, events, item_file, later, user_file

from lepton_ai.core.errors import DataError
from lepton_ai.core.plan import NetworkPlan
from lepton_ai.core.ranking_plan import RankingPlan
from lepton_ai.data import read_table
from lepton_ai.tasks.events import EventColumns, Sides
from lepton_ai.tasks.ranking import catalogue, given_held_out, held_out_report

PLAN = RankingPlan(task="recommendation", networks=(NetworkPlan("item_linear", "transitions"),))


def read(rows):
    return EventColumns(user=None, item=None, rating=None, time=None).read(read_table(rows))


def catalogued(rows=None, **sides):
    found = read(events() if rows is None else rows)
    known = Sides.read(found, **{"items": None, "users": None, **sides})
    return catalogue(found, item_side=known.items, user_side=known.users)


def test_numbers_stand_for_users_and_items_in_order():
    rows = [
        {"user": "v", "item": "b", "time": 50},
        {"user": "u", "item": "a", "time": 10},
        {"user": "v", "item": "a", "time": 20},
        {"user": "u", "item": "c", "time": 30},
        {"user": "u", "item": "a", "time": 40},
    ]
    found = catalogued(rows)
    histories = {
        user: [found.items[number - 1] for number in found.rows({}).history(place)]
        for place, user in enumerate(found.users)
    }
    assert histories == {"u": ["a", "c", "a"], "v": ["a", "b"]}
    assert found.newest.tolist() == pytest.approx(
        [{"c": 0.0, "a": 0.5, "b": 1.0}[item] for item in found.items]
    )


def test_items_of_the_side_file_come_behind_and_are_the_newest():
    found = catalogued(items=item_file())
    assert len(found.items) == ITEMS + 2
    assert found.items[ITEMS:] == ["112", "113"]
    assert found.events.max() == ITEMS
    assert found.newest[ITEMS:].tolist() == [1.0, 1.0]
    assert len(found.newest) == ITEMS + 2


def test_rows_carry_what_side_files_tell():
    rows = catalogued(items=item_file(), users=user_file()).rows({3: 4})
    assert rows.held_out == {3: 4}
    assert {"genre=comedy", "film"} <= set(rows.item_words[rows.items.index("100")])
    assert dict(rows.user_features)["city"] == ("oslo", "rome")
    assert rows.user_values.shape == (USERS, 2)
    plain = catalogued().rows({})
    assert plain.item_words is None
    assert plain.user_values is None


def test_a_users_file_without_features_gives_none():
    rows = catalogued(users=[{"user_id": str(user)} for user in range(USERS)]).rows({})
    assert rows.user_values is None
    assert dict(rows.user_features) == {}


def test_the_first_known_event_of_a_validation_set_counts():
    found = catalogued()
    validation = [
        {"user": 3, "item": "never seen", "time": 1},
        {"user": 3, "item": 109, "time": 2},
        {"user": 3, "item": 110, "time": 3},
        {"user": "stranger", "item": 109, "time": 4},
    ]
    held_out = given_held_out(found, read(validation))
    assert held_out == {found.users.index("3"): found.items.index("109") + 1}
    with pytest.raises(DataError, match="No validation event is of a user and an item"):
        given_held_out(found, read(validation[:1]))


def trained(found, best):
    """Scores that put one item first, for every user."""
    users = np.arange(len(found.users))
    scores = np.tile(np.arange(len(found.items), 0, -1, np.float32), (len(users), 1))
    came = found.events[found.starts[1:] - 1].astype(np.int64)
    if best:
        scores[users, came - 1] = 100.0
    return SimpleNamespace(held_out_users=users, held_out_items=came, held_out_scores=scores)


def test_the_report_is_about_what_was_foretold():
    found = catalogued()
    report = held_out_report(found, PLAN, trained(found, best=True), k=3, name="x")
    assert report.summary()["hit_rate_at_3"]["value"] == 1.0
    assert report.summary()["users"] == USERS
    assert (
        held_out_report(found, PLAN, trained(found, best=False), k=3, name="x").summary()["hit_rate_at_3"][
            "value"
        ]
        < 1.0
    )


def test_what_a_user_had_before_is_not_in_the_lists_of_the_report():
    found = catalogued()
    k = ITEMS - STEPS + 1
    report = held_out_report(found, PLAN, trained(found, best=False), k=k, name="x")
    assert report.summary()[f"hit_rate_at_{k}"]["value"] == 1.0


def test_the_package_holds_what_filters_need(shop):
    output = shop.package_.output
    known = output.catalogue
    assert list(known.categories) == ["comedy", "drama", "long", "short"]
    assert known.titles[output.items.number("113") - 1] == "Film 13"
    assert known.popularity.sum() == pytest.approx(1.0)
    assert known.popularity[output.items.number("113") - 1] == 0
    assert known.vectors.shape[0] == ITEMS + 2
    assert GENRES[13 % 6] == "drama|long"


def test_the_example_of_the_package_asks_for_users_a_history_and_nobody(walker):
    manifest = walker.package_.manifest
    assert manifest.task == "recommendation"
    assert set(walker.package_.inputs) == {"user", "options"}
    assert manifest.output.column == "items"
    assert manifest.metrics["hit_rate_at_10"]["value"] == walker.report_.summary()["hit_rate_at_10"]["value"]
    assert later()[0]["item"] == 105
