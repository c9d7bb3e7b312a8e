from __future__ import annotations

import pytest
from benchmarks.datasets import root
from benchmarks.recommendation_quality import _ranking, films, leave_last, ratings

from lepton_ai import DNNRecommender


def example():
    table = DNNRecommender.example()
    return leave_last({name: table[column] for name, column in COLUMNS.items()})


COLUMNS = {"user": "user", "item": "item", "timestamp": "time"}


@pytest.mark.parametrize("contender", ["lepton fast", "item-kNN"])
def test_ours_and_a_peer_are_judged_by_the_same_events(contender):
    found = _ranking(example(), contender, 0, items=None)
    assert found["hr"] >= 0.5
    assert 0 < found["ndcg"] <= found["hr"]
    assert found["seconds"] > 0
    assert found["single_us"] > found["batch_us"] > 0
    assert found["about"]


@pytest.mark.real_data
def test_popularity_on_films_is_what_is_known_of_it():
    if not root().is_dir():
        pytest.skip(f"the datasets are not in {root()}")
    found = films("popularity", 0, small=False)
    assert found["hr"] == pytest.approx(0.086, abs=5e-4)
    assert found["ndcg"] == pytest.approx(0.045, abs=5e-4)


@pytest.mark.real_data
def test_biases_on_films_are_what_is_known_of_them():
    if not root().is_dir():
        pytest.skip(f"the datasets are not in {root()}")
    assert ratings("bias", 0, small=False)["rmse"] == pytest.approx(0.9535, abs=1e-3)
