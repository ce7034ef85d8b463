from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from sklearn.svm import LinearSVC

from bot.nlu import solver

TOPICS = np.array(["amount", "city", "greet", "payment"])


def test_weights_are_those_of_each_topic_against_all_else_in_the_order_of_the_features() -> None:
    random = np.random.default_rng(0)
    # Features of very unlike frequency, the rarest first, so that ordering them by it moves every one.
    rows = sp.csr_matrix((random.random((200, 12)) < np.linspace(0.05, 0.9, 12)).astype(np.float32))
    labels = TOPICS[random.integers(len(TOPICS), size=200)]

    topics, weights, bias = solver.fit(rows, labels, C=0.5, passes=500)

    assert list(topics) == list(TOPICS)
    for topic, learnt, offset in zip(topics, weights, bias, strict=True):
        alone = LinearSVC(C=0.5, tol=1e-5, random_state=0, max_iter=100_000).fit(rows, labels == topic)
        assert np.allclose(learnt, alone.coef_[0], atol=1e-3)
        assert np.isclose(offset, alone.intercept_[0], atol=1e-3)
