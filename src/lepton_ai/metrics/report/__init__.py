"""Everything known about how good a model is, on one page: terminal, JSON and HTML."""

from lepton_ai.metrics.report.classification import ClassificationReport
from lepton_ai.metrics.report.ranking import RankingReport
from lepton_ai.metrics.report.rating import RatingReport

__all__ = ["ClassificationReport", "RankingReport", "RatingReport"]
