from __future__ import annotations

from msgspec.structs import replace

from lepton_ai.core.calibration import Calibration
from lepton_ai.package.card import model_card
from lepton_ai.package.manifest import read_manifest


def card(written, *, calibration=None, findings=(), **changes):
    manifest = replace(read_manifest((written / "manifest.json").read_bytes()), **changes)
    return model_card(manifest, calibration=calibration or Calibration(), findings=findings)


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


def test_no_text_of_a_user_becomes_markup(written):
    text = card(written, description="<script>alert(1)</script>\n# a | b [x](y)")
    assert "<script" not in text.replace("\\<", "")
    assert "\n# a" not in text
