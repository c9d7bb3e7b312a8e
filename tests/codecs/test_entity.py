from __future__ import annotations

import json

import jsonschema_rs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.entity import EntityCodec
from lepton_ai.core.ids import as_id
from lepton_ai.package.signature import compile_cell

CELLS = st.lists(
    st.one_of(st.none(), st.text(max_size=6), st.integers(-99, 99), st.floats(-9, 9), st.booleans()),
    max_size=20,
)


@settings(deadline=None, max_examples=50)
@given(CELLS, CELLS)
def test_known_ids_have_numbers_of_their_own_and_all_others_have_none(known, asked):
    codec = EntityCodec.fit(known)
    ids = {as_id(value) for value in known} - {None}
    numbers = codec.encode(asked)["number"]
    assert numbers.shape == (len(asked), 1)
    assert numbers.dtype == np.int64
    for value, number in zip(asked, numbers[:, 0].tolist(), strict=True):
        assert (number > 0) == (as_id(value) in ids)
        if number:
            assert codec.ids.id(number) == as_id(value)
    assert sorted(codec.encode(sorted(ids))["number"][:, 0].tolist()) == list(range(1, len(ids) + 1))


@settings(deadline=None, max_examples=50)
@given(CELLS)
def test_a_restored_codec_is_equal(known):
    codec = EntityCodec.fit(known)
    again = EntityCodec.restore(json.loads(json.dumps(codec.params())), codec.arrays())
    np.testing.assert_array_equal(again.encode(known)["number"], codec.encode(known)["number"])
    assert again.vocabulary() == codec.vocabulary() == {"number": len(codec.ids) + 1}


def test_numbers_and_text_meet():
    codec = EntityCodec.fit([42, "b"])
    assert codec.encode([42, 42.0, "42", " b "])["number"].tolist() == [[1], [1], [1], [2]]
    assert codec.sizes(["x", None]).tolist() == [1, 1]


@pytest.mark.parametrize("cell", ["u1", 42, 4.5, None])
def test_a_request_may_hold(cell):
    schema = EntityCodec.fit(["u1"]).cell_schema()
    jsonschema_rs.Draft202012Validator(schema).validate(cell)
    assert compile_cell(schema)(cell) is None


@pytest.mark.parametrize("cell", ["u" * 201, True, [], {}, 1e300])
def test_a_request_may_not_hold(cell):
    schema = EntityCodec.fit(["u1"]).cell_schema()
    assert not jsonschema_rs.Draft202012Validator(schema).is_valid(cell)
    assert compile_cell(schema)(cell) is not None
