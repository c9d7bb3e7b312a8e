"""Everything known about how good a classifier is, on one page: terminal, JSON and HTML."""

from lepton_ai.metrics.report.classification import ClassificationReport

__all__ = ["ClassificationReport"]
