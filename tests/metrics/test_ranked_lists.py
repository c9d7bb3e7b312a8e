import numpy as np
import pytest

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.ranked_lists import find_hits, item_sets, ranked_lists, whole_k


def test_hits_are_those_of_the_users_with_a_right_item():
    hits = find_hits([["a", "b", "c"], ["a"], ["c", "d"]], [{"c", "x"}, [], {"c"}], k=5)
    assert hits.table.tolist() == [[False, False, True], [True, False, False]]
    assert (hits.relevant.tolist(), hits.users.tolist(), hits.k) == ([2, 1], [0, 2], 5)
    shorter = hits.first(2)
    assert (shorter.table.tolist(), shorter.k) == ([[False, False], [True, False]], 2)


def test_a_long_k_takes_no_more_room_than_the_longest_list():
    assert find_hits([["a"], []], [{"a"}, {"a"}], k=10**9).table.shape == (2, 1)
    assert find_hits([[]], [{"a"}], k=10).table.tolist() == [[False]]


def test_any_kind_of_id_and_of_list_will_do():
    rows = ranked_lists(np.array([[3, 1], [2, 5]]))
    assert rows == [[3, 1], [2, 5]]
    assert find_hits(rows, [np.array([1, 1]), (np.int64(9),)], k=2).relevant.tolist() == [1, 1]
    pair = ("shop", 7)
    assert find_hits([(pair, None)], [frozenset([pair])], k=1).table.tolist() == [[True]]
    assert ranked_lists(([letter] for letter in "ab"), k=1) == [["a"], ["b"]]


def test_text_and_numbers_do_not_meet_and_that_is_said():
    with pytest.raises(UsageError, match=r"recommended are text.*relevant are not"):
        find_hits([["1", "2"]], [{1}], k=2)
    with pytest.raises(UsageError, match="relevant are text"):
        find_hits([[1, 2]], [{"1"}], k=2)
    assert not find_hits([["1", 2]], [{1}], k=2).table.any()


@pytest.mark.parametrize("k", [0, -1, 1.0, True, None, "10"])
def test_k_is_a_whole_number_from_1(k):
    with pytest.raises(UsageError, match="k, the length"):
        whole_k(k)
    assert whole_k(np.int32(3)) == 3


@pytest.mark.parametrize(
    ("recommended", "relevant", "error", "said"),
    [
        ([["a", "b", "a"]], [{"a"}], UsageError, "position 0 of recommended holds 1 of its items more"),
        ([["a"], ["b"]], [{"a"}], UsageError, "2 users and relevant has 1"),
        ([{"a", "b"}], [{"a"}], UsageError, "no ranked list at position 0; found set"),
        (["ab"], [{"a"}], UsageError, "no ranked list at position 0; found str"),
        ([["a"]], ["a"], UsageError, "no collection of item ids at position 0; found str"),
        ([["a"]], [7], UsageError, "found int"),
        ({"u": ["a"]}, [{"a"}], UsageError, "found dict"),
        ("ab", [{"a"}], UsageError, "found str"),
        (7, [{"a"}], UsageError, "found int"),
        ([[["a"]]], [{"a"}], UsageError, "cannot be compared"),
        ([["a"]], [[["a"]]], UsageError, "cannot be compared"),
        ([["a"]], [[]], DataError, "None of 1 users"),
        ([], [], DataError, "None of 0 users"),
    ],
)
def test_refuses_what_is_no_ranking(recommended, relevant, error, said):
    with pytest.raises(error, match=said):
        find_hits(recommended, relevant, k=2)


def test_a_repeat_behind_k_is_a_repeat_too():
    with pytest.raises(UsageError, match="more than once"):
        find_hits([["a", "b", "b"]], [{"a"}], k=1)


def test_item_sets_forget_repeats():
    assert item_sets([["a", "a"], ()]) == [frozenset({"a"}), frozenset()]
