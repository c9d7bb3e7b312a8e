from __future__ import annotations

import gzip

import pytest
from benchmarks.datasets import Films
from benchmarks.recommendation_cold import _cold_scores, _without_some_items, _without_some_users

USERS, ITEMS = 30, 40


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Users of even numbers like comedies, items of even numbers are comedies."""
    pairs = [(user, item) for user in range(USERS) for item in range(ITEMS) if (user + item) % 2 == 0]
    folder = tmp_path_factory.mktemp("films")
    lines = ["item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq"]
    lines += [f'i{item}\t"Film\t1990\t{("Comedy", "Drama War")[item % 2]}' for item in range(ITEMS)]
    (folder / "items.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    events = {
        "user": [f"u{user}" for user, _ in pairs],
        "item": [f"i{item}" for _, item in pairs],
        "timestamp": list(range(len(pairs))),
    }
    return Films(events, folder / "items.gz", folder / "users.gz")


def test_new_items_have_no_events_to_learn_from(data):
    cold, split, relevant = _without_some_items(data, small=False)
    assert 0 < len(cold) < 10
    assert not set(cold) & set(split.train["item"])
    assert {item for items in relevant.values() for item in items} <= set(cold)
    assert len(split.train["user"]) + sum(map(len, relevant.values())) == len(data.events["user"])


def test_a_taste_in_genres_finds_the_right_new_items(data):
    cold, split, relevant = _without_some_items(data, small=False)
    users = list(relevant)
    scores, items = _cold_scores("genre taste", data.items, split, cold, users, draw=0)
    assert scores.shape == (len(users), ITEMS)
    new = [place for place, item in enumerate(items) if item in cold]
    for row, user in enumerate(users):
        ranked = sorted(new, key=lambda place: -scores[row, place])
        right = set(relevant[user])
        assert {items[place] for place in ranked[: len(right)]} == right


@pytest.mark.parametrize("contender", ["random", "genre popularity", "genre taste"])
def test_what_was_seen_is_never_proposed(data, contender):
    cold, split, relevant = _without_some_items(data, small=False)
    users = list(relevant)
    scores, items = _cold_scores(contender, data.items, split, cold, users, draw=0)
    seen = set(zip(split.train["user"], split.train["item"], strict=True))
    for row, user in enumerate(users):
        for place, item in enumerate(items):
            assert (scores[row, place] == float("-inf")) == ((user, item) in seen)


def test_new_users_have_no_events_to_learn_from(data):
    train, firsts, nexts = _without_some_users(data, small=False)
    assert 0 < len(firsts) < 12
    assert firsts.keys() == nexts.keys()
    assert not set(firsts) & set(train["user"])
    assert {len(items) for items in firsts.values()} == {5}
    assert {len(items) for items in nexts.values()} == {10}
    assert not any(set(firsts[user]) & set(nexts[user]) for user in firsts)
