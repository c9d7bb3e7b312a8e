import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics import mae, rmse

PAIRS = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=50)


@settings(deadline=None, max_examples=100)
@given(PAIRS)
def test_agrees_with_scikit_learn(pairs):
    true, predicted = map(list, zip(*pairs, strict=True))
    assert rmse(true, predicted) == pytest.approx(reference.root_mean_squared_error(true, predicted))
    assert mae(true, predicted) == pytest.approx(reference.mean_absolute_error(true, predicted))
    # Squares of very small errors are 0 in double precision.
    assert mae(true, predicted) <= rmse(true, predicted) * (1 + 1e-9) + 1e-150


class Model:
    """Predicts 3 for everything."""

    def predicted_ratings(self, data):
        return np.array(data, dtype=np.float32), np.full(len(data), 3.0, dtype=np.float32)


def test_a_model_is_asked_for_its_predictions():
    assert mae(Model(), [1, 3, 5]) == pytest.approx(4 / 3)
    assert rmse(Model(), [1, 3, 5]) == pytest.approx(np.sqrt(8 / 3))


@pytest.mark.parametrize(
    ("true", "predicted", "error", "said"),
    [
        ([1, 2], [1], UsageError, "true has 2 rows and predicted has 1"),
        ([], [], DataError, "no rows"),
        ([1, float("nan")], [1, 2], DataError, "true is not finite in 1 rows"),
        ([1, 2], [1, float("inf")], DataError, "predicted is not finite"),
        ([[1, 2]], [[1, 2]], UsageError, r"shape \[1, 2\]"),
        (["good"], [1], UsageError, "must hold numbers"),
        (object(), [1], UsageError, "predicted_ratings"),
    ],
)
def test_refuses_what_are_no_ratings(true, predicted, error, said):
    for metric in (rmse, mae):
        with pytest.raises(error, match=said):
            metric(true, predicted)
