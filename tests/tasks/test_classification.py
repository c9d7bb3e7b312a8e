from __future__ import annotations

import numpy as np
import pytest

from lepton_ai.codecs.label import softmax
from lepton_ai.tasks.classification import calibrate


def drawn(rows, scale, *, seed=0):
    """Logits whose true temperature is `scale`, and targets drawn by them."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(rows, 3)).astype(np.float32) * 2
    chances = softmax(logits)
    targets = np.array([generator.choice(3, p=row / row.sum()) for row in chances.astype(float)])
    return (logits * scale).astype(np.float32), targets


def test_the_temperature_is_found():
    calibration, _ = calibrate(*drawn(2000, 4.0), risk=0.1)
    assert calibration.temperature == pytest.approx(4.0, rel=0.15)
    assert calibration.rows == 2000
    assert calibration.risk == 0.1
    assert 0 < calibration.coverage < 1


def test_logits_for_the_report_are_calibrated_by_the_other_half():
    logits, targets = drawn(400, 3.0)
    calibration, fair = calibrate(logits, targets, risk=0.1)
    assert fair is not logits
    assert (fair.argmax(1) == logits.argmax(1)).all()
    factors = (fair / logits).mean(1)
    assert factors[::2] == pytest.approx(np.full(200, factors[0]), rel=1e-4)
    assert factors[1::2] == pytest.approx(np.full(200, factors[1]), rel=1e-4)
    changed = targets.copy()
    changed[::2] = 0
    again, other = calibrate(logits, changed, risk=0.1)
    # The even rows' own targets have no say in how they are scaled.
    np.testing.assert_allclose(other[::2] / again.temperature, fair[::2] / calibration.temperature, rtol=1e-3)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_hardly_any_rows(rows):
    logits, targets = drawn(rows, 1.0)
    calibration, fair = calibrate(logits, targets, risk=0.05)
    assert np.isfinite(fair).all()
    assert calibration.temperature > 0
