"""How the weights are learnt: a support vector machine for each topic against all else, side by side.

Dual coordinate descent (Hsieh and others, A Dual Coordinate Descent Method for Large-scale Linear SVM, 2008), as in
LIBLINEAR, which reads all examples anew for each topic: five times as long (docs/decisions/0009).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import scipy.sparse as sp
from numba import njit

THREADS = 2


def fit(rows: sp.csr_matrix, labels: Any, C: float, passes: int) -> tuple[Any, Any, Any]:
    """Return the topics in order, their weights (topics x features) and their bias (topics), float32.

    `rows` (texts x features, float32) and `labels` (a topic for each text) are what is learnt; `C` is inverse
    regularisation, `passes` how often all texts are gone through.
    """
    topics, answers = np.unique(labels, return_inverse=True)
    # Frequent features are read at almost every step: side by side they stay in the processor's cache.
    rank = np.argsort(np.argsort(-np.bincount(rows.indices, minlength=rows.shape[1])))
    columns = rank[rows.indices].astype(np.int32)
    curvature = np.asarray(rows.multiply(rows).sum(axis=1)).ravel() + 1 + 0.5 / C

    def learn(some: Any) -> tuple[Any, Any]:
        weights = np.zeros((rows.shape[1], len(some)), dtype=np.float32)
        bias = np.zeros(len(some), dtype=np.float32)
        duals = np.zeros((rows.shape[0], len(some)), dtype=np.float32)
        places = answers - some[0]
        random = np.random.default_rng(0)
        for _ in range(passes):
            order = random.permutation(rows.shape[0])
            _go_through(order, rows.indptr, columns, rows.data, places, curvature, C, weights, bias, duals)
        return weights, bias

    # Threads share nothing that changes, so every training gives the same weights.
    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(learn, np.array_split(np.arange(len(topics)), THREADS)))
    weights, bias = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    return topics, weights[rank].T, bias


@njit(nogil=True)  # type: ignore[untyped-decorator]
def _go_through(
    order: Any,
    starts: Any,
    columns: Any,
    values: Any,
    places: Any,
    curvature: Any,
    C: Any,
    weights: Any,
    bias: Any,
    duals: Any,
) -> None:
    """Improve `weights` (features x topics), `bias` and `duals` (texts x topics) by each text of `order` in turn."""
    topics = len(bias)
    scores = np.empty(topics, dtype=np.float32)
    steps = np.empty(topics, dtype=np.float32)
    for text in order:
        scores[:] = bias
        for at in range(starts[text], starts[text + 1]):
            of_feature = weights[columns[at]]
            for topic in range(topics):
                scores[topic] += values[at] * of_feature[topic]
        for topic in range(topics):
            side = 1 if topic == places[text] else -1
            dual = duals[text, topic]
            slope = side * scores[topic] - 1 + dual * 0.5 / C
            duals[text, topic] = max(dual - slope / curvature[text], 0)
            steps[topic] = side * (duals[text, topic] - dual)
        if not steps.any():
            continue
        bias += steps
        for at in range(starts[text], starts[text + 1]):
            of_feature = weights[columns[at]]
            for topic in range(topics):
                of_feature[topic] += values[at] * steps[topic]
