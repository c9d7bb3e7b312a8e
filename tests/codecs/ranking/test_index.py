from __future__ import annotations

import builtins

import numpy as np
import pytest

from lepton_ai.codecs.ranking.index import NearestIndex
from lepton_ai.core.errors import MissingDependencyError, PackageError


def unit(count, width, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("width", [2, 3, 7, 16, 33])
def test_the_best_are_among_those_proposed(width):
    vectors, queries = unit(5000, width), unit(20, width, seed=1)
    index = NearestIndex.build(vectors)
    assert len(index) == 5000
    assert index.recall(vectors, queries, count=500) >= 0.95


def test_more_proposals_find_more():
    vectors, queries = unit(20_000, 32), unit(20, 32, seed=1)
    index = NearestIndex.build(vectors)
    recalls = [index.recall(vectors, queries, count=count) for count in (10, 100, 1000)]
    assert recalls == sorted(recalls)
    assert recalls[0] < 0.9 < recalls[-1]


def test_a_restored_index_is_equal():
    vectors = unit(3000, 9)
    index = NearestIndex.build(vectors)
    again = NearestIndex.restore(index.arrays())
    for name, array in index.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array)
    assert again.search(vectors[0], 50).tolist() == index.search(vectors[0], 50).tolist()
    assert NearestIndex.restore({}) is None


def test_the_same_vectors_make_the_same_index():
    one, other = (NearestIndex.build(unit(2000, 8), seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.codes, other.codes)
    np.testing.assert_array_equal(one.centroids, other.centroids)


@pytest.mark.parametrize("count", [1, 5, 40])
def test_a_small_catalogue_is_proposed_whole(count):
    vectors = unit(count, 4)
    found = NearestIndex.build(vectors).search(vectors[0], 100)
    assert sorted(found.tolist()) == list(range(count))


@pytest.mark.parametrize(
    ("centroids", "codes"),
    [
        (np.zeros((2, 16, 2), np.float32), np.zeros((5, 2), np.uint8)),
        (np.zeros((2, 15, 2), np.float32), np.zeros((5, 1), np.uint8)),
        (np.zeros((2, 16, 2)), np.zeros((5, 1), np.uint8)),
        (np.zeros((0, 16, 2), np.float32), np.zeros((5, 0), np.uint8)),
        (np.full((2, 16, 2), np.nan, np.float32), np.zeros((5, 1), np.uint8)),
        (np.zeros((2, 16, 2), np.float32), np.zeros(5, np.uint8)),
    ],
)
def test_a_broken_state_is_refused(centroids, codes):
    with pytest.raises(PackageError, match="search index of the package is broken"):
        NearestIndex(centroids, codes)


def test_a_missing_library_is_named(monkeypatch):
    arrays = NearestIndex.build(unit(100, 4)).arrays()
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "faiss":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependencyError, match=r'pip install "lepton-ai\[search\]"'):
        NearestIndex.restore(arrays)
