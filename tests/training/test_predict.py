from __future__ import annotations

import numpy as np
import pytest
import torch
from toy import TEXTS, network, rows_of

from lepton_ai.training.predict import predict


@pytest.mark.parametrize("rows", [3, 256])
def test_logits_come_in_the_order_of_the_rows(rows, monkeypatch):
    monkeypatch.setattr("lepton_ai.training.predict._ROWS", rows)
    texts = [*TEXTS, "a much longer text about where my parcel is " * 3, ""]
    trained = network("text_cnn").train()
    found = predict(trained, rows_of(texts))
    assert not trained.training
    encoded = rows_of(texts)
    with torch.no_grad():
        for row in (0, len(texts) - 2, len(texts) - 1):
            (units,) = encoded.take(np.array([row]), ("units",))
            np.testing.assert_allclose(found[row], trained(torch.from_numpy(units))[0].numpy(), atol=1e-5)
