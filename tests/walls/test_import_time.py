"""Budgets of time: what `import lepton_ai` and the first words of the command cost."""

from __future__ import annotations

import json
import subprocess
import sys
import time

IMPORT_SECONDS = 0.15
IMPORT_MODULES = 120
HELP_SECONDS = 0.2
ROUNDS = 5

MEASURE = """
import json, sys, time
before = set(sys.modules)
start = time.perf_counter()
import lepton_ai
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "modules": sorted(set(sys.modules) - before)}))
"""


def output_of(*command: str) -> str:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True).stdout


def test_importing_the_package_is_quick():
    rounds = [json.loads(output_of("-c", MEASURE)) for _ in range(ROUNDS)]
    assert min(one["seconds"] for one in rounds) < IMPORT_SECONDS
    assert len(rounds[0]["modules"]) < IMPORT_MODULES, rounds[0]["modules"]


def test_the_help_of_the_command_is_quick():
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        assert "usage: lepton" in output_of("-m", "lepton_ai.cli.main", "--help")
        taken.append(time.perf_counter() - start)
    assert min(taken) < HELP_SECONDS
