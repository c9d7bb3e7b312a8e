"""The judges: how good a model is, how sure that is, and where it fails. numpy only.

Scores of classifiers are in `classification`, honest probabilities and abstention in `calibration`, intervals
and comparisons in `bootstrap`, weak spots in `slices` and `mistakes`; `report` puts them on one page.
"""

from lepton_ai.metrics.bootstrap import confidence_interval, paired_difference, score_intervals
from lepton_ai.metrics.calibration import (
    choose_threshold,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
    risk_coverage_curve,
)
from lepton_ai.metrics.classification import (
    accuracy,
    confusion_matrix,
    log_loss,
    macro_f1,
    micro_f1,
    precision_recall_f1,
    weighted_f1,
)
from lepton_ai.metrics.mistakes import most_confident_mistakes
from lepton_ai.metrics.report import ClassificationReport
from lepton_ai.metrics.slices import text_slices, worst_slices

__all__ = [
    "ClassificationReport",
    "accuracy",
    "choose_threshold",
    "confidence_interval",
    "confusion_matrix",
    "expected_calibration_error",
    "fit_temperature",
    "log_loss",
    "macro_f1",
    "micro_f1",
    "most_confident_mistakes",
    "paired_difference",
    "precision_recall_f1",
    "reliability_curve",
    "risk_coverage_curve",
    "score_intervals",
    "text_slices",
    "weighted_f1",
    "worst_slices",
]
