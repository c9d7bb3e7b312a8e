import tiny_recommender
from asgi_driver import request

from lepton_ai.package import Recommender, Runtime, open_package, write_package
from lepton_ai.serving.app import create_app
from lepton_ai.serving.events import EventLog


def test_items_are_those_of_the_package(ask, things):
    answer = ask("similar", {"item": "i3", "k": 4})
    assert answer.status == 200, answer.body
    assert answer.json["items"] == Recommender(things).similar_items("i3", k=4)
    assert answer.json["id"]
    assert len(ask("similar", {"item": "i3"}).json["items"]) == 10
    assert len(ask("similar", {"item": "i3", "k": 1000}).json["items"]) == 39


def test_an_unknown_item_is_404_and_not_echoed(ask):
    answer = ask("similar", {"item": "zebra-4711"})
    assert (answer.status, answer.json["code"]) == (404, "unknown-item")
    assert answer.json["errors"][0]["pointer"] == "/item"
    assert b"zebra" not in answer.body


def test_bad_bodies(ask):
    assert ask("similar", {}).json["errors"][0]["pointer"] == "/item"
    assert ask("similar", {"item": None}).json["errors"][0]["pointer"] == "/item"
    assert ask("similar", {"item": "i1", "k": 0}).json["errors"][0]["pointer"] == "/k"
    assert ask("similar", {"item": "i1", "user": "u1"}).json["errors"][0]["pointer"] == ""
    assert ask("similar", b'{"item": "i1", "item": "i2"}').json["code"] == "duplicate-key"


def test_a_model_without_item_vectors_has_no_such_action(tmp_path):
    contents = tiny_recommender.contents()
    output = contents.output
    bare = type(output)(
        output.items,
        vectors=output.catalogue.vectors[:, :0],
        popularity=output.catalogue.popularity,
        newest=output.catalogue.newest,
    )
    answers = bare.decode(contents.outputs, contents.calibration, contents.example)
    changed = {**vars(contents), "output": bare, "answers": answers}
    write_package(tmp_path / "package", type(contents)(**changed))
    app = create_app({"bare": Runtime(open_package(tmp_path / "package"))}, log=EventLog(lambda line: None))
    refused = request(app, "POST", "/v1/models/bare/similar", parts=(b'{"item": "i1"}',)).json
    assert refused["code"] == "unknown-action"
    assert refused["known"] == ["predict", "recommend"]
    assert request(app, "POST", "/v1/models/bare/recommend", parts=(b"{}",)).status == 200
