from __future__ import annotations

from lepton_ai.core.progress import Progress, Silent


def test_the_silent_progress_is_one_and_tells_nobody(capsys):
    progress: Progress = Silent()
    progress.stage("fit", 3)
    progress.advance(1, "loss 0.1")
    progress.note("done")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
