"""Every codec keeps the promises of its base class."""

from __future__ import annotations

import json

import jsonschema_rs
import numpy as np
import pytest
from samples import GRAPH_OUTPUTS, UNSEEN, VALUES

from lepton_ai.codecs import CODECS, InputCodec, OutputCodec
from lepton_ai.core.calibration import Calibration

INPUTS = [name for name in CODECS if issubclass(CODECS[name], InputCodec)]
OUTPUTS = [name for name in CODECS if issubclass(CODECS[name], OutputCodec)]


def fitted(name):
    assert name in VALUES, f"give the codec {name!r} a line in VALUES of samples.py"
    return CODECS[name].fit(VALUES[name])


def restored(codec):
    params = json.loads(json.dumps(codec.params(), ensure_ascii=False, allow_nan=False))
    return type(codec).restore(params, {name: array.copy() for name, array in codec.arrays().items()})


def assert_equal(one, other):
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            assert_equal(one[name], other[name])
        return
    assert one.dtype == other.dtype
    np.testing.assert_array_equal(one, other)


def test_every_codec_is_of_one_kind():
    assert sorted(INPUTS + OUTPUTS) == sorted(CODECS)


@pytest.mark.parametrize("name", CODECS)
def test_it_knows_its_name_in_the_table(name):
    assert CODECS[name].name == name


@pytest.mark.parametrize("name", CODECS)
def test_a_restored_codec_is_equal(name):
    codec = fitted(name)
    again = restored(codec)
    assert again.params() == codec.params()
    assert_equal(again.arrays(), codec.arrays())
    assert again.cell_schema() == codec.cell_schema()
    assert_equal(again.encode(VALUES[name]), codec.encode(VALUES[name]))


@pytest.mark.parametrize("name", CODECS)
def test_the_same_rows_make_the_same_codec(name):
    one, other = fitted(name), CODECS[name].fit(VALUES[name][::-1])
    assert one.params() == other.params()
    assert_equal(one.arrays(), other.arrays())


@pytest.mark.parametrize("name", CODECS)
def test_missing_cells_do_not_hinder_fitting(name):
    codec = CODECS[name].fit([None, *VALUES[name], None])
    codec.encode(VALUES[name])


@pytest.mark.parametrize("name", CODECS)
def test_the_state_is_small_json_and_plain_arrays(name):
    codec = fitted(name)
    assert len(json.dumps(codec.params())) < 10_000
    for array in codec.arrays().values():
        assert isinstance(array, np.ndarray)
        assert array.dtype.kind in "biuf"


@pytest.mark.parametrize("name", CODECS)
def test_schemas_are_valid(name):
    codec = fitted(name)
    schemas = [codec.cell_schema()]
    if isinstance(codec, OutputCodec):
        schemas.append(codec.answer_schema())
    for schema in schemas:
        assert json.loads(json.dumps(schema)) == schema
        jsonschema_rs.meta.validate(schema)
    for value in VALUES[name]:
        cell = str(value) if schemas[0].get("type") == "string" else value
        jsonschema_rs.Draft202012Validator(schemas[0]).validate(cell)


@pytest.mark.parametrize("name", INPUTS)
def test_rows_do_not_depend_on_their_batch(name):
    codec = fitted(name)
    cells = [*VALUES[name], *UNSEEN.get(name, []), None]
    together = codec.encode(cells)
    for row, cell in enumerate(cells):
        for array, values in codec.encode([cell]).items():
            length = values.shape[1]
            np.testing.assert_array_equal(together[array][row, :length], values[0])
            assert not together[array][row, length:].any()


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_there_is_a_row_per_cell_and_no_empty_axis(name, count):
    codec = fitted(name)
    cells = VALUES[name][:count]
    assert len(codec.sizes(cells)) == count
    arrays = codec.encode(cells)
    assert set(arrays) == set(codec.encode([None]))
    for array in arrays.values():
        assert len(array) == count
        assert 0 not in array.shape[1:]


@pytest.mark.parametrize("name", INPUTS)
def test_ids_stay_within_the_vocabulary(name):
    codec = fitted(name)
    arrays = codec.encode([*VALUES[name], *UNSEEN.get(name, []), None])
    for array, size in codec.vocabulary().items():
        assert arrays[array].dtype.kind in "iu"
        assert 0 <= arrays[array].min() <= arrays[array].max() < size


@pytest.mark.parametrize("name", OUTPUTS)
def test_answers_fit_their_schema(name):
    codec = fitted(name)
    assert name in GRAPH_OUTPUTS, f"give the codec {name!r} a line in GRAPH_OUTPUTS of samples.py"
    rng = np.random.default_rng(0)
    outputs = {
        each: np.abs(rng.normal(size=(5, *shape))).astype(np.float32)
        for each, shape in GRAPH_OUTPUTS[name](codec).items()
    }
    answers = codec.decode(outputs, Calibration(temperature=2.0, threshold=0.5), {})
    assert len(answers) == 5
    for answer in answers:
        jsonschema_rs.Draft202012Validator(codec.answer_schema()).validate(json.loads(json.dumps(answer)))
    none = {each: values[:0] for each, values in outputs.items()}
    assert codec.decode(none, Calibration(), {}) == []


@pytest.mark.parametrize("name", OUTPUTS)
def test_there_is_a_target_per_row(name):
    codec = fitted(name)
    assert len(codec.encode(VALUES[name])) == len(VALUES[name])
    assert len(codec.encode([])) == 0
