from __future__ import annotations

import numpy as np

from lepton_ai.codecs.ranking import IdIndex
from lepton_ai.codecs.ranking.catalogue import Catalogue
from lepton_ai.codecs.ranking.reasons import reasons

NONE = np.empty(0, int)


def catalogue_of(vectors):
    count = len(vectors)
    return Catalogue(
        IdIndex([f"i{number}" for number in range(count)]),
        vectors=np.array(vectors, np.float32),
        popularity=np.array([1.0] + [0.0] * (count - 1)),
        newest=np.zeros(count),
    )


SMALL = catalogue_of([[1, 0], [0, 1], [0.8, 0.6], [-1, 0], [0, -1]])


def test_the_nearest_item_of_the_history_is_the_reason():
    found = reasons(np.array([2, 3]), np.array([0, 1]), catalogue=SMALL)
    assert found == [{"kind": "because_of", "items": ["i0"]}, {"kind": "similar_users", "items": []}]


def test_nobody_is_told_what_is_popular():
    assert reasons(np.array([2, 3]), NONE, catalogue=SMALL) == [{"kind": "popular", "items": []}] * 2
    assert reasons(NONE, np.array([1]), catalogue=SMALL) == []


def test_a_popular_item_that_nothing_is_like():
    (found,) = reasons(np.array([0]), np.array([3, 4]), catalogue=SMALL)
    assert found == {"kind": "popular", "items": []}


def test_an_item_is_no_reason_for_itself():
    (found,) = reasons(np.array([2]), np.array([2, 3]), catalogue=SMALL)
    assert found["items"] == []


def test_how_near_is_near_can_be_set():
    (found,) = reasons(np.array([2]), np.array([0]), catalogue=SMALL, nearness=0.9)
    assert found["kind"] == "similar_users"


def test_without_vectors_nothing_is_near():
    bare = catalogue_of(np.zeros((3, 0)))
    assert [each["kind"] for each in reasons(np.array([0, 1]), np.array([2]), catalogue=bare)] == [
        "popular",
        "similar_users",
    ]
