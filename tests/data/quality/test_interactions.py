"""Each oddity of events is found, and nothing in sound events."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lepton_ai.data import StreamingQuality, check_quality, infer_interactions

NOW = 1_600_000_000


def sound():
    """60 users with 10 events each, of 30 items."""
    random = np.random.default_rng(0)
    users = [f"u{n % 60}" for n in range(600)]
    items = [f"i{(n % 60 + 7 * (n // 60)) % 30}" for n in range(600)]
    times = [NOW - 10_000 + n for n in range(600)]
    return {"user": users, "item": items, "rating": random.integers(1, 6, 600).tolist(), "time": times}


def findings(columns, **flags):
    frame = pl.DataFrame(columns, strict=False)
    return {one.code: one for one in check_quality(frame, infer_interactions(frame, **flags)).findings}


def changed(**cells):
    """Sound events with rows added."""
    columns = sound()
    return {name: [*columns[name], *cells[name]] for name in columns}


def test_sound_events_have_no_finding():
    assert findings(sound()) == {}


def test_rows_without_user_or_item():
    found = findings(changed(user=[None, " "], item=["i1", None], rating=[1, 1], time=[NOW, NOW]))
    assert (found["missing-user"].rows, found["missing-user"].severity) == ((601, 602), "warning")
    assert found["missing-item"].rows == (602,)
    half = findings({"user": ["a", "", None], "item": ["x", "y", "z"]})
    assert half["missing-user"].severity == "error"


def test_repeated_events():
    columns = sound()
    found = findings(changed(**{name: values[:2] for name, values in columns.items()}))
    assert (found["duplicate-events"].rows, found["duplicate-events"].severity) == ((601, 602), "info")
    found = findings(changed(**{name: values[:60] for name, values in columns.items()}))
    assert found["duplicate-events"].severity == "warning"
    assert "duplicate-events" not in findings(changed(user=["u0"], item=["i0"], rating=[0], time=[NOW]))


def test_lonely_users_and_rare_items():
    found = findings(changed(user=["new", "u1"], item=["i1", "odd"], rating=[1, 1], time=[NOW, NOW]))
    assert (found["single-event-users"].rows, found["single-event-users"].severity) == ((601,), "info")
    assert (found["rare-items"].rows, found["rare-items"].count) == ((602,), 1)
    most = findings({"user": list("abcd"), "item": list("xyzw")})
    assert most["single-event-users"].severity == most["rare-items"].severity == "warning"


def test_one_item():
    assert findings({"user": ["a", "b", "a"], "item": ["x", "x", "x"]})["single-item"].severity == "error"


def test_a_heavy_user():
    extra = [f"i{n % 30}" for n in range(600)]
    times = [NOW - 5_000 + n for n in range(600)]
    found = findings(changed(user=["bot"] * 600, item=extra, rating=[3] * 600, time=times))
    assert (found["heavy-user"].count, found["heavy-user"].rows[0]) == (600, 601)
    assert "50%" in found["heavy-user"].title


def test_times():
    late = findings(changed(user=["u1"], item=["i1"], rating=[1], time=[4_000_000_000]))
    assert late["future-times"].rows == (601,)
    constant = findings({**sound(), "time": [NOW] * 600})
    assert constant["constant-times"].severity == "warning"
    words = [*map(str, sound()["time"][:-1]), "soon"]
    assert findings({**sound(), "time": words})["unreadable-time"].rows == (600,)


@pytest.mark.parametrize(
    ("odd", "rows"), [(99, (601,)), (-1, (601,)), (3.7, (601,)), (0, None), (5, None), (None, None)]
)
def test_ratings_off_the_scale(odd, rows):
    found = findings(changed(user=["u1"], item=["i1"], rating=[odd], time=[NOW]))
    assert (found["irregular-ratings"].rows if "irregular-ratings" in found else None) == rows


def test_other_ratings():
    assert findings({**sound(), "rating": [1] * 600})["constant-ratings"].severity == "warning"
    assert "irregular-ratings" not in findings({**sound(), "rating": [n / 7 for n in range(600)]})
    words = [*map(str, sound()["rating"][:-1]), "good"]
    assert findings({**sound(), "rating": words})["unreadable-rating"].rows == (600,)


def test_batches_give_the_findings_of_the_whole():
    columns = changed(user=["new", None, "u1"], item=["i1", "i2", "odd"], rating=[9, 1, 1], time=[NOW] * 3)
    frame = pl.DataFrame(columns)
    schema = infer_interactions(frame)
    checker = StreamingQuality(schema)
    for start in range(0, frame.height, 50):
        checker.add(frame.slice(start, 50))
    report = checker.report()
    assert report.findings == check_quality(frame, schema).findings
    assert {"missing-user", "single-event-users", "rare-items", "irregular-ratings"} <= {
        one.code for one in report.findings
    }


def test_no_event_at_all():
    assert set(findings({"user": ["a"], "item": [None]}, item="item")) == {"missing-item"}
