"""Every kind of plan leads to whoever carries it out."""

from __future__ import annotations

import inspect

import pytest

from lepton_ai.core.plan import Plan
from lepton_ai.core.ranking_plan import RankingPlan
from lepton_ai.core.rating_plan import RatingPlan
from lepton_ai.training.doors import DOORS


@pytest.mark.parametrize("kind", [Plan, RankingPlan, RatingPlan])
def test_every_kind_of_plan_has_a_door(kind):
    assert kind.__name__ in DOORS


@pytest.mark.parametrize("name", DOORS)
def test_a_door_takes_a_plan_its_rows_and_progress(name):
    signature = inspect.signature(DOORS[name])
    assert list(signature.parameters) == ["plan", "rows", "progress"]
    assert signature.parameters["plan"].annotation.split(".")[-1] == name
