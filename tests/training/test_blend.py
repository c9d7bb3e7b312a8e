from __future__ import annotations

import numpy as np
import torch
from toy import network, rows_of

from lepton_ai.training.blend import Blend
from lepton_ai.training.predict import predict


def members():
    found = [network(name).eval() for name in ("wide_ngram", "text_cnn", "text_cnn", "recurrent")]
    torch.nn.init.normal_(found[0].weights)
    with torch.no_grad():
        found[0].weights[:, 0] = -found[0].weights[:, 1]
    return found


def arrays(blend, rows):
    return [torch.from_numpy(array) for array in rows.take(np.arange(5), blend.arrays)]


def test_logits_are_the_weighted_sum():
    networks, weights, rows = members(), [0.5, 0.25, 1.5, 2.0], rows_of()
    blend = Blend(networks, weights).eval()
    assert blend.arrays == ("ngrams", "values", "units")
    expected = sum(weight * predict(one, rows)[:5] for one, weight in zip(networks, weights, strict=True))
    np.testing.assert_allclose(blend(*arrays(blend, rows)).detach().numpy(), expected, atol=1e-5)


def test_it_answers_alike_when_served():
    blend = Blend(members(), [0.5, 0.25, 1.5, 2.0]).eval()
    served = blend.for_serving().eval()
    rows = rows_of()
    torch.testing.assert_close(
        served(*arrays(served, rows)), blend(*arrays(blend, rows)), atol=1e-4, rtol=1e-4
    )


def test_one_network_alone():
    one = members()[1]
    blend = Blend([one], [2.0])
    assert blend.arrays == ("units",)
    assert {name for name, _ in blend.named_parameters()}
    rows = rows_of()
    np.testing.assert_allclose(
        blend(*arrays(blend, rows)).detach().numpy(), 2 * predict(one, rows)[:5], atol=1e-5
    )
