import asyncio
import json
import uuid

import pytest
from asgi_driver import JSON, PREDICT, Call, ask, predict, request
from fake_model import CRASH, MAX_CHARACTERS, REFUSE, FakeModel

from lepton_ai.serving.app import App, State
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.problems import PROBLEMS

HELLO = {"rows": [{"message": "hello"}]}
SECRET = "zebra-4711"


def problem(answer, code):
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json
    assert document["code"] == code, document
    assert document["type"] == f"/docs#{code}"
    assert document["status"] == answer.status == PROBLEMS[code].status
    assert document["title"] == PROBLEMS[code].title
    assert document["request_id"] == answer.headers["x-request-id"]
    return document


def test_predict_answers_each_row_in_order(app):
    rows = [
        {"message": "where is my parcel"},
        {"message": "我要退款", "stars": 1},
        {"message": "hi", "stars": None},
    ]
    answer = predict(app, {"rows": rows})
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/json"
    content = answer.json
    assert (content["model"], content["version"]) == ("support", 3)
    alone = [predict(app, {"rows": [row]}).json["predictions"][0] for row in rows]
    for one, other in zip(content["predictions"], alone, strict=True):
        assert {**one, "id": ""} == {**other, "id": ""}
    ids = [one["id"] for one in content["predictions"]]
    assert ids == sorted(ids)
    assert {uuid.UUID(own).version for own in ids} == {7}


@pytest.mark.parametrize(
    ("body", "code", "pointers"),
    [
        (b"", "invalid-json", None),
        (b"{", "invalid-json", None),
        (b"{}x", "invalid-json", None),
        (b"{'rows': 1}", "invalid-json", None),
        (b'{"rows":[{"message":"a","stars":NaN}]}', "invalid-json", None),
        (b'{"rows":[{"message":"a","stars":-Infinity}]}', "invalid-json", None),
        (b'{"rows":[{"message":"a","stars":1e999}]}', "invalid-json", None),
        (b'{"rows":[{"message":"\xff"}]}', "invalid-unicode", None),
        (b'\xef\xbb\xbf{"rows":[{"message":"a"}]}', "invalid-unicode", None),
        (b'{"rows":[{"message":"\\ud800"}]}', "invalid-unicode", None),
        (b'{"rows":[{"message":"\\udc00 x"}]}', "invalid-unicode", None),
        (b'{"rows":[{"message":"a","message":"b"}]}', "duplicate-key", None),
        (b'{"rows":[{"message":"a"}],"rows":[{"message":"b"}]}', "duplicate-key", None),
        (b"[" * 200_000, "json-too-deep", None),
        (b'{"rows":' * 100_000, "json-too-deep", None),
        (b"[]", "invalid-request", [""]),
        (b"null", "invalid-request", [""]),
        (b"{}", "invalid-request", ["/rows"]),
        (b'{"rows":{}}', "invalid-request", ["/rows"]),
        (b'{"rows":[]}', "invalid-request", ["/rows"]),
        (b'{"rows":[{"message":"a"}],"zebra-4711":1}', "invalid-request", [""]),
        (
            b'{"rows":[1,"zebra-4711",null,[]]}',
            "invalid-request",
            ["/rows/0", "/rows/1", "/rows/2", "/rows/3"],
        ),
        (b'{"rows":[{}]}', "invalid-request", ["/rows/0/message"]),
        (b'{"rows":[{"message":"a"},{"stars":2}]}', "invalid-request", ["/rows/1/message"]),
        (b'{"rows":[{"message":1}]}', "invalid-request", ["/rows/0/message"]),
        (b'{"rows":[{"message":null}]}', "invalid-request", ["/rows/0/message"]),
        (b'{"rows":[{"message":""}]}', "invalid-request", ["/rows/0/message"]),
        (b'{"rows":[{"message":["zebra-4711"]}]}', "invalid-request", ["/rows/0/message"]),
        (b'{"rows":[{"message":"zebra-4711","stars":true}]}', "invalid-request", ["/rows/0/stars"]),
        (b'{"rows":[{"message":"zebra-4711","stars":9}]}', "invalid-request", ["/rows/0/stars"]),
        (b'{"rows":[{"message":"a","zebra-4711":1}]}', "invalid-request", ["/rows/0"]),
    ],
)
def test_bad_bodies_are_told_and_not_echoed(app, body, code, pointers):
    answer = predict(app, body)
    document = problem(answer, code)
    if pointers is not None:
        assert [error["pointer"] for error in document["errors"]] == pointers
        assert document["error_count"] == len(pointers)
    assert SECRET.encode() not in answer.body


def test_too_long_text_and_many_errors(app):
    rows = [{"message": "x" * (MAX_CHARACTERS + 1)}] * 50
    document = problem(predict(app, {"rows": rows}), "invalid-request")
    assert len(document["errors"]) == 20
    assert document["error_count"] == 50
    assert predict(app, {"rows": [{"message": "猫" * MAX_CHARACTERS}]}).status == 200


def test_escapes_do_not_fool_the_duplicate_check(app):
    for text in ['a":"b', "\\", '\\"', '"', "\\\\", '":":":', "::", '\\":']:
        body = json.dumps({"rows": [{"message": text, "stars": 2}]}).encode()
        assert predict(app, body).status == 200
        twice = body.replace(b'"stars": 2', b'"stars": 2, "stars": 3')
        problem(predict(app, twice), "duplicate-key")
    problem(predict(app, b'{"rows":[{"message":"a","m\\u0065ssage":"b"}]}'), "duplicate-key")


def test_too_many_rows(make_app):
    app = make_app(limits=Limits(max_rows=3))
    assert problem(predict(app, {"rows": HELLO["rows"] * 4}), "too-many-rows")["limit"] == 3


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"content-type", b"text/plain"),),
        ((b"content-type", b"application/json; charset=gbk"),),
        ((b"content-type", b"application/jsonx"),),
        ((b"content-type", b"\xff\xfe"),),
        (JSON, (b"content-encoding", b"gzip")),
    ],
)
def test_wrong_media_type(app, headers):
    problem(predict(app, HELLO, headers=headers), "unsupported-media-type")


@pytest.mark.parametrize("value", [b"application/json; charset=utf-8", b"Application/JSON ;charset=UTF-8"])
def test_media_type_with_charset(app, value):
    assert predict(app, HELLO, headers=((b"content-type", value),)).status == 200


def test_body_too_large_by_header_and_by_count(make_app):
    app = make_app(limits=Limits(max_body_bytes=50))
    lying = (JSON, (b"content-length", b"99999999999999999999999"))
    answer = request(app, "POST", PREDICT, headers=lying, parts=(b"",))
    assert problem(answer, "body-too-large")["limit"] == 50
    assert answer.headers["connection"] == "close"
    answer = request(app, "POST", PREDICT, parts=(b"x" * 30, b"x" * 30, b"x"))
    problem(answer, "body-too-large")
    assert app._budget.left == app.limits.max_buffered_bytes


def test_slow_body_is_408(make_app):
    app = make_app(limits=Limits(body_timeout=0.05))

    async def run():
        call = Call(app, "POST", PREDICT, parts=(b'{"rows"',), end=False)
        while not call.sent:
            await asyncio.sleep(0.01)
        call.disconnect()
        return await call.result()

    problem(asyncio.run(run()), "request-timeout")


def test_client_that_leaves_in_the_body(app):
    async def run():
        call = Call(app, "POST", PREDICT, parts=(b'{"rows"',), end=False)
        call.disconnect()
        call.disconnect()
        return await call.result()

    problem(asyncio.run(run()), "client-closed")


def test_buffer_budget(make_app):
    app = make_app(limits=Limits(max_body_bytes=100, max_buffered_bytes=150))

    async def run():
        first = Call(app, "POST", PREDICT, parts=(b" " * 90,), end=False)
        await asyncio.sleep(0)
        second = await ask(app, "POST", PREDICT, parts=(b" " * 90,))
        first.disconnect()
        first.disconnect()
        await first.result()
        return second, await ask(app, "POST", PREDICT, parts=(b" " * 90,))

    second, third = asyncio.run(run())
    problem(second, "overloaded")
    assert second.headers["retry-after"] == "1"
    problem(third, "invalid-json")


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/", "/v1/models/", "/v1/models//predict", "/v1/models/support/", "/zebra-4711", "//", ""],
)
def test_unknown_path(app, path):
    answer = request(app, "GET", path)
    problem(answer, "unknown-path")
    assert SECRET.encode() not in answer.body


def test_unknown_model_names_the_known(app):
    for method, path in [("GET", f"/v1/models/{SECRET}"), ("POST", f"/v1/models/{SECRET}/predict")]:
        answer = request(app, method, path)
        assert problem(answer, "unknown-model")["known"] == ["support"]
        assert SECRET.encode() not in answer.body


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", PREDICT, "POST"),
        ("PUT", PREDICT, "POST"),
        ("OPTIONS", PREDICT, "POST"),
        ("POST", "/v1/models", "GET, HEAD"),
        ("DELETE", "/v1/models/support", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("TRACE", "/docs", "GET, HEAD"),
    ],
)
def test_wrong_method(app, method, path, allow):
    answer = request(app, method, path)
    problem(answer, "method-not-allowed")
    assert answer.headers["allow"] == allow


def test_list_and_card(app):
    listed = request(app, "GET", "/v1/models").json["models"]
    assert [one["name"] for one in listed] == ["support"]
    assert set(listed[0]) == {"name", "task", "version", "description", "metrics"}
    card = request(app, "GET", "/v1/models/support").json
    assert card["labels"] == ["delivery", "password", "refund"]
    assert card["calibration"]["temperature"] == 1.3
    assert card["signature"]["input"]["required"] == ["message"]
    assert card["metrics"]["macro_f1"]["value"] == 0.91


def test_pages(app):
    assert request(app, "GET", "/healthz").json == {"status": "ok"}
    assert request(app, "GET", "/readyz").json == {"status": "ready", "models": ["support"]}
    moved = request(app, "GET", "/")
    assert (moved.status, moved.headers["location"]) == (307, "/docs")
    assert request(app, "GET", "/openapi.json").json["openapi"] == "3.1.0"


def test_unexpected_failure_is_logged_without_data(app, lines):
    answer = predict(app, {"rows": [{"message": CRASH}]})
    document = problem(answer, "internal-error")
    failure = next(line for line in lines if line["event"] == "failure")
    assert failure["request_id"] == document["request_id"]
    assert failure["error"] == "RuntimeError"
    assert any("fake_model.py" in line for line in failure["traceback"])
    assert CRASH not in json.dumps(lines) + answer.body.decode()


def test_refusal_of_the_model_is_422(app):
    document = problem(predict(app, {"rows": [{"message": REFUSE}]}), "invalid-request")
    assert document["detail"] == "rows[0].message is not one for this model."


def test_request_id_in_and_out(app, lines):
    given = predict(app, HELLO, headers=(JSON, (b"x-request-id", b"my-id_1.2")))
    assert given.headers["x-request-id"] == "my-id_1.2"
    for bad in (b"", b"a b", b"a" * 129, b"a\nb", b"\xe7\x8c\xab", b'"'):
        made = predict(app, HELLO, headers=(JSON, (b"x-request-id", bad)))
        assert uuid.UUID(made.headers["x-request-id"]).version == 7
    assert lines[0]["request_id"] == "my-id_1.2"


def test_access_line_holds_no_data(app, lines):
    predict(app, {"rows": [{"message": SECRET}]})
    request(app, "GET", f"/{SECRET}")
    request(app, f"{SECRET}", "/docs")
    first, second, third = lines
    assert first["event"] == "request"
    assert first["route"] == "/v1/models/{name}/predict"
    assert (first["method"], first["status"], first["rows"], first["model"]) == ("POST", 200, 1, "support")
    assert first["ms"] >= 0
    assert "route" not in second
    assert third["method"] == "other"
    assert SECRET not in json.dumps(lines)


def test_headers_of_every_answer(app):
    for answer in (predict(app, HELLO), request(app, "GET", "/"), request(app, "GET", "/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "total;dur=" in answer.headers["server-timing"]
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert "predict;dur=" in predict(app, HELLO).headers["server-timing"]


@pytest.mark.parametrize("host", [b"localhost", b"LOCALHOST:8000", b"127.0.0.1:1", b"[::1]:8000", b"[::1]"])
def test_trusted_host(make_app, host):
    app = make_app(hosts={"localhost", "127.0.0.1", "::1"})
    assert request(app, "GET", "/healthz", headers=((b"host", host),)).status == 200


@pytest.mark.parametrize(
    "host", [b"", b"evil.example", b"localhost.evil.example:8000", b"127.0.0.1.evil:1", b"\xff"]
)
def test_rebound_host_is_refused(make_app, host):
    app = make_app(hosts={"localhost", "127.0.0.1", "::1"})
    problem(request(app, "GET", "/healthz", headers=((b"host", host),)), "wrong-host")


def test_starting_and_draining(lines):
    app = App(["support"])
    app.log._write = lambda line: None
    assert app.state is State.STARTING
    assert request(app, "GET", "/healthz").status == 200
    for method, path in [
        ("GET", "/readyz"),
        ("POST", PREDICT),
        ("GET", "/v1/models"),
        ("GET", "/openapi.json"),
    ]:
        answer = request(app, method, path)
        problem(answer, "not-ready")
        assert answer.headers["retry-after"] == "1"
    problem(request(app, "GET", "/v1/models/other"), "unknown-model")
    model = FakeModel()
    app.install({"support": model})
    assert model.seen == [1], "each model is warmed up"
    assert request(app, "GET", "/readyz").status == 200
    app.drain()
    problem(request(app, "GET", "/readyz"), "not-ready")
    assert request(app, "GET", "/healthz").status == 200
    assert predict(app, HELLO).status == 200


def test_connections_over_the_bound_are_refused(app):
    answer = request(app.refuse, "GET", "/healthz")
    problem(answer, "overloaded")
    assert "retry-after" in answer.headers


BATCH = json.dumps({"rows": HELLO["rows"] * 65}).encode()


def test_large_batches_do_not_block_the_loop_and_waiting_is_bounded(make_app):
    model = FakeModel()
    app = make_app(model, limits=Limits(max_concurrency=1, max_waiting=1))

    async def run():
        model.hold.clear()
        busy = Call(app, "POST", PREDICT, parts=(BATCH,))
        waiting = Call(app, "POST", PREDICT, parts=(BATCH,))
        while len(model.seen) < 2:
            await asyncio.sleep(0.001)
        assert (await ask(app, "GET", "/healthz")).status == 200
        assert (await ask(app, "POST", PREDICT, parts=(json.dumps(HELLO).encode(),))).status == 200
        refused = await ask(app, "POST", PREDICT, parts=(BATCH,))
        model.hold.set()
        return refused, await busy.result(), await waiting.result()

    refused, first, second = asyncio.run(run())
    problem(refused, "overloaded")
    assert refused.headers["retry-after"] == "1"
    assert (first.status, second.status) == (200, 200)
    assert len(first.json["predictions"]) == 65
    app.close()


def test_deadline_and_client_that_leaves_while_waiting(make_app):
    model = FakeModel()
    app = make_app(model, limits=Limits(max_concurrency=1, max_waiting=2, deadline=0.2))

    async def run():
        model.hold.clear()
        late = Call(app, "POST", PREDICT, parts=(BATCH,))
        gone = Call(app, "POST", PREDICT, parts=(BATCH,))
        while len(model.seen) < 2:
            await asyncio.sleep(0.001)
        gone.disconnect()
        closed = await gone.result()
        answer = await late.result()
        model.hold.set()
        return closed, answer

    closed, answer = asyncio.run(run())
    problem(closed, "client-closed")
    problem(answer, "deadline-exceeded")
    app.close()
    assert model.seen == [1, 65], "the batch of the client that left never ran"


def test_lifespan(app):
    async def run():
        events = asyncio.Queue()
        for name in ("startup", "shutdown"):
            events.put_nowait({"type": f"lifespan.{name}"})
        sent = []

        async def send(message):
            sent.append(message["type"])

        await app({"type": "lifespan"}, events.get, send)
        return sent

    assert asyncio.run(run()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
