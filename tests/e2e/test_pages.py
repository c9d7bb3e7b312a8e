"""The pages that people look at, as a browser draws them: reports, and the docs of a server."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from browser import browser, chromium

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium to draw pages with"),
]

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "customer_messages"
LOOKS = [("light", 1280), ("dark", 1280), ("light", 420), ("dark", 420)]


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """An installation with the model "messages", trained on the sample, and its reports."""
    folder = tmp_path_factory.mktemp("home")
    train = ["train", "text-classification", str(SAMPLE / "messages.csv")]
    lepton(folder, *train, "--name", "messages", "--recipe", "fast", "--report", str(folder / "trained.html"))
    measure = ["evaluate", "messages", str(SAMPLE / "held_out.csv")]
    told = lepton(folder, *measure, "--html", str(folder / "measured.html"), "--json")
    (folder / "measured.json").write_text(told, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def server(home):
    """The address of a server of that model."""
    command = [sys.executable, "-m", "lepton_ai.cli.main", "serve", "messages", "--port", "0", "--json"]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment(home), stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout is not None
    told = ""
    while "}" not in told:
        line = process.stdout.readline()
        assert line, (home / "server.log").read_text(encoding="utf-8")
        told += line
    yield json.loads(told)["url"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    process.stdout.close()


@pytest.fixture(scope="session")
def chrome(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("chromium") / "profile") as running:
        yield running


@pytest.fixture
def page(chrome):
    return chrome.page()


def environment(home):
    return {**os.environ, "LEPTON_HOME": str(home)}


def lepton(home, *words):
    done = subprocess.run(
        [sys.executable, "-m", "lepton_ai.cli.main", *words],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def pixels(png):
    """Width, height and the lines of an 8-bit RGB or RGBA image as filtered bytes (PNG, 3rd edition)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    place, data, header = 8, b"", b""
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        header = body if kind == b"IHDR" else header
        data += body if kind == b"IDAT" else b""
        place += 12 + length
    width, height, _, colours = struct.unpack(">IIBB", header[:10])
    lines = zlib.decompress(data)
    step = width * {2: 3, 6: 4}[colours] + 1
    return width, height, [lines[start : start + step] for start in range(0, len(lines), step)]


def assert_drawn(page, *, width, scheme):
    """The page fits its width, keeps to the colour scheme, and most of its height holds something."""
    assert page.value("document.documentElement.scrollWidth") == width, "the page scrolls sideways"
    back = page.value("getComputedStyle(document.body).backgroundColor").removeprefix("rgb(").rstrip(")")
    brightness = sum(int(part) for part in back.split(",")) / 3
    assert brightness > 200 if scheme == "light" else brightness < 55
    across, down, lines = pixels(page.screenshot())
    assert across == width
    assert down == page.value("document.documentElement.scrollHeight") > 1500
    assert len(set(lines)) > down / 10


def labels(home):
    report = json.loads((home / "measured.json").read_text(encoding="utf-8"))
    return report, [line["label"] for line in report["per_class"]]


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_the_report_of_a_measurement_is_drawn(page, home, scheme, width):
    url = (home / "measured.html").as_uri()
    page.open(url, width=width, scheme=scheme)
    report, names = labels(home)
    text = page.text
    for figure in ("accuracy", "macro_f1"):
        assert f"{report[figure]['value']:.1%}" in text
    assert f"{report['rows']:,} rows" in text
    assert len(names) == 10
    for name in names:
        assert name in text
    assert report["mistakes"][0]["text"] in text
    assert page.value("document.querySelectorAll('svg[aria-labelledby]').length") == 4
    assert_drawn(page, width=width, scheme=scheme)
    assert page.requests == [url]
    assert page.errors == []


def test_the_report_of_a_training_is_drawn(page, home):
    url = (home / "trained.html").as_uri()
    page.open(url, width=1280)
    for name in labels(home)[1]:
        assert name in page.text
    assert_drawn(page, width=1280, scheme="light")
    assert page.requests == [url]
    assert page.errors == []


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_the_docs_of_a_server_are_drawn(page, home, server, scheme, width):
    page.open(f"{server}/docs", width=width, scheme=scheme)
    page.wait(lambda: "Try it" in page.text, "the page to be drawn")
    text = page.text
    for told in ("/v1/models/messages/predict", "message", "Try it", "invalid-request", *labels(home)[1]):
        assert told in text
    assert_drawn(page, width=width, scheme=scheme)
    assert page.requests == [f"{server}/docs", f"{server}/openapi.json"]
    assert page.errors == []


def test_the_docs_of_a_server_can_be_tried(page, home, server):
    page.open(f"{server}/docs", width=1280)
    page.wait(lambda: "Try it" in page.text, "the page to be drawn")
    body = json.dumps({"rows": [{"message": "我的快递三天没动了"}]})
    page.value(f"document.querySelector('textarea').value = {json.dumps(body)}")
    page.value("document.querySelector('button').click()")
    page.wait(lambda: page.value("!document.querySelector('pre[hidden]')"), "the answer")
    answer = json.loads(page.value("document.querySelector('textarea ~ pre').textContent"))
    assert answer["predictions"][0]["label"] in labels(home)[1]
    assert page.requests[2:] == [f"{server}/v1/models/messages/predict"]
    assert page.errors == []


def test_a_page_that_asks_elsewhere_is_noticed(page, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        '<!doctype html><script>console.error("one"); setTimeout(() => { throw Error("two") })</script>'
        '<img src="http://127.0.0.1:9/three.png">',
        encoding="utf-8",
    )
    page.open(bad.as_uri(), width=420)
    page.wait(lambda: len(page.errors) >= 3, "its errors")
    assert page.requests[1:] == ["http://127.0.0.1:9/three.png"]
    assert all(any(word in told for told in page.errors) for word in ("one", "two", "ERR_"))
