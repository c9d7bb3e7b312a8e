"""Packages of every released format open in this release and answer as they did."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_ai.package import Runtime, open_package
from lepton_ai.package.migrations import FORMAT

FORMATS = Path(__file__).with_name("formats")
KEPT = sorted(FORMATS.glob("format-*.zip"))


def test_every_format_is_kept():
    assert [path.stem for path in KEPT] == [f"format-{number}" for number in range(1, FORMAT + 1)]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_kept_package_still_answers(path):
    package = open_package(path)
    answers = Runtime(package).predict(package.example.columns)
    assert [answer["label"] for answer in answers] == [answer["label"] for answer in package.example.answers]
    assert package.manifest.format == FORMAT
