"""Budgets of size: what outgrows them is split, or the budget is raised on purpose."""

from __future__ import annotations

import pytest
from source import ROOT, SOURCE, code_lines, functions, source_files, tree_of

FILE_LINES = 400
FUNCTION_LINES = 60


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_stays_readable(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= FILE_LINES, f"{path.relative_to(ROOT)} has {lines} lines: split it"


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_function_stays_readable(path):
    long = {one.name: code_lines(one) for one in functions(tree_of(path)) if code_lines(one) > FUNCTION_LINES}
    assert not long, f"functions of {path.relative_to(ROOT)} with too many lines: {long}"
