import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
import tiny_package

from lepton_ai.package import open_package, pack, write_package


@pytest.fixture(scope="session")
def contents():
    """What a training of three labels on two languages hands over."""
    return tiny_package.contents()


@pytest.fixture(scope="session")
def written(tmp_path_factory, contents):
    """A package folder; tests copy it before they change it."""
    folder = tmp_path_factory.mktemp("written") / "package"
    write_package(folder, contents)
    return folder


@pytest.fixture(scope="session")
def packed(tmp_path_factory, written):
    """The same package as an archive."""
    archive = tmp_path_factory.mktemp("packed") / "package.zip"
    pack(written, archive)
    return archive


@pytest.fixture(scope="session")
def package(written):
    return open_package(written)
