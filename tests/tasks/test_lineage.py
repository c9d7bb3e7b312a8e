from __future__ import annotations

import json

import msgspec

from lepton_ai.core.plan import CodecPlan, NetworkPlan, Plan
from lepton_ai.tasks.lineage import lineage


def test_it_tells_how_to_make_the_model_again():
    plan = Plan(
        task="text-classification",
        input=CodecPlan("text", "text"),
        output=CodecPlan("label", "label"),
        networks=(NetworkPlan("wide_ngram", "full_batch"),),
        seed=3,
    )
    found = lineage(plan, dataset="ab" * 32, source="csv", rows=12, settings={"risk": 0.1})
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(msgspec.to_builtins(found)))
    assert msgspec.convert(json.loads(json.dumps(found["plan"])), Plan) == plan
    assert found["plan_hash"] == plan.fingerprint()
    assert (found["seed"], found["rows"], found["dataset"], found["source"]) == (3, 12, "ab" * 32, "csv")
    assert found["settings"] == {"risk": 0.1}
    assert {"torch", "numpy"} <= set(found["libraries"])
