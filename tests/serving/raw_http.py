"""HTTP/1.1 requests as bytes."""

import json

from asgi_driver import PREDICT

BODY = json.dumps({"rows": [{"message": "hello"}]}).encode()


def post(body=BODY, *, extra=b"", length=None, path=PREDICT):
    size = len(body) if length is None else length
    return (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n".encode()
        + extra
        + b"content-length: %d\r\n\r\n" % size
        + body
    )


CHUNKED = (
    f"POST {PREDICT} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    "transfer-encoding: chunked\r\n"
).encode()
CLOSE = b"connection: close\r\n"


def status_of(raw):
    assert raw.startswith(b"HTTP/1.1 "), raw[:100]
    return int(raw[9:12])
