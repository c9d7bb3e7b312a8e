"""What is chosen for which events."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest
import torch

from lepton_ai.core.errors import UsageError
from lepton_ai.data import InteractionFacts
from lepton_ai.networks.ranking import RANKING_NETWORKS
from lepton_ai.tasks.ranking_recipes import (
    LOSS_NAMES,
    NETWORK_NAMES,
    REPEATS_FROM,
    check_whole,
    choose_ranking,
)
from lepton_ai.tasks.recipes import Recipe
from lepton_ai.training.ranking.linear import LinearSettings
from lepton_ai.training.ranking.neighbours import NeighbourSettings
from lepton_ai.training.ranking.next_item import NextItemSettings
from lepton_ai.training.ranking.pairs import PairSettings

SETTINGS = {
    "autoencoder": LinearSettings,
    "transitions": LinearSettings,
    "neighbours": NeighbourSettings,
    "next_item": NextItemSettings,
    "pairs": PairSettings,
}


def facts(*, events=10_000, times=True, repeats=0.0):
    return InteractionFacts(
        events=events,
        users=100,
        items=50,
        pairs=events,
        has_times=times,
        has_ratings=False,
        rating_range=None,
        repeat_share=repeats,
        median_history=12.4,
    )


def names(choice):
    return [network.network for network in choice.networks]


@pytest.mark.parametrize("recipe", get_args(Recipe))
@pytest.mark.parametrize("described", [False, True])
@pytest.mark.parametrize("times", [False, True])
@pytest.mark.parametrize("items", [2, 1_000, 30_000, 300_000])
def test_a_recipe_is_a_plan_that_can_be_carried_out(recipe, described, times, items):
    choice = choose_ranking(recipe, facts(times=times), items=items, described=described)
    assert choice.networks
    for network in choice.networks:
        msgspec.convert(network.training, SETTINGS[network.trainer])
        with torch.device("meta"):
            RANKING_NETWORKS[network.network]({"items": 31, "user": 9}, 30, **network.settings)
    if items > 200_000:
        assert not {"item_linear", "neumf"} & set(names(choice))
    if described:
        assert any(network.trainer == "next_item" for network in choice.networks)


def test_more_time_is_more_networks():
    found = [
        names(choose_ranking(recipe, facts(), items=900, described=False)) for recipe in get_args(Recipe)
    ]
    assert len(found[0]) < len(found[1]) < len(found[2])
    assert set(found[0]) < set(found[1]) < set(found[2])


@pytest.mark.parametrize("events", [10, 100_000, 3_000_000, 100_000_000])
def test_large_data_is_passed_less_often(events):
    choice = choose_ranking("balanced", facts(events=events), items=900, described=False)
    (first, *_) = [network for network in choice.networks if network.trainer == "next_item"]
    assert 3 <= first.training["epochs"] <= 60
    assert first.training["epochs"] * events <= max(60 * events, 4_000_000) or first.training["epochs"] == 3


def test_it_says_what_it_chose_and_why():
    choice = choose_ranking("balanced", facts(), items=1_234, described=True)
    told = " ".join(choice.explanation)
    for part in ("'balanced'", "10,000 events in order of time", "1,234 items", "12 events", *names(choice)):
        assert part in told
    assert "new items" in told
    assert all(line and "\n" not in line for line in choice.explanation)


def test_without_an_order_nothing_that_needs_one_is_chosen():
    choice = choose_ranking("best", facts(times=False), items=900, described=False)
    assert not {"causal_transformer", "gru_sequence", "caser"} & set(names(choice))
    assert choice.networks[0].settings["half_life"] > 1e6
    assert "without an order of time" in " ".join(choice.explanation)


@pytest.mark.parametrize(("share", "repeats"), [(0.0, False), (REPEATS_FROM, True), (0.9, True)])
def test_items_come_again_where_they_did(share, repeats):
    choice = choose_ranking("fast", facts(repeats=share), items=900, described=False)
    assert choice.repeats is repeats
    assert ("proposed again" in choice.explanation[-1]) is repeats


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_every_network_can_be_asked_for(name):
    choice = choose_ranking("fast", facts(), items=900, described=False, networks=[name])
    assert set(names(choice)) == {name}
    assert sorted(NETWORK_NAMES) == sorted(RANKING_NETWORKS)


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_every_loss_can_be_asked_for(loss):
    choice = choose_ranking("fast", facts(), items=900, described=False, networks=["caser"], loss=loss)
    assert choice.networks[0].training["loss"] == loss
    assert loss in " ".join(choice.explanation)


def test_large_catalogues_are_told_apart_by_draws():
    choice = choose_ranking("fast", facts(), items=90_000, described=False, networks=["caser"])
    assert choice.networks[0].training["loss"] == "sampled_softmax"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"recipe": "balance"}, r"no recipe 'balance'\. Did you mean 'balanced'"),
        ({"networks": ["cazer"]}, r"no network for recommendation 'cazer'\. Did you mean 'caser'"),
        ({"networks": "caser"}, r"networks=\['caser'\]"),
        ({"networks": ["item_linear"], "loss": "bpr"}, r"None of the networks .* 'bpr': item_linear"),
        ({"networks": ["neumf"], "loss": "softmax"}, r"None of the networks .* 'softmax': neumf"),
        ({"loss": "softmx"}, r"no loss 'softmx'\. Did you mean 'softmax'"),
        ({"items": 300_000, "networks": ["caser", "neumf"]}, r"300,000 items.*Leave out 'neumf'"),
    ],
)
def test_what_does_not_exist_is_told(settings, told):
    given = {"recipe": "fast", "items": 900, **settings}
    with pytest.raises(UsageError, match=told):
        choose_ranking(given.pop("recipe"), facts(), described=False, **given)


@pytest.mark.parametrize("value", [0, 11, 1.0, True, None, "3"])
def test_a_setting_that_is_no_whole_number_is_told(value):
    check_whole("k", 10, least=1, most=10)
    with pytest.raises(UsageError, match=r"k is .*from 1 to 10"):
        check_whole("k", value, least=1, most=10)
    check_whole("seed", 10**12, least=0)
    with pytest.raises(UsageError, match="0 or more"):
        check_whole("seed", -1, least=0)
