"""The sample of films is what its script makes and what its page says."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "films"


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_script_makes_the_files_again(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "make_films.py"), str(tmp_path)], check=True)
    for name in ("ratings.csv", "films.csv"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_pages_count_right(page):
    text = (FOLDER / page).read_text(encoding="utf-8")
    ratings = rows("ratings.csv")
    counts = {
        "ratings": len(ratings),
        "repeats": len(ratings) - len({tuple(row.values()) for row in ratings}),
        "no user": sum(not row["user_id"] for row in ratings),
        "no film": sum(not row["film_id"] for row in ratings),
        "no rating": sum(not row["rating"] for row in ratings),
        "blanks": sum(row["user_id"] != row["user_id"].strip() for row in ratings),
        "epochs": sum(row["timestamp"].isdigit() for row in ratings),
    }
    assert f"| {counts.pop('ratings'):,} |" in text
    told = [
        int(line.split("|")[2]) for line in text.splitlines() if line.count("|") == 3 and line[-3].isdigit()
    ]
    assert told == list(counts.values())


def test_parts_of_a_series_are_watched_in_order():
    films = {row["film_id"]: row["title"] for row in rows("films.csv")}
    assert len(films) == 160
    ratings = [row for row in rows("ratings.csv") if row["user_id"] and row["film_id"]]
    seen = defaultdict(set)
    in_order = 0
    plain = [row for row in ratings if not row["timestamp"].isdigit()]
    for row in sorted(plain, key=lambda row: row["timestamp"]):
        title = films[row["film_id"]]
        seen[row["user_id"].strip()].add(title)
        if title.endswith(" 2"):
            in_order += title[:-2] in seen[row["user_id"].strip()]
    sequels = sum(films[row["film_id"]].endswith(" 2") for row in plain)
    assert sequels > 500
    assert in_order > 0.97 * sequels
