from __future__ import annotations

import json

import jsonschema_rs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.number import NumberCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import DataError

NUMBERS = st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=20)


@settings(deadline=None, max_examples=50)
@given(NUMBERS, NUMBERS)
def test_answers_are_the_values_kept_within_the_scale(seen, given_values):
    codec = NumberCodec.fit(seen)
    values = np.array(given_values, np.float32)[:, np.newaxis]
    answers = codec.decode({"value": values}, Calibration(), {})
    expected = [min(max(value, min(seen)), max(seen)) for value in given_values]
    assert [answer["value"] for answer in answers] == expected
    validator = jsonschema_rs.Draft202012Validator(codec.answer_schema())
    for answer in answers:
        validator.validate(json.loads(json.dumps(answer)))


@settings(deadline=None, max_examples=50)
@given(NUMBERS)
def test_a_restored_codec_is_equal(seen):
    codec = NumberCodec.fit(seen)
    again = NumberCodec.restore(json.loads(json.dumps(codec.params())), codec.arrays())
    assert (again.low, again.high) == (codec.low, codec.high) == (min(seen), max(seen))
    np.testing.assert_array_equal(again.encode(seen), np.array(seen, np.float32))
    assert codec.encode(np.array(seen, np.float32)).dtype == np.float32


def test_missing_cells_are_passed_over_in_fitting():
    assert NumberCodec.fit([None, 2, 4.5, None]).params() == {"low": 2.0, "high": 4.5}


def test_no_rows_have_no_answers():
    codec = NumberCodec(1, 5)
    assert codec.decode({"value": np.empty((0, 1), np.float32)}, Calibration(), {}) == []
    assert len(codec.encode([])) == 0


@pytest.mark.parametrize("wrong", ["4", None, True, float("nan"), float("inf")])
def test_what_is_no_number_is_named(wrong):
    with pytest.raises(DataError, match=r"Value 2 of the target is no number\. Leave out rows"):
        NumberCodec(1, 5).encode([3, wrong])


def test_arrays_are_looked_at_too():
    with pytest.raises(DataError, match="Value 1 of the target is no finite number"):
        NumberCodec.fit(np.array([np.nan, 1.0], np.float32))


def test_no_number_at_all():
    with pytest.raises(DataError, match="no number to learn from"):
        NumberCodec.fit([None])
