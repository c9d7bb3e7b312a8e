"""Every check finds what it is for, and nothing in clean data."""

from __future__ import annotations

import json
import time

import numpy as np
import polars as pl
import pytest

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.data import StreamingQuality, check_quality, infer_schema
from lepton_ai.data.quality import CHECKS
from lepton_ai.data.quality.mojibake import is_utf8_read_as_gbk

CLEAN = [f"{('where is my parcel', '退款什么时候到账')[n % 2]} number {n * 7919 % 1009}" for n in range(60)]


def table(texts, labels=None, **more):
    labels = labels if labels is not None else ["a", "b"] * (len(texts) // 2) + ["a"] * (len(texts) % 2)
    frame = pl.DataFrame({"text": texts, "label": labels, **more})
    return frame, infer_schema(frame, text="text", label="label")


def findings(frame, schema, **options):
    return {finding.code: finding for finding in check_quality(frame, schema, **options).findings}


def test_clean_data_has_no_errors_or_warnings():
    frame, schema = table([f"{word} {n}" for n, word in enumerate(["alpha", "beta", "gamma", "delta"] * 20)])
    report = check_quality(frame, schema)
    assert [finding for finding in report.findings if finding.severity != "info"] == []
    assert report.rows == 80
    assert "similar" in report.checks


def test_missing_and_blank():
    texts = [*CLEAN[:50], None, "  ", ""]
    found = findings(
        *table(texts, ["a", "b"] * 25 + [None, "", "a"], more=[None, *(n * 1.5 for n in range(52))])
    )
    assert (found["missing-text"].rows, found["blank-text"].rows) == ((51,), (52, 53))
    assert (found["missing-label"].rows, found["blank-label"].rows) == ((51,), (52,))
    assert found["missing-cells"].rows == (1,)
    assert found["missing-cells"].severity == "info"
    assert findings(*table([None] * 30 + CLEAN[:10]))["missing-text"].severity == "error"


def test_duplicates_near_duplicates_and_conflicts():
    texts = [*CLEAN[:40], CLEAN[0], CLEAN[1].upper() + "！！", CLEAN[2]]
    labels = ["a", "b"] * 20 + ["a", "b", "b"]
    found = findings(*table(texts, labels))
    assert (found["duplicate-texts"].rows, found["duplicate-texts"].count) == ((41, 43), 2)
    assert found["near-duplicate-texts"].rows == (42,)
    assert found["conflicting-labels"].rows == (3, 43)
    assert found["conflicting-labels"].severity == "warning"


def test_similar_texts():
    long = "the quick brown fox jumps over the lazy dog near the river bank every single morning"
    found = findings(*table([*CLEAN[:4], long, long.replace("lazy", "tired")]))
    assert found["similar-texts"].rows[-1] == 6


def test_leakage():
    frame, schema = table(CLEAN)
    other, _ = table([CLEAN[5] + "!", "quite another text"])
    found = findings(frame, schema, against=other)["leakage"]
    assert (found.rows, found.severity) == ((6,), "error")
    assert "leakage" not in findings(frame, schema)
    with pytest.raises(DataError, match="no column 'text'"):
        check_quality(frame, schema, against=pl.DataFrame({"message": ["a"]}))


def test_labels():
    found = findings(*table(CLEAN, ["Refund"] * 50 + ["refund "] * 3 + ["order"] * 7))
    assert found["label-variants"].rows == (51,)
    assert found["small-classes"].count == 2
    assert found["class-imbalance"].severity == "warning"
    single = findings(*table(CLEAN, ["a"] * 60))
    assert single["single-class"].severity == "error"
    rows = 1100
    many = findings(*table([f"text of row {n}" for n in range(rows)], [f"c{n}" for n in range(rows)]))
    assert many["many-classes"].count == rows


def test_columns():
    found = findings(*table(CLEAN, id=[f"A-{n:04}" for n in range(60)], same=["x"] * 60))
    assert "'id'" in found["id-column"].title
    assert "'same'" in found["constant-column"].title
    assert findings(*table(["hello there"] * 20))["constant-column"].severity == "error"


def test_mojibake():
    good = [
        "今天的服务很好，下次还会再来。",
        "Très bon café, déjà vu à Paris.",
        "正常的中文评论，没有问题！",
    ] * 20
    bad = [
        "今天的服务很好，下次还会再来。".encode().decode("gb18030", "replace"),
        "Très bon café".encode().decode("cp1252"),
        "服务很好".encode().decode("latin-1"),
        "broken � here",
        "锟斤拷锟斤拷",
    ]
    found = findings(*table(good + bad))["mojibake"]
    assert (found.count, found.rows) == (5, (61, 62, 63, 64, 65))
    assert "mojibake" not in findings(*table(good))
    assert not is_utf8_read_as_gbk("plain")


def test_long_texts():
    found = findings(*table([*CLEAN, "字" * 20_001]))["long-texts"]
    assert (found.rows, found.severity) == ((61,), "info")
    assert "20,001" in found.title


def test_a_stream_finds_what_a_table_does():
    rng = np.random.default_rng(1)
    texts = [CLEAN[n] if n < 60 else None for n in rng.integers(0, 66, 400)]
    frame, schema = table(texts, [["a", "A ", "b", None][n] for n in rng.integers(0, 4, 400)], x=["1"] * 400)
    whole = [finding for finding in check_quality(frame, schema).findings if finding.code != "similar-texts"]
    stream = StreamingQuality(schema)
    for start in range(0, 400, 37):
        stream.add(frame.slice(start, 37))
    assert list(stream.report().findings) == whole
    assert len(whole) >= 6
    with pytest.raises(UsageError, match="no column 'x'"):
        stream.add(frame.drop("x"))


def test_without_text_or_label():
    frame = pl.DataFrame({"a": ["x", "y"] * 10, "b": [1, None] * 10})
    report = check_quality(frame, infer_schema(frame, ignore=["a"]))
    assert "duplicates" not in report.checks


def test_text_and_json():
    frame, schema = table([*CLEAN, None, *CLEAN[:20]])
    report = check_quality(frame, schema)
    text = report.to_text()
    assert "81 rows checked" in text
    assert "Rows 62, 63" in text
    value = json.loads(json.dumps(report.to_json()))
    assert value["rows"] == 81
    assert {finding["code"] for finding in value["findings"]} >= {"missing-text", "duplicate-texts"}
    assert report.errors == tuple(finding for finding in report.findings if finding.severity == "error")
    order = [finding.severity for finding in report.findings]
    assert order == sorted(order, key=["error", "warning", "info"].index)


def test_every_check_is_in_the_table():
    assert {check.__name__ for check in CHECKS.values()} == {
        "MissingCells", "Labels", "Leakage", "DuplicateTexts", "SimilarTexts", "Mojibake", "LongTexts",
        "IdleColumns", "Events",
    }  # fmt: skip


def test_fifty_thousand_rows_are_quick():
    rng = np.random.default_rng(2)
    words = np.array(
        ["退款", "order ", "物流", "late ", "客服", "thanks ", "发票", "price ", "质量", "again "]
    )
    texts = ["".join(words[row]) + str(n) for n, row in enumerate(rng.integers(0, 10, (50_000, 12)))]
    frame, schema = table(texts)
    started = time.process_time()
    check_quality(frame, schema)
    assert time.process_time() - started < 10
