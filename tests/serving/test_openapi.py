import json

import jsonschema_rs
import pytest
from asgi_driver import predict, request
from fake_model import CRASH
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from lepton_ai.serving.problems import PROBLEMS


@pytest.fixture
def document(app):
    return request(app, "GET", "/openapi.json").json


def conforms(document, schema, content):
    whole = {"$ref": schema["$ref"]} if "$ref" in schema else schema
    jsonschema_rs.validator_for({**whole, "components": document["components"]}).validate(content)


def schema_of(document, path, method, answer):
    media = answer.headers["content-type"]
    return document["paths"][path][method]["responses"][str(answer.status)]["content"][media]["schema"]


def test_document_is_openapi_31(document):
    OPENAPI_31_VALIDATOR.validate(document)


def test_model_has_a_path_with_the_exact_row(document, app):
    operation = document["paths"]["/v1/models/support/predict"]["post"]
    row = document["components"]["schemas"]["support.Row"]
    assert row["properties"]["message"]["maxLength"] == 2000
    assert row["additionalProperties"] is False
    body = operation["requestBody"]["content"]["application/json"]
    assert body["schema"]["properties"]["rows"]["maxItems"] == 1000
    assert predict(app, body["example"]).status == 200


def test_every_problem_is_documented_with_an_example(document):
    operation = document["paths"]["/v1/models/support/predict"]["post"]
    told = {
        code
        for response in operation["responses"].values()
        for code in response["content"].get("application/problem+json", {}).get("examples", {})
    }
    elsewhere = {"unknown-path", "unknown-model", "unknown-action", "unknown-item", "method-not-allowed"}
    assert told == set(PROBLEMS) - elsewhere
    assert [one["code"] for one in document["x-problems"]] == list(PROBLEMS)


@pytest.mark.parametrize(
    "content",
    [{"rows": [{"message": "hi"}]}, {"rows": [{}]}, {"rows": []}, b"{", {"rows": [{"message": CRASH}]}],
)
def test_answers_conform(document, app, content):
    answer = predict(app, content)
    conforms(document, schema_of(document, "/v1/models/support/predict", "post", answer), answer.json)


@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/support", "/healthz", "/readyz"])
def test_pages_conform(document, app, path):
    answer = request(app, "GET", path)
    conforms(document, schema_of(document, path, "get", answer), answer.json)


def test_examples_conform(document):
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                for media in response["content"].values():
                    values = [one["value"] for one in media.get("examples", {}).values()]
                    values += [media["example"]] if "example" in media else []
                    for value in values:
                        conforms(document, media["schema"], json.loads(json.dumps(value)))
