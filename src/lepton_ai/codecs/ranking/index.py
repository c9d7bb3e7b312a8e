"""An approximate search for the items with the highest inner product, for catalogues of millions.

Vectors are cut into pairs of numbers, each pair told in 4 bits (product quantisation, Jegou et al. 2011,
IEEE TPAMI 33(1)), and all codes are scanned with table look-ups inside registers (Andre et al. 2015,
VLDB 9(4)). The scan only proposes: the proposed items are scored again with their full vectors.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.errors import MissingDependencyError, PackageError
from lepton_ai.core.types import Arrays, FloatArray

INDEX_FROM = 200_000
"""Up to so many items the exact search is quick enough."""

_WORDS = 16
_TRAINED_ON = 100_000
_AT_ONCE = 100_000


class NearestIndex:
    """Proposes the items whose vectors have the highest inner product with a query.

    The state is two plain arrays, so that a package does not depend on one library's file format.

    Args:
        centroids: float32 [pairs, 16, 2].
        codes: uint8 [items, ceil(pairs / 2)]: 4 bits a pair, the first pair in the low half of a byte.

    Raises:
        PackageError: The arrays do not fit one another.
        MissingDependencyError: The library for searching is not installed.
    """

    def __init__(self, centroids: NDArray[Any], codes: NDArray[Any]) -> None:
        if (
            centroids.dtype != np.float32
            or centroids.ndim != 3
            or centroids.shape[1:] != (_WORDS, 2)
            or len(centroids) == 0
            or codes.dtype != np.uint8
            or codes.ndim != 2
            or codes.shape[1] != (len(centroids) + 1) // 2
            or not np.isfinite(centroids).all()
        ):
            raise PackageError("The search index of the package is broken.")
        self.centroids = centroids
        self.codes = codes
        faiss = _library()
        plain = _empty(faiss, len(centroids))
        faiss.copy_array_to_vector(np.ascontiguousarray(centroids).ravel(), plain.pq.centroids)
        plain.is_trained = True
        plain.add_sa_codes(np.ascontiguousarray(codes))
        self._scan = faiss.IndexPQFastScan(plain)

    @classmethod
    def build(cls, vectors: NDArray[Any], *, seed: int = 0) -> Self:
        """The index of float32 vectors of shape [items, width]; a few seconds a million on one core."""
        faiss = _library()
        even = _even(vectors[:0])
        index = _empty(faiss, even.shape[1] // 2)
        index.pq.cp.seed = seed
        index.pq.cp.min_points_per_centroid = 1
        count = len(vectors)
        chosen = np.random.default_rng(seed).choice(count, size=min(count, _TRAINED_ON), replace=False)
        index.train(_even(vectors[np.resize(np.sort(chosen), max(len(chosen), _WORDS))]))
        for start in range(0, count, _AT_ONCE):
            index.add(_even(vectors[start : start + _AT_ONCE]))
        centroids = faiss.vector_to_array(index.pq.centroids).reshape(-1, _WORDS, 2)
        codes = faiss.vector_to_array(index.codes).reshape(count, -1)
        return cls(centroids, codes)

    def __len__(self) -> int:
        return len(self.codes)

    def search(self, query: NDArray[Any], count: int) -> NDArray[np.int64]:
        """Positions of about the `count` best items for a query of shape [width], in no certain order."""
        if count >= len(self):
            return np.arange(len(self))
        _scores, found = self._scan.search(_even(query[np.newaxis]), count)
        positions: NDArray[np.int64] = found[0]
        return positions[positions >= 0]

    def recall(
        self, vectors: NDArray[Any], queries: NDArray[Any], *, k: int = 10, count: int = 1000
    ) -> float:
        """The share of the exact `k` best that are among the `count` proposed, over queries [rows, width]."""
        hits = 0
        for query in queries:
            exact = np.argpartition(-(vectors @ query), min(k, len(self)) - 1)[:k]
            hits += int(np.isin(exact, self.search(query, count)).sum())
        return hits / (len(queries) * min(k, len(self)))

    def arrays(self) -> Arrays:
        """The state."""
        return {"index_centroids": self.centroids, "index_codes": self.codes}

    @classmethod
    def restore(cls, arrays: Arrays) -> Self | None:
        """The index whose `arrays()` are among `arrays`; None when there is none."""
        if "index_codes" not in arrays:
            return None
        return cls(arrays["index_centroids"], arrays["index_codes"])


def _empty(faiss: ModuleType, pairs: int) -> Any:
    """An index without items."""
    return faiss.IndexPQ(2 * pairs, pairs, 4, faiss.METRIC_INNER_PRODUCT)


def _even(vectors: NDArray[Any]) -> FloatArray:
    """The vectors, with a zero behind each when their width is odd."""
    plain = np.ascontiguousarray(vectors, dtype=np.float32)
    return np.pad(plain, ((0, 0), (0, 1))) if plain.shape[1] % 2 else plain


def _library() -> ModuleType:
    """The library that scans."""
    try:
        import faiss  # noqa: PLC0415 - large, and only catalogues of millions need it
    except ImportError:
        raise MissingDependencyError.for_extra(
            "faiss-cpu", "search", "Searching a catalogue of this size"
        ) from None
    module: ModuleType = faiss
    return module
