from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from bot.nlu.weights import LEAST, Weights

TOPICS, FEATURES = 3, 5
# What float16 keeps exactly, from too small to matter to large.
VALUES = [0.0, LEAST / 2, -LEAST / 2, 0.25, -0.5, 2.0]


@pytest.mark.parametrize("seed", range(20))
def test_scores_are_the_product_with_the_weights_that_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    dense = random.choice(VALUES, (TOPICS, FEATURES))
    texts = random.choice(np.array([0, 0.5, 1], dtype=np.float32), (4, FEATURES))
    mattering = np.where(np.abs(dense) < LEAST, 0, dense)

    assert np.allclose(Weights.of(dense).scores(sp.csr_matrix(texts)), texts @ mattering.T)


def test_no_text_has_no_scores() -> None:
    scores = Weights.of(np.ones((TOPICS, FEATURES))).scores(sp.csr_matrix((0, FEATURES), dtype=np.float32))

    assert scores.shape == (0, TOPICS)


def test_what_was_saved_loads_alike(tmp_path: Path) -> None:
    text = sp.csr_matrix(np.array([[1, 0, 0.5, 0, 2]], dtype=np.float32))
    weights = Weights.of(np.arange(TOPICS * FEATURES).reshape(TOPICS, FEATURES) / 8)

    weights.save(tmp_path)

    assert np.array_equal(Weights.load(tmp_path, TOPICS).scores(text), weights.scores(text))


def test_arrays_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    Weights.of(np.ones((TOPICS, FEATURES))).save(tmp_path)
    np.save(tmp_path / "weights.values.npy", np.ones(2, dtype=np.float16))

    with pytest.raises(ValueError, match="fit together"):
        Weights.load(tmp_path, TOPICS)
