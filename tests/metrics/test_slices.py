import numpy as np
import pytest

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.slices import has_digits, has_emoji, length_band, script, text_slices, worst_slices


def test_a_weak_kind_of_row_is_found_with_its_figures():
    rng = np.random.default_rng(0)
    kinds = rng.choice(["a", "b", "c"], 900)
    correct = rng.random(900) < np.where(kinds == "b", 0.6, 0.95)
    findings = worst_slices(correct, {"kind": kinds.tolist()})
    assert [(found.column, found.value) for found in findings.found] == [("kind", "b")]
    found = findings.found[0]
    inside = kinds == "b"
    assert (found.rows, found.wrong) == (inside.sum(), (~correct[inside]).sum())
    assert found.accuracy.value == pytest.approx(correct[inside].mean())
    assert found.rest == pytest.approx(correct[~inside].mean())
    assert findings.tested == 3


def test_noise_is_no_finding():
    """400 looks at 40 slices of chance: something is found in at most about 5% of them."""
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(400):
        columns = {str(column): rng.integers(0, 8, 400).astype(str).tolist() for column in range(5)}
        alarms += bool(worst_slices(rng.random(400) < 0.85, columns).found)
    assert alarms / 400 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


def test_small_slices_and_slices_of_everything_are_not_looked_at():
    correct = [False] * 10 + [True] * 90
    columns = {"small": ["x"] * 10 + ["y"] * 90, "all": ["z"] * 100}
    assert worst_slices(correct, columns, min_rows=20).tested == 1
    assert worst_slices(correct, columns, min_rows=20).found == ()
    assert [found.value for found in worst_slices(correct, columns, min_rows=10).found] == ["x"]


def test_refuses_what_does_not_fit():
    with pytest.raises(UsageError, match="'kind' has 1 values for 2 rows"):
        worst_slices([True, False], {"kind": ["a"]})
    with pytest.raises(DataError, match="row"):
        worst_slices([], {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我要退货", "han"),
        ("I want a refund", "latin"),
        ("我的iPhone坏了", "mixed"),
        ("Müller naïve", "latin"),
        ("12345 😀！", "other"),
        ("", "other"),
        ("Привет", "other"),
        ("𠮷野家", "han"),
    ],
)
def test_script(text, expected):
    assert script(text) == expected


def test_other_slicers():
    assert [length_band(text) for text in ("", "  ", "a", "a" * 5, "a" * 6, "a" * 500, "a" * 501)] == [
        "empty", "empty", "1-5", "1-5", "6-20", "201-500", "over 500",
    ]  # fmt: skip
    assert [has_digits(text) for text in ("3", "３", "三 ½")] == [True, True, False]
    assert [has_emoji(text) for text in ("好👍", "☀️", "好。1#")] == [True, True, False]
    columns = text_slices(["好 1", "ok 👍"], labels=["a", "b"])
    assert columns == {
        "length": ["1-5", "1-5"],
        "script": ["han", "latin"],
        "digits": ["yes", "no"],
        "emoji": ["no", "yes"],
        "true label": ["a", "b"],
    }
