"""A recommender as its user meets it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from shop import GENRES, ITEMS, STEPS, again, events, item_file, later, rated, user_file

from lepton_ai import DNNRecommender
from lepton_ai.core.errors import DataError, InputError, NotFoundError, UsageError
from lepton_ai.data import read_table
from lepton_ai.metrics import hit_rate_at_k, mae, precision_at_k, rmse


def ids(items):
    return [item["item"] for item in items]


def prepared(data, **settings):
    return DNNRecommender(**{"recipe": "fast", **settings}).prepare(read_table(data), None)


def seen_by(user):
    return {str(100 + (user + step) % ITEMS) for step in range(STEPS)}


# -- what is given to fit -------------------------------------------------------------------------


def assert_same_input(one, other):
    assert one.rows.items == other.rows.items
    assert one.rows.users == other.rows.users
    np.testing.assert_array_equal(one.rows.starts, other.rows.starts)
    np.testing.assert_array_equal(one.rows.events, other.rows.events)
    assert one.plan.fingerprint() == other.plan.fingerprint()


FORMS = {
    "frame": pd.DataFrame,
    "polars": pl.DataFrame,
    "arrow": lambda rows: pl.DataFrame(rows).to_arrow(),
    "columns": lambda rows: pl.DataFrame(rows).to_dict(as_series=False),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_events_is_the_same_input(form):
    assert_same_input(prepared(FORMS[form](events())), prepared(events()))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_every_file_of_events_is_the_same_input(suffix, tmp_path):
    path, frame = tmp_path / f"events.{suffix}", pl.DataFrame(events())
    {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "parquet": frame.write_parquet}[suffix](path)
    assert_same_input(prepared(path), prepared(events()))
    assert_same_input(prepared(str(path)), prepared(events()))


TIMES = {
    "milliseconds": lambda row: row["time"] * 1000,
    "microseconds": lambda row: row["time"] * 1_000_000,
    "text of seconds": lambda row: str(row["time"]),
    "iso": lambda row: str(np.datetime64(row["time"], "s")) + "Z",
    "iso with a zone": lambda row: str(np.datetime64(row["time"] + 7200, "s")) + "+02:00",
    "float": lambda row: float(row["time"]),
}


@pytest.mark.parametrize("unit", TIMES)
def test_times_in_any_unit_are_the_same_input(unit):
    assert_same_input(prepared(events(time=TIMES[unit])), prepared(events()))


IDS = {
    "text": str,
    "text with blanks": lambda value: f" {value} ",
    "floats": float,
}


@pytest.mark.parametrize("kind", IDS)
def test_ids_written_in_any_way_are_the_same_input(kind):
    make = IDS[kind]
    changed = events(user=lambda row: make(row["user"]), item=lambda row: make(row["item"]))
    assert_same_input(prepared(changed), prepared(events()))


def test_the_order_of_the_rows_does_not_matter_where_times_tell_it():
    by_user = prepared(events()[::-1])
    expected = prepared(events())
    histories = {user: by_user.rows.history(place) for place, user in enumerate(by_user.rows.users)}
    for place, user in enumerate(expected.rows.users):
        one = [expected.rows.items[number - 1] for number in expected.rows.history(place)]
        assert one == [by_user.rows.items[number - 1] for number in histories[user]]


def test_duplicate_events_count_once_and_are_told():
    found = prepared([*events(), *events()[:10]])
    assert_same_input(found, prepared(events()))
    assert any("10 rows that repeat another" in line for line in found.plan.explanation)
    assert "duplicate-events" in {finding.code for finding in found.quality.findings}


def test_without_times_networks_that_know_no_order_are_chosen():
    plain = prepared([{"user": row["user"], "item": row["item"]} for row in events()], recipe="best")
    assert [network.trainer for network in plain.plan.networks] == ["autoencoder", "next_item", "pairs"]
    assert any("without an order of time" in line for line in plain.plan.explanation)


def test_columns_can_be_named_and_a_wrong_name_is_told():
    renamed = [{"a": row["user"], "b": row["item"], "c": row["time"]} for row in events()]
    assert_same_input(prepared(renamed, user="a", item="b", time="c"), prepared(events()))
    with pytest.raises(NotFoundError, match="'buyer'"):
        prepared(renamed, user="buyer", item="b")
    with pytest.raises(DataError, match="No column was recognised as the user"):
        prepared(renamed)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([{"user": None, "item": "a"}, {"user": "b", "item": None}], "both a user and an item"),
        ([{"user": user, "item": "a", "time": "soon"} for user in range(9)], "no time"),
    ],
)
def test_events_that_cannot_be_used_are_told(data, told):
    with pytest.raises(DataError, match=told):
        prepared(data, time="time" if "time" in data[0] else None)


def test_users_with_too_few_events_cannot_judge_a_model():
    with pytest.raises(DataError, match="No user has 3 events"):
        DNNRecommender(recipe="fast").fit([{"user": user, "item": user % 3} for user in range(9)])


# -- settings -------------------------------------------------------------------------------------


def test_networks_and_the_loss_can_be_chosen():
    plan = prepared(events(), networks=["gru_sequence", "neumf"], loss="bpr").plan
    assert [network.network for network in plan.networks] == ["gru_sequence", "neumf"]
    assert [network.training["loss"] for network in plan.networks] == ["bpr", "bpr"]
    assert any("as it was asked for" in line for line in plan.explanation)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"networks": ["two_towr"]}, r"no network for recommendation 'two_towr'\. Did you mean 'two_tower'"),
        ({"networks": "two_tower"}, r"Give a list of names: networks=\['two_tower'\]"),
        ({"loss": "bprr"}, r"no loss 'bprr'\. Did you mean 'bpr'"),
        ({"recipe": "fats"}, r"no recipe 'fats'\. Did you mean 'fast'"),
        ({"target": "ratings"}, r"no target 'ratings'"),
        ({"target": "rating", "networks": ["neumf"]}, "networks and loss are for ranking"),
        ({"target": "rating", "loss": "bpr"}, "networks and loss are for ranking"),
        ({"k": 0}, "k is 0"),
        ({"k": True}, "k is True"),
        ({"k": 1001}, "k is 1001.*from 1 to 1,000"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_that_do_not_exist_are_told(settings, told):
    with pytest.raises(UsageError, match=told):
        prepared(rated(), **settings)


def test_targets_apart_are_refused(walker):
    for call in (
        lambda: DNNRecommender().fit(events(), [1] * len(events())),
        lambda: DNNRecommender().fit(["a"], ["b"]),
        lambda: walker.evaluate(events(), [1]),
    ):
        with pytest.raises(UsageError, match="there is no y"):
            call()


def test_a_table_as_a_setting_is_shown_and_not_kept(tmp_path):
    model = DNNRecommender(items=pd.DataFrame(item_file()), users=tmp_path / "users.csv")
    assert "items=" in repr(model)
    kept = model.kept_settings()
    assert kept["items"] is None
    assert kept["users"] == str(tmp_path / "users.csv")
    json.dumps(kept)


def test_the_example_is_deterministic_and_repeats_a_little():
    assert DNNRecommender.example() == DNNRecommender.example()
    assert set(DNNRecommender.example()) == {"user", "item", "rating", "time"}


def test_a_seed_decides_everything(shop):
    again = DNNRecommender(**shop.get_params()).fit(events())
    asked = {"user": [None, "3", ["104"], {"features": {"city": "rome"}}]}
    assert again.answer(asked) == shop.answer(asked)
    assert again.package_.manifest.lineage["plan_hash"] == shop.package_.manifest.lineage["plan_hash"]


def test_it_explains_itself(shop, walker):
    told = "\n".join(shop.explanation_)
    for part in (
        "120 events of 24 users with 12 items",
        "'item_id' is the id: it holds 12 of the 12 known ones",
        "2 ids have no event; they are new ones",
        "'genre' is a category with several values",
        "'stock' tells what is in stock",
        "Recipe 'fast' for 120 events in order of time",
        "two_tower",
        "0% of the events repeat an item",
        "The last event of each user is held out",
        "The exported graph differs",
    ):
        assert part in told
    assert "item_linear" in "\n".join(walker.explanation_)


def test_it_says_what_to_type_next(walker, rater):
    assert walker.commands("shop") == ["lepton recommend shop USER", "lepton serve shop"]
    assert rater.commands("shop")[0].startswith("lepton predict shop --file")


# -- recommending ---------------------------------------------------------------------------------


def test_it_learns_what_comes_next(walker, following):
    assert hit_rate_at_k(walker, following, k=1) > 0.9
    assert walker.report_.summary()["hit_rate_at_10"]["value"] == 1.0


@pytest.mark.parametrize("user", [7, "7", 7.0, " 7 ", np.int64(7), np.float64(7), np.array(7), {"user": "7"}])
def test_a_user_may_be_written_in_any_way(walker, user):
    found = walker.recommend(user, k=3)
    assert found == walker.recommend(7, k=3)
    assert not seen_by(7) & set(ids(found))
    assert len(found) == 3


@pytest.mark.parametrize(
    "history",
    [
        [104, 105],
        ["104", "105"],
        (104.0, "105"),
        np.array([104, 105]),
        pd.Series([104, 105]),
        pl.Series(["104", "105"]),
        ["104", "no such item", "105"],
        {"history": np.array([104, 105])},
        {"history": (104, 105), "user": None},
        {"history": [104, 105], "user": "a stranger"},
    ],
)
def test_a_history_may_be_written_in_any_way(walker, history):
    found = walker.recommend(history, k=1)
    assert ids(found) == ["106"]
    assert found[0]["reason"]["kind"] in ("because_of", "similar_users", "popular")


NOBODY = [None, float("nan"), [], {}, "a stranger", ["no such item"], {"history": []}]


@pytest.mark.parametrize("nobody", NOBODY, ids=str)
def test_whoever_is_unknown_gets_what_anyone_might_like(walker, nobody):
    found = walker.recommend(nobody, k=5)
    assert found == walker.recommend(None, k=5)
    assert len(found) == 5
    assert {item["reason"]["kind"] for item in found} == {"popular"}


def test_a_new_event_counts_at_once(walker):
    stored = ids(walker.recommend(7, k=1))
    told = ids(walker.recommend({"user": 7, "history": stored}, k=1))
    assert told != stored
    assert told == [str(100 + (7 + STEPS + 1) % ITEMS)]


def test_k_larger_than_the_catalogue_is_all_there_is(walker):
    assert len(walker.recommend(None, k=1000)) == ITEMS
    assert len(walker.recommend(7, k=1000)) == ITEMS - STEPS
    assert len(walker.recommend(7, k=1000, exclude_seen=False)) == ITEMS


@pytest.mark.parametrize(
    ("who", "options", "told"),
    [
        (True, {}, "user is a boolean"),
        ("x" * 300, {}, "user has 300 characters"),
        ([None], {}, "user has an entry, number 0 from 0, that is null"),
        ({"user": 1, "age": 3}, {}, "user has a field that the model does not know"),
        ({"features": {"x": 1}}, {}, "user has a field that the model does not know"),
        (None, {"k": 0}, "options has the field 'k'"),
        (None, {"k": 1001}, "options has the field 'k'"),
        (None, {"diversity": 2}, "options has the field 'diversity'"),
        (None, {"filters": {"denny": []}}, "options has a field that the model does not know"),
    ],
)
def test_what_does_not_fit_is_told(walker, who, options, told):
    with pytest.raises(InputError, match=told):
        walker.recommend(who, **options)


def test_similar_items(walker):
    found = walker.similar_items(104, k=3)
    assert len(found) == 3
    assert found == walker.similar_items("104", k=3)
    assert "104" not in ids(found)
    with pytest.raises(NotFoundError, match="not in the catalogue"):
        walker.similar_items("no such item")


def test_predict_takes_users_histories_and_tables(walker, tmp_path):
    expected = [ids(walker.recommend(user)) for user in (3, "9")]
    path = tmp_path / "users.csv"
    pl.DataFrame({"user": [3, 9], "note": ["x", "y"]}).write_csv(path)
    for rows in (
        [3, "9"],
        np.array([3, 9]),
        pd.Series([3, 9]),
        pd.DataFrame({"user": [3, 9]}),
        pl.DataFrame({"user_id": ["3", "9"]}),
        {"user": [3, 9]},
        [{"user": 3}, {"user": "9"}],
        path,
    ):
        assert walker.predict(rows) == expected
    assert walker.predict("3") == expected[:1]
    assert walker.predict({"user": 3}) == expected[:1]
    assert walker.predict([["104", "105"], None])[0][0] == "106"


def test_options_may_be_left_out_of_an_answer(walker):
    one, other = walker.answer([{"user": "3", "options": {"k": 2}}, {"user": ["104"], "options": None}])
    assert (len(one["items"]), len(other["items"])) == (2, 10)
    assert ids(walker.answer([{"user": "3"}])[0]["items"])[:2] == ids(one["items"])


# -- side files -----------------------------------------------------------------------------------


def test_a_new_item_can_be_recommended(shop):
    everything = ids(shop.recommend(None, k=100))
    assert {"112", "113"} <= set(everything)
    assert set(ids(shop.recommend(3, filters={"allow": [112, "113", "no such item"]}))) == {"112", "113"}
    assert ids(shop.similar_items(112, k=1)) != ["112"]


def test_answers_carry_titles(shop):
    (one,) = shop.recommend(None, filters={"allow": ["105"]})
    assert one["title"] == "Film 5"


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        ({"categories": ["comedy"]}, lambda number: number % 2 == 0),
        ({"categories": ["long", "comedy"], "exclude_categories": ["drama"]}, lambda number: number % 2 == 0),
        ({"exclude_categories": ["long"]}, lambda number: number % 6 not in (1, 2)),
        ({"deny": ["100", 101]}, lambda number: number > 1),
        ({"categories": ["no such thing"]}, lambda number: False),
    ],
)
def test_filters(shop, filters, fits):
    expected = {str(100 + number) for number in range(ITEMS + 2) if fits(number) and number != 3}
    assert set(ids(shop.recommend(None, k=100, filters=filters))) == expected


def test_what_is_sold_out_is_not_recommended_unless_asked_for(shop):
    assert "103" not in ids(shop.recommend(None, k=100))
    assert "103" in ids(shop.recommend(None, k=100, filters={"in_stock": False}))


def test_few_of_one_category(shop):
    found = ids(shop.recommend(None, k=100, filters={"max_per_category": 1}))
    genres = [genre for item in found for genre in GENRES[(int(item) - 100) % 6].split("|")]
    assert 2 <= len(genres) == len(set(genres))


def test_new_users_are_known_by_their_features(shop):
    rome, oslo = (shop.recommend({"features": {"city": city}}, k=14) for city in ("rome", "oslo"))
    assert [item["score"] for item in rome] != [item["score"] for item in oslo]
    elsewhere = shop.recommend({"features": {"city": "paris"}}, k=14)
    assert elsewhere == shop.recommend(None, k=14)
    with pytest.raises(InputError, match="'features'"):
        shop.recommend({"features": {"town": "rome"}})


def test_features_with_a_history_and_of_numpy_values(shop):
    given = {"features": {"city": np.str_("rome")}, "history": np.array([104])}
    plain = {"features": {"city": "rome"}, "history": ["104"]}
    assert shop.recommend(given, k=3) == shop.recommend(plain, k=3)


def test_a_side_file_about_other_things_is_told():
    with pytest.raises(DataError, match="holds any of the 12 identifiers"):
        prepared(events(), items=[{"item_id": "zzz", "title": "x"}])
    with pytest.raises(DataError, match="no file"):
        prepared(events(), items="no such file.csv")


# -- evaluating -----------------------------------------------------------------------------------


def test_precision_is_what_counting_by_hand_gives(walker, following):
    for k in (1, 3, 10):
        hits = [str(event["item"]) in ids(walker.recommend(event["user"], k=k)) for event in following]
        assert precision_at_k(walker, following, k=k) == pytest.approx(sum(hits) / len(hits) / k)


def test_strangers_and_unknown_items_are_judged_too(walker):
    popular = ids(walker.recommend(None))[0]
    events = [{"user": "stranger", "item": popular}, {"user": "stranger", "item": "never seen"}]
    assert walker.ranked_items(events, k=3)[1] == [{popular, "never seen"}]
    assert precision_at_k(walker, events, k=1) == 1.0
    assert walker.evaluate(events).summary()["recall_at_10"]["value"] == 0.5


def test_negatives_are_few_and_drawn_by_the_seed(walker, following):
    lists, sets = walker.ranked_items(following, k=100, negatives=3, seed=1)
    assert all(len(found) == 4 and right <= set(found) for found, right in zip(lists, sets, strict=True))
    assert (lists, sets) == walker.ranked_items(following, k=100, negatives=3, seed=1)
    assert lists != walker.ranked_items(following, k=100, negatives=3, seed=2)[0]
    assert hit_rate_at_k(walker, following, k=4, negatives=3) == 1.0


def test_repeated_items_are_proposed_where_people_repeat(repeating):
    assert repeating.package_.manifest.lineage["plan"]["repeats"]
    assert any("items may be proposed again" in line for line in repeating.explanation_)
    (found,), _ = repeating.ranked_items([{"user": "c0", "item": "p1"}], k=4)
    assert sorted(found) == ["p0", "p1", "p2", "p3"]
    assert len(repeating.predict(["c0"])[0]) == 4
    assert len(repeating.recommend("c0")) == 4
    assert len(repeating.recommend("c0", exclude_seen=True)) < 4


def test_validation_events_judge_the_model(repeating):
    assert any("first validation events of 20 users" in line for line in repeating.explanation_)
    assert repeating.report_.summary()["users"] == 20
    with pytest.raises(DataError, match="No validation event is of a user and an item"):
        DNNRecommender(recipe="fast").fit(again(), validation=[{"user": "x", "item": "p1"}])


def test_one_item_is_a_catalogue():
    rows = [{"user": user, "item": "only", "time": 10**9 + step} for user in range(5) for step in range(3)]
    model = DNNRecommender(recipe="fast").fit(rows)
    assert ids(model.recommend(None)) == ["only"]
    assert model.recommend(0, exclude_seen=True) == []
    assert ids(model.recommend(0, exclude_seen=False)) == ["only"]
    assert model.similar_items("only") == []
    assert model.evaluate(rows).summary()["hit_rate_at_10"]["value"] == 1.0


# -- saving ---------------------------------------------------------------------------------------


def test_a_loaded_model_answers_alike_and_has_its_settings(shop, following, tmp_path):
    loaded = DNNRecommender.load(shop.save(tmp_path / "shop.zip"))
    for who in (None, 3, ["104"], {"features": {"city": "rome"}}):
        assert loaded.recommend(who, k=5, diversity=0.3) == shop.recommend(who, k=5, diversity=0.3)
    assert loaded.similar_items("104") == shop.similar_items("104")
    assert loaded.predict([1, "2"]) == shop.predict([1, "2"])
    assert loaded.evaluate(following).to_json() == shop.evaluate(following).to_json()
    settings = shop.get_params()
    assert isinstance(settings.pop("users"), pd.DataFrame)
    assert loaded.get_params() == settings | {"users": None}


# -- ratings --------------------------------------------------------------------------------------


def test_ratings_are_foretold_row_by_row(rater):
    rows = [
        {"user": 0, "item": 100, "time": 9},
        {"user": "1", "item": 101.0, "time": 5},
        {"user": 0, "item": 100, "time": 9},
        {"user": "stranger", "item": 100, "time": 7},
        {"user": None, "item": None, "time": 7},
    ]
    found = rater.predict(rows)
    assert found.shape == (5,)
    assert found[0] == found[2] != found[1]
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(rater.predict(pd.DataFrame(rows)), found)
    assert [answer["value"] for answer in rater.answer({"user": ["0"], "item": ["100"]})] == [found[0]]


def test_ratings_are_judged(rater):
    given, foretold = rater.predicted_ratings(rated())
    assert sorted(set(given.tolist())) == [1, 2, 3, 4, 5]
    assert rmse(rater, rated()) == pytest.approx(np.sqrt(np.square(given - foretold).mean()))
    assert mae(rater, rated()) == pytest.approx(np.abs(given - foretold).mean())
    report = rater.evaluate(rated())
    assert report.summary()["rmse"]["value"] == pytest.approx(rmse(rater, rated()))
    assert rater.report_.summary()["rmse"]["value"] > 0
    json.dumps(report.to_json())


def test_rows_without_a_rating_are_not_judged(rater):
    rows = [{"user": 1, "item": 101, "rating": None}, {"user": 1, "item": 100, "rating": 3}]
    assert rater.predicted_ratings(rows)[0].tolist() == [3.0]
    assert rater.evaluate(rows).summary()["rows"] == 1
    for call in (rater.evaluate, rater.predicted_ratings):
        with pytest.raises(DataError, match="no column of ratings"):
            call([{"user": 1, "item": 101}])


def test_each_kind_of_model_refuses_what_the_other_does(rater, walker):
    for call in (
        lambda: rater.recommend(1),
        lambda: rater.similar_items(100),
        lambda: rater.ranked_items(rated(), k=3),
        lambda: precision_at_k(rater, rated()),
    ):
        with pytest.raises(UsageError, match='Train one with target="ranking"'):
            call()
    with pytest.raises(UsageError, match='Train one with target="rating"'):
        walker.predicted_ratings(rated())


def test_a_model_for_ratings_is_saved_and_loaded(rater, tmp_path):
    loaded = DNNRecommender.load(rater.save(tmp_path / "rater"))
    assert loaded.target == "rating"
    np.testing.assert_array_equal(loaded.predict(rated()), rater.predict(rated()))


def test_what_ratings_need_is_told():
    with pytest.raises(DataError, match="no column of ratings"):
        prepared(events(), target="rating")
    with pytest.raises(UsageError, match="judged by ratings held out in turn"):
        DNNRecommender(target="rating").fit(rated(), validation=rated())


def test_users_and_items_of_side_files_are_known_to_a_model_for_ratings(rater):
    assert rater.package_.inputs["item"].ids.number("113") > 0
    found = prepared(rated(), target="rating", users=user_file())
    assert any("'city', 'age' of the users" in line for line in found.plan.explanation)


def test_before_fit_it_says_so():
    fresh = DNNRecommender()
    for call in (
        lambda: fresh.recommend(1),
        lambda: fresh.similar_items(1),
        lambda: fresh.predict([1]),
        lambda: fresh.ranked_items(later(), k=1),
        lambda: fresh.predicted_ratings(rated()),
    ):
        with pytest.raises(UsageError, match="is not trained"):
            call()
