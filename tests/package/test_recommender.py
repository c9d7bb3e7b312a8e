from __future__ import annotations

import json
import re

import jsonschema_rs
import numpy as np
import pytest
import tiny_recommender
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.core.errors import InputError, NotFoundError, UsageError
from lepton_ai.package import Recommender, Runtime, open_package, pack, write_package

KINDS = {"scores": {}, "query": {"queries": True}, "index": {"queries": True, "index": True, "items": 900}}


@pytest.fixture(scope="session", params=KINDS)
def folder(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recommender") / request.param
    write_package(folder, tiny_recommender.contents(**KINDS[request.param]))
    return folder


@pytest.fixture(scope="session")
def recommender(folder):
    return Recommender(Runtime(open_package(folder)))


def items(answer):
    return [each["item"] for each in answer["items"]]


LONG = [f"i{number}" for number in range(40)] * 250
MIXED = [None, "u0", "u7", "nobody", [], ["i3"], LONG, ["zzz"], {"user": "u5", "history": ["i1"]}, {}] * 30


def same(one, other):
    assert items(one) == items(other)
    assert one["known_user"] == other["known_user"]
    for ours, theirs in zip(one["items"], other["items"], strict=True):
        assert ours["score"] == pytest.approx(theirs["score"], abs=1e-6)
        assert ours["reason"] == theirs["reason"]


def test_a_mixed_batch_is_answered_as_one_by_one(recommender):
    together = recommender.recommend(MIXED)
    alone = {str(cell): recommender.recommend([cell])[0] for cell in MIXED[:10]}
    assert len(together) == len(MIXED)
    for cell, answer in zip(MIXED, together, strict=True):
        same(answer, alone[str(cell)])


def test_raw_outputs_of_a_mixed_batch_are_padded(recommender):
    outputs = recommender.runtime.outputs({"user": MIXED})
    seen = recommender.runtime.package.inputs["user"].encode(MIXED)["seen"]
    assert outputs["seen"].tolist() == seen.tolist()
    assert all(len(values) == len(MIXED) for values in outputs.values())


def test_answers_are_those_of_a_slow_computation(recommender):
    history, output = recommender.runtime.package.inputs["user"], recommender.runtime.package.output
    vectors = output.catalogue.vectors
    for cell in ["u4", ["i9", "i2", "i9"], None]:
        outputs = tiny_recommender.outputs_of(history, vectors, [cell])
        scores, seen = outputs["scores"][0], set(outputs["seen"][0].tolist())
        order = np.argsort(-scores, kind="stable").tolist()
        expected = [f"i{place}" for place in order if place + 1 not in seen][:5]
        assert items(recommender.recommend([cell], {"k": 5})[0]) == expected


def test_a_new_event_counts_at_once(recommender):
    before = items(recommender.recommend(["u3"], {"k": 3})[0])
    after = recommender.recommend([{"user": "u3", "history": [before[0]]}], {"k": 3})[0]
    assert before[0] not in items(after)
    assert items(after) != before[1:]


def test_known_and_unknown_users(recommender):
    known, stranger, empty = recommender.recommend(["u3", "nobody", "u0"])
    assert known["known_user"] is True
    assert stranger["known_user"] is empty["known_user"] is False
    assert {each["reason"]["kind"] for each in stranger["items"]} == {"popular"}


def test_options_reach_the_answer(recommender):
    (answer,) = recommender.recommend(["u3"], {"k": 4, "categories": ["odd"], "deny": ["i1"]})
    assert len(answer["items"]) == 4
    assert all(int(item[1:]) % 2 == 1 and item != "i1" for item in items(answer))
    (capped,) = recommender.recommend(["u3"], {"k": 9, "max_per_category": 2, "diversity": 0.5})
    assert len(capped["items"]) == 4
    (allowed,) = recommender.recommend([None], {"allow": ["i5", "zzz", "i3"], "k": 1000})
    assert sorted(items(allowed)) == ["i3", "i5"]


def test_more_than_there_are_gives_all(recommender):
    (answer,) = recommender.recommend([None], {"k": 1000})
    count = len(recommender.runtime.package.output.items)
    assert len(set(items(answer))) == len(items(answer)) == count


def test_answers_fit_the_signature(recommender):
    schema = recommender.runtime.package.manifest.signature["output"]
    validator = jsonschema_rs.Draft202012Validator(schema)
    for answer in recommender.recommend(MIXED[:10]):
        validator.validate(json.loads(json.dumps(answer)))


def test_rows_of_a_request(recommender):
    rows = [{"user": "u3", "options": {"k": 2}}, {"user": ["i1"]}, {}]
    answers = recommender.runtime.predict_rows(rows)
    assert [len(answer["items"]) for answer in answers] == [2, 10, 10]
    assert recommender.runtime.predict_rows([]) == []
    assert recommender.recommend([]) == []


def test_similar_items(recommender):
    found = recommender.similar_items("i3", k=4)
    assert len(found) == 4
    assert found[0].keys() == {"item", "title", "score"}
    with pytest.raises(NotFoundError):
        recommender.similar_items("zzz")
    for k in (0, 1001, True, 1.0):
        with pytest.raises(UsageError, match="whole number from 1 to 1,000"):
            recommender.similar_items("i3", k=k)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (True, r"rows\[0\]\.user is a boolean, not an object, a list, text, a number or null"),
        (
            [["SECRET"]],
            r"rows\[0\]\.user has an entry, number 0 from 0, that is a list, not text or a number",
        ),
        (["a", None], r"rows\[0\]\.user has an entry, number 1 from 0, that is null, not text or a number"),
        ({"SECRET": 1}, r"rows\[0\]\.user has a field that the model does not know"),
        (
            {"history": ["S" * 300]},
            r"has the field 'history', which has an entry, number 0 from 0, that has 300",
        ),
        (["a"] * 10_001, r"has 10,001 entries; 0 to 10,000 are allowed"),
        ("S" * 201, r"has 201 characters"),
        ({"user": ["SECRET"]}, r"has the field 'user', which is a list, not text, a number or null"),
    ],
)
def test_a_wrong_cell_is_named_without_its_value(recommender, cell, said):
    with pytest.raises(InputError, match=said) as caught:
        recommender.recommend([cell])
    assert "SECRET" not in str(caught.value)


def test_wrong_options_are_named(recommender):
    with pytest.raises(
        InputError, match=re.escape("rows[0].options has the field 'k', which is not a whole")
    ):
        recommender.recommend(["u1"], {"k": 0})


CELLS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["u1", "i1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["user", "history", "features", "k", "deny"]) | st.text(), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=150)
@given(st.lists(CELLS, max_size=4), CELLS)
def test_any_cells_are_answered_or_an_input_error(recommender, cells, options):
    try:
        answers = recommender.recommend(cells, options)
    except InputError:
        return
    assert len(answers) == len(cells)


def test_an_archive_answers_as_its_folder(folder, recommender, tmp_path):
    pack(folder, tmp_path / "p.zip")
    packed = Recommender(Runtime(open_package(tmp_path / "p.zip")))
    assert packed.recommend(["u3"]) == recommender.recommend(["u3"])


def test_a_package_of_another_kind_is_refused(package):
    with pytest.raises(UsageError, match="does not recommend: it is for text-classification"):
        Recommender(Runtime(package))


def test_features_keep_their_width(tmp_path):
    """An input of fixed width is never trimmed, even where its last features are unknown in all rows."""
    from onnx import TensorProto, helper

    from lepton_ai.codecs.ranking import HistoryCodec, IdIndex, RankingOptionsCodec, TopItemsCodec
    from lepton_ai.core.calibration import Calibration
    from lepton_ai.package import Graph, PackageContents

    ids = IdIndex(["a", "b"])
    known = {f"f{number}": ["x", "y"] for number in range(2)}
    history = HistoryCodec(ids, IdIndex([]), np.zeros(1, int), np.empty(0, int), features=known)
    output = TopItemsCodec.fit(["a", "b"])
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["user.features"], ["scores"], to=TensorProto.FLOAT),
            helper.make_node("Identity", ["user.seen"], ["seen"]),
        ],
        "wide",
        [
            helper.make_tensor_value_info("user.features", TensorProto.INT64, ["rows", 2]),
            helper.make_tensor_value_info("user.seen", TensorProto.INT64, ["rows", "seen"]),
        ],
        [
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["rows", 2]),
            helper.make_tensor_value_info("seen", TensorProto.INT64, ["rows", "seen"]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    outputs = {"scores": np.zeros((1, 2), np.float32), "seen": np.zeros((1, 1), np.int64)}
    contents = PackageContents(
        task="recommendation",
        name="wide",
        description="",
        inputs={"user": history, "options": RankingOptionsCodec()},
        output_column="items",
        output=output,
        graphs={"default": Graph(model=model.SerializeToString(), outputs=("scores", "seen"))},
        calibration=Calibration(),
        example={"user": [None], "options": [None]},
        outputs=outputs,
        answers=output.decode(outputs, Calibration(), {}),
    )
    write_package(tmp_path / "p", contents)
    recommender = Recommender(Runtime(open_package(tmp_path / "p")))
    cells = [{"features": {"f0": "y"}, "history": ["a"] * 90}] * 300
    assert len(recommender.recommend(cells)) == 300
