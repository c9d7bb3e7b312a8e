"""Is this data fit to train on? One family of checks a file; `CHECKS` is the table of all of them."""

from lepton_ai.data.quality.base import Finding
from lepton_ai.data.quality.report import CHECKS, QualityReport, StreamingQuality, check_quality

__all__ = ["CHECKS", "Finding", "QualityReport", "StreamingQuality", "check_quality"]
