"""What the classifier sees of a message: letters, words and concepts, each weighed by rarity."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
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


class Features:
    """Turns texts into rows of a sparse matrix (texts x features, float32)."""

    def __init__(self, lexicon: Mapping[str, list[str]]) -> None:
        """Take the concept lexicon; `fit_transform` or `load` must come before `transform`."""
        self._lexicon = lexicon
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
        return self._join({name: view.fit_transform(texts) for name, view in self._views.items()})

    def transform(self, texts: list[str]) -> sp.csr_matrix:
        """Return one row for each text."""
        return self._join({name: view.transform(texts) for name, view in self._views.items()})

    def _join(self, parts: Mapping[str, sp.csr_matrix]) -> sp.csr_matrix:
        weighted = [part * WEIGHTS[name] for name, part in parts.items()]
        return sp.hstack(weighted, format="csr", dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write lexicon, vocabularies and weights to `folder`: JSON and plain arrays, nothing executable."""
        (folder / "lexicon.json").write_text(json.dumps(self._lexicon), encoding="utf-8")
        for name, view in self._views.items():
            terms = sorted(view.vocabulary_, key=view.vocabulary_.__getitem__)
            (folder / f"{name}.json").write_text(json.dumps(terms), encoding="utf-8")
            np.save(folder / f"{name}.npy", view.idf_, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Features:
        """Return what `save` wrote."""
        features = cls(json.loads((folder / "lexicon.json").read_text(encoding="utf-8")))
        for name, view in features._views.items():
            terms = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            view.vocabulary_ = {term: index for index, term in enumerate(terms)}
            view.idf_ = np.load(folder / f"{name}.npy", allow_pickle=False)
        return features
