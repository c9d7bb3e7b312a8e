from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from slow_text import TEXTS

from lepton_ai.codecs.text import TextCodec
from lepton_ai.codecs.text import codec as module
from lepton_ai.codecs.text.codec import MOST_CHARACTERS
from lepton_ai.codecs.text.units import segment

TEXT = ["where is my parcel", "快递到哪里了", "refund please", "我要退款 refund"]


def equal(one, other, texts):
    left, right = one.encode(texts), other.encode(texts)
    assert left.keys() == right.keys()
    for name, array in left.items():
        np.testing.assert_array_equal(array, right[name])
        assert array.dtype == right[name].dtype


@settings(deadline=None, max_examples=40)
@given(TEXTS, TEXTS)
def test_a_restored_codec_is_equal(texts, others):
    codec = TextCodec.fit(texts, least_units=1, longest=9)
    again = TextCodec.restore(json.loads(json.dumps(codec.params())), codec.arrays())
    equal(codec, again, texts + others)
    assert again.vocabulary() == codec.vocabulary()
    assert again.params() == codec.params()


@settings(deadline=None, max_examples=40)
@given(TEXTS)
def test_ids_stay_within_the_vocabulary(texts):
    codec = TextCodec.fit(texts[::2], least_units=1)
    arrays = codec.encode(texts)
    for name, size in codec.vocabulary().items():
        assert arrays[name].min(initial=0) >= 0
        assert arrays[name].max(initial=0) < size


@pytest.mark.parametrize(
    ("settings_", "arrays"),
    [
        ({"units": 0}, {"ngrams", "values"}),
        ({"ngrams": 0}, {"units"}),
        ({}, {"ngrams", "values", "units"}),
    ],
)
def test_either_half_can_be_left_out(settings_, arrays):
    codec = TextCodec.fit(TEXT, **settings_)
    assert set(codec.encode(TEXT)) == arrays
    again = TextCodec.restore(codec.params(), codec.arrays())
    equal(codec, again, TEXT)


def test_a_missing_text_is_an_empty_one():
    codec = TextCodec.fit([*TEXT, None])
    with_none, with_empty = codec.encode(["refund", None]), codec.encode(["refund", ""])
    for name, array in with_none.items():
        np.testing.assert_array_equal(array, with_empty[name])
    assert codec.sizes(["abc", None, "快递"]).tolist() == [3, 0, 2]


def test_texts_in_many_batches_are_fitted_as_in_one(monkeypatch):
    whole = TextCodec.fit(TEXT, least_units=1)
    monkeypatch.setattr("lepton_ai.codecs.text.codec._BATCH", 1)
    equal(whole, TextCodec.fit(TEXT, least_units=1), TEXT)


def test_a_fit_segments_each_text_once(monkeypatch):
    segmented = []
    monkeypatch.setattr(module, "segment", lambda texts: segmented.extend(texts) or segment(texts))
    TextCodec.fit(TEXT)
    assert segmented == TEXT


def test_the_order_of_the_texts_does_not_matter():
    equal(TextCodec.fit(TEXT, least_units=1), TextCodec.fit(TEXT[::-1], least_units=1), TEXT)


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError, match="'ngram'"):
        TextCodec.fit(TEXT, ngram=3)


def test_the_schema_bounds_a_text():
    assert TextCodec.fit(TEXT).cell_schema() == {
        "type": "string",
        "minLength": 1,
        "maxLength": MOST_CHARACTERS,
    }
