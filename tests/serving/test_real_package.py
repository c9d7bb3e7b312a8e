"""The server over a real package: codec, ONNX graph, calibration."""

import importlib.util
import json
from pathlib import Path

import pytest
from asgi_driver import request

from lepton_ai.package import Runtime, open_package, write_package
from lepton_ai.serving.app import create_app
from lepton_ai.serving.events import EventLog

PATH = "/v1/models/messages/predict"


@pytest.fixture(scope="module")
def tiny():
    place = Path(__file__).parent.parent / "package" / "tiny_package.py"
    spec = importlib.util.spec_from_file_location("tiny_package_for_serving", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def runtime(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "package"
    write_package(folder, tiny.contents())
    return Runtime(open_package(folder))


@pytest.fixture(scope="module")
def real_app(runtime):
    return create_app({"messages": runtime}, log=EventLog(lambda line: None))


def ask(app, rows):
    body = json.dumps({"rows": rows}, ensure_ascii=False).encode()
    return request(app, "POST", PATH, parts=(body,))


def test_answers_are_those_of_the_runtime(real_app, runtime, tiny):
    answer = ask(real_app, [{"message": message} for message in tiny.ROWS])
    assert answer.status == 200, answer.body
    predictions = answer.json["predictions"]
    expected = runtime.predict({"message": tiny.ROWS})
    assert [one.pop("id") for one in predictions]
    for given, own in zip(predictions, expected, strict=True):
        assert given["label"] == own["label"]
        assert given["score"] == pytest.approx(own["score"], abs=1e-6)


def test_a_batch_in_a_thread_gives_the_same(real_app, tiny):
    rows = [{"message": message} for message in tiny.ROWS]
    many = ask(real_app, rows * 20).json["predictions"]
    few = ask(real_app, rows).json["predictions"]
    for index, one in enumerate(many):
        assert one["label"] == few[index % len(rows)]["label"]
        assert one["score"] == pytest.approx(few[index % len(rows)]["score"], abs=1e-5)


def test_bad_rows_and_card(real_app):
    refused = ask(real_app, [{"message": "ok"}, {"message": 3}])
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == "/rows/1/message"
    card = request(real_app, "GET", "/v1/models/messages").json
    assert card["labels"] == ["account", "delivery", "refund"]
    assert card["calibration"]["temperature"] == 1.5
    assert request(real_app, "GET", "/openapi.json").status == 200
