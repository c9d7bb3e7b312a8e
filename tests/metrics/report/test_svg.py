import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_ai.metrics.report.svg import Frame, round_up, safe


@given(st.floats(1e-6, 1e9))
def test_axes_end_at_a_round_number_just_above(value):
    end = round_up(value)
    assert value * (1 - 1e-9) <= end <= value * 2.0


def test_an_axis_of_nothing_still_has_an_end():
    assert round_up(0) == 1.0


def test_a_frame_maps_values_to_pixels():
    plain, rooted = Frame(top=4.0), Frame(top=4.0, rooted=True)
    assert plain.y(0) == rooted.y(0) > plain.y(4) == rooted.y(4)
    assert rooted.y(1) == pytest.approx(plain.y(2))
    assert plain.x(0) < plain.x(0.5) < plain.x(1)


@given(st.text())
def test_safe_text_holds_no_markup(text):
    assert not set(safe(text)) & set("<>\"'")
    assert safe(text).encode("utf-8").decode("utf-8") == safe(text)
