from __future__ import annotations

import json

import pytest

from lepton_ai.cli.main import main
from lepton_ai.cli.models import _score


def test_an_empty_store_says_what_to_do(empty_home, capsys):
    assert main(["models"]) == 0
    assert "lepton train" in capsys.readouterr().out


def test_the_list_has_the_latest_versions(home, capsys):
    assert main(["models"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("messages@2 ")
    assert line.endswith("accuracy 0.910 (0.880 to 0.940)")


def test_the_list_as_json(home, capsys):
    assert main(["models", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["name"], told["version"], told["task"]) == ("messages", 2, "text-classification")


def test_show_gives_the_card(home, capsys):
    assert main(["models", "show", "messages@1"]) == 0
    shown = capsys.readouterr().out
    assert "What a customer writes about." in shown
    assert "Package: " in shown


def test_show_as_json(home, capsys):
    assert main(["models", "show", "messages", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["calibration"]["threshold"] == 0.4
    assert "message" in told["signature"]["input"]["properties"]


@pytest.mark.parametrize("argv", [["show"], ["list", "messages"], ["remove", "messages"]])
def test_what_makes_no_sense_is_refused(argv, home, capsys):
    assert main(["models", *argv]) == 2


def test_the_score_of_a_line():
    interval = {"value": 0.5, "low": 0.25, "high": 0.75}
    assert _score({"rows": 10, "slices": [], "f1": interval}) == "f1 0.500 (0.250 to 0.750)"
    assert _score({"f1": 0.5}) == _score({}) == ""
