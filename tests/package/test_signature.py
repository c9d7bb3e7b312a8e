from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.label import LabelCodec
from lepton_ai.codecs.text import TextCodec
from lepton_ai.core.errors import InputError, PackageError
from lepton_ai.package.signature import Signature, build_signature, compile_cell


def signature(**cells):
    return Signature(
        {"type": "object", "properties": cells, "required": sorted(cells), "additionalProperties": False}
    )


TEXT = {"type": "string", "minLength": 1, "maxLength": 5}


def test_the_signature_comes_from_the_codecs():
    built = build_signature({"a": TextCodec.fit(["x"], units=0)}, LabelCodec(["u", "v"]))
    assert built["input"]["required"] == ["a"]
    assert built["input"]["additionalProperties"] is False
    assert built["input"]["properties"]["a"]["type"] == "string"
    assert built["output"] == LabelCodec(["u", "v"]).answer_schema()


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (TEXT, ["a", "五个字符是", "12345"], ["", "123456", None, 1, True, ["a"], {"a": 1}, "\ud800"]),
        (
            {"type": "number", "minimum": 0, "maximum": 1},
            [0, 1, 0.5],
            [-0.1, 2, float("nan"), True, "1", None],
        ),
        ({"type": "number"}, [-1e300, 10**30], [float("nan"), float("inf"), float("-inf"), "x"]),
        ({"type": "integer"}, [1, -5, 2.0], [1.5, True, "1", None, float("nan"), float("inf")]),
        ({"type": "boolean"}, [True, False], [0, 1, "true", None]),
        ({"type": "null"}, [None], [0, ""]),
        ({"type": ["string", "null"], "maxLength": 2}, [None, "", "ab"], ["abc", 1]),
        ({"enum": ["a", 1, None]}, ["a", 1, None], ["b", 2, [], {}]),
        ({"type": "string", "enum": ["a", "b"]}, ["a"], ["c", 1, []]),
        ({}, [None, 1, "x", []], []),
        ({"type": "array"}, [[], [1, "x"], (1,)], [None, "ab", {}, 1, {1}]),
        (
            {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 2},
            [["a"], ["a", "b"]],
            [[], ["a"] * 3, [1], [None], ["a", ""]],
        ),
        ({"type": "object"}, [{}, {"a": [1]}], [None, [], "a", {1: 2}]),
        (
            {"type": "object", "properties": {"a": TEXT}, "required": ["a"], "additionalProperties": False},
            [{"a": "x"}],
            [{}, {"a": 1}, {"a": "x", "b": 1}],
        ),
        (
            {"type": "object", "properties": {"a": TEXT}, "additionalProperties": {"type": "boolean"}},
            [{}, {"a": "x", "b": True}, {"b": False}],
            [{"b": "x"}, {"a": True}, {"a": "x", 3: True}],
        ),
        (
            {"type": ["array", "object", "string", "null"], "items": TEXT, "maxLength": 2},
            [None, "ab", ["abcde"], {"x": 1}],
            ["abc", [1], 1, True],
        ),
    ],
    ids=repr,
)
def test_cells_are_checked(schema, good, bad):
    check = compile_cell(schema)
    assert [value for value in good if check(value) is not None] == []
    assert [value for value in bad if check(value) is None] == []


def test_the_error_names_row_and_field_and_not_the_value():
    with pytest.raises(InputError) as caught:
        signature(message=TEXT).check({"message": ["ok", "ok", "ok", "SECRET-VALUE"]})
    assert caught.value.message == "rows[3].message has 12 characters; 1 to 5 are allowed."
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "is empty"),
        (None, "is null, not text"),
        (5, "is a number, not text"),
        (True, "is a boolean, not text"),
        ([1], "is a list, not text"),
        ({"a": 1}, "is an object, not text"),
        (object(), "is no JSON value, not text"),
        ({"a": [1]}, "is an object, not text"),
    ],
)
def test_errors_are_in_words(value, said):
    with pytest.raises(InputError, match=rf"rows\[0\]\.message {said}"):
        signature(message=TEXT).check({"message": [value]})


def test_columns_must_be_those_of_the_model():
    both = signature(a=TEXT, b=TEXT)
    assert both.check({"a": ["x"], "b": ["y"]}) == 1
    with pytest.raises(InputError, match=r"column 'b' is missing\. It knows: 'a', 'b'"):
        both.check({"a": ["x"]})
    with pytest.raises(InputError, match="a column that the model does not know") as caught:
        both.check({"a": ["x"], "b": ["y"], "SECRET": ["z"]})
    assert "SECRET" not in str(caught.value)
    with pytest.raises(InputError, match="differ in length"):
        both.check({"a": ["x"], "b": []})


def test_rows_are_turned_into_columns():
    both = signature(a=TEXT, b=TEXT)
    assert both.transpose([{"a": 1, "b": 2}, {"b": 4, "a": 3}]) == {"a": [1, 3], "b": [2, 4]}
    assert both.transpose([]) == {"a": [], "b": []}
    with pytest.raises(InputError, match=r"rows\[1\]\.b is missing"):
        both.transpose([{"a": 1, "b": 2}, {"a": 3}])
    with pytest.raises(InputError, match=r"rows\[0\] has a field that the model does not know") as caught:
        both.transpose([{"a": 1, "b": 2, "SECRET": 3}])
    assert "SECRET" not in str(caught.value)
    with pytest.raises(InputError, match=r"rows\[0\] is text, not an object"):
        both.transpose(["a"])


def test_a_column_that_may_be_null_may_be_left_out():
    schema = {
        "type": "object",
        "properties": {"a": TEXT, "b": {"type": ["string", "null"]}},
        "required": ["a"],
    }
    checker = Signature(schema)
    assert checker.transpose([{"a": "x"}]) == {"a": ["x"], "b": [None]}
    assert checker.check({"a": ["x"]}) == 1
    assert checker.check({"a": ["x"], "b": [None]}) == 1


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"properties": []},
        {"properties": {"a": None}},
        {"properties": {"a": {"type": 3}}},
        {"properties": {"a": {"type": "money"}}},
        {"properties": {"a": {"type": [["string"]]}}},
        {"properties": {"a": {"type": "string", "maxLength": []}}},
        {"properties": {"a": {"type": "number", "maximum": 10**400}}},
        {"properties": {"a": {"enum": [[]]}}},
        {"properties": {"a": {}}, "required": 1},
    ],
    ids=repr,
)
def test_a_broken_schema_is_refused(schema):
    with pytest.raises(PackageError, match="signature of the package is broken"):
        Signature(schema)


@pytest.mark.parametrize(
    "schema", [{"type": "string", "pattern": "(a+)+$"}, {"$ref": "file:///etc/passwd"}, {"not": {}}]
)
def test_words_that_would_not_be_enforced_are_refused(schema):
    with pytest.raises(PackageError, match="which this release does not know"):
        Signature({"properties": {"a": schema}})


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (["SECRET", "ok"], "has an entry, number 0 from 0, that has 6 characters; 1 to 5 are allowed"),
        (
            {"a": ["ok", 3]},
            "has the field 'a', which has an entry, number 1 from 0, that is a number, not text",
        ),
        ({"a": ["ok"], "SECRET": 1}, "has a field that the model does not know"),
        ({}, "lacks the field 'a'"),
        (7, "is a number, not a list or an object"),
    ],
)
def test_what_is_wrong_inside_is_told_without_the_value(cell, said):
    inner = {"type": "array", "items": TEXT}
    schema = {
        **inner,
        "type": ["array", "object"],
        "properties": {"a": inner},
        "required": ["a"],
        "additionalProperties": False,
    }
    assert compile_cell(schema)(cell) == said


def nested(levels):
    schema = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    return schema


def test_depth_is_bounded():
    assert compile_cell(nested(8))([[[[[[[["x"]]]]]]]]) is None
    with pytest.raises(PackageError, match="more than 8 levels deep"):
        Signature({"properties": {"a": nested(9)}})


@pytest.mark.parametrize(
    "inner",
    [
        {"type": "array", "items": {"type": "money"}},
        {"type": "array", "items": 3},
        {"type": "array", "maxItems": "x"},
        {"type": "object", "properties": []},
        {"type": "object", "properties": {"a": 3}},
        {"type": "object", "required": 3},
        {"type": "object", "additionalProperties": 3},
    ],
    ids=repr,
)
def test_a_broken_inner_schema_is_refused(inner):
    with pytest.raises(PackageError):
        Signature({"properties": {"a": inner}})


@pytest.mark.parametrize(
    "inner",
    [
        {"type": "array", "items": {"pattern": "x"}},
        {"type": "array", "uniqueItems": True},
        {"type": "object", "properties": {"a": {"not": {}}}},
        {"type": "object", "additionalProperties": {"$ref": "x"}},
        {"type": "object", "patternProperties": {}},
    ],
    ids=repr,
)
def test_inner_words_that_would_not_be_enforced_are_refused(inner):
    with pytest.raises(PackageError, match="which this release does not know"):
        Signature({"properties": {"a": inner}})


CELL = {"type": ["integer", "string"], "maxLength": 3, "minimum": 0}

CELLS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=200)
@given(st.lists(CELLS, max_size=4))
def test_any_cells_pass_or_are_an_input_error(values):
    checker = signature(a=CELL)
    try:
        checker.check({"a": values})
    except InputError as error:
        number = int(error.message.split("[")[1].split("]")[0])
        assert 0 <= number < len(values)
        assert compile_cell(CELL)(values[number]) is not None
    else:
        for value in values:
            assert isinstance(value, int | float | str)
            assert not isinstance(value, bool)
            json.dumps(value)
