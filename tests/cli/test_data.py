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


EVENTS = "user_id,item_id,rating,timestamp\n" + "".join(
    f"{n % 5},{n % 7},{n % 5 + 1},{1_500_000_000 + n}\n" for n in range(70)
)


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(EVENTS + "9,100,3,1500000100\n,1,2,1500000101\n", encoding="utf-8")
    return path


def told_of(argv, capsys):
    assert main(["data", "inspect", *map(str, argv), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    return [column["role"] for column in told["schema"]["columns"]], told["quality"]


def test_events_are_told_from_rows_to_classify(events, capsys):
    roles, quality = told_of([events], capsys)
    assert roles == ["user", "item", "rating", "time"]
    codes = {finding["code"]: finding["rows"] for finding in quality["findings"]}
    assert codes == {"missing-user": [72], "single-event-users": [71], "rare-items": [71]}


def test_events_are_told_in_words(events, capsys):
    assert main(["data", "inspect", str(events)]) == 0
    shown = capsys.readouterr().out
    assert "Role: user." in shown
    assert "1 rows have no user" in shown
    assert "Near-duplicates" not in shown


def test_flags_decide_what_a_file_is(events, capsys):
    roles, _ = told_of([events, "--label", "rating"], capsys)
    assert "label" in roles
    assert "user" not in roles
    roles, _ = told_of([events, "--user", "item_id", "--item", "user_id"], capsys)
    assert roles[:2] == ["item", "user"]


def test_flags_of_two_kinds_of_data_clash(events, capsys):
    assert main(["data", "inspect", str(events), "--user", "user_id", "--label", "rating"]) == 2
    assert "--label is of rows to classify and --user is of events" in capsys.readouterr().err


def test_an_event_role_asks_for_the_others(file, capsys):
    assert main(["data", "inspect", str(file), "--user", "message"]) == 3
    assert "No column was recognised as the item" in capsys.readouterr().err
