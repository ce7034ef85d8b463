"""What the classifier sees of a message: letters, words and concepts, each weighed by rarity."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import joblib
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from bot.nlu.concepts import Concepts, Lexicon
from bot.text import fold

# Features are known by a hash: a million strings would take more memory than all else. So many
# buckets that hardly two features, or an unknown one and a known one, share theirs.
BUCKETS = 2**30
# Of a sentence encoder, if there is one: more than this loses what the others find (docs/decisions/0007).
MEANING_WEIGHT = 0.5


# Their words stand among those of every language: names of authorities, forms, permits.
EVERYWHERE = ("sv", "en")


class Said(NamedTuple):
    """A text, and the language that it is in, as far as known."""

    text: str
    language: str | None


class SentenceEncoder(Protocol):
    """Turns texts into vectors (texts x dimensions) of unit length, such as bot.nlu.encoder.Encoder."""

    def encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Return one row for each text."""


class Counted(NamedTuple):
    """How often each of `features` (hashes in order) stands in each text: `rows` (texts x features)."""

    features: npt.NDArray[np.int32]
    rows: sp.csr_matrix


class View:
    """One way of looking at texts: which features it knows, and how rare each is (TF-IDF, rows of length `weight`)."""

    def __init__(self, weight: float, least: int, **settings: Any) -> None:
        """Take what this view weighs beside others, in how many texts a feature must stand to be known, and how
        features are found: settings of HashingVectorizer.
        """
        self._weight = weight
        self._least = least
        self._hasher = HashingVectorizer(
            n_features=BUCKETS, alternate_sign=False, norm=None, dtype=np.float32, **settings
        )
        self.known = np.empty(0, dtype=np.int32)
        self.rarity = np.empty(0, dtype=np.float32)

    def count(self, texts: list[Said]) -> Counted:
        """Return how often each feature, known or not, stands in each text."""
        return self._hash(texts)

    def learn(self, counted: Counted) -> sp.csr_matrix:
        """Learn from what `count` returned which features exist and how rare each is; return one row for each text."""
        counts = np.bincount(counted.rows.indices, minlength=len(counted.features))
        frequent = counts >= self._least
        self.known = counted.features[frequent].astype(np.int32)
        self.rarity = (np.log((1 + counted.rows.shape[0]) / (1 + counts[frequent])) + 1).astype(np.float32)
        return self._weigh(counted)

    def transform(self, texts: list[Said]) -> sp.csr_matrix:
        """Return one row for each text; features that are not known count as nothing."""
        return self._weigh(self.count(texts))

    def _hash(self, texts: Iterable[Said | str]) -> Counted:
        hashed = self._hasher.transform(texts)
        features, columns = np.unique(hashed.indices, return_inverse=True)
        rows = sp.csr_matrix((hashed.data, columns, hashed.indptr), shape=(hashed.shape[0], len(features)))
        return Counted(features, rows)

    def _weigh(self, counted: Counted) -> sp.csr_matrix:
        places = np.searchsorted(self.known, counted.features)
        places[places == len(self.known)] = 0
        known = self.known[places] == counted.features
        rows = counted.rows
        found = known[rows.indices]
        places = places[rows.indices[found]]
        values = (1 + np.log(rows.data[found])) * self.rarity[places]
        ends = np.concatenate([[0], np.cumsum(found)])[rows.indptr]
        weighed = sp.csr_matrix((values, places, ends), shape=(rows.shape[0], len(self.known)), dtype=np.float32)
        return normalize(weighed, copy=False) * self._weight


class Letters(View):
    """Sequences of letters within words. Of many texts each word is taken apart once."""

    def __init__(self, weight: float, least: int, shortest: int, longest: int) -> None:
        """Take what `View` takes, and how many letters a sequence has."""
        super().__init__(weight, least, analyzer="char_wb", ngram_range=(shortest, longest), lowercase=False)

    def count(self, texts: list[Said]) -> Counted:
        """Return how often each sequence, known or not, stands in each text."""
        # The hasher wants something to hash, and a message may hold no word.
        numbers = {"": 0}
        said = [[numbers.setdefault(word, len(numbers)) for word in _folded(text).split()] for text in texts]
        features, of_words = self._hash(numbers)
        ends = np.concatenate([[0], np.cumsum([len(words) for words in said])])
        places = np.fromiter(chain.from_iterable(said), dtype=np.int32, count=ends[-1])
        once = np.ones(len(places), dtype=np.float32)
        return Counted(features, sp.csr_matrix((once, places, ends), shape=(len(texts), len(numbers))) @ of_words)


def _folded(said: Said) -> str:
    return fold(said.text)


class _ConceptsOf:
    """The concepts of a text and their pairs, by forms of its language and of those that stand everywhere."""

    def __init__(self, lexicon: Mapping[str, Lexicon]) -> None:
        self._concepts = Concepts(lexicon)

    def __call__(self, said: Said) -> list[str]:
        return self._concepts.features(said.text, (said.language, *EVERYWHERE) if said.language else None)


class Features:
    """Turns texts into rows of a sparse matrix (texts x features, float32)."""

    def __init__(self, lexicon: Mapping[str, Lexicon], encoder: SentenceEncoder | None = None) -> None:
        """Take the concept lexicon (language -> concept -> forms) and an encoder of meaning.

        `fit_transform` or `load` comes before `transform`.
        """
        self._lexicon = lexicon
        self._encoder = encoder
        # Letters find misspellings, inflections and compounds; words keep what letters blur; concepts join
        # what different words, and different languages, have in common. See docs/decisions/0005.
        self._views = {
            "letters": Letters(1.0, 2, shortest=2, longest=5),
            "words": View(0.7, 2, token_pattern=r"\w+", ngram_range=(1, 2), preprocessor=_folded),
            "concepts": View(1.0, 2, analyzer=_ConceptsOf(lexicon)),
        }

    def fit_transform(self, texts: list[Said]) -> sp.csr_matrix:
        """Learn which features exist and how rare each is; return one row for each text."""
        views = self._views.values()
        # Finding letters takes about as long as all else.
        counted = joblib.Parallel(n_jobs=2)(joblib.delayed(view.count)(texts) for view in views)
        return self._join([view.learn(rows) for view, rows in zip(views, counted, strict=True)], texts)

    def transform(self, texts: list[Said]) -> sp.csr_matrix:
        """Return one row for each text."""
        return self._join([view.transform(texts) for view in self._views.values()], texts)

    def _join(self, parts: list[sp.csr_matrix], texts: list[Said]) -> sp.csr_matrix:
        if self._encoder:
            meaning = self._encoder.encode([said.text for said in texts])
            parts = [*parts, sp.csr_matrix(meaning * MEANING_WEIGHT)]
        return sp.hstack(parts, format="csr", dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write lexicon, known features and rarities to `folder`: JSON and plain arrays, nothing executable."""
        (folder / "lexicon.json").write_text(json.dumps(self._lexicon), encoding="utf-8")
        for name, view in self._views.items():
            np.save(folder / f"{name}.known.npy", view.known, allow_pickle=False)
            np.save(folder / f"{name}.rarity.npy", view.rarity, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, encoder: SentenceEncoder | None = None) -> Features:
        """Return what `save` wrote; `encoder` is the one it was fitted with."""
        features = cls(json.loads((folder / "lexicon.json").read_text(encoding="utf-8")), encoder)
        for name, view in features._views.items():
            view.known = np.load(folder / f"{name}.known.npy", allow_pickle=False)
            view.rarity = np.load(folder / f"{name}.rarity.npy", allow_pickle=False)
        return features
