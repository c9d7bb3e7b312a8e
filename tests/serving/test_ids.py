import uuid

from hypothesis import given
from hypothesis import strategies as st

from lepton_ai.serving.ids import IdSource


def test_ids_are_uuids_of_version_7_with_the_time():
    source = IdSource(clock=lambda: 1_700_000_000_123_456_789)
    for text in source.take(100):
        own = uuid.UUID(text)
        assert str(own) == text
        assert own.version == 7
        assert own.variant == uuid.RFC_4122
        assert own.int >> 80 == 1_700_000_000_123


@given(st.lists(st.tuples(st.integers(0, 5 * 10**6), st.integers(0, 20)), max_size=30))
def test_ids_increase_even_when_the_clock_stands_or_goes_back(steps):
    now = [10**18]
    source = IdSource(clock=lambda: now[0])
    taken = []
    for step, count in steps:
        now[0] += step - 10**6
        taken += source.take(count)
    assert taken == sorted(taken)
    assert len(set(taken)) == len(taken)


def test_a_full_millisecond_flows_into_the_next():
    source = IdSource(clock=lambda: 10**18, entropy=lambda count: b"\xff" * count)
    source._restart(10**12)
    source._tail = (1 << 74) - 1
    first, second = source.take(2)
    assert first < second
    assert uuid.UUID(first).int >> 80 == 10**12 + 1
