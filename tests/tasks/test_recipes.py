from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from lepton_ai.codecs import CODECS
from lepton_ai.core.errors import UsageError
from lepton_ai.networks import NETWORKS
from lepton_ai.tasks.recipes import Recipe, Shape, choose
from lepton_ai.training.full_batch import FullBatchSettings
from lepton_ai.training.steps import StepSettings

SETTINGS = {"steps": StepSettings, "full_batch": FullBatchSettings}
SHAPES = [
    Shape(rows=rows, classes=classes, units=units)
    for rows in (10, 300, 5_001, 60_000, 1_000_000)
    for classes in (2, 77)
    for units in (1.0, 200.0)
]
TEXTS = ["where is my parcel", "快递到哪里了", "refund", "退款"]


@pytest.mark.parametrize("recipe", get_args(Recipe))
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_recipe_is_a_plan_that_can_be_carried_out(recipe, shape):
    choice = choose(recipe, shape)
    codec = CODECS["text"].fit(TEXTS, **choice.codec)
    for network in choice.networks:
        msgspec.convert(network.training, SETTINGS[network.trainer])
        made = NETWORKS[network.network](codec.vocabulary(), shape.classes, **network.settings)
        assert set(made.arrays) <= set(codec.encode(TEXTS))
        assert network.copies >= 1
        assert network.training.get("epochs", 1) >= 1
    assert 1 <= choice.rounds <= 5


@pytest.mark.parametrize("recipe", get_args(Recipe))
def test_it_says_what_it_chose_and_why(recipe):
    choice = choose(recipe, Shape(rows=1234, classes=7, units=20.4))
    told = " ".join(choice.explanation)
    for part in (repr(recipe), "1,234 rows", "7 labels", *(network.network for network in choice.networks)):
        assert part in told


def test_what_no_network_reads_is_not_made():
    choice = choose("fast", Shape(rows=100, classes=2, units=5))
    read = {name for network in choice.networks for name in NETWORKS[network.network].arrays}
    made = set(CODECS["text"].fit(TEXTS, **choice.codec).encode(TEXTS))
    assert made == read


def test_an_unknown_recipe_is_told():
    with pytest.raises(UsageError, match=r"no recipe 'balance'\. Did you mean 'balanced'"):
        choose("balance", SHAPES[0])
