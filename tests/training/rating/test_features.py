from __future__ import annotations

import numpy as np

from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.core.rating_plan import EntityFeatures
from lepton_ai.training.rating.features import company, feature_matrix

IDS = IdIndex(["a", "b", "c", "d"])


def dense(matrix):
    return matrix.times(np.eye(matrix.shape[1]))


def test_a_shared_value_has_a_column():
    features = EntityFeatures(
        ids=["c", "a", "elsewhere", "b"],
        categories={"kind": [("x", "y"), ("x",), ("y", "y"), ("rare",)]},
    )
    # "x" and "y" are shared by two ids each; "d" has no features.
    np.testing.assert_array_equal(dense(feature_matrix(features, IDS)), [[1, 0], [0, 0], [1, 1], [0, 0]])


def test_a_number_has_columns_for_its_ranges():
    features = EntityFeatures(ids=["a", "b", "c", "d"], numbers={"age": np.array([1, 1, 9, np.nan])})
    found = dense(feature_matrix(features, IDS))
    np.testing.assert_array_equal(found.sum(1), [1, 1, 1, 0])
    np.testing.assert_array_equal(found[0], found[1])
    assert not (found[0] * found[2]).any()


def test_columns_follow_one_another():
    features = EntityFeatures(ids=["a", "b"], categories={"kind": [("x",), ("x",)], "town": [("z",), ("z",)]})
    np.testing.assert_array_equal(dense(feature_matrix(features, IDS)), [[1, 1], [1, 1], [0, 0], [0, 0]])


def test_nothing_known_is_no_columns():
    assert feature_matrix(None, IDS).shape == (4, 0)
    missing = EntityFeatures(ids=["a"], numbers={"age": np.array([np.nan])}, categories={"kind": [()]})
    assert feature_matrix(missing, IDS).shape == (4, 0)


def test_company_has_rows_of_length_one():
    own, partners = np.array([0, 0, 0, 2]), np.array([1, 1, 3, 0])
    half = np.sqrt(0.5)
    expected = [[0, half, 0, half], [0, 0, 0, 0], [1, 0, 0, 0]]
    np.testing.assert_allclose(dense(company(own, partners, shape=(3, 4))), expected)
