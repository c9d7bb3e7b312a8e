from __future__ import annotations

import io

from lepton_ai.cli.progress import LineProgress, TerminalProgress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_lines_come_when_a_stage_begins_and_then_seldom():
    stream, clock = io.StringIO(), Clock()
    progress = LineProgress(stream, every=10, clock=clock)
    progress.stage("Reading", 2000)
    progress.advance(500)
    clock.now = 11
    progress.advance(1000, "half way")
    progress.advance(1)
    progress.note("Done.")
    assert stream.getvalue() == "Reading ...\nReading: 1,500 of 2,000  half way\nDone.\n"


def test_a_stage_of_unknown_length():
    stream, clock = io.StringIO(), Clock()
    progress = LineProgress(stream, every=0, clock=clock)
    progress.stage("Reading")
    progress.advance(7)
    assert stream.getvalue() == "Reading ...\nReading: 7\n"


def test_a_bar_for_each_stage(capsys):
    progress = TerminalProgress()
    progress.advance(1)  # nothing is open yet
    progress.stage("First", 2)
    progress.advance(2, "loss 0.1")
    progress.stage("Second")
    progress.note("A line.")
    progress.advance(3)
    progress.close()
    shown = capsys.readouterr().err
    assert "First: 100%" in shown
    assert "loss 0.1" in shown
    assert "Second: 3it" in shown
    assert "A line." in shown
