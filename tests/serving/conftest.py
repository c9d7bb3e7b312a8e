import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import json

import pytest
from fake_model import FakeModel
from server_process import running

from lepton_ai.serving.app import create_app
from lepton_ai.serving.events import EventLog


@pytest.fixture
def lines():
    """What the server logged."""
    return []


@pytest.fixture
def make_app(lines):
    def make(model=None, **arguments):
        log = EventLog(lambda line: lines.append(json.loads(line)))
        return create_app({"support": model or FakeModel()}, log=log, **arguments)

    return make


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server process with small limits, shared by the tests of one file."""
    limits = {
        "max_body_bytes": 100_000,
        "max_url_bytes": 1000,
        "max_head_bytes": 4000,
        "head_timeout": 0.5,
        "body_timeout": 0.5,
        "keep_alive": 0.5,
    }
    with running(tmp_path_factory.mktemp("server"), limits=limits) as one:
        yield one
