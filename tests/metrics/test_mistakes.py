import numpy as np
import pytest

from lepton_ai.core.errors import UsageError
from lepton_ai.metrics.mistakes import most_confident_mistakes

SCORES = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.4, 0.6], [0.9, 0.1]])


def test_the_surest_mistakes_come_first_with_the_rows_numbers():
    found = most_confident_mistakes([1, 1, 0, 0, 1], SCORES)
    assert [(one.row, one.true, one.predicted) for one in found] == [
        (1, 1, 0),
        (5, 1, 0),
        (3, 0, 1),
        (4, 0, 1),
    ]
    assert found[2].score == pytest.approx(0.7)
    numbered = most_confident_mistakes([1, 1, 0, 0, 1], SCORES, count=2, row_numbers=[10, 20, 30, 40, 50])
    assert [(one.row, one.position) for one in numbered] == [(10, 0), (50, 4)]


def test_no_mistakes_is_an_answer():
    assert most_confident_mistakes(SCORES.argmax(axis=1), SCORES) == ()
    assert most_confident_mistakes([1, 1, 0, 0, 1], SCORES, count=0) == ()


def test_refuses_what_does_not_fit():
    with pytest.raises(UsageError, match="row_numbers has 1 rows"):
        most_confident_mistakes([1, 1, 0, 0, 1], SCORES, row_numbers=[1])
    with pytest.raises(UsageError, match="count"):
        most_confident_mistakes([1, 1, 0, 0, 1], SCORES, count=-1)
