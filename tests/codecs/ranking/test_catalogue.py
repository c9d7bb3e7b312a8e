from __future__ import annotations

import numpy as np
import pytest

from lepton_ai.codecs.ranking import IdIndex
from lepton_ai.codecs.ranking.catalogue import Catalogue
from lepton_ai.core.errors import PackageError


def plain(count=3, **changes):
    parts = {
        "vectors": np.zeros((count, 2)),
        "popularity": np.zeros(count),
        "newest": np.zeros(count),
        **changes,
    }
    return Catalogue(IdIndex([f"i{number}" for number in range(count)]), **parts)


def test_categories_by_item_and_items_by_category(catalogue):
    for place, name in enumerate(catalogue.categories):
        slow = [place in catalogue.categories_of(position) for position in range(len(catalogue))]
        assert catalogue.in_any([name]).tolist() == slow
    both = catalogue.in_any(["a"]) | catalogue.in_any(["b"])
    assert catalogue.in_any(["b", "a", "unknown"]).tolist() == both.tolist()
    assert not catalogue.in_any([]).any()


def test_positions(catalogue):
    assert catalogue.positions(["i7", "zzz", "i3", "i7", None]).tolist() == [3, 7]
    assert catalogue.positions([]).tolist() == []


def test_a_restored_catalogue_is_equal(catalogue):
    again = Catalogue.restore(catalogue.arrays())
    for name, array in catalogue.arrays().items():
        assert again.arrays()[name].dtype == array.dtype
        np.testing.assert_array_equal(again.arrays()[name], array)
    assert again.in_any(["c"]).tolist() == catalogue.in_any(["c"]).tolist()


def test_titles_come_back():
    again = Catalogue.restore(plain(titles=["x", "", "标题"]).arrays())
    assert list(again.titles) == ["x", "", "标题"]
    assert Catalogue.restore(plain().arrays()).titles is None


def test_few_items_are_popular():
    assert plain(100, popularity=np.arange(100) / 100).popular_from == pytest.approx(0.95)
    assert plain(1, popularity=np.ones(1)).popular_from == 1
    assert plain(0).popular_from == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"vectors": np.zeros((2, 2))},
        {"vectors": np.zeros(3)},
        {"popularity": np.zeros(2)},
        {"newest": np.zeros((3, 1))},
        {"stock": np.zeros(4)},
        {"titles": ["a"]},
        {"categories": ["a"], "item_categories": (np.array([0, 1, 1, 1]), np.array([1]))},
        {"categories": ["a"], "item_categories": (np.array([0, 1, 1, 1]), np.array([-1]))},
        {"categories": ["a"], "item_categories": (np.array([0, 1, 1]), np.array([0]))},
        {"categories": ["a"], "item_categories": (np.array([0, 1, 0, 1]), np.array([0]))},
    ],
)
def test_parts_that_do_not_fit_are_refused(changes):
    with pytest.raises(PackageError, match="does not fit their number"):
        plain(**changes)
