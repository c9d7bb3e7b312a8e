from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.ranking.texts import Texts
from lepton_ai.core.errors import PackageError


@settings(deadline=None)
@given(st.lists(st.text(st.characters())))
def test_texts_come_back(texts):
    compact = Texts.of(texts)
    assert list(compact) == texts
    assert len(compact) == len(texts)
    assert compact[:] == texts
    again = Texts.restore("x", compact.arrays("x"))
    assert list(again) == texts


def test_places_outside_are_refused():
    compact = Texts.of(["a", "b"])
    assert compact[-1] == "b"
    for place in (2, -3):
        with pytest.raises(IndexError, match="there are 2 texts"):
            compact[place]


def test_a_lone_surrogate_is_kept():
    assert Texts.of(["\ud800"])[0] == "\ud800"


@pytest.mark.parametrize("offsets", [[], [1, 3], [0, 2], [0, 4, 3], [[0, 3]]])
def test_broken_offsets_are_refused(offsets):
    with pytest.raises(PackageError):
        Texts(np.frombuffer(b"abc", np.uint8), np.array(offsets, np.int64))
