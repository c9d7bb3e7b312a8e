"""The built wheel, in a fresh environment that holds only what serving needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from source import ROOT

PROGRAM = Path(__file__).with_name("import_serving_side.py")
INSTALLED_BYTES = 290 * 1000 * 1000
VERSIONS = ("3.11", "3.12", "3.13", "3.14")

ANSWER = """
import json, sys
from lepton_ai.package import Runtime, open_package
runtime = Runtime(open_package(sys.argv[1]))
print(json.dumps({
    "reached": sorted({"torch", "polars", "pandas", "sklearn"} & set(sys.modules)),
    "answers": runtime.predict(json.loads(sys.argv[2])),
}))
"""


def interpreter(version: str) -> str | None:
    """A Python of that version that runs and can make environments: on the path, or beside this one."""
    name = f"python{version}"
    beside = Path(sys.base_prefix).parent.glob(f"*/bin/{name}")
    candidates = [shutil.which(name), *map(str, beside)]
    return next((one for one in candidates if one and can_make_environments(one)), None)


def can_make_environments(python: str) -> bool:
    done = subprocess.run([python, "-c", "import ensurepip"], capture_output=True, check=False)
    return done.returncode == 0


def run(*command: str | Path, cwd: Path | None = None) -> str:
    # PYTHONPATH would lend the packages of this environment to the fresh one.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def size_of(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("lepton_ai-*.whl")
    return built


@pytest.mark.e2e
@pytest.mark.parametrize("version", VERSIONS)
def test_the_wheel_serves_without_the_training_side(version, wheel, tmp_path, stored_package):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine")
    venv = tmp_path / "venv"
    run(python, "-m", "venv", venv)
    bare = size_of(venv)
    run(venv / "bin" / "python", "-m", "pip", "install", "--quiet", wheel)
    grown = size_of(venv) - bare
    print(f"Python {version}: the serve-only installation adds {grown / 1e6:.0f} MB")
    assert grown < INSTALLED_BYTES

    told = json.loads(run(venv / "bin" / "python", PROGRAM, cwd=tmp_path))
    assert told["reached"] == []
    assert run(venv / "bin" / "lepton", "version", cwd=tmp_path).startswith("lepton-ai")
    package, columns, labels = stored_package
    told = json.loads(run(venv / "bin" / "python", "-c", ANSWER, package, json.dumps(columns), cwd=tmp_path))
    assert told["reached"] == []
    assert [answer["label"] for answer in told["answers"]] == labels


def test_the_wheel_holds_the_package_and_its_licence(wheel):
    names = run(sys.executable, "-m", "zipfile", "-l", wheel)
    assert "lepton_ai/py.typed" in names
    assert "licenses/LICENSE" in names
    assert "tests/" not in names
