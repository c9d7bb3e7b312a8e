from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_ranking import allowed, capped, full_sort

from lepton_ai.codecs.ranking import IdIndex, Options
from lepton_ai.codecs.ranking.catalogue import Catalogue
from lepton_ai.codecs.ranking.index import NearestIndex
from lepton_ai.codecs.ranking.rank import rank_by_query, rank_by_scores
from lepton_ai.codecs.ranking.rules import Rules
from lepton_ai.core.errors import PackageError

NAMES = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "unknown"]), max_size=4).map(tuple)
IDS = st.lists(st.integers(0, 320).map("i{}".format), max_size=60).map(tuple)
OPTIONS = st.builds(
    Options,
    k=st.integers(1, 400),
    exclude_seen=st.booleans(),
    allow=st.none() | IDS,
    deny=IDS,
    categories=st.none() | NAMES,
    exclude_categories=NAMES,
    max_per_category=st.none() | st.integers(1, 30),
    in_stock=st.booleans(),
)
SEEN = st.lists(st.integers(0, 299), unique=True, max_size=30).map(lambda seen: np.array(sorted(seen), int))


def slow(scores, options, seen, catalogue):
    """What `Options` without recency and diversity ask for."""
    through = [allowed(position, options, catalogue, set(seen.tolist())) for position in range(len(scores))]
    masked = np.where(through, scores, -np.inf)
    return capped(full_sort(masked.tolist(), len(scores)), options, catalogue)


@settings(deadline=None, max_examples=200)
@given(OPTIONS, SEEN, st.integers(0, 99))
def test_rules_are_those_of_a_slow_implementation(catalogue, options, seen, seed):
    scores = np.random.default_rng(seed).integers(0, 60, size=300).astype(np.float32)
    found = rank_by_scores(scores, options=options, seen=seen, catalogue=catalogue, temperature=1.0)
    assert found.positions.tolist() == slow(scores, options, seen, catalogue)


SEARCH = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)


@cache
def nearest():
    return NearestIndex.build(SEARCH)


@settings(deadline=None, max_examples=100)
@given(OPTIONS, SEEN, st.booleans(), st.integers(0, 99))
def test_a_query_gives_the_same_as_its_scores(catalogue, options, seen, indexed, seed):
    search, index = SEARCH, nearest() if indexed else None
    query = np.random.default_rng(seed + 1).normal(size=5).astype(np.float32)
    found = rank_by_query(query, options=options, seen=seen, catalogue=catalogue, search=search, index=index)
    scores = np.einsum("ij,j->i", search, query)
    assert found.positions.tolist() == slow(scores, options, seen, catalogue)
    np.testing.assert_allclose(found.scores, scores[found.positions], rtol=1e-6)


@settings(deadline=None, max_examples=100)
@given(OPTIONS, SEEN)
def test_rules_on_some_positions_are_those_on_all(catalogue, options, seen):
    rules = Rules.of(options, catalogue, seen)
    everywhere = rules.apply(np.zeros(300, np.float32))
    some = np.random.default_rng(0).permutation(300)[:120]
    assert rules.keep(some).tolist() == [place for place in some.tolist() if everywhere[place] == 0]


def mmr(scores, options, catalogue, pool):
    """Maximal marginal relevance over a pool, as the paper has it."""
    span = scores[pool[0]] - scores[pool[-1]] or 1.0
    relevance = {place: (float(scores[place]) - float(scores[pool[-1]])) / span for place in pool}
    chosen = []
    while len(chosen) < options.k and len(chosen) < len(pool):

        def worth(place, chosen=tuple(chosen)):
            near = max(
                (float(catalogue.vectors[place] @ catalogue.vectors[one]) for one in chosen), default=0
            )
            return (1 - options.diversity) * relevance[place] - options.diversity * near

        chosen.append(max((place for place in pool if place not in chosen), key=worth))
    return chosen


@pytest.mark.parametrize("diversity", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("k", [1, 7, 20])
def test_diversity_is_maximal_marginal_relevance(catalogue, diversity, k):
    scores = np.random.default_rng(k).normal(size=300).astype(np.float32)
    options = Options(k=k, diversity=diversity, in_stock=False)
    found = rank_by_scores(scores, options=options, seen=np.empty(0, int), catalogue=catalogue, temperature=1)
    pool = full_sort(scores.tolist(), max(50, 5 * k))
    assert found.positions.tolist() == mmr(scores, options, catalogue, pool)


def test_diversity_makes_a_list_less_alike(catalogue):
    scores = (catalogue.vectors @ catalogue.vectors[0]).astype(np.float32)

    def likeness(diversity):
        options = Options(diversity=diversity)
        found = rank_by_scores(
            scores, options=options, seen=np.array([0]), catalogue=catalogue, temperature=1
        )
        vectors = catalogue.vectors[found.positions]
        return float((vectors @ vectors.T)[np.triu_indices(10, 1)].mean())

    assert likeness(0.0) > likeness(0.4) > likeness(0.9)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.floats(0.01, 1), st.integers(1, 9), st.integers(0, 99))
def test_a_varied_list_keeps_its_caps_and_is_as_long_as_can_be(catalogue, k, diversity, most, seed):
    scores = np.random.default_rng(seed).normal(size=300).astype(np.float32)
    options = Options(k=k, diversity=diversity, max_per_category=most)
    found = rank_by_scores(scores, options=options, seen=np.empty(0, int), catalogue=catalogue, temperature=1)
    chosen = found.positions.tolist()
    assert len(set(chosen)) == len(chosen) <= k
    counts = np.bincount([each for one in chosen for each in catalogue.categories_of(one)], minlength=5)
    assert counts.max() <= most
    if len(chosen) < k:
        full = set(np.flatnonzero(counts >= most).tolist())
        rest = set(np.flatnonzero(catalogue.stock).tolist()) - set(chosen)
        assert all(full & set(catalogue.categories_of(position)) for position in rest)


def test_recency_lifts_new_items(catalogue):
    scores = np.random.default_rng(0).normal(size=300).astype(np.float32)

    def newness(recency):
        options = Options(recency=recency, k=30)
        found = rank_by_scores(
            scores, options=options, seen=np.empty(0, int), catalogue=catalogue, temperature=1
        )
        return catalogue.newest[found.positions].mean()

    assert newness(0.0) < newness(0.4) < newness(1.0)


def test_recency_is_exact_with_a_query_too(catalogue):
    search = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    query = np.ones(5, np.float32)
    options = Options(recency=1.0)
    found = rank_by_query(
        query,
        options=options,
        seen=np.array([3]),
        catalogue=catalogue,
        search=search,
        index=NearestIndex.build(search),
    )
    scores = np.einsum("ij,j->i", search, query)
    other = rank_by_scores(scores, options=options, seen=np.array([3]), catalogue=catalogue, temperature=1)
    assert found.positions.tolist() == other.positions.tolist()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_scores_are_probabilities_over_the_whole_catalogue(catalogue, temperature):
    scores = np.random.default_rng(0).normal(size=300).astype(np.float32) * 20
    options = Options(k=300, exclude_seen=False, in_stock=False)
    found = rank_by_scores(
        scores, options=options, seen=np.array([5]), catalogue=catalogue, temperature=temperature
    )
    assert found.scores.sum() == pytest.approx(1, abs=1e-5)
    assert (np.diff(found.scores) <= 0).all()
    few_options = Options(k=2, exclude_seen=False, in_stock=False)
    few = rank_by_scores(
        scores, options=few_options, seen=np.array([5]), catalogue=catalogue, temperature=temperature
    )
    np.testing.assert_allclose(few.scores, found.scores[:2])


def test_equal_vectors_come_in_the_order_of_items():
    count = 5000
    search = np.tile(np.random.default_rng(0).normal(size=(1, 63)).astype(np.float32), (count, 1))
    catalogue = Catalogue(
        IdIndex([str(number) for number in range(count)]),
        vectors=np.zeros((count, 0)),
        popularity=np.zeros(count),
        newest=np.zeros(count),
    )
    found = rank_by_query(
        search[0], options=Options(), seen=np.array([1]), catalogue=catalogue, search=search, index=None
    )
    assert found.positions.tolist() == [0, *range(2, 11)]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_no_numbers_are_refused(catalogue, bad):
    scores = np.zeros(300, np.float32)
    scores[7] = bad
    with pytest.raises(PackageError, match="no numbers"):
        rank_by_scores(scores, options=Options(), seen=np.empty(0, int), catalogue=catalogue, temperature=1)


def test_a_query_of_another_width_is_refused(catalogue):
    with pytest.raises(PackageError, match="not as wide"):
        rank_by_query(
            np.zeros(4, np.float32),
            options=Options(),
            seen=np.empty(0, int),
            catalogue=catalogue,
            search=np.zeros((300, 5), np.float32),
            index=None,
        )
