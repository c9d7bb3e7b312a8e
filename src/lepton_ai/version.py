"""The one place that holds the version of this release."""

__version__ = "0.1.0"
