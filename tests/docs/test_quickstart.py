"""`make quickstart` as a newcomer lives it, from the training to Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from page import ROOT


@pytest.mark.e2e
def test_the_quickstart_answers_and_stops_cleanly(tmp_path):
    environment = {**os.environ, "LEPTON_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "examples" / "quickstart.py")],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    told = []
    for line in process.stdout:
        told.append(line)
        if line.startswith("The server goes on"):
            os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does
    text = "".join(told)
    assert process.wait(timeout=60) == 0, text
    assert "Findings" in text
    assert "Held-out report" in text
    assert "/v1/models/customer-messages/predict" in text
    assert "delivery_status" in text
    assert "payment_problem" in text
    assert "Traceback" not in text
    process.stdout.close()


def test_make_quickstart_runs_it():
    done = subprocess.run(
        ["make", "--dry-run", "quickstart"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "examples/quickstart.py" in done.stdout
