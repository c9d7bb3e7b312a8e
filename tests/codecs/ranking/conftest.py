import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import pytest

from lepton_ai.codecs.ranking import IdIndex
from lepton_ai.codecs.ranking.catalogue import Catalogue


@pytest.fixture(scope="session")
def catalogue():
    """300 items of up to two of five categories, a tenth of them out of stock."""
    rng = np.random.default_rng(0)
    count = 300
    vectors = rng.normal(size=(count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    own = [sorted(set(rng.integers(0, 5, size=rng.integers(0, 3)).tolist())) for _ in range(count)]
    return Catalogue(
        IdIndex([f"i{number}" for number in range(count)]),
        vectors=vectors,
        popularity=rng.dirichlet(np.ones(count)),
        newest=rng.random(count),
        categories=["a", "b", "c", "d", "e"],
        item_categories=(np.cumsum([0, *map(len, own)]), np.array([each for one in own for each in one])),
        stock=rng.random(count) > 0.1,
    )
