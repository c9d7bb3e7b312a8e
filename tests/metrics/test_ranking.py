import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics import (
    hit_rate_at_k,
    map_at_k,
    mrr_at_k,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
)
from lepton_ai.metrics.ranking import Ranks

METRICS = (hit_rate_at_k, ndcg_at_k, mrr_at_k, map_at_k, precision_at_k, recall_at_k)

RECOMMENDED = [
    ["14", "13", "00", "01", "04", "21", "06", "02", "18", "19", "20", "08"],
    ["07", "10", "11", "22", "23", "20", "03", "12", "18", "19", "13", "05"],
    ["01", "09", "00", "15", "05", "10", "20", "22", "04", "06", "17", "18"],
    ["07", "20", "01", "23", "04", "10", "18", "00", "05", "17", "15", "22"],
    ["05", "04", "13", "09", "07", "00"],
    ["17", "12", "19", "21", "04", "05", "00", "01", "20", "11", "18", "22"],
]
RELEVANT = [
    ["14"],
    ["07", "19"],
    ["00", "01", "06"],
    ["00", "06", "08", "13", "18"],
    ["04", "05", "09", "20"],
    ["17"],
]
# ir_measures 0.4.3 with pytrec_eval-terrier 0.5.11: Success, nDCG, RR, AP, P and R at 5 and 10.
# No user has more right items than k, so that dividing AP by all of them or by min(k, all) is the same.
TREC = {
    5: (
        0.8333333333333334,
        0.686979209467257,
        0.8333333333333334,
        0.6238425925925926,
        0.26666666666666666,
        0.6527777777777778,
    ),
    10: (1.0, 0.7758021751908623, 0.8571428571428571, 0.6702711640211639, 0.2, 0.8583333333333334),
}


@pytest.mark.parametrize("k", TREC)
def test_agrees_with_the_tools_of_trec(k):
    ours = [metric(RECOMMENDED, RELEVANT, k=k) for metric in METRICS]
    assert ours == pytest.approx(TREC[k], abs=1e-12)


def test_agrees_with_implicit_where_more_is_right_than_fits():
    # implicit 0.7.3, ranking_metrics_at_k(K=3): both divide by min(k, right items).
    assert map_at_k(RECOMMENDED, RELEVANT, k=3) == pytest.approx(0.6203703703703703, abs=1e-12)
    assert ndcg_at_k(RECOMMENDED, RELEVANT, k=3) == pytest.approx(0.6804043197980358, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 12), st.integers(2, 12))
def test_ndcg_agrees_with_scikit_learn(seed, k, items):
    rng = np.random.default_rng(seed)
    order = np.stack([rng.permutation(items) for _ in range(5)])
    right = rng.random((5, items)) < 0.4
    right[:, 0] |= ~right.any(axis=1)
    scores = np.empty((5, items))
    np.put_along_axis(scores, order, -np.arange(items, dtype=float)[None, :].repeat(5, axis=0), axis=1)
    ours = ndcg_at_k(order, [np.flatnonzero(row) for row in right], k=k)
    assert ours == pytest.approx(ndcg_score(right.astype(float), scores, k=k))


def slow(recommended, relevant, k):
    """Every metric as its textbook has it, one user and one place at a time."""
    totals = [0.0] * 6
    users = 0
    for row, wanted in zip(recommended, relevant, strict=True):
        if not wanted:
            continue
        users += 1
        found, gain, first, precisions = 0, 0.0, 0.0, 0.0
        for place in range(1, k + 1):
            if place <= len(row) and row[place - 1] in wanted:
                found += 1
                gain += 1 / math.log2(place + 1)
                first = first or 1 / place
                precisions += found / place
        best = sum(1 / math.log2(place + 1) for place in range(1, min(k, len(wanted)) + 1))
        scores = (
            1.0 if found else 0.0,
            gain / best,
            first,
            precisions / min(k, len(wanted)),
            found / k,
            found / len(wanted),
        )
        totals = [total + score for total, score in zip(totals, scores, strict=True)]
    return [total / users for total in totals]


IDS = st.one_of(st.integers(0, 12), st.sampled_from("abcdef"), st.tuples(st.integers(0, 3)), st.none())
USERS = st.lists(
    st.tuples(st.lists(IDS, unique=True, max_size=12), st.sets(IDS, max_size=8)), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=200)
@given(USERS.filter(lambda users: any(wanted for _, wanted in users)), st.integers(1, 15))
def test_agrees_with_an_obvious_implementation(users, k):
    recommended, relevant = zip(*users, strict=True)
    kinds = [{isinstance(item, str) for items in part for item in items} for part in (recommended, relevant)]
    if all(len(kind) == 1 for kind in kinds) and kinds[0] != kinds[1]:
        with pytest.raises(UsageError, match="text"):
            precision_at_k(recommended, relevant, k=max(map(len, recommended)))
        return
    expected = slow(recommended, relevant, k)
    assert [metric(recommended, relevant, k=k) for metric in METRICS] == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**31), st.integers(1, 10))
def test_what_every_metric_must_hold(seed, k):
    draw = random.Random(seed)
    items = list(range(20))
    relevant = [draw.sample(items, draw.randint(1, 6)) for _ in range(5)]
    perfect = [row + [item for item in items if item not in row] for row in relevant]
    shuffled = [draw.sample(items, 20) for _ in range(5)]
    for metric in METRICS:
        assert 0 <= metric(shuffled, relevant, k=k) <= metric(perfect, relevant, k=k) + 1e-12 <= 1 + 1e-9
    for metric in (hit_rate_at_k, ndcg_at_k, mrr_at_k, map_at_k):
        assert metric(perfect, relevant, k=k) == pytest.approx(1.0)
    assert recall_at_k(shuffled, relevant, k=20) == 1.0


def test_shorter_lists_are_still_divided_by_k():
    assert precision_at_k([["a"]], [{"a"}], k=10) == 0.1
    assert precision_at_k([[]], [{"a"}], k=10) == 0.0


def test_users_without_a_right_item_are_passed_over():
    assert recall_at_k([["a"], ["a"]], [{"a"}, set()], k=1) == 1.0
    with pytest.raises(DataError, match="None of 2 users"):
        recall_at_k([["a"], ["a"]], [set(), []], k=1)


class Model:
    """Ranks the ids 0, 1, 2 ... of everyone, or as many drawn ones as it is asked to."""

    def ranked_items(self, data, *, k, negatives=None, seed=0):
        self.asked = (data, k, negatives, seed)
        return [list(range(k)) for _ in data], [{item} for item in data]


@pytest.mark.parametrize("metric", METRICS)
def test_a_model_is_asked_for_its_lists(metric):
    model = Model()
    assert isinstance(model, Ranks)
    assert metric(model, [0, 5], k=4) == metric([list(range(4))] * 2, [{0}, {5}], k=4)
    assert model.asked == ([0, 5], 4, None, 0)
    metric(model, [0, 5], k=4, negatives=100, seed=3)
    assert model.asked == ([0, 5], 4, 100, 3)


def test_the_usual_list_has_ten_places():
    assert [metric(RECOMMENDED, RELEVANT) for metric in METRICS] == pytest.approx(TREC[10], abs=1e-12)


def test_refuses_nonsense():
    with pytest.raises(UsageError, match="only where a model"):
        precision_at_k([["a"]], [{"a"}], negatives=100)
    with pytest.raises(UsageError, match="1 or more; found 0"):
        precision_at_k(Model(), [0], negatives=0)
    for model in (Model(), [["a"]]):
        with pytest.raises(UsageError, match="k, the length"):
            precision_at_k(model, [[0]], k=0)
    with pytest.raises(UsageError, match="found object"):
        precision_at_k(object(), [{"a"}])
