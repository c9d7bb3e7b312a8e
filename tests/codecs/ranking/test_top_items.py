from __future__ import annotations

import json

import numpy as np
import pytest

from lepton_ai.codecs.ranking import IdIndex, TopItemsCodec
from lepton_ai.codecs.ranking.index import NearestIndex
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import DataError, NotFoundError, PackageError, UsageError


def codec(count=4, width=2, **changes):
    vectors = np.random.default_rng(0).normal(size=(count, width)).astype(np.float32)
    parts = {
        "vectors": vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        "popularity": np.ones(count) / count,
        "newest": np.zeros(count),
        **changes,
    }
    return TopItemsCodec(IdIndex([f"i{number}" for number in range(count)]), **parts)


def decode(one, scores, *, seen=((0,),), options=None, name="scores"):
    outputs = {name: np.array(scores, np.float32), "seen": np.array(seen, np.int64)}
    columns = {} if options is None else {"options": options}
    return one.decode(outputs, Calibration(), columns)


def items(answer):
    return [each["item"] for each in answer["items"]]


def test_answers_are_ranked_with_scores_and_reasons():
    (answer,) = decode(codec(), [[0.0, 2.0, 1.0, 2.0]])
    assert items(answer) == ["i1", "i3", "i2", "i0"]
    assert answer["known_user"] is False
    assert sum(each["score"] for each in answer["items"]) == pytest.approx(1)
    assert answer["items"][0].keys() == {"item", "score", "reason"}


def test_seen_items_are_left_out_unless_asked_for():
    known, other = decode(
        codec(),
        [[0.0, 2.0, 1.0, 2.0]] * 2,
        seen=[[2, 0], [2, 4]],
        options=[None, {"exclude_seen": False, "k": 2}],
    )
    assert items(known) == ["i3", "i2", "i0"]
    assert items(other) == ["i1", "i3"]
    assert known["known_user"] is other["known_user"] is True


def test_seen_items_stay_where_items_come_again():
    one = codec(repeats=True)
    plain, left_out, null = decode(
        one,
        [[0.0, 2.0, 1.0, 2.0]] * 3,
        seen=[[2]] * 3,
        options=[None, {"exclude_seen": True}, {"exclude_seen": None, "k": 1}],
    )
    assert items(plain) == ["i1", "i3", "i2", "i0"]
    assert items(left_out) == ["i3", "i2", "i0"]
    assert items(null) == ["i1"]
    assert plain["known_user"] is True


def test_titles_are_told():
    one = codec(titles=["A", "B", "C", "D"])
    (answer,) = decode(one, [[0.0, 2.0, 1.0, 2.0]], options=[{"k": 1}])
    assert answer["items"][0]["title"] == "B"
    assert "title" in one.answer_schema()["properties"]["items"]["items"]["properties"]


def test_a_catalogue_of_one():
    one = TopItemsCodec.fit(["only"])
    assert items(decode(one, [[3.0]])[0]) == ["only"]
    assert items(decode(one, [[3.0]], seen=[[1]])[0]) == []
    assert decode(one, [[3.0]])[0]["items"][0]["score"] == pytest.approx(1)


def test_outputs_are_left_alone():
    scores = np.zeros((1, 4), np.float32)
    scores.flags.writeable = False
    codec().decode(
        {"scores": scores, "seen": np.array([[1]])}, Calibration(), {"options": [{"deny": ["i2"]}]}
    )


def test_seen_may_come_as_decimals():
    found = codec().decode(
        {"scores": np.zeros((1, 4), np.float32), "seen": np.array([[2.0, 0.0]], np.float32)},
        Calibration(),
        {},
    )
    assert items(found[0]) == ["i0", "i2", "i3"]


def test_a_query_is_multiplied_with_the_vectors():
    search = np.array([[1, 0], [0, 1], [1, 1], [-1, -1]])
    (answer,) = decode(codec(search=search), [[1.0, 0.5]], name="query")
    assert items(answer) == ["i2", "i0", "i1", "i3"]
    assert [each["score"] for each in answer["items"]] == [1.5, 1.0, 0.5, -1.5]


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize("titles", [None, ["a", "b", "c", "d"]])
def test_a_restored_codec_is_equal(indexed, titles):
    search = np.array([[1, 0], [0, 1], [1, 1], [-1, -1]], np.float32)
    index = NearestIndex.build(search) if indexed else None
    stock = np.array([1, 1, 0, 1])
    one = codec(search=search, index=index, titles=titles, stock=stock, nearness=0.7, repeats=True)
    again = TopItemsCodec.restore(json.loads(json.dumps(one.params())), one.arrays())
    assert again.params() == one.params()
    assert again.repeats is True
    assert again.arrays().keys() == one.arrays().keys()
    assert decode(again, [[1.0, 0.5]], name="query") == decode(one, [[1.0, 0.5]], name="query")


def test_vectors_that_are_also_searched_are_stored_once():
    vectors = np.eye(4, dtype=np.float32)
    one = codec(4, vectors=vectors, search=vectors)
    assert "search" not in one.arrays()
    again = TopItemsCodec.restore(one.params(), one.arrays())
    assert again.search is again.catalogue.vectors
    assert items(decode(again, [[0, 0, 2, 1]], name="query")[0]) == ["i2", "i3", "i0", "i1"]


def test_targets_are_item_numbers():
    one = TopItemsCodec.fit(["b", 7, "b", None])
    assert one.encode(["b", "7"]).tolist() == [2, 1]
    assert one.catalogue.popularity.tolist() == pytest.approx([1 / 3, 2 / 3])
    with pytest.raises(DataError, match="Row 2 has an item that is not in the catalogue"):
        one.encode(["b", "x"])


def test_similar_items():
    one = codec(30, 3)
    cosines = one.catalogue.vectors @ one.catalogue.vectors[4]
    expected = [f"i{place}" for place in np.argsort(-cosines).tolist() if place != 4]
    assert [each["item"] for each in one.similar("i4", 40)] == expected
    assert one.similar("i4", 1)[0]["score"] == pytest.approx(float(np.sort(cosines)[-2]), abs=1e-6)
    with pytest.raises(NotFoundError, match="not in the catalogue") as caught:
        one.similar("SECRET")
    assert "SECRET" not in str(caught.value)
    with pytest.raises(UsageError, match="no vectors"):
        TopItemsCodec.fit(["a"]).similar("a")


def test_what_does_not_fit_is_refused():
    with pytest.raises(PackageError, match="not one for each item"):
        decode(codec(), [[1.0, 2.0]])
    with pytest.raises(PackageError, match="no vectors to search"):
        decode(codec(), [[1.0, 2.0]], name="query")
    with pytest.raises(PackageError, match="do not fit the number"):
        codec(search=np.zeros((3, 2)))
    with pytest.raises(PackageError, match="index does not fit"):
        codec(search=np.zeros((4, 2)), index=NearestIndex.build(np.eye(3, 2)))
    with pytest.raises(TypeError, match="no setting"):
        TopItemsCodec.fit([], speed=1)
