"""What every classification task does with held-out logits: calibrate and choose a threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.label import softmax
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.types import FloatArray
from lepton_ai.metrics.calibration import choose_threshold, fit_temperature


def calibrate(
    logits: FloatArray, targets: NDArray[np.int64], *, risk: float
) -> tuple[Calibration, FloatArray]:
    """The calibration of a model, and held-out logits that are fit to be reported.

    The temperature of the model is chosen on all held-out rows. For the report each half of them is
    calibrated with the temperature of the other half, so no row is judged by a temperature it helped to set.

    Args:
        logits: Of rows that no network was trained on, shape [rows, classes].
        targets: Their label numbers, shape [rows].
        risk: Share of wrong answers that may be among those given.

    Returns:
        The calibration, and the logits, scaled so that the model's own temperature calibrates them.
    """
    temperature = fit_temperature(logits, targets)
    fair = logits.copy()
    if len(logits) >= 2:
        for half, other in ((slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))):
            fair[half] *= temperature / fit_temperature(logits[other], targets[other])
    scores = softmax(fair, temperature)
    choice = choose_threshold(scores.max(1), scores.argmax(1) == targets, risk=risk)
    calibration = Calibration(
        temperature=temperature,
        threshold=choice.threshold,
        risk=risk,
        coverage=choice.coverage,
        rows=len(targets),
    )
    return calibration, fair
