"""How much each network of a blend counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_STEPS = 100
_SCALES = 2.0 ** np.arange(-8, 5)


def blend_weights(logits: Sequence[NDArray[np.float32]], targets: NDArray[np.float32]) -> list[float]:
    """Weights of 0 or more that make the summed logits of held-out rows most likely.

    Stacked generalisation (Wolpert 1992) with non-negative weights (Breiman 1996). The weights also set the
    scale of the sum, so that it is close to calibrated.

    Args:
        logits: For each network, shape [rows, classes], of rows it was not trained on.
        targets: Shares of the classes, shape [rows, classes].
    """
    stacked = torch.from_numpy(np.stack(logits)).double()
    wanted = torch.from_numpy(targets).double()

    def loss_of(weights: Tensor) -> Tensor:
        summed = (weights[:, None, None] * stacked).sum(0)
        return -(wanted * torch.log_softmax(summed, 1)).sum(1).mean()

    # From a far too large scale the first step overshoots to zero, where a square has no gradient.
    equal = torch.full((len(logits),), 1 / len(logits), dtype=torch.double)
    scale = min(_SCALES.tolist(), key=lambda one: float(loss_of(one * equal)))
    roots = (scale * equal).sqrt().requires_grad_()
    optimizer = torch.optim.LBFGS([roots], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def objective() -> Tensor:
        optimizer.zero_grad()
        loss = loss_of(roots.square())
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(objective)  # type: ignore[no-untyped-call]
    weights: list[float] = roots.detach().square().tolist()
    return weights
