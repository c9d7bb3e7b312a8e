"""What the OpenAPI document says of a recommender is what it does."""

import json
import random

import jsonschema_rs
import pytest
from asgi_driver import request
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from lepton_ai.serving.problems import PROBLEMS

ACTIONS = ("predict", "recommend", "similar")
ODD = [
    None,
    True,
    0,
    -1,
    2.5,
    10**30,
    1e308,
    "",
    "猫" * 300,
    "\u0000",
    [],
    {},
    [[]],
    ["i1"],
    {"user": "u1"},
    "u1",
    "i7",
]


@pytest.fixture
def document(both):
    return request(both, "GET", "/openapi.json").json


def operation(document, action):
    return document["paths"][f"/v1/models/things/{action}"]["post"]


def validator(document, schema):
    return jsonschema_rs.validator_for({**schema, "components": document["components"]})


def test_the_document_is_valid_and_only_recommenders_have_the_actions(document):
    OPENAPI_31_VALIDATOR.validate(document)
    assert [path for path in document["paths"] if path.endswith(("recommend", "similar"))] == [
        "/v1/models/things/recommend",
        "/v1/models/things/similar",
    ]
    assert [tag["name"] for tag in document["tags"]][:3] == list(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_examples_conform_and_are_answered(document, ask, action):
    body = operation(document, action)["requestBody"]["content"]["application/json"]
    validator(document, body["schema"]).validate(body["example"])
    answer = ask(action, body["example"])
    good = operation(document, action)["responses"]["200"]["content"]["application/json"]
    for content in (answer.json, good["example"]):
        validator(document, good["schema"]).validate(content)


def test_every_problem_is_documented_somewhere(document):
    told = {
        code
        for action in ACTIONS
        for response in operation(document, action)["responses"].values()
        for code in response["content"].get("application/problem+json", {}).get("examples", {})
    }
    assert told == set(PROBLEMS) - {"unknown-path", "unknown-model", "unknown-action", "method-not-allowed"}


def test_example_numbers_are_short(document):
    good = operation(document, "recommend")["responses"]["200"]["content"]["application/json"]
    for item in good["example"]["items"]:
        assert len(f"{item['score']:.10g}".lstrip("0.").replace(".", "")) <= 4


@pytest.mark.parametrize("action", ["recommend", "similar"])
def test_mutated_bodies_get_what_the_document_says(document, ask, action):
    draw = random.Random(7)
    request_schema = operation(document, action)["requestBody"]["content"]["application/json"]["schema"]
    fits = validator(document, request_schema)
    responses = operation(document, action)["responses"]
    seen = set()
    names = [*request_schema["properties"], "extra"]
    for _ in range(400):
        content = {"item": "i3"} if action == "similar" else {}
        content |= {draw.choice(names): draw.choice(ODD) for _ in range(draw.randrange(3))}
        answer = ask(action, content)
        media = answer.headers["content-type"]
        schema = responses[str(answer.status)]["content"][media]["schema"]
        validator(document, schema).validate(answer.json)
        assert (answer.status != 422) == fits.is_valid(json.loads(json.dumps(content))), content
        seen.add(answer.status)
    assert {200, 422} <= seen
