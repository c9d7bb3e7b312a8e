import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics import coverage, diversity, gini, novelty

ITEMS = [f"item {number}" for number in range(12)]
LISTS = st.lists(st.lists(st.sampled_from(ITEMS), unique=True, max_size=8), min_size=1, max_size=10).filter(
    any
)


@settings(deadline=None, max_examples=100)
@given(LISTS, st.integers(1, 10))
def test_coverage_and_gini_agree_with_obvious_implementations(lists, k):
    counts = [sum(item in row[:k] for row in lists) for item in ITEMS]
    assert coverage(lists, catalogue=ITEMS, k=k) == sum(count > 0 for count in counts) / 12
    # Gini's own definition: the mean difference of all pairs, over twice the mean.
    differences = sum(abs(one - other) for one in counts for other in counts) / 144
    expected = differences / (2 * sum(counts) / 12)
    for catalogue in (ITEMS, 12, np.int64(12), set(ITEMS)):
        assert gini(lists, catalogue=catalogue, k=k) == pytest.approx(expected)


def test_gini_at_its_ends():
    assert gini([ITEMS], catalogue=12, k=12) == pytest.approx(0.0)
    assert gini([["a"]] * 50, catalogue=1000) == pytest.approx(1 - 1 / 1000)
    assert gini([["a"]], catalogue=1) == 0.0


@settings(deadline=None, max_examples=100)
@given(LISTS, st.lists(st.integers(1, 1000), min_size=12, max_size=12), st.integers(1, 10))
def test_novelty_agrees_with_an_obvious_implementation(lists, counts, k):
    shares = {item: count / sum(counts) for item, count in zip(ITEMS, counts, strict=True)}
    means = [sum(-math.log2(shares[item]) for item in row[:k]) / len(row[:k]) for row in lists if row]
    expected = sum(means) / len(means)
    assert novelty(lists, popularity=shares, k=k) == pytest.approx(expected)
    assert novelty(lists, popularity=dict(zip(ITEMS, counts, strict=True)), k=k) == pytest.approx(expected)


def test_an_item_without_an_event_is_as_new_as_the_rarest():
    counts = {"a": 6, "b": 2, "c": 0}
    assert novelty([["b"]], popularity=counts) == novelty([["c"]], popularity=counts) == 2.0
    assert novelty([["unheard of"], []], popularity=counts) == 2.0


@settings(deadline=None, max_examples=60)
@given(LISTS.filter(lambda lists: any(len(row) > 1 for row in lists)), st.integers(0, 2**31))
def test_diversity_agrees_with_obvious_implementations(lists, seed):
    rng = np.random.default_rng(seed)
    vectors = {item: rng.normal(size=5) for item in ITEMS}
    categories = {item: set(rng.integers(0, 5, rng.integers(0, 4)).tolist()) for item in ITEMS}

    def cosine(one, other):
        return float(cosine_similarity([vectors[one]], [vectors[other]])[0, 0])

    def jaccard(one, other):
        either = categories[one] | categories[other]
        return len(categories[one] & categories[other]) / len(either) if either else 0.0

    for similarity, given_items in ((cosine, {"vectors": vectors}), (jaccard, {"categories": categories})):
        means = [
            np.mean([1 - similarity(*pair) for pair in combinations(row, 2)]) for row in lists if len(row) > 1
        ]
        assert diversity(lists, **given_items) == pytest.approx(np.mean(means))


def test_diversity_at_its_ends():
    same, other = {"a": [1.0, 0.0], "b": [2.0, 0.0]}, {"a": [1.0, 0.0], "b": [0.0, 0.0]}
    assert diversity([["a", "b"]], vectors=same) == pytest.approx(0.0)
    assert diversity([["a", "b"]], vectors=other) == 1.0
    assert diversity([["a", "b"]], categories={"a": "drama", "b": "war"}) == 1.0
    assert diversity([["a", "b"]], categories={"a": "drama", "b": ["drama"]}) == 0.0
    assert diversity([["a", "b", "c"]], categories={"a": "x", "b": "y"}, k=2) == 1.0


class Model:
    """Recommends the same to everyone."""

    def ranked_items(self, data, *, k, negatives=None, seed=0):
        assert negatives is None
        return [ITEMS[:k] for _ in data], [set() for _ in data]


def test_a_model_is_asked_for_its_lists():
    assert coverage(Model(), ["u", "v"], catalogue=12, k=3) == 0.25
    assert gini(Model(), ["u", "v"], catalogue=12, k=3) == pytest.approx(0.75)
    assert novelty(Model(), ["u"], popularity=dict.fromkeys(ITEMS[:8], 1), k=3) == 3.0
    assert diversity(Model(), ["u"], categories=dict.fromkeys(ITEMS, "x"), k=3) == 0.0


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: coverage([["a", "b"]], catalogue=1), DataError, "1 of them are not in the catalogue of 1"),
        (lambda: gini([["a", "b"]], catalogue=["a", "c", "d"]), DataError, "1 of them are not"),
        (lambda: coverage([[]], catalogue=3), DataError, "Nothing is recommended"),
        (lambda: coverage([["a", "a"]], catalogue=3), UsageError, "more than once"),
        (lambda: coverage([["a"]], [{"a"}], catalogue=3), UsageError, "only behind a model"),
        (lambda: gini([["a"]], catalogue=3, k=0), UsageError, "k, the length"),
        (lambda: novelty([["a"]], popularity={}), DataError, "one over 0"),
        (lambda: novelty([["a"]], popularity={"a": -1, "b": 1}), DataError, "0 or more"),
        (lambda: novelty([["a"]], popularity={"a": float("nan")}), DataError, "finite"),
        (lambda: diversity([["a", "b"]]), UsageError, "either categories or vectors"),
        (lambda: diversity([["a", "b"]], categories={}, vectors={}), UsageError, "not both"),
        (lambda: diversity([["a", "b"]], categories={"a": []}), DataError, "1 of 2 recommended items"),
        (lambda: diversity([["a", "b"]], vectors={"a": [1.0]}), DataError, "no entry in vectors"),
        (lambda: diversity([["a", "b"]], vectors={"a": [1.0], "b": [1.0, 2.0]}), DataError, "same length"),
        (lambda: diversity([["a", "b"]], vectors={"a": 1.0, "b": 2.0}), DataError, "flat lists"),
        (lambda: diversity([["a"], []], categories={"a": []}), DataError, "no pairs"),
    ],
)
def test_refuses_nonsense(call, error, said):
    with pytest.raises(error, match=said):
        call()
