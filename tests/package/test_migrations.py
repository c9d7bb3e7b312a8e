from __future__ import annotations

import pytest

from lepton_ai.core.errors import PackageError
from lepton_ai.package.migrations import FORMAT, MIGRATIONS, migrate
from lepton_ai.version import __version__


def test_todays_format_is_left_alone():
    assert migrate({"format": FORMAT, "name": "x"}) == {"format": FORMAT, "name": "x"}


def test_every_older_format_has_a_step():
    assert set(MIGRATIONS) == set(range(1, FORMAT))


def test_steps_are_taken_one_after_the_other():
    steps = {1: lambda old: {**old, "b": old["a"] + 1}, 2: lambda old: {**old, "c": old["b"] + 1}}
    assert migrate({"format": 1, "a": 1}, current=3, steps=steps) == {"format": 3, "a": 1, "b": 2, "c": 3}
    assert migrate({"format": 2, "b": 5}, current=3, steps=steps) == {"format": 3, "b": 5, "c": 6}


def test_a_newer_format_is_named_with_the_release_that_wrote_it():
    with pytest.raises(PackageError) as caught:
        migrate({"format": FORMAT + 1, "release": "9.8.7"})
    assert f"format {FORMAT + 1}, written by Lepton AI 9.8.7" in str(caught.value)
    assert f"this release ({__version__}) reads formats up to {FORMAT}" in str(caught.value)
    assert "pip install --upgrade lepton-ai" in str(caught.value)


@pytest.mark.parametrize("release", [None, 7, "", "x" * 99, "\x1b[2J"])
def test_a_strange_release_is_not_told(release):
    with pytest.raises(PackageError, match=rf"of format {FORMAT + 1}; this release"):
        migrate({"format": FORMAT + 1, "release": release})


def test_a_huge_format_is_not_printed():
    with pytest.raises(PackageError) as caught:
        migrate({"format": 10**3000})
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("number", [0, -3])
def test_a_format_that_never_was_is_refused(number):
    with pytest.raises(PackageError, match=f"format {number}, which was never released"):
        migrate({"format": number})


@pytest.mark.parametrize("number", [None, True, 1.0, "1", []])
def test_a_format_that_is_no_whole_number_is_refused(number):
    with pytest.raises(PackageError, match="does not say which package format"):
        migrate({"format": number})


def test_a_future_package_is_refused_before_its_fields_are_read(tmp_path):
    from lepton_ai.package import open_package

    (tmp_path / "manifest.json").write_text('{"format": 2, "nothing": "else is known"}')
    with pytest.raises(PackageError, match="of format 2"):
        open_package(tmp_path)
