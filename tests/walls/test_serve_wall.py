"""The serving side runs on a host that has none of the training side's libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("import_serving_side.py")


def import_all(*flags: str) -> dict[str, list[str]]:
    done = subprocess.run([sys.executable, str(PROGRAM), *flags], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_serving_side_imports_with_the_training_side_blocked():
    told = import_all("--block")
    assert len(told["modules"]) > 20
    assert {"CODECS.label", "CODECS.text"} <= set(told["entries"])


def test_the_serving_side_does_not_reach_for_what_happens_to_be_installed():
    assert import_all()["reached"] == []


def test_the_block_blocks():
    script = (
        f"import sys; sys.path.insert(0, {str(PROGRAM.parent)!r}); sys.meta_path.insert(0, "
        "__import__('import_serving_side').Blocker()); import polars"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the serving side reached for polars" in done.stderr
