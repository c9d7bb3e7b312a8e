from __future__ import annotations

import msgspec
import pytest

from lepton_ai.core.plan import NetworkPlan
from lepton_ai.core.rating_plan import RatingPlan

PLAN = RatingPlan(task="recommendation", networks=(NetworkPlan("factorisation", "gibbs"),))


def test_a_plan_survives_json():
    assert msgspec.json.decode(msgspec.json.encode(PLAN), type=RatingPlan) == PLAN


def test_the_fingerprint_is_of_what_decides():
    told = msgspec.structs.replace(PLAN, explanation=("because",))
    assert told.fingerprint() == PLAN.fingerprint()
    for change in ({"seed": 1}, {"rounds": 1}, {"folds": 3}, {"networks": ()}):
        assert msgspec.structs.replace(PLAN, **change).fingerprint() != PLAN.fingerprint()


def test_an_unknown_field_is_refused():
    with pytest.raises(msgspec.ValidationError, match="surprise"):
        msgspec.convert({"task": "x", "networks": [], "surprise": 1}, RatingPlan)
