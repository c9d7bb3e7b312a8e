"""The docs page: one file, no outside assets, allowed to run exactly the script and style it carries."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from lepton_ai.serving.asgi import Reply

_PAGE = Path(__file__).with_name("docs.html")


@cache
def docs_reply() -> Reply:
    """The page, with a Content-Security-Policy made from the hashes of its own parts."""
    page = _PAGE.read_bytes()
    policy = (
        "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; "
        f"script-src '{_hash_of(page, b'script')}'; style-src '{_hash_of(page, b'style')}'"
    )
    return Reply(
        page,
        media_type=b"text/html; charset=utf-8",
        headers=((b"referrer-policy", b"no-referrer"), (b"cross-origin-opener-policy", b"same-origin")),
        policy=policy.encode("ascii"),
    )


def _hash_of(page: bytes, tag: bytes) -> str:
    content = page.split(b"<" + tag + b">")[1].split(b"</" + tag + b">")[0]
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode("ascii")
