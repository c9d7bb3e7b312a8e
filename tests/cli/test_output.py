from __future__ import annotations

from pathlib import Path

import pytest

from lepton_ai.cli.output import check_ending, whole_file
from lepton_ai.core.errors import UsageError


def test_a_file_appears_when_it_is_whole(tmp_path):
    out = tmp_path / "answers.csv"
    with whole_file(out) as file:
        file.write("a")
        assert not out.exists()
        assert (tmp_path / "answers.csv.part").exists()
    assert out.read_text() == "a"
    with pytest.raises(TypeError), whole_file(out) as file:
        file.write(None)
    assert [path.name for path in tmp_path.iterdir()] == ["answers.csv"]
    assert out.read_text() == "a"


def test_endings():
    check_ending(Path("a.csv"), (".csv",))
    with pytest.raises(UsageError, match="a file without an ending"):
        check_ending(Path("a"), (".csv", ".jsonl"))
