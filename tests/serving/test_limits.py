import dataclasses

import pytest

from lepton_ai.core.errors import UsageError
from lepton_ai.serving.limits import Limits


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Limits)])
@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_impossible_limits_are_refused(field, value):
    with pytest.raises(UsageError, match=field):
        Limits(**{field: value})


def test_zero_only_where_it_means_something():
    assert Limits(inline_rows=0, inline_bytes=0, max_waiting=0, retry_after=0)
    with pytest.raises(UsageError, match="deadline"):
        Limits(deadline=0)


def test_one_body_has_to_fit():
    with pytest.raises(UsageError, match="max_buffered_bytes"):
        Limits(max_body_bytes=100, max_buffered_bytes=99)
