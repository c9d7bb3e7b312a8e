from __future__ import annotations

import pytest
import tiny_recommender
from msgspec.structs import replace

from lepton_ai.codecs.entity import EntityCodec
from lepton_ai.codecs.label import LabelCodec
from lepton_ai.codecs.number import NumberCodec
from lepton_ai.codecs.ranking import IdIndex, RankingOptionsCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.package.card import model_card
from lepton_ai.package.manifest import read_manifest
from lepton_ai.package.signature import build_signature


def card(written, *, calibration=None, output=None, findings=(), **changes):
    manifest = replace(read_manifest((written / "manifest.json").read_bytes()), **changes)
    return model_card(
        manifest,
        output=output or LabelCodec.fit(["a", "b"]),
        calibration=calibration or Calibration(),
        findings=findings,
    )


def list_card(written, *, queries=False, repeats=False):
    """The card of a model that recommends from 40 items."""
    history, output = tiny_recommender.codecs_of(queries=queries)
    output.repeats = repeats
    manifest = read_manifest((written / "manifest.json").read_bytes())
    outputs = ["query" if queries else "scores", "seen"]
    return card(
        written,
        output=output,
        calibration=Calibration(rows=300),
        signature=build_signature({"user": history, "options": RankingOptionsCodec()}, output),
        graphs={"default": replace(manifest.graphs["default"], outputs=outputs)},
    )


def test_scores_stand_with_their_intervals(written):
    text = card(written)
    assert "| accuracy | 0.910 | 0.880 to 0.940 |" in text
    assert "| rows | 800 | |" in text
    assert "None was measured" in card(written, metrics={})


def test_slices_and_findings_are_told(written):
    slices = {
        "found": [{"column": "length", "value": "long", "rows": 40, "accuracy": {"value": 0.5}, "rest": 0.9}]
    }
    text = card(
        written,
        metrics={"slices": slices},
        findings=[
            {"severity": "info", "title": "B", "count": 1},
            {"severity": "error", "title": "A.", "count": 1200, "advice": "Fix it."},
        ],
    )
    assert "- column length, value long, rows 40, rest 0.900" in text
    assert text.index("- error: A (1,200 rows). Fix it.") < text.index("- info: B (1 rows).")


def test_calibration_and_abstention_are_told_in_words(written):
    told = Calibration(temperature=1.2, threshold=0.7, risk=0.05, coverage=0.8, rows=500)
    text = card(written, calibration=told)
    assert "calibrated on 500 rows" in text
    assert "under 0.700" in text
    assert "at most 5.0%" in text
    assert "80.0% were kept" in text
    bare = card(written)
    assert "not calibrated" in bare
    assert "never abstains" in bare
    assert "always abstains" in card(written, calibration=Calibration(threshold=1.001))


def test_weak_spots_are_told_from_none_looked_for(written):
    assert "No slice of the held-out rows was found" in card(written, metrics={"slices": []})
    assert "were not looked for" in card(written, metrics={})


@pytest.mark.parametrize("queries", [False, True])
def test_a_ranking_tells_of_lists_and_not_of_labels(written, queries):
    text = list_card(written, queries=queries)
    assert "a list of some of 40 items, each with a score and a reason" in text
    assert ("sum to 1" in text) is not queries
    assert ("it is no probability" in text) is queries
    assert "is left out, unless it is asked for" in text
    assert "may be proposed again" in list_card(written, repeats=True)
    assert "An id in `user` may have at most 200 characters." in text
    assert "A list in `user` may have at most 10,000 items." in text
    assert "`options` may" not in text
    for word in ("abstain", "calibrated"):
        assert word not in text


def test_a_number_tells_of_its_scale(written):
    output, ids = NumberCodec(0.5, 5), EntityCodec(IdIndex(["a"]))
    signature = build_signature({"user": ids, "item": ids}, output)
    text = card(written, output=output, calibration=Calibration(rows=300), signature=signature)
    assert "An answer is a number from 0.5 to 5." in text
    assert "Answers are kept from 0.5 to 5." in text
    assert "An id in `item` may have at most 200 characters." in text
    for word in ("abstain", "calibrated"):
        assert word not in text


def test_a_label_tells_of_characters(written):
    assert "- `message` may have at most" in card(written)


def test_no_text_of_a_user_becomes_markup(written):
    text = card(written, description="<script>alert(1)</script>\n# a | b [x](y)")
    assert "<script" not in text.replace("\\<", "")
    assert "\n# a" not in text
