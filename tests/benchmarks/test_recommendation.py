from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.recommendation import PARTS, jobs_of, line, merge, table
from benchmarks.recommendation_quality import in_order, leave_last


def record(contender, hr, *, seed=0, part="movielens"):
    return {"part": part, "contender": contender, "seed": seed, "hr": hr, "seconds": 2.0, "load": 0.5}


def events():
    return {
        "user": ["a", "b", "a", "a", "b", "c", "b"],
        "item": ["x", "x", "y", "z", "y", "x", "z"],
        "timestamp": [30, 1, 10, 20, 3, 5, 3],
    }


def test_new_records_take_the_place_of_the_old_ones_of_the_same_training():
    old = [record("ours", 1), record("theirs", 2), record("ours", 3, seed=1), record("ours", 4, part="large")]
    merged = merge(old, [record("theirs", 5), record("third", 6)])
    assert [found["hr"] for found in merged] == [1, 5, 3, 4, 6]
    assert merge(merged, merged) == merged


def test_our_default_runs_with_every_seed_and_the_others_once():
    jobs = jobs_of("movielens", [4, 5])
    assert [seed for one, seed in jobs if one == "lepton balanced"] == [4, 5]
    assert [seed for one, seed in jobs if one == "lepton balanced + items"] == [4, 5]
    assert [seed for one, seed in jobs if one == "EASE"] == [4]
    assert {one for one, _ in jobs} == set(PARTS["movielens"].contenders)
    assert jobs_of("large", [0, 1], "popularity,item-kNN") == [("popularity", 0), ("item-kNN", 0)]
    with pytest.raises(SystemExit, match="no nobody in large; known: lepton balanced, popularity"):
        jobs_of("large", [0], "nobody")


def test_the_table_holds_means_and_ratios():
    ours = [record("lepton balanced", 0.2), record("lepton balanced", 0.4, seed=1)]
    lines = table("movielens", [*ours, record("EASE", 0.1)])
    text = "\n".join(lines)
    assert PARTS["movielens"].goal in lines[1]
    assert [cell for cell in lines[3].split() if cell[0] == "0"] == ["0.3"]
    assert lines[-2].split() == ["ours", "/", "EASE", "3", "1"]
    assert "peak_mib" in text


def test_the_table_without_ours_has_no_ratios():
    assert "ours" not in "\n".join(table("large", [record("popularity", 0.1, part="large")]))


def test_a_line_tells_what_was_measured():
    told = line(record("EASE", 0.125) | {"about": "penalty=100"})
    assert "hr 0.125" in told
    assert "penalty=100" in told


def test_the_last_event_by_time_is_apart_and_ties_are_in_order_of_the_rows():
    split = leave_last(events())
    assert split.test == {"user": ["b", "a"], "item": ["z", "x"], "timestamp": [3, 30]}
    assert split.train["timestamp"] == sorted(split.train["timestamp"])
    assert split.users == ["b", "c", "a"]
    named = [[split.items[item] for item in one] for one in split.histories.lists]
    assert named == [["x", "y"], ["x"], ["y", "z"]]
    assert split.place == {"b": 0, "c": 1, "a": 2}


def test_fewer_users_may_be_judged():
    split = leave_last(events(), most=1)
    assert len(split.test["user"]) == 1
    assert len(split.train["user"]) == 6
    both = split.train["timestamp"] + split.test["timestamp"]
    assert sorted(both) == in_order(events())["timestamp"]


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("part", "contender", "figures"),
    [
        ("large", "item-kNN", {"hr", "ndcg", "seconds", "single_us"}),
        ("serving", "top-k alone", {"per_s", "p99_ms"}),
    ],
)
def test_a_part_is_measured_in_a_process_of_its_own(part, contender, figures):
    job = json.dumps({"part": part, "contender": contender, "seed": 0, "small": True})
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.recommendation", "--one", job],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert figures <= found.keys()
    assert found["peak_mib"] > 10
    assert found.get("hr", 0.1) > 0.05
