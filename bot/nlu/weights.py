"""The weights of the classifier: of each feature only those that matter, read from disk as they are needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

# Four of five weights are smaller: without them a model packs in a fraction of the time, and figures are the same
# (docs/decisions/0009).
LEAST = 0.01


class Weights:
    """How much each feature speaks for each topic: float16, rows of a sparse matrix (features x topics)."""

    FILES = ("starts", "topics", "values")

    def __init__(self, starts: Any, topics: Any, values: Any, count: int) -> None:
        """Take where the weights of each feature start in `topics` and `values`, and of how many topics there are."""
        if len(topics) != len(values) or starts[-1] != len(values):
            raise ValueError("The weights of the model do not fit together")
        self._starts, self._topics, self._values, self._count = starts, topics, values, count

    @classmethod
    def of(cls, dense: npt.NDArray[Any]) -> Weights:
        """Return the weights that matter of a matrix (topics x features)."""
        rows = sp.csr_matrix(np.where(np.abs(dense) < LEAST, 0, dense).T)
        topics = rows.indices.astype(np.min_scalar_type(len(dense)))
        return cls(rows.indptr.astype(np.int32), topics, rows.data.astype(np.float16), len(dense))

    def scores(self, rows: sp.csr_matrix) -> Any:
        """Return what the features of each text (texts x features) say of each topic (texts x topics)."""
        first, end = self._starts[rows.indices], self._starts[rows.indices + 1]
        lengths = end - first
        ends = np.cumsum(lengths)
        # Each feature's stretch of the weights, one after the other.
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - lengths), lengths)
        texts = np.repeat(np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), lengths)
        said = self._values[places] * np.repeat(rows.data, lengths)
        cells = texts * self._count + self._topics[places]
        return np.bincount(cells, said, rows.shape[0] * self._count).reshape(-1, self._count)

    def save(self, folder: Path) -> None:
        """Write plain arrays to `folder`: nothing executable."""
        for name, array in zip(self.FILES, (self._starts, self._topics, self._values), strict=True):
            np.save(folder / f"weights.{name}.npy", array, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, count: int) -> Weights:
        """Return what `save` wrote for `count` topics. Raises OSError or ValueError if it is damaged."""
        # Most weights are never read: they stay on disk until they are.
        starts, topics, values = (
            np.load(folder / f"weights.{name}.npy", mmap_mode="r", allow_pickle=False) for name in cls.FILES
        )
        return cls(starts, topics, values, count)
