"""Damaged packages: each opens and answers, or is refused by a PackageError; nothing else, ever."""

from __future__ import annotations

import random
import shutil

import pytest
from mutations import damage
from tiny_package import ROWS

from lepton_ai.core.errors import PackageError
from lepton_ai.package import Runtime, open_package


def outcome(path):
    """What opening a package and asking it comes to."""
    try:
        answers = Runtime(open_package(path)).predict({"message": ROWS})
    except PackageError as error:
        return "refused" if error.message and error.hint else "refused without advice"
    assert len(answers) == len(ROWS)
    return "opened"


def run(seeds, written, packed, tmp_path, monkeypatch):
    """Open one damaged package a seed, and count how it went."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("TMPDIR", str(here))
    counts = {"refused": 0, "opened": 0}
    for seed in seeds:
        place = tmp_path / "place"
        place.mkdir()
        path = damage(random.Random(seed), written, packed, place)
        before = sorted(str(each) for each in place.rglob("*"))
        try:
            counts[outcome(path)] += 1
        except BaseException as error:
            raise AssertionError(f"the package of seed {seed} raised {error!r}") from error
        assert sorted(str(each) for each in place.rglob("*")) == before
        shutil.rmtree(place)
    assert list(here.iterdir()) == []
    return counts


def test_300_damaged_packages_are_refused_or_answer(written, packed, tmp_path, monkeypatch):
    counts = run(range(300), written, packed, tmp_path, monkeypatch)
    assert counts["refused"] > 200, "the damage is too mild to prove anything"


@pytest.mark.e2e
def test_2000_damaged_packages_are_refused_or_answer(written, packed, tmp_path, monkeypatch):
    counts = run(range(1000, 3000), written, packed, tmp_path, monkeypatch)
    assert counts["refused"] > 1400
