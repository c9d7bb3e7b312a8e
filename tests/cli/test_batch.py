from __future__ import annotations

import csv
import json
import tracemalloc

import polars as pl
import pytest

from lepton_ai.cli.batch import predict_stream
from lepton_ai.cli.main import main
from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.package import Runtime, open_package


@pytest.fixture(scope="module")
def runtime(package_folder):
    return Runtime(open_package(package_folder))


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_rows_are_numbered_over_all_batches(runtime, tmp_path):
    batches = [pl.DataFrame({"message": ["one", "two"]}), pl.DataFrame({"message": ["three"]})]
    totals = predict_stream(runtime, batches, out=tmp_path / "out.jsonl")
    found = lines(tmp_path / "out.jsonl")
    assert [line["row"] for line in found] == [1, 2, 3]
    expected = runtime.predict({"message": ["one", "two", "three"]})
    for line, answer in zip(found, expected, strict=True):
        assert line["label"] == answer["label"]
        assert line["score"] == pytest.approx(answer["score"], abs=1e-5)
    assert (totals.rows, totals.answered, totals.failed) == (3, 3, 0)


def test_a_bad_row_gets_its_reason_and_the_others_go_on(runtime, tmp_path):
    frame = pl.DataFrame({"message": ["fine", None, "", "x" * 20_001, "fine too"]})
    totals = predict_stream(runtime, [frame], out=tmp_path / "out.jsonl")
    found = lines(tmp_path / "out.jsonl")
    assert ["label" in line for line in found] == [True, False, False, False, True]
    assert found[1] == {"row": 2, "error": "message is null, not text."}
    assert found[2] == {"row": 3, "error": "message is empty."}
    assert "20,001 characters" in found[3]["error"]
    assert (totals.rows, totals.answered, totals.failed) == (5, 2, 3)


def test_a_batch_of_bad_rows_only(runtime, tmp_path):
    totals = predict_stream(
        runtime,
        [pl.DataFrame({"message": [None, None]}, schema={"message": pl.String})],
        out=tmp_path / "out.jsonl",
    )
    assert totals.failed == 2


def test_numbers_are_read_as_text(runtime, tmp_path):
    predict_stream(runtime, [pl.DataFrame({"message": [12345]})], out=tmp_path / "out.jsonl")
    assert lines(tmp_path / "out.jsonl")[0]["label"] == runtime.predict({"message": ["12345"]})[0]["label"]


def test_csv_has_the_plain_fields_and_the_kept_columns(runtime, tmp_path):
    frame = pl.DataFrame({"id": ["a", "b"], "message": ['hello, "you"', ""]})
    predict_stream(runtime, [frame], out=tmp_path / "out.csv", keep=["id"])
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert list(first) == ["row", "id", "label", "score", "abstained", "error"]
    assert (first["row"], first["id"], first["error"]) == ("1", "a", "")
    assert (second["id"], second["label"], second["error"]) == ("b", "", "message is empty.")


@pytest.mark.parametrize("name", ["label", "row", "error"])
def test_a_kept_column_is_never_written_over(runtime, tmp_path, name):
    frame = pl.DataFrame({name: ["theirs"], "message": ["hello"]})
    with pytest.raises(UsageError, match=f"{name!r} cannot be kept"):
        predict_stream(runtime, [frame], out=tmp_path / "out.jsonl", keep=[name])
    assert list(tmp_path.iterdir()) == []


def test_a_column_that_is_not_there(runtime, tmp_path):
    with pytest.raises(DataError, match="Did you mean 'mesage'"):
        predict_stream(runtime, [pl.DataFrame({"mesage": ["x"]})], out=tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_ending_is_refused_before_anything_is_read(runtime, tmp_path):
    def never():
        raise AssertionError("was read")
        yield

    with pytest.raises(UsageError, match="Known endings"):
        predict_stream(runtime, never(), out=tmp_path / "out.txt")


def test_the_file_appears_whole_or_not_at_all(runtime, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("the answers of yesterday")

    def interrupted():
        yield pl.DataFrame({"message": ["one"]})
        assert (tmp_path / "out.jsonl.part").exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict_stream(runtime, interrupted(), out=out)
    assert out.read_text() == "the answers of yesterday"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_memory_does_not_grow_with_the_rows(runtime, tmp_path):
    def peak(batches):
        frame = pl.DataFrame({"message": ["where is my parcel"] * 500})
        tracemalloc.start()
        predict_stream(runtime, (frame for _ in range(batches)), out=tmp_path / "out.jsonl")
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(8) < 1.5 * peak(2)


def test_the_command_streams_a_file(home, tmp_path, capsys):
    source = tmp_path / "in.csv"
    source.write_text("id,message\n1,where is my parcel\n2,\n", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    assert (
        main(["predict", "messages", "--file", str(source), "--out", str(out), "--keep", "id", "--json"]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["answered"], told["failed"]) == (2, 1, 1)
    assert [line["id"] for line in lines(out)] == ["1", "2"]


def test_strict_tells_of_bad_rows_by_the_exit_code(home, tmp_path, capsys):
    source = tmp_path / "in.csv"
    source.write_text("id,message\n1,fine\n2,\n", encoding="utf-8")
    assert main(["predict", "messages", "--file", str(source), "--strict"]) == 3
    assert [json.loads(line)["row"] for line in capsys.readouterr().out.splitlines()] == [1, 2]


def test_the_answers_cannot_replace_the_questions(home, tmp_path, capsys):
    source = tmp_path / "in.csv"
    source.write_text("message\nfine\n", encoding="utf-8")
    assert main(["predict", "messages", "--file", str(source), "--out", str(source)]) == 2
    assert source.read_text() == "message\nfine\n"
