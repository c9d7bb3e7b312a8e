import json

import numpy as np
import pytest
from page_reader import HOSTILE, assert_contained

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics import mae, rmse
from lepton_ai.metrics.report import RatingReport
from lepton_ai.metrics.report.text import display_width

INTERVAL = {"value", "low", "high"}
GOLDEN = {
    "": {
        "report", "format", "name", "rows", "users", "level", "rmse", "mae", "bias", "mean_rmse", "explained",
        "ratings", "errors", "user_counts", "item_counts", "notes",
    },
    "rmse": INTERVAL,
    "ratings.0": {
        "low", "high", "rows", "predicted", "predicted_low", "predicted_high", "rmse", "bias", "predicted_as",
    },
    "errors": {"edges", "rows"},
    "user_counts.0": {"known", "rows", "rmse", "mae"},
    "user_counts.0.rmse": INTERVAL,
}  # fmt: skip


def ratings(*, rows=1000, seed=0):
    rng = np.random.default_rng(seed)
    users = rng.integers(0, 60, rows)
    true = rng.integers(1, 6, rows).astype(float)
    predicted = 3 + 0.5 * (true - 3) + rng.normal(0, 0.4, 60)[users] + rng.normal(0, 0.5, rows)
    return true, np.clip(predicted, 1, 5), [f"u{user}" for user in users]


def build(**settings):
    true, predicted, users = ratings()
    known = np.arange(1000) % 120
    given = {
        "users": users,
        "history_lengths": known.tolist(),
        "item_counts": known[::-1].tolist(),
        **settings,
    }
    return RatingReport.build(true, predicted, **given)


@pytest.fixture(scope="module")
def report():
    return build(name="films", notes=["split: u1"])


def test_the_json_keeps_its_keys_and_is_plain(report):
    told = report.to_json()
    for path, keys in GOLDEN.items():
        part = told
        for step in filter(None, path.split(".")):
            part = part[int(step)] if step.isdigit() else part[step]
        assert set(part) == keys, path
    assert (told["report"], told["format"]) == ("rating", 1)
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_the_figures_are_those_of_the_metrics(report):
    true, predicted, _ = ratings()
    assert report.rmse.value == pytest.approx(rmse(true, predicted))
    assert report.mae.value == pytest.approx(mae(true, predicted))
    assert report.bias.value == pytest.approx((predicted - true).mean())
    assert report.mean_rmse == pytest.approx(rmse(true, np.full(1000, true.mean())))
    assert report.explained == pytest.approx(1 - (report.rmse.value / report.mean_rmse) ** 2)
    assert (report.users, report.rows) == (60, 1000)
    assert sum(report.errors.rows) == 1000
    for line in report.ratings:
        rows = true == line.low
        assert (line.rows, line.high) == (rows.sum(), line.low)
        assert line.rmse == pytest.approx(rmse(true[rows], predicted[rows]))
        assert line.predicted == pytest.approx(predicted[rows].mean())
        nearest = np.clip(np.floor(predicted[rows] + 0.5), 1, 5).astype(int)
        assert line.predicted_as == tuple(np.bincount(nearest, minlength=6)[1:])


def test_slices_add_up_to_the_whole(report):
    for lines in (report.user_counts, report.item_counts):
        assert sum(line.rows for line in lines) == 1000
        squares = sum(line.rows * line.rmse.value**2 for line in lines)
        assert squares == pytest.approx(1000 * report.rmse.value**2)


def test_ratings_of_one_user_are_less_evidence():
    true, predicted, users = ratings()
    alone = RatingReport.build(true, predicted)
    together = RatingReport.build(true, predicted, users=users)
    assert alone.bias.value == pytest.approx(together.bias.value)
    assert together.bias.high - together.bias.low > 1.5 * (alone.bias.high - alone.bias.low)
    assert together == RatingReport.build(true, predicted, users=users)


def test_many_steps_become_bins():
    rng = np.random.default_rng(0)
    true = np.concatenate([rng.uniform(-10, -2, 200), rng.uniform(6, 10, 200)])
    report = RatingReport.build(true, true * 0.8)
    assert (report.ratings[0].low, report.ratings[0].high) == pytest.approx((-10, -8), abs=0.1)
    assert len(report.ratings) == 6  # the bins between -2 and 6 are empty
    assert sum(line.rows for line in report.ratings) == 400
    assert all(len(line.predicted_as) == 6 and sum(line.predicted_as) == line.rows for line in report.ratings)
    assert_contained(report.to_html())


@pytest.mark.parametrize(
    ("true", "predicted", "said"),
    [
        ([3], [3], "nothing to tell apart"),
        ([3, 3], [1, 5], "nothing to tell apart"),
        ([1, 5], [1, 5], "explains 100.0%"),
        ([1, 5], [5, 1], "no better than that"),
        ([1, 2, 3] * 20, [2, 3, 4] * 20, "too high by 1.000"),
        ([-5, 0, 5] * 20, [-6, -1, 4] * 20, "too low by 1.000"),
    ],
)
def test_edge_cases_have_a_report(true, predicted, said):
    report = RatingReport.build(true, predicted)
    assert said in report.to_text()
    assert said in " ".join(assert_contained(report.to_html()).words)
    json.dumps(report.to_json(), allow_nan=False)


def test_the_summary_is_what_a_manifest_holds(report):
    told = report.summary()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["rmse"] == report.to_json()["rmse"]


def test_nothing_of_the_data_becomes_markup(report):
    reader = assert_contained(build(name=HOSTILE, notes=[HOSTILE]).to_html())
    assert sum("<script>alert(1)</script>" in words for words in reader.words) == 3
    assert "//" not in report.to_html()


def test_the_report_fits_a_terminal():
    lines = build(notes=["note"] * 30).to_text().splitlines()
    assert len(lines) <= 60
    assert max(map(display_width, lines)) <= 150


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"predicted": [1.0]}, UsageError, "rows"),
        ({"predicted": [1.0, float("nan")]}, DataError, "not finite"),
        ({"users": ["u"]}, UsageError, "users has 1"),
        ({"history_lengths": [1]}, UsageError, "history_lengths"),
        ({"item_counts": [1, -1]}, DataError, "item_counts"),
        ({"true": [], "predicted": []}, DataError, "no rows"),
    ],
)
def test_refuses_what_does_not_fit(changed, error, said):
    given = {"true": [1.0, 2.0], "predicted": [1.0, 2.0], **changed}
    with pytest.raises(error, match=said):
        RatingReport.build(given.pop("true"), given.pop("predicted"), **given)
