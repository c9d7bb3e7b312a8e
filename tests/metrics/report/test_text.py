import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.core.calibration import Calibration
from lepton_ai.metrics.report import ClassificationReport
from lepton_ai.metrics.report.text import display_width, fit, printable


@settings(deadline=None, max_examples=200)
@given(st.text(), st.integers(1, 40), st.booleans())
def test_fitted_text_takes_exactly_its_cells(text, width, right):
    fitted = fit(text, width, right=right)
    assert display_width(fitted) == width
    assert fitted.isprintable() or not any(
        ord(character) < 32 or ord(character) == 127 for character in fitted
    )


def test_wide_and_combining_characters_are_counted():
    assert display_width("退款ok") == 6
    assert display_width("e\u0301") == 1
    assert fit("退款与售后", 6) == "退款… "
    assert fit("ok", 4, right=True) == "  ok"


def test_control_characters_cannot_reach_the_terminal():
    assert printable("a\x1b[2Jb\nc\x00") == "a\ufffd[2Jb c\ufffd"


def build(labels, *, rows=900, notes=()):
    rng = np.random.default_rng(0)
    true = rng.integers(0, len(labels), rows)
    logits = rng.normal(size=(rows, len(labels))) + 3 * np.eye(len(labels))[true]
    return ClassificationReport.build(
        labels,
        true,
        logits,
        calibration=Calibration(1, 0.4, 0.05),
        texts=["一条很长的消息" * 20] * rows,
        notes=notes,
    )


@pytest.mark.parametrize("classes", [2, 6, 7, 77])
def test_the_report_fits_a_terminal(classes):
    text = build([f"标签{number}" for number in range(classes)], notes=["note"] * 30).to_text()
    lines = text.splitlines()
    assert len(lines) <= 60
    assert max(map(display_width, lines)) <= 150
    assert text.endswith("\n")
    assert "... and 22 more" in text


def test_many_labels_show_the_worst_ten():
    text = build([f"label {number:02}" for number in range(77)]).to_text()
    assert "the worst 10 of 77" in text
    assert "Largest confusions" in text


def test_columns_line_up_under_chinese_labels():
    lines = build(["发票", "refund", "物流查询"]).to_text().splitlines()
    start = lines.index("Classes")
    ends = {display_width(line) for line in lines[start + 1 : start + 5]}
    assert len(ends) == 1
