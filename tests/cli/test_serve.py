from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from lepton_ai import Client
from lepton_ai.cli.main import main


@pytest.mark.e2e
def test_a_model_is_served_until_a_signal(home):
    command = [
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "lepton_ai.cli.main",
        "serve",
        "messages",
        "--port",
        "0",
        "--json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = ""
    while "}" not in told:
        line = process.stdout.readline()
        assert line, process.communicate()
        told += line
    ready = json.loads(told)
    assert ready["models"] == ["messages"]
    with Client(ready["url"]) as client:
        (answer,) = client.predict("messages", [{"message": "我要退款"}])
    assert answer.label in {"account", "delivery", "refund"}
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    imported = {
        line.rpartition("|")[2].strip() for line in errors.splitlines() if line.startswith("import time:")
    }
    assert "onnxruntime" in imported
    assert not {"torch", "polars", "pandas", "sklearn", "tqdm", "httpx2"} & imported


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        (["mesages"], 4, "Did you mean 'messages'?"),
        (["messages@1", "messages@2"], 2, "Two of the packages are named 'messages'"),
        (["messages", "--host", "0.0.0.0"], 2, "allow_public"),
        (["messages", "--max-rows", "0"], 2, "max_rows"),
    ],
)
def test_what_cannot_be_served_is_said(argv, code, told, home, capsys):
    assert main(["serve", *argv]) == code
    assert told in capsys.readouterr().err
