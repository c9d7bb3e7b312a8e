from __future__ import annotations

from pathlib import Path

from lepton_ai.core.settings import home


def test_the_environment_tells_where(monkeypatch, tmp_path):
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "state"))
    assert home() == tmp_path / "state"
    assert not home().exists()


def test_a_tilde_is_the_users_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LEPTON_HOME", "~/models")
    assert home() == tmp_path / "models"


def test_the_default_is_in_the_users_folder(monkeypatch):
    for value in (None, ""):
        monkeypatch.delenv("LEPTON_HOME", raising=False)
        if value is not None:
            monkeypatch.setenv("LEPTON_HOME", value)
        assert home() == Path.home() / ".lepton"
