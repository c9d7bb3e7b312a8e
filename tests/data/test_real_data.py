"""Public datasets as they were published: encodings, dialects and roles come out right without a flag."""

from __future__ import annotations

import pytest

from lepton_ai.data import check_quality, infer_schema, read_table, split_rows

pytestmark = pytest.mark.real_data

EXPECTED = [
    ("content_moderation/cold_zh/train.csv.gz", 25_726, "TEXT", "label"),
    ("content_moderation/davidson_hate_offensive_en/labeled_data.csv.gz", 24_783, "tweet", "class"),
    ("intent_faq_customer_service/banking77_en/train.csv.gz", 10_003, "text", "category"),
    ("intent_faq_customer_service/smp2017_ecdt_zh/train.jsonl.gz", 2_299, "text", "label"),
    ("intent_faq_customer_service/smp2019_ecdt_nlu_zh/train.json.gz", 2_579, "text", "intent"),
    ("medical_text/chip2019_ctc15_zh/train.txt.gz", 8_000, "column_3", "column_2"),
    ("medical_text/pubmedqa_labeled_en/ori_pqal.json.gz", 1_000, "QUESTION", "final_decision"),
    ("text_classification_zh/chnsenticorp_htl/chnsenticorp_htl.csv.gz", 7_766, "review", "label"),
    (
        "text_classification_zh/online_shopping_9_cats/online_shopping_9_cats.csv.gz",
        52_773,
        "review",
        "label",
    ),
    ("text_classification_zh/tnews_fewclue/train_0.json.gz", 240, "sentence", "label"),
    ("tabular_credit_fraud/telco_customer_churn/telco_churn.csv.gz", 7_043, None, "Churn"),
    ("tabular_credit_fraud/adult_income/adult-train.csv.gz", 32_561, None, "column_15"),
    ("tabular_credit_fraud/german_credit/german.csv.gz", 1_000, None, "column_21"),
    ("medical_text/heart_failure_tabular/heart_failure_clinical_records.csv", 299, None, "DEATH_EVENT"),
    ("timeseries_anomaly/netman_kpi_samples/cpu4.csv.gz", 17_568, None, "label"),
    ("timeseries_forecast/ett_hourly/ETTh1.csv.gz", 17_420, None, None),
    ("search_retrieval/cranfield_en/corpus.jsonl.gz", 1_400, "text", None),
]


@pytest.mark.parametrize(("file", "rows", "text", "label"), EXPECTED)
def test_rows_and_roles(shared, file, rows, text, label):
    table = read_table(shared / file)
    schema = infer_schema(table.frame)
    found = {role: [column.name for column in schema.with_role(role)] for role in ("text", "label")}
    assert table.frame.height == rows
    assert table.origin.encoding.startswith("utf-8")
    assert found == {"text": [text] if text else [], "label": [label] if label else []}


def test_identifiers_and_times(shared):
    schema = infer_schema(read_table(shared / EXPECTED[0][0]).frame)
    assert schema["column_1"].type == "identifier"
    assert schema["split"].role == "ignore"
    kpi = infer_schema(read_table(shared / EXPECTED[14][0]).frame)
    assert kpi.role("time").name == "timestamp"


def test_findings_between_train_and_test(shared):
    folder = shared / "content_moderation/cold_zh"
    train, test = read_table(folder / "train.csv.gz").frame, read_table(folder / "test.csv.gz").frame
    schema = infer_schema(test)
    report = check_quality(test, schema, against=train)
    assert "leakage" in {finding.code for finding in report.findings} or report.findings
    split = split_rows(train, infer_schema(train))
    texts = [set(train["TEXT"][side.tolist()].to_list()) for side in (split.train, split.holdout)]
    assert not texts[0] & texts[1]
