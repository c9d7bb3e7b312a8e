import uuid

import pytest
from asgi_driver import request

from lepton_ai.package import Recommender


def told(answer, code, pointers):
    document = answer.json
    assert (document["code"], document["status"]) == (code, answer.status), document
    assert [one["pointer"] for one in document.get("errors", [])] == pointers, document
    return document


@pytest.mark.parametrize(
    ("body", "cell", "options"),
    [
        ({}, None, None),
        ({"user": "u3"}, "u3", None),
        ({"user": "u3", "k": 2}, "u3", {"k": 2}),
        ({"history": ["i1", "i2"]}, ["i1", "i2"], None),
        ({"user": "u3", "history": ["i9"], "k": 3}, {"user": "u3", "history": ["i9"]}, {"k": 3}),
        ({"user": None, "history": None, "k": None}, None, None),
        ({"user": "nobody", "categories": ["odd"]}, "nobody", {"categories": ["odd"]}),
        (
            {"user": "u5", "deny": ["i1"], "diversity": 0.5, "max_per_category": 3, "exclude_seen": False},
            "u5",
            {"deny": ["i1"], "diversity": 0.5, "max_per_category": 3, "exclude_seen": False},
        ),
        ({"user": "u3", "k": 1000}, "u3", {"k": 1000}),
    ],
)
def test_the_list_is_that_of_the_package(ask, things, body, cell, options):
    answer = ask("recommend", body)
    assert answer.status == 200, answer.body
    content = answer.json
    (expected,) = Recommender(things).recommend([cell], options)
    assert content["items"] == expected["items"]
    assert content["known_user"] is expected["known_user"]
    assert (content["model"], content["version"]) == ("things", 0)
    assert uuid.UUID(content["id"]).version == 7


def test_a_new_event_counts_at_once(ask):
    before = ask("recommend", {"user": "u2", "k": 5}).json["items"]
    first = before[0]["item"]
    after = ask("recommend", {"user": "u2", "history": [first], "k": 5}).json["items"]
    assert first not in [one["item"] for one in after]
    assert before != after


@pytest.mark.parametrize(
    ("body", "code", "pointers"),
    [
        (b"", "invalid-json", []),
        (b"[]", "invalid-request", [""]),
        (b"null", "invalid-request", [""]),
        (b'{"rows": [{"user": "u1"}]}', "invalid-request", [""]),
        (b'{"zebra-4711": 1}', "invalid-request", [""]),
        (b'{"user": true}', "invalid-request", ["/user"]),
        (b'{"user": ["zebra-4711"]}', "invalid-request", ["/user"]),
        (b'{"history": "zebra-4711"}', "invalid-request", ["/history"]),
        (b'{"history": [["zebra-4711"]]}', "invalid-request", ["/history"]),
        (b'{"k": 0}', "invalid-request", ["/k"]),
        (b'{"k": 1001}', "invalid-request", ["/k"]),
        (b'{"k": 2.5, "diversity": 2, "deny": 1}', "invalid-request", ["/k", "/diversity", "/deny"]),
        (b'{"user": "u1", "user": "u2"}', "duplicate-key", []),
        (b'{"user": "u1", "k": NaN}', "invalid-json", []),
    ],
)
def test_what_is_wrong_is_told_and_not_echoed(ask, body, code, pointers):
    answer = ask("recommend", body)
    told(answer, code, pointers)
    assert b"zebra" not in answer.body


def test_histories_and_ids_are_bounded(ask):
    assert ask("recommend", {"history": ["i1"] * 10_000}).status == 200
    told(ask("recommend", {"history": ["i1"] * 10_001}), "invalid-request", ["/history"])
    told(ask("recommend", {"user": "x" * 201}), "invalid-request", ["/user"])


def test_the_log_has_the_route_and_no_data(ask, lines):
    ask("recommend", {"user": "zebra-4711"})
    assert lines[-1]["route"] == "/v1/models/{name}/recommend"
    assert (lines[-1]["model"], lines[-1]["rows"], lines[-1]["status"]) == ("things", 1, 200)
    assert "zebra" not in str(lines)


def test_another_kind_of_model_says_what_it_can_be_asked(ask, lines):
    for action in ("recommend", "similar"):
        document = told(ask(action, {}, model="support"), "unknown-action", [])
        assert document["known"] == ["predict"]
        assert document["status"] == 404
    assert lines[-1]["route"] == "/v1/models/{name}/similar"


def test_only_post_and_only_known_actions(both):
    assert request(both, "GET", "/v1/models/things/recommend").status == 405
    assert request(both, "POST", "/v1/models/things/train", parts=(b"{}",)).json["code"] == "unknown-path"


def test_rows_of_predict_make_several_lists(ask, things):
    rows = [{"user": "u1", "options": {"k": 2}}, {"user": {"user": "u2", "history": ["i5"]}}, {}]
    answer = ask("predict", {"rows": rows})
    assert answer.status == 200, answer.body
    expected = things.predict_rows(rows)
    for given, own in zip(answer.json["predictions"], expected, strict=True):
        given.pop("id")
        assert [one["item"] for one in given["items"]] == [one["item"] for one in own["items"]]
    twice = b'{"rows": [{"user": {"user": "u1", "user": "u2"}}]}'
    assert ask("predict", twice).json["code"] == "duplicate-key"
    broken = ask("predict", {"rows": [{"user": "u1", "options": {"k": 0}}]})
    told(broken, "invalid-request", ["/rows/0/options"])


def test_much_work_goes_to_a_thread(both, ask, monkeypatch):
    threaded = []
    submit = both._pool.submit
    monkeypatch.setattr(both._pool, "submit", lambda work: threaded.append(1) or submit(work))
    assert ask("recommend", {"user": "u1", "k": 20, "diversity": 0.3}).status == 200
    assert not threaded
    assert ask("recommend", {"user": "u1", "k": 200, "diversity": 0.3}).status == 200
    assert len(threaded) == 1
    rows = [{"user": "u1", "options": {"k": 60, "diversity": 0.5}}] * 3
    assert ask("predict", {"rows": rows}).status == 200
    assert len(threaded) == 2
