import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_ai.metrics.report.svg import Frame, in_units, in_whole, round_up, safe


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


def test_a_frame_may_start_anywhere():
    frame = Frame(start=-10, right=10, floor=-1, top=3)
    assert frame.x(-10) == Frame().x(0)
    assert frame.x(0) == pytest.approx(Frame().x(0.5))
    assert frame.y(0) == pytest.approx(Frame().y(0.25))


def test_axes_tell_shares_unless_told_otherwise():
    assert "100%" in "".join(Frame().axes(across="a", up="b"))
    assert "0.4%" in "".join(Frame(top=0.02).axes(across="a", up="b"))
    told = "".join(
        Frame(right=10, start=-10, top=5000).axes(across="a", up="b", tell_across=in_units, tell_up=in_whole)
    )
    assert ">-10<" in told
    assert ">5,000<" in told


@given(st.text())
def test_safe_text_holds_no_markup(text):
    assert not set(safe(text)) & set("<>\"'")
    assert safe(text).encode("utf-8").decode("utf-8") == safe(text)
