"""What the classifier sees of a message: letters, words and concepts, each weighed by rarity."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.concepts import Concepts
from bot.text import fold

# Letters find misspellings, inflections and compounds; words keep what letters blur; concepts join
# what different words, and different languages, have in common. See docs/decisions/0005.
VIEWS: Mapping[str, Mapping[str, object]] = {
    "letters": {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 2},
    "words": {"token_pattern": r"\w+", "ngram_range": (1, 2), "min_df": 1},
    "concepts": {"min_df": 2},
}
WEIGHTS: Mapping[str, float] = {"letters": 1.0, "words": 0.7, "concepts": 1.0}
# Of a sentence encoder, if there is one: more than this loses what the others find (docs/decisions/0007).
MEANING_WEIGHT = 0.5


class SentenceEncoder(Protocol):
    """Turns texts into vectors (texts x dimensions) of unit length, such as bot.nlu.encoder.Encoder."""

    def encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Return one row for each text."""


class Features:
    """Turns texts into rows of a sparse matrix (texts x features, float32)."""

    def __init__(self, lexicon: Mapping[str, list[str]], encoder: SentenceEncoder | None = None) -> None:
        """Take the concept lexicon and an encoder of meaning; `fit_transform` or `load` comes before `transform`."""
        self._lexicon = lexicon
        self._encoder = encoder
        concepts = Concepts(lexicon)
        analyzers: Mapping[str, dict[str, Callable[[str], list[str]]]] = {"concepts": {"analyzer": concepts.features}}
        self._views = {
            name: TfidfVectorizer(
                **settings,
                **analyzers.get(name, {"preprocessor": fold}),
                sublinear_tf=True,
                dtype=np.float32,
            )
            for name, settings in VIEWS.items()
        }

    def fit_transform(self, texts: list[str]) -> sp.csr_matrix:
        """Learn which features exist and how rare each is; return one row for each text."""
        return self._join({name: view.fit_transform(texts) for name, view in self._views.items()}, texts)

    def transform(self, texts: list[str]) -> sp.csr_matrix:
        """Return one row for each text."""
        return self._join({name: view.transform(texts) for name, view in self._views.items()}, texts)

    def _join(self, parts: Mapping[str, sp.csr_matrix], texts: list[str]) -> sp.csr_matrix:
        weighted = [part * WEIGHTS[name] for name, part in parts.items()]
        if self._encoder:
            weighted.append(sp.csr_matrix(self._encoder.encode(texts) * MEANING_WEIGHT))
        return sp.hstack(weighted, format="csr", dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write lexicon, vocabularies and weights to `folder`: JSON and plain arrays, nothing executable."""
        (folder / "lexicon.json").write_text(json.dumps(self._lexicon), encoding="utf-8")
        for name, view in self._views.items():
            terms = sorted(view.vocabulary_, key=view.vocabulary_.__getitem__)
            (folder / f"{name}.json").write_text(json.dumps(terms), encoding="utf-8")
            np.save(folder / f"{name}.npy", view.idf_, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, encoder: SentenceEncoder | None = None) -> Features:
        """Return what `save` wrote; `encoder` is the one it was fitted with."""
        features = cls(json.loads((folder / "lexicon.json").read_text(encoding="utf-8")), encoder)
        for name, view in features._views.items():
            terms = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            view.vocabulary_ = {term: index for index, term in enumerate(terms)}
            view.idf_ = np.load(folder / f"{name}.npy", allow_pickle=False)
        return features
