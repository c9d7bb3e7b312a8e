import pytest
from fake_model import SIGNATURE

from lepton_ai.core.errors import PackageError
from lepton_ai.package.signature import compile_cell
from lepton_ai.serving.rows import RowRule, example_cell, example_row


def test_to_columns_fills_optional_fields():
    rule = RowRule(SIGNATURE["input"])
    rows = [{"message": "a"}, {"stars": 3, "message": "b"}]
    assert not list(rule.row_errors(rows))
    assert all(map(rule.fits, rows))
    assert rule.to_columns(rows) == {"message": ["a", "b"], "stars": [None, 3]}


def test_pointers_are_escaped():
    schema = {"type": "object", "properties": {"a/b~c": {"type": "string"}}, "required": ["a/b~c"]}
    (error,) = RowRule(schema).row_errors([{}])
    assert error.pointer == "/rows/0/a~1b~0c"


def test_unknown_words_of_a_signature_are_refused():
    with pytest.raises(PackageError):
        RowRule({"type": "object", "properties": {"a": {"type": "string", "pattern": "x"}}})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "string", "maxLength": 3},
        {"type": "string", "minLength": 300},
        {"type": ["null", "string"], "minLength": 1},
        {"type": "string", "enum": ["a", "b"]},
        {"type": "number", "minimum": 2},
        {"type": "number", "maximum": -2.5},
        {"type": "integer", "minimum": -5, "maximum": 5},
        {"type": "boolean"},
        {"type": "null"},
        {"type": "string", "examples": ["mine"]},
        {"type": "array"},
        {"type": "array", "items": {"type": "integer", "minimum": 3}, "minItems": 2},
        {"type": "array", "items": {"type": "string"}, "maxItems": 0},
        {"type": "object"},
        {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "null"}}, "required": ["b"]},
        {
            "type": ["null", "object", "array"],
            "properties": {"a": {"type": "array"}},
            "additionalProperties": False,
        },
    ],
)
def test_examples_fit(schema):
    assert compile_cell(schema)(example_cell(schema)) is None


def test_example_row():
    assert set(example_row(SIGNATURE["input"])) == {"message", "stars"}
