from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.text.padding import pad


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 5), max_size=6), st.sampled_from([(), (3,)]))
def test_rows_stand_before_zeros(lengths, inner):
    total = sum(lengths)
    flat = np.arange(1, total * int(np.prod(inner, dtype=int)) + 1, dtype=np.int32).reshape(total, *inner)
    padded = pad(flat, np.array(lengths, np.intp))
    assert padded.shape == (len(lengths), max([1, *lengths]), *inner)
    assert padded.dtype == flat.dtype
    start = 0
    for row, length in zip(padded, lengths, strict=True):
        assert (row[:length] == flat[start : start + length]).all()
        assert not row[length:].any()
        start += length
