"""Where an installation keeps its state, told by the environment."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder of this installation: `LEPTON_HOME`, or `~/.lepton`. It may not exist yet."""
    value = os.environ.get("LEPTON_HOME")
    return Path(value).expanduser() if value else Path.home() / ".lepton"
