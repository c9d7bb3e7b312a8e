import json

from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.serving.actions.base import keys_held
from lepton_ai.serving.strict_json import keys_written

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.text(), VALUES, max_size=4) | st.lists(VALUES, max_size=4))
def test_keys_held_are_the_keys_written_where_none_is_twice(value):
    assert keys_held(value) == keys_written(json.dumps(value).encode())
