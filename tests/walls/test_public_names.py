"""The public names are a promise: the golden file shows every change of them in review.

Write it anew with `python tests/walls/test_public_names.py`.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from source import SOURCE, declared_names, rooms

GOLDEN = Path(__file__).with_name("public_names.txt")


def public_names() -> list[str]:
    found = [f"lepton_ai.{name}" for name in declared_names(SOURCE / "__init__.py")]
    for room in rooms():
        found += [f"lepton_ai.{room}.{name}" for name in declared_names(SOURCE / room / "__init__.py")]
    return found


def test_the_public_names_are_those_of_the_golden_file():
    assert public_names() == GOLDEN.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", public_names())
def test_a_public_name_leads_to_something(name):
    module, _, attribute = name.rpartition(".")
    assert getattr(importlib.import_module(module), attribute) is not None


if __name__ == "__main__":
    GOLDEN.write_text("".join(f"{name}\n" for name in public_names()), encoding="utf-8")
