"""Makes the sample of this folder: ratings.csv and films.csv, the same ones for the same seed.

    python examples/films/make_films.py [FOLDER]

Films, users and ratings are invented. Users like two or three genres, watch the parts of a series one after
the other, prefer what many watch and what is new, and change their taste a little over two years.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

SEED = 20261122
USERS, FILMS, EVENTS, DAYS = 400, 160, 12_000, 730
START = datetime(2024, 9, 1, tzinfo=UTC)
GENRES = ("comedy", "drama", "thriller", "science fiction", "family", "romance", "mystery", "documentary")
FIRST = (
    ("Paper", "纸"), ("Copper", "铜"), ("Borrowed", "借来的"), ("Upside-Down", "颠倒的"), ("Velvet", "丝绒"),
    ("Left-Handed", "左撇子"), ("Salted", "盐渍"), ("Tuesday", "星期二的"), ("Porcelain", "瓷"),
    ("Unfinished", "未完成的"), ("Striped", "条纹"), ("Whispering", "低语的"), ("Clockwork", "发条"),
    ("Lemon", "柠檬"), ("Barefoot", "赤脚"), ("Foldable", "折叠"),
)  # fmt: skip
SECOND = (
    ("Lighthouse", "灯塔"), ("Tram", "电车"), ("Orchard", "果园"), ("Librarian", "图书管理员"),
    ("Umbrella", "雨伞"), ("Weather Station", "气象站"), ("Bakery", "面包房"), ("Cartographer", "制图师"),
    ("Submarine", "潜艇"), ("Piano Tuner", "调琴师"), ("Archipelago", "群岛"), ("Elevator", "电梯"),
    ("Beekeeper", "养蜂人"), ("Observatory", "天文台"), ("Harbour", "港口"), ("Snowplough", "扫雪车"),
)  # fmt: skip


@dataclass
class Film:
    """A film; `released` is the day, counted from the first of the sample, and `part_of` its series."""

    id: str
    title: str
    title_zh: str
    genres: tuple[str, ...]
    released: int
    appeal: float
    quality: float
    part_of: int | None
    part: int = 1


@dataclass
class User:
    """A user: taste by genre, the day they join, how much they watch, and what they have seen so far."""

    id: str
    taste: dict[str, float]
    joined: int
    seen: list[Film] = field(default_factory=list)


def make_films(draw: random.Random) -> list[Film]:
    """About two films in five belong to a series of two to four parts."""
    names = [(one, other) for one in FIRST for other in SECOND]
    draw.shuffle(names)
    films: list[Film] = []
    series = 0
    while len(films) < FILMS:
        (first, first_zh), (second, second_zh) = names.pop()
        genres = tuple(draw.sample(GENRES, draw.choice((1, 2, 2))))
        parts = draw.choice((2, 3, 3, 4)) if draw.random() < 0.2 else 1
        released = draw.randint(-1500, DAYS - 60)
        appeal, quality = draw.paretovariate(1.3), draw.gauss(0, 0.5)
        for part in range(1, min(parts, FILMS - len(films)) + 1):
            number = "" if part == 1 else f" {part}"
            films.append(
                Film(
                    id=f"f{len(films) + 1:03d}",
                    title=f"The {first} {second}{number}",
                    title_zh=f"{first_zh}{second_zh}{number.strip()}",
                    genres=genres,
                    released=min(DAYS - 30, released + (part - 1) * draw.randint(60, 250)),
                    appeal=appeal * 0.85 ** (part - 1),
                    quality=quality + draw.gauss(0, 0.2),
                    part_of=series if parts > 1 else None,
                    part=part,
                )
            )
        series += 1
    return films


def make_users(draw: random.Random) -> list[User]:
    """Each likes two or three genres much, and the rest a little."""
    users = []
    for number in range(1, USERS + 1):
        taste = dict.fromkeys(GENRES, 0.08)
        for rank, genre in enumerate(draw.sample(GENRES, draw.choice((2, 3)))):
            taste[genre] = 1.0 / (1 + 0.7 * rank)
        users.append(User(f"u{number:03d}", taste, draw.randint(0, DAYS - 90)))
    return users


def days_of(draw: random.Random, users: Sequence[User]) -> list[tuple[float, User]]:
    """Who watches when: few watch much, and everybody watches in evenings that lie close together."""
    weights = [draw.lognormvariate(0, 0.7) for _ in users]
    counts = [max(3, round(EVENTS * weight / sum(weights))) for weight in weights]
    while sum(counts) != EVENTS:
        place = draw.randrange(USERS)
        counts[place] += 1 if sum(counts) < EVENTS else -1 if counts[place] > 3 else 0
    times = []
    for user, count in zip(users, counts, strict=True):
        left = count
        while left > 0:
            evening = int(draw.uniform(user.joined, DAYS)) + 0.7
            watched = min(left, draw.choice((1, 1, 2, 3)))
            left -= watched
            times += [(evening + 0.085 * film + draw.uniform(0, 0.01), user) for film in range(watched)]
    return sorted(times, key=lambda one: (one[0], one[1].id))


def next_film(draw: random.Random, user: User, day: float, films: Sequence[Film]) -> Film | None:
    """The next part of a series that was begun, or whatever taste, fame and newness suggest."""
    seen = {film.id for film in user.seen}
    open_ = [film for film in films if film.id not in seen and film.released <= day]
    parts = {(film.part_of, film.part) for film in user.seen if film.part_of is not None}
    follows = [film for film in open_ if (film.part_of, film.part - 1) in parts]
    if follows and draw.random() < 0.6:
        latest = {film.part_of: place for place, film in enumerate(user.seen)}
        return max(follows, key=lambda film: (latest[film.part_of], -film.part))
    first = [film for film in open_ if film.part == 1 or (film.part_of, film.part - 1) in parts]
    if not first:
        return None
    weights = [_pull(user, film, day) for film in first]
    return draw.choices(first, weights)[0]


def _pull(user: User, film: Film, day: float) -> float:
    liking = sum(user.taste[genre] for genre in film.genres) / len(film.genres)
    return film.appeal * liking**2 * (0.25 + math.exp(-(day - film.released) / 120))


def drift(draw: random.Random, user: User) -> None:
    """Now and then a genre gains and another loses."""
    if draw.random() < 0.02:
        gains, loses = draw.sample(GENRES, 2)
        user.taste[gains] = min(1.0, user.taste[gains] + 0.3)
        user.taste[loses] = max(0.05, user.taste[loses] * 0.6)


def make_events(draw: random.Random, films: Sequence[Film]) -> list[list[str]]:
    """Rows of ratings.csv: user, film, rating 1 to 5, time."""
    rows = []
    for day, user in days_of(draw, make_users(draw)):
        film = next_film(draw, user, day, films)
        if film is None:
            film = draw.choice(user.seen)
        liking = max(user.taste[genre] for genre in film.genres)
        rating = min(5, max(1, round(3.0 + 1.3 * (liking - 0.4) + film.quality + draw.gauss(0, 0.7))))
        time = START + timedelta(days=day)
        rows.append([user.id, film.id, str(rating), time.strftime("%Y-%m-%dT%H:%M:%SZ")])
        user.seen.append(film)
        drift(draw, user)
    return rows


def soil(draw: random.Random, rows: list[list[str]]) -> list[list[str]]:
    """The dirt of real files: duplicates, missing cells, blanks around an id, times written another way."""
    dirty = [list(row) for row in rows]
    for place in draw.sample(range(len(dirty)), 60):
        row = dirty[place]
        kind = place % 6
        if kind == 0:
            row[0] = ""
        elif kind == 1:
            row[1] = ""
        elif kind == 2:
            row[2] = ""
        elif kind == 3:
            row[0] = f" {row[0]} "
        else:
            row[3] = str(int(datetime.fromisoformat(row[3]).timestamp()))
    dirty += [list(row) for row in draw.sample(dirty, 40)]
    draw.shuffle(dirty)
    return dirty


def write(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a CSV file in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write both files."""
    draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    films = make_films(draw)
    rows = soil(draw, make_events(draw, films))
    write(folder / "ratings.csv", ["user_id", "film_id", "rating", "timestamp"], rows)
    table = [
        [
            film.id,
            film.title,
            film.title_zh,
            "|".join(film.genres),
            str((START + timedelta(days=film.released)).year),
            "no" if draw.random() < 0.05 else "yes",
        ]
        for film in films
    ]
    write(folder / "films.csv", ["film_id", "title", "title_zh", "genres", "year", "available"], table)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
