from __future__ import annotations

import csv
import json
import tracemalloc

import polars as pl
import pytest
import tiny_recommender

from lepton_ai.cli import everybody
from lepton_ai.cli.everybody import recommend_to_all
from lepton_ai.cli.main import main
from lepton_ai.codecs.ranking import IdIndex
from lepton_ai.core.errors import InputError, UsageError
from lepton_ai.core.progress import Silent
from lepton_ai.package import Recommender, Runtime, open_package, write_package


@pytest.fixture(scope="module")
def things(tmp_path_factory):
    folder = tmp_path_factory.mktemp("things") / "things"
    write_package(folder, tiny_recommender.contents())
    return folder


@pytest.fixture(scope="module")
def recommender(things):
    return Recommender(Runtime(open_package(things)))


@pytest.fixture(scope="module")
def users(recommender):
    return recommender.runtime.package.inputs["user"].users


@pytest.fixture
def expected(recommender):
    names = [f"u{number}" for number in range(8)]
    return dict(zip(names, recommender.recommend(names, {"k": 3}), strict=True))


def test_every_format_has_the_same_lists(things, expected, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(everybody, "_BATCH_USERS", 3)
    for ending in ("jsonl", "csv", "parquet"):
        out = tmp_path / f"top.{ending}"
        assert main(["recommend", str(things), "--all-users", "--out", str(out), "--k", "3", "--json"]) == 0
        told = capsys.readouterr()
        assert json.loads(told.out)["users"] == 8
        assert "8 users" in told.err
    lines = [json.loads(line) for line in (tmp_path / "top.jsonl").read_text().splitlines()]
    assert [(line.pop("user"), line) for line in lines] == list(expected.items())
    flat = [
        (
            user,
            rank,
            one["item"],
            one["title"],
            one["score"],
            one["reason"]["kind"],
            "|".join(one["reason"]["items"]),
        )
        for user, answer in expected.items()
        for rank, one in enumerate(answer["items"], start=1)
    ]
    assert pl.read_parquet(tmp_path / "top.parquet").rows() == flat
    with (tmp_path / "top.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["user", "rank", "item", "title", "score", "reason", "because_of"]
    assert rows[1:] == [[str(cell) for cell in row] for row in flat]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["top.csv", "top.jsonl", "top.parquet"]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_nothing_appears_when_it_breaks(recommender, users, tmp_path, ending):
    out = tmp_path / f"top.{ending}"
    with pytest.raises(InputError):
        recommend_to_all(recommender, users, out, {"k": 0}, progress=Silent())
    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_refused(recommender, users, tmp_path):
    with pytest.raises(UsageError, match="txt"):
        recommend_to_all(recommender, users, tmp_path / "top.txt", {}, progress=Silent())


def test_memory_does_not_grow_with_the_users(recommender, tmp_path):
    def peak(count):
        many = IdIndex([f"someone {number}" for number in range(count)])
        tracemalloc.start()
        totals = recommend_to_all(recommender, many, tmp_path / "top.csv", {"k": 5}, progress=Silent())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (totals.users, totals.items) == (count, 5 * count)
        return most

    few, many = peak(600), peak(6000)
    assert many < few + 4_000_000
