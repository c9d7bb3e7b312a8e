import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.serving.problems import ProblemError
from lepton_ai.serving.strict_json import decode, keys_written

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def keys_in(value):
    if isinstance(value, dict):
        return len(value) + sum(map(keys_in, value.values()))
    return sum(map(keys_in, value)) if isinstance(value, list) else 0


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
@settings(deadline=None)
def test_keys_are_counted_as_written(value, ascii_only, indent):
    body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    assert decode(body) == value
    assert keys_written(body) == keys_in(value)


@given(st.binary(max_size=60))
@settings(deadline=None)
def test_any_bytes_give_a_value_or_a_problem(body):
    with contextlib.suppress(ProblemError):
        decode(body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid-json"),
        (b"NaN", "invalid-json"),
        (b"[1e999]", "invalid-json"),
        (b"[" + b"9" * 5000 + b"]", "invalid-json"),
        (b'"\\ud800"', "invalid-unicode"),
        (b'"\xed\xa0\x80"', "invalid-unicode"),
        (b"\xff", "invalid-unicode"),
        ('"x"'.encode("utf-16"), "invalid-unicode"),
        (b"\xef\xbb\xbf1", "invalid-unicode"),
        (b"[" * 10**6, "json-too-deep"),
        (b'"\x01"', "invalid-json"),
        (b"[1,]", "invalid-json"),
        (b"01", "invalid-json"),
    ],
)
def test_what_is_refused(body, code):
    with pytest.raises(ProblemError) as caught:
        decode(body)
    assert caught.value.code == code
