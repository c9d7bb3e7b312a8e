"""Tables that every test of the data room reads and writes."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public datasets."""
    if not SHARED.is_dir():
        pytest.skip("the public datasets are not in ../shared/data")
    return SHARED.resolve()
