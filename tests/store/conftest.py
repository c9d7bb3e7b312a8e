import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "package"))

import pytest
import tiny_package

from lepton_ai.package import write_package


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """A package folder; tests copy it before they change it."""
    folder = tmp_path_factory.mktemp("written") / "package"
    write_package(folder, tiny_package.contents())
    return folder
