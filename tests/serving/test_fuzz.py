"""Requests that nobody would write by hand: no 5xx, no hang, every answer as the OpenAPI document says."""

import http.client
import json
import random

import jsonschema_rs
import pytest
import schemathesis
from asgi_driver import PREDICT, Call, request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import unsupported_method
from server_process import running

SEED = 20261122
ODD = [
    None, True, 0, -1, 1.5, 10**30, 1e308, "", " ", "猫" * 3000, "\u0000", "\ud83d", "💸", [], {}, [[]],
    {"rows": []}, {"message": "x"}, "../../etc/passwd", "'; drop table", "%s%n", "\r\nset-cookie: a=b",
]  # fmt: skip


def mutated_content(draw):
    """A good body with a few of its parts replaced, as bytes."""
    rows = [{"message": "hello"}, {"message": "我要退款", "stars": 3}] * draw.randrange(1, 3)
    content = {"rows": rows}
    for _ in range(draw.randrange(0, 3)):
        place = draw.randrange(4)
        if place == 0:
            content = {draw.choice(["rows", "row", "", "options"]): draw.choice(ODD)}
        elif place == 1 and isinstance(content.get("rows"), list):
            content["rows"] = [*content["rows"], draw.choice(ODD)]
        elif place == 2:
            rows[0] = {**rows[0], draw.choice(["message", "stars", "extra"]): draw.choice(ODD)}
        else:
            content = {**content, "extra": draw.choice(ODD)} if draw.random() < 0.3 else content
    return json.dumps(content, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")


def mutated_bytes(draw, body):
    raw = bytearray(body)
    for _ in range(draw.randrange(0, 4)):
        place = draw.randrange(len(raw) + 1)
        raw[place : place + draw.randrange(0, 4)] = draw.choice(
            [
                draw.randbytes(2),
                b"",
                b'"',
                b"\\",
                b"{",
                b"]",
                b"NaN",
                b"\xff",
                b"\\ud800",
                b":",
                b",",
                b"1e999",
            ]
        )
    return bytes(raw)


def mutated_request(draw):
    """Method, path, headers and body."""
    body = mutated_content(draw)
    if draw.random() < 0.5:
        body = mutated_bytes(draw, body)
    headers = {"content-type": "application/json"}
    method, path = "POST", PREDICT
    if draw.random() < 0.2:
        kind = draw.choice(
            ["text/plain", "application/json; charset=utf-8", "application/json;", "", 'a/b; c="d']
        )
        headers["content-type"] = kind
    if draw.random() < 0.1:
        headers[draw.choice(["x-request-id", "content-encoding", "accept", "range", "x-y"])] = draw.choice(
            ["gzip", "*/*", "a" * 300, "bytes=0-1", "\u00e9", "%00"]
        )
    if draw.random() < 0.1:
        method = draw.choice(["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
    if draw.random() < 0.1:
        path = draw.choice(
            ["/v1/models/other/predict", "/v1/models", "/%00", "/v1/models/%2e%2e/predict", "//", "/docs?a=b"]
        )
    return method, path, headers, body


class Judge:
    """Holds answers against the OpenAPI document."""

    def __init__(self, document):
        self.components = document["components"]
        responses = document["paths"][PREDICT]["post"]["responses"]
        self.good = self._validator(responses["200"]["content"]["application/json"]["schema"])
        self.problem = self._validator({"$ref": "#/components/schemas/Problem"})
        self.seen = {}

    def _validator(self, schema):
        return jsonschema_rs.validator_for({**schema, "components": self.components})

    def check(self, status, media, body, *, predicted):
        self.seen[status] = self.seen.get(status, 0) + 1
        assert status < 500
        if status >= 400:
            assert media == "application/problem+json"
            if body:
                self.problem.validate(json.loads(body))
        elif predicted:
            self.good.validate(json.loads(body))


def test_mutated_requests(app):
    import asyncio

    draw = random.Random(SEED)
    judge = Judge(request(app, "GET", "/openapi.json").json)

    async def run():
        for _ in range(500):
            method, path, headers, body = mutated_request(draw)
            pairs = tuple((name.encode(), value.encode("latin-1")) for name, value in headers.items())
            answer = await Call(app, method, path.partition("?")[0], headers=pairs, parts=(body,)).result()
            if method != "HEAD":
                predicted = (method, path) == ("POST", PREDICT)
                judge.check(answer.status, answer.headers["content-type"], answer.body, predicted=predicted)

    asyncio.run(run())
    assert {200, 400, 404, 405, 415, 422} <= set(judge.seen)


@pytest.fixture(scope="module")
def plain_server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("fuzz")) as one:
        yield one


@pytest.mark.e2e
def test_7000_mutated_requests_over_a_socket(plain_server):
    draw = random.Random(SEED + 1)
    connection = http.client.HTTPConnection("127.0.0.1", plain_server.port, timeout=10)
    connection.request("GET", "/openapi.json")
    judge = Judge(json.loads(connection.getresponse().read()))
    for _ in range(7000):
        method, path, headers, body = mutated_request(draw)
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        judge.check(
            answer.status,
            answer.headers["content-type"],
            content,
            predicted=(method, path) == ("POST", PREDICT),
        )
    connection.close()
    assert {200, 400, 404, 405, 415, 422} <= set(judge.seen)
    assert not [event for event in plain_server.events() if event["event"] == "failure"]


@pytest.mark.e2e
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_3000_requests_made_from_the_openapi_document(plain_server, mode):
    schema = schemathesis.openapi.from_url(f"{plain_server.url}/openapi.json")
    operations = [one.ok() for one in schema.get_all_operations()]
    weights = [20 if one.method == "post" else 1 for one in operations]
    choices = [one for one, weight in zip(operations, weights, strict=True) for _ in range(weight)]
    strategies = [one.as_strategy(generation_mode=mode) for one in choices]

    @settings(
        max_examples=1500,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(strategies))
    def run(case):
        case.call_and_validate(base_url=plain_server.url, timeout=10, excluded_checks=[unsupported_method])

    run()
    assert not [event for event in plain_server.events() if event["event"] == "failure"]
