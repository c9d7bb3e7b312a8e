import numpy as np
import pytest
from page_reader import HOSTILE, LOADERS, MARKUP, read

from lepton_ai.core.calibration import Calibration
from lepton_ai.metrics.report import ClassificationReport


def page(labels, *, rows=300, **settings):
    rng = np.random.default_rng(0)
    true = rng.integers(0, len(labels), rows)
    logits = rng.normal(size=(rows, len(labels))) + 2 * np.eye(len(labels))[true]
    logits[: rows // 4] = -logits[: rows // 4]
    settings.setdefault("calibration", Calibration(1, 0.5, 0.05))
    return ClassificationReport.build(labels, true, logits, **settings).to_html()


@pytest.fixture(scope="module")
def hostile():
    kinds = [HOSTILE] * 75 + ["fine"] * 225
    return page(
        [HOSTILE + "1", HOSTILE + "2", "正常"],
        texts=[HOSTILE] * 300,
        name=HOSTILE,
        notes=[HOSTILE],
        slice_columns={HOSTILE: kinds},
    )


def test_nothing_of_the_data_becomes_markup(hostile):
    reader = read(hostile)
    assert not reader.tags & MARKUP
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    assert sum("<script>alert(1)</script>" in words for words in reader.words) > 20
    assert "<script" not in hostile


def test_the_page_refers_to_nothing_outside_itself(hostile):
    clean = page(["a", "b"], texts=["text"] * 300)
    for html in (hostile, clean):
        reader = read(html)
        assert not {name for name, _ in reader.attributes} & LOADERS
        style = html[html.index("<style>") : html.index("</style>")]
        assert "url(" not in style
        assert "@import" not in style
        assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in reader.attributes
    assert "//" not in clean


def test_pictures_have_titles_and_their_names_are_unique(hostile):
    reader = read(hostile)
    names = [value for name, value in reader.attributes if name == "id"]
    assert len(names) == len(set(names)) == 8
    told = [part for name, value in reader.attributes if name == "aria-labelledby" for part in value.split()]
    assert sorted(told) == sorted(names)
    assert hostile.count('role="img"') == hostile.count("<svg")


def test_chinese_stands_as_it_is_and_both_schemes_are_there():
    html = page(["发票", "物流查询"], texts=["我的快递到哪里了"] * 300, name="客服消息")
    assert '<meta charset="utf-8">' in html
    assert "prefers-color-scheme: dark" in html
    for words in ("发票", "物流查询", "我的快递到哪里了", "客服消息"):
        assert words in html


def test_many_labels_are_folded_but_all_there():
    labels = [f"label_{number:02}" for number in range(77)]
    html = page(labels, rows=2000)
    assert "The other 57 labels" in html
    assert all(label in html for label in labels)
    assert len(html) < 2_000_000


def test_very_many_labels_show_the_most_confused():
    html = page([f"label_{number:03}" for number in range(140)], rows=1500)
    assert "Only the 100 labels" in html
