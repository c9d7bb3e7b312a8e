"""How much each network of a blend counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

_STEPS = 100


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
    roots = torch.full((len(logits),), len(logits) ** -0.5, dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS([roots], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def objective() -> torch.Tensor:
        optimizer.zero_grad()
        summed = (roots.square()[:, None, None] * stacked).sum(0)
        loss = -(wanted * torch.log_softmax(summed, 1)).sum(1).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(objective)  # type: ignore[no-untyped-call]
    weights: list[float] = roots.detach().square().tolist()
    return weights
