import json
import time

import numpy as np
import pytest
from page_reader import HOSTILE, assert_contained

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics import (
    coverage,
    gini,
    hit_rate_at_k,
    map_at_k,
    mrr_at_k,
    ndcg_at_k,
    novelty,
    precision_at_k,
    ratio_intervals,
    recall_at_k,
)
from lepton_ai.metrics.report import RankingReport
from lepton_ai.metrics.report.text import display_width

CATALOGUE = 60
INTERVAL = {"value", "low", "high"}
GOLDEN = {
    "": {
        "report", "format", "name", "k", "users", "passed_over", "right_items", "level", "catalogue_size",
        "negatives", "hit_rate", "ndcg", "mrr", "map", "precision", "recall", "ranks", "beyond", "histories",
        "popularities", "weak", "notes",
    },
    "hit_rate": INTERVAL,
    "ndcg": INTERVAL,
    "ranks": {"depth", "median", "bars", "curve"},
    "ranks.bars.0": {"first", "last", "users"},
    "ranks.curve.0": {"k", "hit_rate", "recall"},
    "beyond": {"items", "half", "coverage", "gini", "novelty"},
    "histories.0": {"events", "users", "hit_rate", "ndcg"},
    "histories.0.hit_rate": INTERVAL,
    "popularities.0": {"kind", "right", "recall", "right_share", "recommended_share"},
    "popularities.0.recall": INTERVAL,
    "weak": {"found", "tested"},
    "weak.found.0": {"column", "value", "users", "hit_rate", "rest", "p_value"},
}  # fmt: skip


def answers(*, users=400, depth=20, most=1, seed=0):
    """Lists in which the right item of a user with a long history stands near the top more often."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, CATALOGUE + 1)
    weights /= weights.sum()
    lengths = rng.geometric(0.05, users) - 1
    recommended, relevant = [], []
    for length in lengths:
        right = rng.choice(CATALOGUE, rng.integers(1, most + 1), replace=False, p=weights)
        row = rng.permutation(CATALOGUE).tolist()
        if rng.random() < (0.1 if length < 11 else 0.9):
            row.remove(right[0])
            row.insert(int(rng.integers(0, 5)), int(right[0]))
        recommended.append([f"i{item}" for item in row[:depth]])
        relevant.append({f"i{item}" for item in right})
    popularity = {f"i{item}": int(1000 * weight) for item, weight in enumerate(weights) if item < 50}
    return recommended, relevant, popularity, lengths.tolist()


def build(*, k=5, **settings):
    recommended, relevant, popularity, lengths = answers(
        **{name: settings.pop(name) for name in ("users", "depth", "most", "seed") if name in settings}
    )
    settings = {"catalogue_size": CATALOGUE, "popularity": popularity, "history_lengths": lengths, **settings}
    return RankingReport.build(recommended, relevant, k=k, **settings)


@pytest.fixture(scope="module")
def report():
    return build(notes=["split: last event"], name="films")


def test_the_json_keeps_its_keys_and_is_plain(report):
    told = report.to_json()
    for path, keys in GOLDEN.items():
        part = told
        for step in filter(None, path.split(".")):
            part = part[int(step)] if step.isdigit() else part[step]
        assert set(part) == keys, path
    assert (told["report"], told["format"]) == ("ranking", 1)
    assert json.loads(json.dumps(told, allow_nan=False)) == told


@pytest.mark.parametrize("most", [1, 7])
def test_the_figures_are_those_of_the_metrics(most):
    recommended, relevant, popularity, _ = answers(most=most)
    report = build(most=most)
    for name, metric in (
        ("hit_rate", hit_rate_at_k),
        ("ndcg", ndcg_at_k),
        ("mrr", mrr_at_k),
        ("map", map_at_k),
        ("precision", precision_at_k),
        ("recall", recall_at_k),
    ):
        interval = getattr(report, name)
        assert interval.value == pytest.approx(metric(recommended, relevant, k=5)), name
        assert interval.low < interval.value < interval.high
    assert report.beyond.coverage == coverage(recommended, catalogue=CATALOGUE, k=5)
    assert report.beyond.gini == pytest.approx(gini(recommended, catalogue=CATALOGUE, k=5))
    assert report.beyond.novelty == pytest.approx(novelty(recommended, popularity=popularity, k=5))
    for point in report.ranks.curve:
        assert point.hit_rate == pytest.approx(hit_rate_at_k(recommended, relevant, k=point.k))
        assert point.recall == pytest.approx(recall_at_k(recommended, relevant, k=point.k))
    found = hit_rate_at_k(recommended, relevant, k=20)
    assert sum(bar.users for bar in report.ranks.bars) == pytest.approx(found * 400)
    assert [(bar.first, bar.last) for bar in report.ranks.bars] == [
        (1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20)
    ]  # fmt: skip


@pytest.mark.parametrize("most", [1, 7])
def test_slices_add_up_to_the_whole(most):
    report = build(most=most)
    assert sum(line.users for line in report.histories) == report.users == 400
    hits = sum(line.users * line.hit_rate.value for line in report.histories)
    assert hits == pytest.approx(400 * report.hit_rate.value)
    gain = sum(line.users * line.ndcg.value for line in report.histories)
    assert gain == pytest.approx(400 * report.ndcg.value)
    assert sum(line.right for line in report.popularities) == report.right_items
    assert sum(line.right_share for line in report.popularities) == pytest.approx(1.0)
    assert sum(line.recommended_share for line in report.popularities) == pytest.approx(1.0)
    if most == 1:
        found = sum(line.right * line.recall.value for line in report.popularities if line.recall)
        assert found == pytest.approx(400 * report.recall.value)


def test_weak_spots_are_found_and_chance_is_not(report):
    names = {(spot.column, spot.value) for spot in report.weak.found}
    assert ("known events", "1-2") in names
    assert ("known events", "21-50") not in names
    assert "worse than the rest" in report.to_text()
    even = RankingReport.build([["a"], ["b"]] * 50, [{"a"}, {"c"}] * 50, k=1, history_lengths=[1, 1] * 50)
    assert even.weak.found == ()


def test_a_hit_rate_of_all_or_none_is_not_taken_for_certain():
    none = RankingReport.build([["a"]] * 20, [{"b"}] * 20, k=1)
    assert (none.hit_rate.value, none.hit_rate.low) == (0.0, 0.0)
    assert 0.1 < none.hit_rate.high < 0.2
    assert "No right item" in none.to_text()
    assert_contained(none.to_html())


def test_intervals_of_users_are_those_of_the_bootstrap():
    recommended, relevant, _, _ = answers()
    per_user = [[ndcg_at_k([row], [items], k=5)] for row, items in zip(recommended, relevant, strict=True)]
    expected = ratio_intervals(per_user, np.ones((400, 1)))[0]
    report = build()
    assert (report.ndcg.low, report.ndcg.high) == pytest.approx((expected.low, expected.high))
    assert build(seed=0) == build(seed=0)


def test_the_summary_is_what_a_manifest_holds(report):
    told = report.summary()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["ndcg_at_5"] == report.to_json()["ndcg"]
    assert told["coverage"] == report.beyond.coverage
    spot = report.weak.found[0]
    assert told["slices"][0] == {
        "name": f"{spot.column} = {spot.value}",
        "users": spot.users,
        "hit_rate": spot.hit_rate.value,
    }


def test_sampled_negatives_are_said_everywhere():
    report = build(negatives=100)
    assert report.beyond is None
    assert report.summary()["sampled_negatives"] == 100
    for told in (report.to_text(), report.to_html()):
        assert "100 drawn items only" in told
        assert "Coverage" not in told


def test_what_is_not_given_is_left_out():
    report = RankingReport.build([["a", "b"], ["b", "a"], ["c"]], [{"b"}, {"b"}, set()])
    assert (report.passed_over, report.users, report.k) == (1, 2, 10)
    assert (report.histories, report.popularities, report.weak.tested) == ((), (), 0)
    assert (report.beyond.items, report.beyond.coverage, report.beyond.novelty) == (3, None, None)
    assert "1 user has no right item" in report.to_text()
    assert_contained(report.to_html())
    silent = RankingReport.build([[], []], [{"a"}, {"b"}], popularity={"a": 1}, catalogue_size=2)
    assert silent.beyond is None
    assert_contained(silent.to_html())
    json.dumps(silent.to_json(), allow_nan=False)


@pytest.mark.parametrize("k", [1, 5, 30])
@pytest.mark.parametrize("depth", [1, 12, 60])
def test_every_length_of_list_has_a_report(k, depth):
    report = build(k=k, depth=depth, users=40, resamples=20)
    assert report.ranks.depth == max(k, depth)
    assert report.ranks.bars[-1].last == report.ranks.depth
    assert report.ranks.curve[-1].k == report.ranks.depth
    assert report.to_text()
    assert_contained(report.to_html())


def test_nothing_of_the_data_becomes_markup(report):
    reader = assert_contained(build(name=HOSTILE, notes=[HOSTILE]).to_html())
    assert sum("<script>alert(1)</script>" in words for words in reader.words) == 3
    assert "//" not in report.to_html()


def test_the_report_fits_a_terminal():
    lines = build(depth=60, notes=["note"] * 30).to_text().splitlines()
    assert len(lines) <= 65
    assert max(map(display_width, lines)) <= 150
    assert "  ... and 22 more" in lines


def test_ten_thousand_users_take_no_longer_than_a_second():
    recommended, relevant, popularity, lengths = answers(users=2000)
    many = [recommended * 5, relevant * 5]
    start = time.process_time()  # of this process alone: other work on the machine does not count
    RankingReport.build(
        *many, k=10, catalogue_size=CATALOGUE, popularity=popularity, history_lengths=lengths * 5
    )
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"history_lengths": [1]}, UsageError, "history_lengths"),
        ({"history_lengths": [1, -1]}, DataError, "0 or more"),
        ({"history_lengths": [1.5, 1.0]}, DataError, "whole numbers"),
        ({"catalogue_size": 1}, DataError, "catalogue of 1"),
        ({"popularity": {"a": -1.0}}, DataError, "0 or more"),
        ({"k": 0}, UsageError, "k, the length"),
        ({"level": 95}, UsageError, "confidence level"),
        ({"relevant": [set(), set()]}, DataError, "None of 2 users"),
        ({"relevant": [{"a"}]}, UsageError, "2 users"),
    ],
)
def test_refuses_what_does_not_fit(changed, error, said):
    given = {"recommended": [["a", "b"], ["a", "c"]], "relevant": [{"a"}, {"c"}], **changed}
    with pytest.raises(error, match=said):
        RankingReport.build(given.pop("recommended"), given.pop("relevant"), **given)
