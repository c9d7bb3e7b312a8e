from __future__ import annotations

import msgspec
import pytest

from lepton_ai.core.plan import CodecPlan, NetworkPlan, Plan


@pytest.fixture
def plan():
    return Plan(
        task="text-classification",
        input=CodecPlan("message", "text", {"ngrams": 100}),
        output=CodecPlan("topic", "label"),
        networks=(NetworkPlan("text-cnn", "classifier", {"width": 8}),),
    )


def test_it_survives_json(plan):
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan


def test_the_fingerprint_is_of_what_decides_the_training(plan):
    change = msgspec.structs.replace
    assert change(plan, explanation=("why",)).fingerprint() == plan.fingerprint()
    assert change(plan, seed=1).fingerprint() != plan.fingerprint()
    settings = change(plan, input=CodecPlan("message", "text", {"ngrams": 101}))
    assert settings.fingerprint() != plan.fingerprint()
    assert len(plan.fingerprint()) == 64
