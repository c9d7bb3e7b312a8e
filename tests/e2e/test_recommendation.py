"""MovieLens 100k from its files to a served list, in one process and over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lepton_ai import DNNRecommender
from lepton_ai.data import infer_interactions, leave_last_out, read_interactions, read_table
from lepton_ai.metrics import hit_rate_at_k
from lepton_ai.serving.client import Client
from lepton_ai.store import ModelStore

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "recommendation" / "movielens_100k"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="movielens_100k is not in ../shared/data"),
]


@pytest.fixture(scope="module")
def halves():
    """All events but the last of each user, and those."""
    table = read_table(FOLDER / "ml-100k.inter.gz")
    return leave_last_out(read_interactions(table, infer_interactions(table.frame)))


@pytest.fixture(scope="module")
def model(halves):
    """The quick recipe on networks that need no side file, with titles for people."""
    names = read_table(FOLDER / "ml-100k.item.gz").frame.rename({"movie_title:token_seq": "title"})
    fast = DNNRecommender(
        recipe="fast", networks=["item_linear"], items=names.select("item_id:token", "title"), name="films"
    )
    return fast.fit(halves[0].frame)


@pytest.fixture(scope="module")
def server(model, tmp_path_factory):
    """The address of a server of the model."""
    home = tmp_path_factory.mktemp("home")
    ModelStore(home / "models").publish(model.save(home / "films.zip"), "films")
    command = [sys.executable, "-m", "lepton_ai.cli.main", "serve", "films", "--port", "0", "--json"]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, "LEPTON_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    told = ""
    while "}" not in told:
        line = process.stdout.readline()
        assert line, (home / "server.log").read_text(encoding="utf-8")
        told += line
    yield json.loads(told)["url"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    process.stdout.close()


def popular(rest, last, *, k):
    """The share of users whose last item is among the k most popular that they had not seen."""
    order = rest.frame["item"].value_counts(sort=True)["item"].to_list()
    seen: dict[str, set[str]] = {}
    for user, item in rest.frame.select("user", "item").iter_rows():
        seen.setdefault(user, set()).add(item)
    hits = 0
    for user, item in last.frame.select("user", "item").iter_rows():
        best = [one for one in order[: k + len(seen[user])] if one not in seen[user]][:k]
        hits += item in best
    return hits / len(last)


def test_the_quick_recipe_is_well_above_popularity(model, halves):
    rest, last = halves
    rate = hit_rate_at_k(model, last.frame)
    assert rate >= 0.17
    assert rate > 1.5 * popular(rest, last, k=10)
    assert model.report_.summary()["hit_rate_at_10"]["value"] > 0.1


def test_it_answers_over_http_as_in_python(model, server):
    with Client(server) as client:
        for user in ("196", 22):
            served = client.recommend("films", user=user, k=5)
            own = model.recommend(user, k=5)
            assert [item.item for item in served.items] == [item["item"] for item in own]
            assert [item.title for item in served.items] == [item["title"] for item in own]
            assert served.known_user
        # 50 is Star Wars, 172 The Empire Strikes Back, 181 Return of the Jedi.
        told = client.recommend("films", history=["181", "172"], k=20)
        assert "50" in [item.item for item in told.items]
        assert "50" in [item.item for item in client.similar_items("films", "181", k=5)]
