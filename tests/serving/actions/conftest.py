import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "package"))

import pytest
import tiny_recommender
from asgi_driver import request
from fake_model import FakeModel

from lepton_ai.package import Runtime, open_package, write_package
from lepton_ai.serving.app import create_app
from lepton_ai.serving.events import EventLog
from lepton_ai.serving.limits import Limits


@pytest.fixture(scope="session")
def things(tmp_path_factory):
    """A small recommender of 40 items, "i0" and up, for users "u0" to "u7"."""
    folder = tmp_path_factory.mktemp("things") / "package"
    write_package(folder, tiny_recommender.contents())
    return Runtime(open_package(folder))


@pytest.fixture
def both(things, lines):
    """An application with a recommender and a classifier."""
    log = EventLog(lambda line: lines.append(json.loads(line)))
    return create_app({"things": things, "support": FakeModel()}, log=log, limits=Limits(inline_bytes=4096))


@pytest.fixture
def ask(both):
    """Ask the recommender: action, then a JSON value or the bytes of the body."""

    def ask(action, content, *, model="things"):
        body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        return request(both, "POST", f"/v1/models/{model}/{action}", parts=(body,))

    return ask
