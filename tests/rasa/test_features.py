from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

from bot.nlu.features import BUCKETS, Features, Letters, Said
from bot.text import fold


def said(*texts: str) -> list[Said]:
    return [Said(text, "sv") for text in texts]


LEXICON = {"sv": {"CITY": ["stad*", "kommun*"], "MONEY": ["pengar", "slantar"]}}
TEXTS = said("betalar kommunen pengar", "betalar staden pengar", "hur ansöker man", "var ansöker man om pengar")
UNSEEN = said("ger kommunen slantar?", "något helt annat", "", "مرحبا", "👍")


@pytest.fixture
def features() -> Features:
    learnt = Features(LEXICON)
    learnt.fit_transform(TEXTS)
    return learnt


def test_every_text_is_one_row_of_the_same_width(features: Features) -> None:
    assert features.transform(TEXTS).shape[0] == len(TEXTS)
    assert features.transform(UNSEEN).shape == (len(UNSEEN), features.transform(TEXTS).shape[1])


def test_learning_and_looking_see_the_same(features: Features) -> None:
    assert (Features(LEXICON).fit_transform(TEXTS) != features.transform(TEXTS)).nnz == 0


def test_words_of_one_concept_look_alike(features: Features) -> None:
    pengar, slantar, alone = features.transform(said("staden pengar", "kommunen slantar", "xyz"))

    assert (pengar @ slantar.T)[0, 0] > 0.5
    assert alone.nnz == 0


def test_case_and_diacritics_do_not_matter(features: Features) -> None:
    one, other = features.transform(said("BETÅLAR KOMMUNÉN", "betalar kommunen"))

    assert (one != other).nnz == 0


def test_what_was_saved_is_loaded(features: Features, tmp_path: Path) -> None:
    features.save(tmp_path)

    loaded = Features.load(tmp_path)

    difference = loaded.transform(TEXTS + UNSEEN) - features.transform(TEXTS + UNSEEN)
    assert abs(difference).max() < 1e-6


def test_nothing_executable_is_saved(features: Features, tmp_path: Path) -> None:
    features.save(tmp_path)

    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npy"}
    for path in tmp_path.glob("*.npy"):
        assert np.load(path, allow_pickle=False).dtype in (np.int32, np.float32)


def test_a_known_language_keeps_the_forms_of_others_out() -> None:
    learnt = Features({"sv": {"CITY": ["stad*"]}, "tr": {"HORSE": ["stad*"]}})
    learnt.fit_transform([Said("staden", None), Said("hela staden", None)])

    alone, both = learnt.transform([Said("staden", "sv"), Said("staden", None)])

    assert alone.nnz < both.nnz


def test_words_taken_apart_once_have_the_letters_that_whole_texts_have() -> None:
    texts = [*TEXTS, *UNSEEN, *said("hur hur hur", " å  ", "a\u2003b\nc")]
    whole = HashingVectorizer(
        n_features=BUCKETS, alternate_sign=False, norm=None, analyzer="char_wb", ngram_range=(2, 5)
    )
    expected = whole.transform(fold(text.text) for text in texts)

    features, rows = Letters(1.0, 1, shortest=2, longest=5).count(texts)

    counts = [dict(zip(features[row.indices], row.data, strict=True)) for row in rows]
    assert counts == [dict(zip(row.indices, row.data, strict=True)) for row in expected]
