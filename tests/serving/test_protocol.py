"""Real sockets against a real server process: what reaches it is not always HTTP."""

import json
import random
import socket
import time

import pytest
from raw_http import BODY, CHUNKED, CLOSE, post, status_of
from server_process import read_all

pytestmark = pytest.mark.e2e


def problem_of(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    return json.loads(body)["code"]


def send_for_ever(connection, piece):
    started = time.monotonic()
    while time.monotonic() - started < 20:
        connection.sendall(piece)


def is_well(server):
    return (
        status_of(server.exchange(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"))
        == 200
    )


def test_plain_and_chunked(server):
    assert status_of(server.exchange(post(extra=CLOSE))) == 200
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n"
    assert status_of(server.exchange(CHUNKED + CLOSE + b"\r\n" + chunks)) == 200


def test_answers_carry_no_server_name(server):
    raw = server.exchange(post(extra=CLOSE)).lower()
    assert b"\r\nserver:" not in raw
    assert b"\r\ndate:" in raw


def test_pipelined_requests_are_answered_in_order(server):
    raw = server.exchange(post() + b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n" + post(extra=CLOSE))
    assert raw.count(b"HTTP/1.1 200 OK") == 3
    assert raw.index(b"predictions") < raw.index(b'"ok"') < raw.rindex(b"predictions")


def test_expect_continue(server):
    with server.connect() as connection:
        connection.sendall(post(b"", length=len(BODY), extra=b"expect: 100-continue\r\n" + CLOSE))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100")
        connection.sendall(BODY)
        assert status_of(read_all(connection)) == 200


def test_expect_continue_is_not_given_to_a_body_too_large(server):
    raw = server.exchange(post(b"", length=10**9, extra=b"expect: 100-continue\r\n"), half_close=True)
    assert problem_of(raw) == "body-too-large"


def test_too_large_by_length_arrives_although_the_client_goes_on_sending(server):
    raw = server.exchange(post(b" " * 400_000))
    assert problem_of(raw) == "body-too-large"


def test_too_large_in_chunks(server):
    chunks = (b"ffff\r\n" + b" " * 0xFFFF + b"\r\n") * 8 + b"0\r\n\r\n"
    assert problem_of(server.exchange(CHUNKED + b"\r\n" + chunks)) == "body-too-large"


def test_endless_chunks_are_cut_off(server):
    with server.connect() as connection:
        connection.sendall(CHUNKED + b"\r\n")
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            send_for_ever(connection, b"ffff\r\n" + b" " * 0xFFFF + b"\r\n")
    assert is_well(server)


def test_slow_body_is_408(server):
    started = time.monotonic()
    raw = server.exchange(post(BODY[:5], length=len(BODY)))
    assert problem_of(raw) == "request-timeout"
    assert 0.4 < time.monotonic() - started < 10


def test_slow_head_is_408_and_silence_is_closed(server):
    assert problem_of(server.exchange(b"GET /healthz HTTP/1.1\r\nhost: lo")) == "request-timeout"
    assert server.exchange(b"") == b""
    with server.connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\nGET /hea")
        raw = read_all(connection)
    assert raw.count(b"HTTP/1.1 ") == 2
    assert raw.count(b"HTTP/1.1 408") == 1


def test_idle_connection_is_closed(server):
    with server.connect() as connection:
        connection.sendall(post())
        assert status_of(read_all(connection)) == 200


def test_half_closed_socket_gets_its_answer(server):
    assert status_of(server.exchange(post(), half_close=True)) == 200
    assert server.exchange(post(BODY[:5], length=len(BODY)), half_close=True) == b""
    assert server.exchange(b"GET /hea", half_close=True) == b""
    assert server.exchange(b"", half_close=True) == b""


def test_url_and_head_too_large(server):
    assert problem_of(server.exchange(b"GET /" + b"a" * 2000 + b" HTTP/1.1\r\n\r\n")) == "uri-too-long"
    many = b"".join(b"x-%d: %s\r\n" % (index, b"v" * 50) for index in range(200))
    assert problem_of(server.exchange(b"GET / HTTP/1.1\r\n" + many + b"\r\n")) == "head-too-large"
    assert problem_of(server.exchange(b"GET / HTTP/1.1\r\nx: " + b"v" * 9000)) == "head-too-large"


def test_endless_header_is_cut_off(server):
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nx: ")
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            send_for_ever(connection, b"v" * 10_000)
    assert is_well(server)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 100,
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET \xff HTTP/1.1\r\n\r\n",
        b"GET http:// HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        CHUNKED + b"\r\nzz\r\n",
    ],
)
def test_garbage_is_400(server, raw):
    assert status_of(server.exchange(raw)) == 400


def test_lying_content_length(server):
    raw = server.exchange(post(BODY + b"GARBAGE GARBAGE\r\n\r\n", length=len(BODY)))
    assert status_of(raw) == 200
    assert raw.count(b"HTTP/1.1 400") <= 1


def test_upgrade_is_passed_over(server):
    raw = server.exchange(
        b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        half_close=True,
    )
    assert raw == b"" or status_of(raw) in (200, 400)
    assert is_well(server)


def test_abrupt_reset(server):
    for _ in range(20):
        connection = server.connect()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.sendall(post()[: random.Random(4).randrange(10, 100)])
        connection.close()
    assert is_well(server)


def test_random_bytes_never_hang_or_crash(server):
    draw = random.Random(20261122)
    good = post(extra=CLOSE)
    for _ in range(300):
        raw = bytearray(good)
        for _ in range(draw.randrange(1, 8)):
            place = draw.randrange(len(raw))
            raw[place : place + draw.randrange(0, 3)] = draw.randbytes(draw.randrange(0, 4))
        answer = server.exchange(bytes(raw), half_close=True)
        assert not answer or status_of(answer) < 500, (bytes(raw), answer)
    assert is_well(server)


def test_nothing_of_it_failed_inside(server):
    names = {event["event"] for event in server.events()}
    assert "failure" not in names
    assert all(line.startswith("{") for line in server.log.read_text().splitlines()), "no stray traceback"


def test_head_has_the_headers_alone(server):
    raw = server.exchange(b"HEAD /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    assert status_of(raw) == 200
    assert raw.endswith(b"\r\n\r\n")
    head = b"HEAD /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"
    raw = server.exchange(head + head + post(extra=CLOSE))
    assert raw.count(b"HTTP/1.1 200 OK") == 3
