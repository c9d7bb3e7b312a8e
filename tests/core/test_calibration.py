from __future__ import annotations

import msgspec
import pytest

from lepton_ai.core.calibration import Calibration


def test_it_survives_json():
    told = Calibration(temperature=1.5, threshold=0.7, risk=0.05, coverage=0.9, rows=100)
    assert msgspec.json.decode(msgspec.json.encode(told), type=Calibration) == told


def test_the_default_changes_nothing():
    told = Calibration()
    assert (told.temperature, told.threshold, told.rows) == (1.0, 0.0, 0)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"temperature": 0}',
        b'{"temperature": -1}',
        b'{"threshold": 2.5}',
        b'{"threshold": -0.1}',
        b'{"x": 1}',
    ],
)
def test_values_that_would_make_no_sense_are_not_read(raw):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(raw, type=Calibration)
