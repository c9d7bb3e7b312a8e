"""The tree holds nothing of the machine it was written on."""

from __future__ import annotations

import re

import pytest
from source import ROOT

SUFFIXES = {".py", ".md", ".toml", ".txt", ".svg", ".yml", ".yaml", ".sh", ".cfg", ".html", ""}
SKIPPED = {".git", ".venv", "__pycache__", "results"}
FORBIDDEN = {
    # Written in two halves, so that this file does not hold what it forbids.
    "a folder of one machine": re.compile(
        "|".join([r"/ro" + "ot/", r"/ho" + r"me/\w", r"/Use" + r"rs/\w", r"/wo" + "rk/"])
    ),
    "a package index": re.compile("index" + r"[-_]url|PIP_" + "INDEX", re.IGNORECASE),
    "a note of unfinished work": re.compile("TO" + r"DO\b|FIX" + r"ME\b|MEASURED" + "-TABLE"),
}


def files():
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if any(part in SKIPPED or (part.startswith(".") and part != ".ci") for part in parts[:-1]):
            continue
        if path.is_file() and path.suffix in SUFFIXES and not path.name.startswith("."):
            yield path


def matches(pattern):
    for path in files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}: {match[0]!r}"


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_file_holds(kind):
    found = list(matches(FORBIDDEN[kind]))
    assert not found, "\n".join(found)
