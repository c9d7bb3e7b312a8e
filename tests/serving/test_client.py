import asyncio
import socket
import sys
import threading
from pathlib import Path

import pytest
from server_process import running

from lepton_ai.serving.client import AsyncClient, Client, Prediction, ServiceError


def canned(*answers):
    """A server that gives each connection one of these raw answers; its URL and what it was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        for answer in answers:
            connection, _ = listener.accept()
            with connection:
                raw = b""
                while b"\r\n\r\n" not in raw:
                    raw += connection.recv(65536)
                asked.append(raw)
                connection.sendall(answer)
        listener.close()

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}", asked


def raw_answer(status, body=b"{}", headers=b""):
    return b"HTTP/1.1 %d X\r\nconnection: close\r\ncontent-length: %d\r\n%s\r\n%s" % (
        status,
        len(body),
        headers,
        body,
    )


BUSY = raw_answer(503, b'{"code":"overloaded","title":"Busy","detail":"Wait."}', b"retry-after: 0\r\n")
GOOD = raw_answer(200, b'{"models":[]}')


@pytest.mark.e2e
def test_all_methods_against_a_real_server(server):
    with Client(server.url) as client:
        assert client.health()
        assert client.ready()
        assert [model.name for model in client.models()] == ["support"]
        card = client.model("support")
        assert card.labels == ["delivery", "password", "refund"]
        first, second = client.predict("support", [{"message": "我要退款"}, {"message": "hi", "stars": 2}])
        assert isinstance(first, Prediction)
        assert first.id < second.id
        assert first.score == max(first.scores.values()) == first.scores[first.label]
        with pytest.raises(ServiceError) as caught:
            client.predict("support", [{"message": 1}])
        assert caught.value.http_status == 422
        assert caught.value.problem_code == "invalid-request"
        assert caught.value.problem["errors"][0]["pointer"] == "/rows/0/message"
        assert "/rows/0/message" in str(caught.value)
        with pytest.raises(ServiceError, match="no model"):
            client.model("x y")


@pytest.mark.e2e
def test_async_client(server):
    async def run():
        async with AsyncClient(server.url) as client:
            assert await client.health()
            assert await client.ready()
            assert (await client.models())[0].name == "support"
            assert (await client.model("support")).version == 3
            asked = [client.predict("support", [{"message": f"m{index}"}]) for index in range(20)]
            answers = await asyncio.gather(*asked)
            with pytest.raises(ServiceError, match="no model"):
                await client.predict("other", [{"message": "x"}])
            return len({one[0].id for one in answers})

    assert asyncio.run(run()) == 20


@pytest.mark.e2e
def test_recommendations_of_a_real_server(tmp_path):
    sys.path.insert(0, str(Path(__file__).parents[1] / "package"))
    import tiny_recommender

    from lepton_ai.package import Recommender, Runtime, open_package, write_package

    write_package(tmp_path / "package", tiny_recommender.contents())
    own = Recommender(Runtime(open_package(tmp_path / "package")))
    with running(tmp_path, package=str(tmp_path / "package")) as server, Client(server.url) as client:
        answer = client.recommend("things", user="u4", history=["i5"], k=3, exclude_seen=True, deny=["i1"])
        cell = {"user": "u4", "history": ["i5"]}
        (expected,) = own.recommend([cell], {"k": 3, "exclude_seen": True, "deny": ["i1"]})
        assert [one.item for one in answer.items] == [one["item"] for one in expected["items"]]
        assert [one.reason.kind for one in answer.items] == [
            one["reason"]["kind"] for one in expected["items"]
        ]
        assert answer.items[0].title.startswith("Item ")
        assert answer.known_user
        assert not client.recommend("things").known_user
        like = client.similar_items("things", "i3", k=2)
        assert [one.item for one in like] == [one["item"] for one in own.similar_items("i3", k=2)]
        assert like[0].reason is None
        plain = client.answers("things", [{"user": "u4", "options": {"k": 1}}])
        assert len(plain[0]["items"]) == 1
        with pytest.raises(ServiceError) as caught:
            client.similar_items("things", "nothing")
        assert caught.value.problem_code == "unknown-item"
        with pytest.raises(ServiceError) as caught:
            client.recommend("support", user="u4")
        assert caught.value.problem["known"] == ["predict"]

        async def run():
            async with AsyncClient(server.url) as other:
                lists = await other.recommend("things", user="u4", k=3)
                return lists, await other.similar_items("things", "i3"), await other.answers("things", [{}])

        lists, like, plain = asyncio.run(run())
        assert (len(lists.items), len(like), len(plain)) == (3, 10, 1)


def test_only_what_is_given_is_sent():
    url, asked = canned(raw_answer(200, b'{"id":"x","items":[],"known_user":false}'))
    with Client(url) as client:
        client.recommend("x/y", history=[1, "b"], diversity=0.0, allow=None)
    head, _, body = asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/models/x%2Fy/recommend ")
    assert body in (b"", b'{"history":[1,"b"],"diversity":0.0}')


def test_busy_server_is_asked_again():
    url, asked = canned(BUSY, BUSY, GOOD)
    with Client(url) as client:
        assert client.models() == []
    assert len(asked) == 3


def test_retries_are_bounded():
    url, asked = canned(BUSY, BUSY, GOOD)
    with Client(url, retries=1) as client, pytest.raises(ServiceError) as caught:
        client.models()
    assert caught.value.problem_code == "overloaded"
    assert len(asked) == 2


def test_no_retry_without_retry_after_or_for_other_refusals():
    for answer in (raw_answer(503), raw_answer(500), raw_answer(429, headers=b"retry-after: 0\r\n")):
        url, asked = canned(answer, GOOD)
        with Client(url) as client, pytest.raises(ServiceError):
            client.models()
        assert len(asked) == 1


def test_broken_connection_is_retried_for_reads_only():
    url, asked = canned(b"", GOOD)
    with Client(url) as client:
        assert client.models() == []
    assert len(asked) == 2
    url, asked = canned(b"", GOOD)
    with Client(url) as client, pytest.raises(ServiceError, match="No answer"):
        client.predict("support", [{"message": "x"}])
    assert len(asked) == 1


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}", retries=1) as client:
        assert not client.health()
        assert not client.ready()
        with pytest.raises(ServiceError, match="No answer") as caught:
            client.predict("support", [{"message": "x"}])
    assert caught.value.http_status == 0


def test_answers_of_another_kind():
    url, _ = canned(raw_answer(200, b"<html>"))
    with Client(url) as client, pytest.raises(ServiceError, match="not as this client knows"):
        client.models()
    url, _ = canned(raw_answer(502, b"<html>"))
    with Client(url) as client, pytest.raises(ServiceError, match="HTTP 502"):
        client.models()


def test_timeout():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Client(url, timeout=0.1, retries=0) as client, pytest.raises(ServiceError, match="Timeout"):
            client.models()
