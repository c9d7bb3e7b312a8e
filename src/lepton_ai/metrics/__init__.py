"""The judges: how good a model is, how sure that is, and where it fails. numpy only.

Scores of classifiers are in `classification`, honest probabilities and abstention in `calibration`; scores
of recommenders in `ranking`, `beyond_accuracy` and, for predicted ratings, `regression`. Intervals and
comparisons are in `bootstrap`, weak spots in `slices` and `mistakes`; `report` puts them on one page.
"""

from lepton_ai.metrics.beyond_accuracy import coverage, diversity, gini, novelty
from lepton_ai.metrics.bootstrap import (
    confidence_interval,
    paired_difference,
    ratio_intervals,
    score_intervals,
)
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
from lepton_ai.metrics.ranking import (
    hit_rate_at_k,
    map_at_k,
    mrr_at_k,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
)
from lepton_ai.metrics.regression import mae, rmse
from lepton_ai.metrics.report import ClassificationReport, RankingReport, RatingReport
from lepton_ai.metrics.slices import text_slices, worst_slices

__all__ = [
    "ClassificationReport",
    "RankingReport",
    "RatingReport",
    "accuracy",
    "choose_threshold",
    "confidence_interval",
    "confusion_matrix",
    "coverage",
    "diversity",
    "expected_calibration_error",
    "fit_temperature",
    "gini",
    "hit_rate_at_k",
    "log_loss",
    "macro_f1",
    "mae",
    "map_at_k",
    "micro_f1",
    "most_confident_mistakes",
    "mrr_at_k",
    "ndcg_at_k",
    "novelty",
    "paired_difference",
    "precision_at_k",
    "precision_recall_f1",
    "ratio_intervals",
    "recall_at_k",
    "reliability_curve",
    "risk_coverage_curve",
    "rmse",
    "score_intervals",
    "text_slices",
    "weighted_f1",
    "worst_slices",
]
