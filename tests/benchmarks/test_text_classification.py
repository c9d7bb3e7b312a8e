from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import pytest
from benchmarks.text_classification import RESULTS, _peer_names, merge, quality_table


def record(contender, score, *, split=0, seed=0):
    return {"dataset": "d", "split": split, "contender": contender, "seed": seed, "score": score}


def test_new_records_take_the_place_of_the_old_ones_of_the_same_training():
    old = [record("ours", 1), record("theirs", 2), record("ours", 3, seed=1), record("theirs", 4, split=1)]
    merged = merge(old, [record("theirs", 5), record("third", 6)])
    assert [found["score"] for found in merged] == [1, 5, 3, 4, 6]


def test_merging_again_changes_nothing():
    records = [record("ours", 1), record("theirs", 2)]
    assert merge(records, records) == records


def test_peers_go_by_short_names():
    assert _peer_names("fasttext,text_cnn") == ["fasttext", "text cnn"]
    assert _peer_names("") == []
    with pytest.raises(argparse.ArgumentTypeError, match=r"no peer bert; known: linear, fasttext, text_cnn"):
        _peer_names("bert")


def test_the_table_holds_means_and_dashes():
    records = [
        {"dataset": "sst2", "contender": "lepton fast", "score": 0.5},
        {"dataset": "sst2", "contender": "lepton fast", "score": 0.7},
        {"dataset": "sst2", "contender": "text cnn", "score": 0.25},
        {"dataset": "sst2", "contender": "somebody else", "score": 0.1},
    ]
    assert quality_table(records)["sst2"] == ["–", "0.600", "–", "–", "0.250"]


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_scores_of_the_first_page_are_those_of_the_results(page):
    table = quality_table(json.loads(RESULTS.read_text(encoding="utf-8"))["records"])
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    for name, cells in table.items():
        row = re.search(rf"^\| {name}[,，].*$", text, re.MULTILINE)
        assert row, f"{page} has no scores of {name}"
        assert re.split(r" *\| *", row[0].strip("| "))[1:] == cells
