from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[1] / "training"))
from toy_ratings import plan, rows

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.core.progress import Silent
from lepton_ai.core.rating_plan import RatingRows
from lepton_ai.package import Runtime, open_package, write_package
from lepton_ai.tasks.rating import assemble_rating, plan_rating
from lepton_ai.training.rating.fit import fit_rating


def many(count):
    numbers = [str(number) for number in range(count)]
    return RatingRows(users=numbers, items=numbers, ratings=np.ones(count, np.float32))


def test_it_explains_itself():
    made = plan_rating(rows(), task="recommendation", seed=3)
    text = "\n".join(made.explanation)
    assert "600 ratings of 31 items by 40 users" in text
    assert "'kind', 'year' of the items" in text
    assert "all 5 parts in turn" in text
    assert (made.seed, made.rounds, made.task) == (3, 5, "recommendation")


def test_more_time_is_more_draws():
    epochs = [
        plan_rating(rows(), recipe=recipe, task="x").networks[0].training["epochs"]
        for recipe in ("fast", "balanced", "best")
    ]
    assert epochs == sorted(set(epochs))


def test_large_data_is_drawn_less_often_and_held_out_less():
    small, large = plan_rating(rows(), task="x"), plan_rating(many(600_000), task="x")
    assert large.rounds < small.rounds
    for setting in ("epochs", "feature_rank"):
        assert large.networks[0].training[setting] < small.networks[0].training[setting]


def test_an_unknown_recipe_is_refused():
    with pytest.raises(UsageError, match=r"no recipe 'bets'\. Did you mean 'best'"):
        plan_rating(rows(), recipe="bets", task="x")


def test_too_few_ratings_are_refused():
    with pytest.raises(DataError, match="9 rows have a user, an item and a rating"):
        plan_rating(many(9), task="x")


def test_the_package_answers_like_the_training(tmp_path):
    made, given = plan(rounds=1), rows()
    trained = fit_rating(made, given, progress=Silent())
    contents = assemble_rating(
        made,
        given,
        trained,
        name="films",
        dataset="0" * 64,
        source="csv",
        settings={"target": "rating"},
        metrics={"rmse": 0.9},
        profile={},
    )
    write_package(tmp_path / "films", contents)
    runtime = Runtime(open_package(tmp_path / "films"))
    columns = {"user": ["u1", 7, None, "u3"], "item": ["i2", "i3", "i4", None]}
    found = [answer["value"] for answer in runtime.predict(columns)]
    expected = np.clip(trained.values(columns)["value"][:, 0], trained.output.low, trained.output.high)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert runtime.predict_rows([{"user": "u1", "item": "i2"}])[0]["value"] == pytest.approx(found[0])
