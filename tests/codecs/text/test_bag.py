from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import slow_text
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_text import TEXTS

from lepton_ai.codecs.text.bag import Lengths, NgramBag, NgramCounts
from lepton_ai.codecs.text.units import segment

CORPUS = [
    "where is my parcel",
    "where is it",
    "快递到哪里了？",
    "我的快递 parcel",
    "refund refund refund!",
    "",
]


def fitted(texts, *, most=100_000, least=1, batch=2):
    counts = NgramCounts(slow_text.LENGTHS)
    for start in range(0, len(texts), batch):
        counts.add(segment(texts[start : start + batch]))
    return counts.bag(most=most, least_texts=least)


def named_ngrams(text):
    return [repr(one) for one in slow_text.ngrams(text)]


def dense(bag, texts):
    """Value of each known n-gram, shape [texts, known]."""
    arrays = bag.encode(segment(texts))
    table = np.zeros((len(texts), len(bag.keys) + 1))
    for row, (numbers, values) in enumerate(zip(arrays["ngrams"], arrays["values"], strict=True)):
        table[row, numbers[numbers > 0]] = values[numbers > 0]
    return table[:, 1:]


def test_values_are_those_of_scikit_learn():
    vectorizer = pytest.importorskip("sklearn.feature_extraction.text").TfidfVectorizer
    expected = vectorizer(analyzer=named_ngrams, sublinear_tf=True).fit_transform(CORPUS).toarray()
    found = dense(fitted(CORPUS), CORPUS)
    # The columns are in another order, which neither of these depends on.
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-5)
    width = min(found.shape[1], expected.shape[1])
    np.testing.assert_allclose(
        np.sort(found, axis=1)[:, -width:], np.sort(expected, axis=1)[:, -width:], atol=1e-6
    )


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_documents_are_counted_as_in_the_slow_way(texts):
    bag = fitted(texts)
    counts = Counter(one for text in texts for one in set(slow_text.ngrams(text)))
    expected = np.log((1 + len(texts)) / (1 + np.array(sorted(counts.values()), float))) + 1
    np.testing.assert_allclose(np.sort(bag.rarity), np.sort(expected), rtol=1e-6)
    assert (np.diff(bag.rarity) >= 0).all()


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, st.integers(1, 2))
def test_rows_do_not_depend_on_their_batch(texts, others, least):
    bag = fitted(texts, least=least)
    both = others + texts
    together = bag.encode(segment(both))
    for row, text in enumerate(both):
        alone = bag.encode(segment([text]))
        length = int((alone["ngrams"][0] > 0).sum())
        assert alone["ngrams"].shape[1] == max(1, length)
        for name in ("ngrams", "values"):
            np.testing.assert_array_equal(together[name][row][:length], alone[name][0][:length])
            assert not together[name][row][length:].any()


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_a_row_has_length_one_or_nothing(texts):
    arrays = fitted(texts).encode(segment(texts))
    length = np.sqrt((arrays["values"].astype(float) ** 2).sum(1))
    known = (arrays["ngrams"] > 0).any(1)
    np.testing.assert_allclose(length[known], 1, atol=1e-5)
    assert not length[~known].any()
    assert arrays["ngrams"].dtype == np.int32
    assert arrays["values"].dtype == np.float32
    assert ((arrays["ngrams"] > 0) == (arrays["values"] > 0)).all()


def test_a_row_holds_each_ngram_once():
    arrays = fitted(CORPUS).encode(segment(CORPUS))
    for row in arrays["ngrams"]:
        numbers = row[row > 0]
        assert len(set(numbers.tolist())) == len(numbers)


def test_the_most_frequent_are_kept():
    bag = fitted(["aa bb", "aa", "aa cc", "bb"], most=1)
    assert len(bag.keys) == 1
    arrays = bag.encode(segment(["aa", "cc"]))
    assert arrays["ngrams"].tolist() == [[1], [0]]


def test_rare_ones_are_not_known():
    bag = fitted(["same 快", "same 递"], least=2)
    assert (bag.encode(segment(["快递"]))["ngrams"] == 0).all()
    assert (bag.encode(segment(["same"]))["ngrams"] > 0).any()


@pytest.mark.parametrize("texts", [[], ["", " "], ["快"]])
def test_nothing_to_know_and_nothing_to_encode(texts):
    bag = fitted(texts)
    arrays = bag.encode(segment(["unseen words", ""]))
    assert arrays["ngrams"].shape == arrays["values"].shape == (2, 1)
    assert not arrays["values"].any()
    assert bag.encode(segment([]))["ngrams"].shape == (0, 1)


@pytest.mark.parametrize("bad", [{"run": 0}, {"run": 10**9}, {"longest_piece": 10**9}, {"shortest_piece": 6}])
def test_lengths_that_would_cost_without_bound_are_refused(bad):
    with pytest.raises(ValueError, match="n-grams have"):
        Lengths(**bad)


@pytest.mark.parametrize("bad", [0.0, -1.0, 0.5, 51.0, 3e38, np.inf, -np.inf, np.nan])
def test_frequencies_that_no_texts_give_are_refused(bad):
    bag = fitted(CORPUS)
    rarity = bag.rarity.copy()
    rarity[1] = bad
    with pytest.raises(ValueError, match="inverse document frequency"):
        NgramBag(bag.keys, rarity, bag.lengths)


def test_every_ngram_needs_a_frequency():
    bag = fitted(CORPUS)
    with pytest.raises(ValueError, match="inverse document frequency"):
        NgramBag(bag.keys, bag.rarity[1:], bag.lengths)
