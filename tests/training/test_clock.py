"""Laps add up to the time that went by."""

from __future__ import annotations

import time

from lepton_ai.training import clock as room
from lepton_ai.training.clock import Clock


def test_each_lap_begins_where_the_last_one_ended(monkeypatch):
    moments = iter([10.0, 12.5, 13.0])
    monkeypatch.setattr(room.time, "monotonic", lambda: next(moments))
    clock = Clock()
    clock.lap("one")
    clock.lap("two")
    assert clock.laps == {"one": 2.5, "two": 0.5}


def test_laps_are_no_longer_than_the_time_that_went_by():
    started, clock = time.monotonic(), Clock()
    clock.lap("one")
    clock.lap("two")
    assert list(clock.laps) == ["one", "two"]
    assert 0 <= sum(clock.laps.values()) <= time.monotonic() - started
