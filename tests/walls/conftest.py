import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "package")]

import pytest  # noqa: E402


@pytest.fixture(scope="session")
def stored_package(tmp_path_factory):
    """A package folder, rows for it as columns, and the labels that this installation gives them."""
    import tiny_package

    from lepton_ai.package import Runtime, open_package, write_package

    folder = tmp_path_factory.mktemp("package") / "messages"
    write_package(folder, tiny_package.contents())
    columns = {"message": tiny_package.ROWS}
    return folder, columns, [answer["label"] for answer in Runtime(open_package(folder)).predict(columns)]
