import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "package"))

import pytest
import tiny_package

from lepton_ai.package import write_package
from lepton_ai.store import ModelStore


@pytest.fixture(scope="session")
def package_folder(tmp_path_factory):
    """A package folder of a small, real model of the column "message"."""
    folder = tmp_path_factory.mktemp("package") / "messages"
    write_package(folder, tiny_package.contents())
    return folder


@pytest.fixture(scope="session")
def stored_home(tmp_path_factory, package_folder):
    """An installation with two versions of the model "messages"; tests only read it."""
    home = tmp_path_factory.mktemp("home")
    for _ in range(2):
        ModelStore(home / "models").publish(package_folder, "messages")
    return home


@pytest.fixture
def home(stored_home, monkeypatch):
    monkeypatch.setenv("LEPTON_HOME", str(stored_home))
    return stored_home


@pytest.fixture
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
