import base64
import hashlib
import re

from asgi_driver import request

from lepton_ai.serving.docs_page import docs_reply


def test_policy_allows_exactly_the_parts_of_the_page(app):
    answer = request(app, "GET", "/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>".encode(), answer.body, re.DOTALL)
        own = base64.b64encode(hashlib.sha256(content).digest()).decode()
        assert f"{directive} 'sha256-{own}'" in policy


def test_page_needs_nothing_from_outside_and_never_writes_html():
    page = docs_reply().body.decode()
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|style=|\son\w+=", page)


def test_browsers_that_ask_for_an_icon_get_no_error(app):
    answer = request(app, "GET", "/favicon.ico")
    assert (answer.status, answer.body) == (204, b"")
    assert "content-length" not in answer.headers
    assert "content-type" not in answer.headers
