from __future__ import annotations

import json
import subprocess
import sys

import pytest
import tiny_recommender

from lepton_ai.cli.main import main
from lepton_ai.cli.recommend import table, words
from lepton_ai.metrics.report.text import display_width
from lepton_ai.package import Recommender, Runtime, open_package, write_package


@pytest.fixture(scope="module")
def things(tmp_path_factory):
    """The path of a package of a small recommender."""
    folder = tmp_path_factory.mktemp("things") / "things"
    write_package(folder, tiny_recommender.contents())
    return str(folder)


@pytest.fixture(scope="module")
def recommender(things):
    return Recommender(Runtime(open_package(things)))


def test_a_list_as_a_table(things, recommender, capsys):
    assert main(["recommend", things, "u3", "--k", "4"]) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0] == "For user u3:"
    assert lines[1].split() == ["#", "item", "title", "score", "why"]
    (expected,) = recommender.recommend(["u3"], {"k": 4})
    assert [line.split()[:2] for line in lines[2:]] == [
        [str(rank), one["item"]] for rank, one in enumerate(expected["items"], start=1)
    ]
    assert "because of Item " in told.out
    assert told.err == ""


def test_several_users_as_json(things, recommender, capsys):
    assert main(["recommend", things, "u3", "u4", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["model"], told["version"]) == ("things", 0)
    expected = recommender.recommend(["u3", "u4"])
    assert told["recommendations"] == [
        {"user": user, **answer} for user, answer in zip(["u3", "u4"], expected, strict=True)
    ]


def test_rules_and_history_reach_the_model(things, recommender, capsys):
    flags = [
        "--history",
        "i1, i2",
        "--deny",
        "i4",
        "--deny",
        "i8",
        "--category",
        "even",
        "--max-per-category",
        "3",
    ]
    flags += [
        "--diversity",
        "0.2",
        "--recency",
        "0.1",
        "--include-seen",
        "--include-out-of-stock",
        "--k",
        "7",
    ]
    assert main(["recommend", things, "u5", "--json", *flags, "--exclude-category", "odd"]) == 0
    options = {
        "k": 7, "deny": ["i4", "i8"], "categories": ["even"], "max_per_category": 3, "diversity": 0.2,
        "recency": 0.1, "exclude_seen": False, "in_stock": False, "exclude_categories": ["odd"],
    }  # fmt: skip
    told = capsys.readouterr()
    (expected,) = recommender.recommend([{"user": "u5", "history": ["i1", "i2"]}], options)
    assert json.loads(told.out)["recommendations"][0]["items"] == expected["items"]
    assert len(expected["items"]) == 3
    assert "No more than 3 are left under these rules; 7 were asked for." in told.err


def test_what_the_model_does_not_know_is_noted_and_no_error(things, recommender, capsys):
    unknown = ["nobody", "--deny", "x1", "--category", "even", "--category", "none"]
    assert main(["recommend", things, *unknown, "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["recommendations"][0]["known_user"] is False
    assert "does not know the user 'nobody': the list is what anyone might like." in told.err
    assert "--deny: the model knows no item 'x1'; passed over." in told.err
    assert "--category: the model knows no category 'none'; passed over." in told.err
    assert main(["recommend", things, "nobody", "--history", "i1,x2"]) == 0
    told = capsys.readouterr().err
    assert "the list follows --history alone" in told
    assert "--history: the model knows no item 'x2'" in told


def test_similar_items(things, recommender, capsys):
    assert main(["recommend", things, "--similar-to", "i3", "--k", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["items"] == recommender.similar_items("i3", k=2)
    assert main(["recommend", things, "--similar-to", "i3"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Like item i3:")
    assert "why" not in shown


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        ([], 2, "needs to know for whom"),
        (["u1", "--similar-to", "i1"], 2, "do not go together"),
        (["u1", "--all-users"], 2, "do not go together"),
        (["--all-users"], 2, "--all-users and --out go together"),
        (["u1", "--out", "x.csv"], 2, "--all-users and --out go together"),
        (["--all-users", "--out", "x.txt"], 2, "Known endings: .parquet, .jsonl, .csv"),
        (["--all-users", "--out", "nowhere/x.csv"], 2, "does not exist"),
        (["--similar-to", "i1", "--deny", "i2"], 2, "mean nothing: deny"),
        (["--similar-to", "x1"], 4, "not in the catalogue"),
        (["u1", "--k", "0"], 2, "--k is not a whole number from 1 to 1000."),
        (["--similar-to", "i1", "--k", "0"], 2, "--k is not a whole number from 1 to 1000."),
        (["u1", "--diversity", "2"], 2, "--diversity is not a number from 0 to 1."),
        (["u1", "--max-per-category", "0"], 2, "--max-per-category is not a whole number"),
        (["x" * 300], 3, "300 characters"),
    ],
)
def test_what_is_wrong_is_said(argv, code, told, things, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["recommend", things, *argv]) == code
    assert told in capsys.readouterr().err


def test_a_model_of_another_kind_is_refused(home, capsys):
    assert main(["recommend", "messages", "u1"]) == 2
    assert "does not recommend: it is for text-classification" in capsys.readouterr().err


def test_chinese_titles_keep_the_columns_even():
    lines = table(
        ["#", "title", "note"], [["1", "铜灯塔", ""], ["2", "The Copper Lighthouse", ""], ["3", "x" * 90, ""]]
    )
    assert [line.split()[0] for line in lines] == ["#", "1", "2", "3"]
    assert "note" not in lines[0]
    assert max(map(display_width, lines)) == 43


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (None, ""),
        ({"kind": "because_of", "items": ["i1", "i2"]}, "because of Heat, i2"),
        ({"kind": "popular", "items": []}, "popular"),
        ({"kind": "similar_users", "items": []}, "people with a like history"),
        ({"kind": "newer_kind", "items": []}, "newer_kind"),
    ],
)
def test_reasons_in_words(reason, told):
    assert words(reason, {"i1": "Heat", "i2": ""}) == told


def test_recommending_imports_nothing_of_the_training_side(things):
    script = (
        "import sys; from lepton_ai.cli.main import main;"
        f"code = main(['recommend', {things!r}, 'u1']);"
        "print(code, sorted({'torch', 'polars', 'pandas', 'sklearn', 'tqdm', 'uvicorn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
