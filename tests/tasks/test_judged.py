"""Lists for users whose later events are known."""

from __future__ import annotations

import pytest
from shop import ITEMS, STEPS, events

from lepton_ai.data import read_table
from lepton_ai.package import Runtime
from lepton_ai.tasks import judged as room
from lepton_ai.tasks.events import EventColumns
from lepton_ai.tasks.judged import history_codec, judged, ranked_lists


@pytest.fixture(scope="module")
def runtime(walker):
    return Runtime(walker.package_)


def read(rows):
    return EventColumns(user=None, item=None, rating=None, time=None).read(read_table(rows))


def test_there_is_a_list_a_user_in_order_of_their_first_events(runtime, walker):
    rows = [{"user": user, "item": item} for user, item in ((9, 102), (3, 108), (9, 103), ("x", "zzz"))]
    lists, sets = ranked_lists(runtime, read(rows), k=4)
    assert sets == [{"102", "103"}, {"108"}, {"zzz"}]
    assert lists == [[item["item"] for item in walker.recommend(user, k=4)] for user in (9, 3, "x")]


def test_many_users_are_asked_in_parts(runtime, following, monkeypatch):
    whole = ranked_lists(runtime, read(following), k=4)
    monkeypatch.setattr(room, "_AT_ONCE", 5)
    assert ranked_lists(runtime, read(following), k=4) == whole


@pytest.mark.parametrize("count", [0, 2, 6, 500])
def test_negatives_are_neither_seen_nor_right(runtime, following, count):
    lists, sets = ranked_lists(runtime, read(following), k=1000, negatives=count, seed=1)
    for event, found, right in zip(following, lists, sets, strict=True):
        seen = {str(100 + (event["user"] + step) % ITEMS) for step in range(STEPS)}
        assert right < set(found) or count == 0
        assert not seen & set(found)
        assert len(found) == 1 + min(count, ITEMS - STEPS - 1)
        assert len(set(found)) == len(found)


def test_the_draw_depends_on_the_seed_alone(runtime, following):
    one, again, other = (
        ranked_lists(runtime, read(following), k=9, negatives=2, seed=seed)[0] for seed in (1, 1, 2)
    )
    assert one == again != other


def test_what_is_sold_out_is_judged_too(shop):
    lists, _ = ranked_lists(Runtime(shop.package_), read([{"user": "x", "item": "103"}]), k=100)
    assert "103" in lists[0]


def test_the_report_counts_histories_and_the_catalogue(runtime, following):
    report = judged(runtime, read(following), k=1)
    assert report.summary()["users"] == len(following)
    assert report.summary()["hit_rate_at_1"]["value"] > 0.9
    assert f"of {ITEMS} (" in report.to_text()


def test_events_of_the_training_are_told(runtime):
    assert any("training data" in note for note in judged(runtime, read(events()), k=3).to_json()["notes"])


def test_a_model_for_ratings_has_no_histories(rater):
    with pytest.raises(TypeError, match="another codec"):
        history_codec(Runtime(rater.package_))
