from __future__ import annotations

import json

import pytest

from lepton_ai.cli import data
from lepton_ai.cli.main import main

ROWS = "message,label\n" + "".join(
    f"the {'parcel' if number % 2 else 'refund'} number {number},{'ab'[number % 2]}\n" for number in range(40)
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(ROWS + "the parcel number 1,b\n,b\n", encoding="utf-8")
    return path


def test_what_a_file_holds_is_told(file, capsys):
    assert main(["data", "inspect", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "Encoding: UTF-8." in shown
    assert "'message'" in shown
    assert "Role: label." in shown
    assert "Rows 41" in shown  # the repeated text
    assert "Rows 42" in shown  # the missing one


def test_the_same_as_json(file, capsys):
    assert main(["data", "inspect", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [column["role"] for column in told["schema"]["columns"]] == ["text", "label"]
    assert told["quality"]["rows"] == 42


def test_named_columns_are_taken(file, capsys):
    assert main(["data", "inspect", str(file), "--text", "label", "--label", "message", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [column["role"] for column in told["schema"]["columns"]] == ["label", "text"]


def test_many_batches_give_the_findings_of_one(file, capsys, monkeypatch):
    assert main(["data", "inspect", str(file), "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)["quality"]
    monkeypatch.setattr(data, "_BATCH_ROWS", 10)
    assert main(["data", "inspect", str(file), "--json"]) == 0
    streamed = json.loads(capsys.readouterr().out)["quality"]
    assert streamed["rows"] == whole["rows"]
    known = set(streamed["checks"])
    assert known < set(whole["checks"])
    codes = {finding["code"] for finding in streamed["findings"]}
    assert [one for one in whole["findings"] if one["code"] in codes] == streamed["findings"]


def test_strict_tells_of_errors_by_the_exit_code(tmp_path, capsys):
    path = tmp_path / "rows.csv"
    path.write_text(
        "message,label\n" + "".join(f"text number {n},same\n" for n in range(30)), encoding="utf-8"
    )
    argv = ["data", "inspect", str(path), "--text", "message", "--label", "label"]
    assert main(argv) == 0
    capsys.readouterr()
    assert main([*argv, "--strict", "--json"]) == 3
    findings = json.loads(capsys.readouterr().out)["quality"]["findings"]
    assert "error" in {finding["severity"] for finding in findings}


@pytest.mark.parametrize("content", ["", "message,label\n"])
def test_an_empty_file_is_refused_in_words(content, tmp_path, capsys):
    path = tmp_path / "rows.csv"
    path.write_text(content, encoding="utf-8")
    assert main(["data", "inspect", str(path)]) == 3
    assert str(path) in capsys.readouterr().err


def test_a_missing_file_is_refused_in_words(tmp_path, capsys):
    assert main(["data", "inspect", str(tmp_path / "nowhere.csv")]) in (3, 4)
    assert "nowhere.csv" in capsys.readouterr().err
