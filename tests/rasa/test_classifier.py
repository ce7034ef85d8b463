from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import ALSO_ASKED, CONFIDENCES, INTENT_RANKING, TopicClassifier
from bot.nlu.correction import NOT_MEANT
from tests.rasa.tiny_encoder import TABLE, WORDS, make_encoder

EXAMPLES = {
    "city_grant": [
        "betalar kommunen",
        "betalar staden bidrag",
        "ger kommunen pengar",
        "får man pengar av staden",
        "vad gör staden nu",
    ],
    "apply_how": [
        "hur ansöker man",
        "hur söker jag",
        "var skickar man ansökan",
        "jag vill ansöka",
        "är det staden som söker",
    ],
    "greet": ["hej", "hejsan", "god morgon", "hallå där", "vad gör ni nu där"],
}
QUESTIONS = ["betalar staden pengar?", "hur gör man för att ansöka", "hej på dig", "", "👍", "مرحبا", "x" * 5000]
CONCEPTS = Path(__file__).parents[1] / "content" / "data" / "concepts"
# Rasa hands over what its importer read; the classifier reads the examples itself.
NOTHING = TrainingData([])
CONTEXT = ExecutionContext(GraphSchema({}))
RESOURCE = Resource("classifier")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A content folder with the examples."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(CONCEPTS, folder / "concepts")
    (folder / "examples" / "sv").mkdir(parents=True)
    for topic, texts in EXAMPLES.items():
        said = [*texts, *(f"ursäkta, {text}" for text in texts)]
        (folder / "examples" / "sv" / f"{topic}.txt").write_text("\n".join(said), encoding="utf-8")
    return folder


@pytest.fixture(scope="module", autouse=True)
def _no_encoder() -> Iterator[None]:
    """Train without one, whatever is switched on on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.nlu.settings.dotenv_values", lambda _: {})
        patch.delenv("NLU_ENCODER", raising=False)
        yield


@pytest.fixture(scope="module")
def config(data: Path) -> dict[str, Any]:
    # So few examples must be learnt well, and of each topic some calibrate.
    return {**TopicClassifier.get_default_config(), "data": str(data), "held_out": 0.5}


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def trained(config: dict[str, Any], storage: LocalModelStorage) -> TopicClassifier:
    classifier = TopicClassifier.create(config, storage, RESOURCE, CONTEXT)
    classifier.train(NOTHING)
    return classifier


@pytest.fixture
def loaded(trained: TopicClassifier, config: dict[str, Any], storage: LocalModelStorage) -> TopicClassifier:
    return TopicClassifier.load(config, storage, RESOURCE, CONTEXT)


def rank(classifier: TopicClassifier, text: str) -> list[dict[str, Any]]:
    (message,) = classifier.process([Message({TEXT: text})])
    assert message.get(INTENT) == message.get(INTENT_RANKING)[0]
    ranking: list[dict[str, Any]] = message.get(INTENT_RANKING)
    return ranking


def test_a_prior_moves_its_topic_up(
    trained: TopicClassifier, config: dict[str, Any], storage: LocalModelStorage
) -> None:
    eager = TopicClassifier.load({**config, "prior": {"greet": 100.0}}, storage, RESOURCE, CONTEXT)

    assert rank(trained, "hur ansöker man")[0]["name"] == "apply_how"
    assert rank(eager, "hur ansöker man")[0]["name"] == "greet"


def test_what_was_learnt_is_known(trained: TopicClassifier) -> None:
    known = [rank(trained, text)[0]["name"] == intent for intent, texts in EXAMPLES.items() for text in texts]

    # But for those held out.
    assert sum(known) >= len(known) - len(EXAMPLES)


@pytest.mark.parametrize("text", QUESTIONS, ids=range(len(QUESTIONS)))
def test_confidences_of_all_topics_sum_to_one(trained: TopicClassifier, text: str) -> None:
    ranking = rank(trained, text)

    assert {entry["name"] for entry in ranking} == set(EXAMPLES)
    assert sum(entry["confidence"] for entry in ranking) == pytest.approx(1)


@pytest.mark.parametrize("text", QUESTIONS, ids=range(len(QUESTIONS)))
def test_the_likeliest_topic_comes_first(trained: TopicClassifier, text: str) -> None:
    confidences = [entry["confidence"] for entry in rank(trained, text)]

    assert confidences == sorted(confidences, reverse=True)


def test_the_ranking_is_as_long_as_configured(
    trained: TopicClassifier, config: dict[str, Any], storage: LocalModelStorage
) -> None:
    short = TopicClassifier.load({**config, "ranking_length": 2}, storage, RESOURCE, CONTEXT)

    assert [entry["name"] for entry in rank(short, "hej")] == [entry["name"] for entry in rank(trained, "hej")[:2]]


def test_messages_are_ranked_alike_together_and_alone(trained: TopicClassifier) -> None:
    together = trained.process([Message({TEXT: text}) for text in QUESTIONS])

    assert [message.get(INTENT)["name"] for message in together] == [
        rank(trained, text)[0]["name"] for text in QUESTIONS
    ]


@pytest.mark.parametrize("text", QUESTIONS, ids=range(len(QUESTIONS)))
def test_a_loaded_model_ranks_as_the_trained_one(trained: TopicClassifier, loaded: TopicClassifier, text: str) -> None:
    before, after = rank(trained, text), rank(loaded, text)

    assert [entry["name"] for entry in after] == [entry["name"] for entry in before]
    assert [entry["confidence"] for entry in after] == pytest.approx(
        [entry["confidence"] for entry in before], abs=1e-3
    )


def test_training_again_gives_the_same_model(trained: TopicClassifier, config: dict[str, Any], tmp_path: Path) -> None:
    again = TopicClassifier.create(config, LocalModelStorage.create(tmp_path), RESOURCE, CONTEXT)
    again.train(NOTHING)

    assert rank(again, QUESTIONS[0]) == rank(trained, QUESTIONS[0])


ARRAYS = ["bias", "weights.starts", "weights.topics", "weights.values", "letters.known", "words.rarity"]
FILES = ["model.json", "lexicon.json", *(f"{name}.npy" for name in ARRAYS)]


def test_the_files_are_those_that_are_damaged_below(trained: TopicClassifier, storage: LocalModelStorage) -> None:
    with storage.read_from(RESOURCE) as folder:
        assert set(FILES) <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut"])
def test_a_damaged_model_does_not_load(
    trained: TopicClassifier, config: dict[str, Any], storage: LocalModelStorage, name: str, damage: str
) -> None:
    with storage.read_from(RESOURCE) as folder:
        file = folder / name
    whole = file.read_bytes()
    file.unlink() if damage == "missing" else file.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"")
    try:
        with pytest.raises((OSError, ValueError, KeyError)):
            TopicClassifier.load(config, storage, RESOURCE, CONTEXT)
    finally:
        file.write_bytes(whole)


def test_an_untrained_classifier_never_answers(config: dict[str, Any], tmp_path: Path) -> None:
    untrained = TopicClassifier.create(config, LocalModelStorage.create(tmp_path), RESOURCE, CONTEXT)

    with pytest.raises(AssertionError):
        untrained.process([Message({TEXT: "hej"})])


def test_another_lexicon_makes_rasa_train_anew(config: dict[str, Any], data: Path, tmp_path: Path) -> None:
    other = shutil.copytree(data, tmp_path / "data")
    (other / "concepts" / "sv.yml").write_text("CITY: stad*, kommun*, län*\n", encoding="utf-8")

    seen = [TopicClassifier.fingerprint_addon({**config, "data": str(folder)}) for folder in (data, other)]
    assert seen[0] != seen[1]


@pytest.mark.parametrize("text", QUESTIONS, ids=range(len(QUESTIONS)))
def test_every_topic_has_a_confidence_however_short_the_ranking(
    trained: TopicClassifier, config: dict[str, Any], storage: LocalModelStorage, text: str
) -> None:
    short = TopicClassifier.load({**config, "ranking_length": 1}, storage, RESOURCE, CONTEXT)

    (message,) = short.process([Message({TEXT: text})])

    assert message.get(CONFIDENCES).keys() == EXAMPLES.keys()
    assert sum(message.get(CONFIDENCES).values()) == pytest.approx(1)
    assert max(message.get(CONFIDENCES), key=message.get(CONFIDENCES).get) == message.get(INTENT)["name"]


def test_confidences_of_all_topics_do_not_go_out(trained: TopicClassifier) -> None:
    (message,) = trained.process([Message({TEXT: "hej"})])

    assert CONFIDENCES not in message.as_dict(only_output_properties=True)


MONEY, APPLY, VAGUE = "får man pengar av staden?", "hur ansöker man nu?", "vad är det här?"
LONG_MONEY = "får man pengar av staden eller får man bidrag av kommunen?"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (f"{MONEY} {APPLY}", "city_grant", "apply_how"),
        (f"{APPLY} {MONEY}", "apply_how", "city_grant"),
        # Together, these are about one topic so surely that the other is as good as none.
        (f"{APPLY} {LONG_MONEY}", "apply_how", "city_grant"),
        (f"{LONG_MONEY} {APPLY}", "city_grant", "apply_how"),
    ],
)
def test_two_sure_questions_are_both_understood(trained: TopicClassifier, text: str, first: str, second: str) -> None:
    messages = trained.process([Message({TEXT: text})])
    FallbackClassifier.create({"threshold": 0.75, "ambiguity_threshold": 0.1}, None, None, None).process(messages)  # type: ignore[arg-type]

    (understood,) = messages
    assert understood.get(INTENT) == {"name": first, "confidence": 1.0}
    assert understood.as_dict(only_output_properties=True)[ALSO_ASKED] == second
    assert [one["name"] for one in understood.get(INTENT_RANKING)] == [first, "greet"]
    assert sum(understood.get(CONFIDENCES).values()) == pytest.approx(1)


@pytest.mark.parametrize(
    "text",
    [
        MONEY,
        f"{MONEY} ger kommunen några pengar?",
        f"{MONEY} {APPLY} {MONEY}",
        f"{MONEY} ansöka hur?",
        f"{MONEY[:-1]} {APPLY[:-1]}",
        f"{VAGUE} {APPLY}",
        f"{APPLY} {VAGUE}",
    ],
)
def test_other_messages_are_one_question(trained: TopicClassifier, text: str) -> None:
    (message,) = trained.process([Message({TEXT: text})])

    assert message.get(ALSO_ASKED) is None
    found = message.get(CONFIDENCES)
    assert message.get(INTENT) == {"name": max(found, key=found.get), "confidence": max(found.values())}


def test_a_topic_that_was_not_meant_leaves_its_place_to_the_others(trained: TopicClassifier) -> None:
    message, same = trained.process(
        [Message({TEXT: QUESTIONS[0]}), Message({TEXT: QUESTIONS[0], NOT_MEANT: "city_grant"})]
    )

    assert message.get(INTENT)["name"] == "city_grant"
    others = {topic: share for topic, share in message.get(CONFIDENCES).items() if topic != "city_grant"}
    left = same.get(CONFIDENCES)
    assert left.pop("city_grant") == 0
    assert left == pytest.approx({topic: share / sum(others.values()) for topic, share in others.items()})
    assert same.get(INTENT) == same.get(INTENT_RANKING)[0]
    assert same.get(INTENT)["name"] == max(left, key=left.__getitem__)


def test_a_topic_that_nobody_knows_is_no_correction(trained: TopicClassifier) -> None:
    message, same = trained.process([Message({TEXT: "hej"}), Message({TEXT: "hej", NOT_MEANT: "gone"})])

    assert message.get(CONFIDENCES) == same.get(CONFIDENCES)


def test_the_configuration_says_what_is_sure(
    trained: TopicClassifier, config: dict[str, Any], storage: LocalModelStorage
) -> None:
    never = TopicClassifier.load({**config, "sure": 1.01}, storage, RESOURCE, CONTEXT)
    soon = TopicClassifier.load({**config, "sure": 0.0}, storage, RESOURCE, CONTEXT)

    assert never.process([Message({TEXT: f"{MONEY} {APPLY}"})])[0].get(ALSO_ASKED) is None
    assert soon.process([Message({TEXT: f"{VAGUE} {APPLY}"})])[0].get(ALSO_ASKED) == "apply_how"


def test_each_message_has_its_own_questions(trained: TopicClassifier) -> None:
    texts = ["hej", f"{MONEY} {APPLY}", "", f"{APPLY} {MONEY}", APPLY]

    messages = trained.process([Message({TEXT: text}) for text in texts])

    assert [message.get(ALSO_ASKED) for message in messages] == [None, "apply_how", None, "city_grant", None]


def test_a_new_example_makes_rasa_train_anew(config: dict[str, Any], data: Path, tmp_path: Path) -> None:
    more = shutil.copytree(data, tmp_path / "data")
    seen = [TopicClassifier.fingerprint_addon({**config, "data": str(more)})]
    with (more / "examples" / "sv" / "greet.txt").open("a", encoding="utf-8") as file:
        file.write("\ntjena")
    seen.append(TopicClassifier.fingerprint_addon({**config, "data": str(more)}))

    assert seen[0] == TopicClassifier.fingerprint_addon(config) != seen[1]


# By their vectors, `tjoho` means what `hej` means. Nothing else tells: no letters, no concept.
GREETING = TABLE[-1:] * 10
TALK_WORDS, TALK_TABLE = [*WORDS, "hej", "tjoho"], np.vstack([TABLE, GREETING, GREETING])


@pytest.fixture
def encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny encoder, switched on."""
    folder = make_encoder(tmp_path / "encoder", TALK_WORDS, TALK_TABLE)
    monkeypatch.setenv("NLU_ENCODER", str(folder))
    return folder


@pytest.fixture
def encoded(encoder: Path, config: dict[str, Any], tmp_path: Path) -> LocalModelStorage:
    """A model that was trained with the tiny encoder."""
    made = LocalModelStorage.create(tmp_path)
    TopicClassifier.create(config, made, RESOURCE, CONTEXT).train(NOTHING)
    return made


def test_an_encoder_knows_words_that_were_not_learnt(
    trained: TopicClassifier, encoded: LocalModelStorage, config: dict[str, Any]
) -> None:
    classifier = TopicClassifier.load(config, encoded, RESOURCE, CONTEXT)

    assert rank(classifier, "tjoho")[0]["name"] == "greet"
    assert rank(classifier, "tjoho")[0]["confidence"] > rank(trained, "tjoho")[0]["confidence"]
    for intent, texts in EXAMPLES.items():
        assert {rank(classifier, text)[0]["name"] for text in texts} == {intent}


def test_a_model_needs_the_encoder_that_it_was_trained_with(
    encoded: LocalModelStorage, config: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NLU_ENCODER")
    with pytest.raises(ValueError, match="NLU_ENCODER"):
        TopicClassifier.load(config, encoded, RESOURCE, CONTEXT)

    monkeypatch.setenv("NLU_ENCODER", str(make_encoder(tmp_path / "other", TALK_WORDS, -TALK_TABLE)))
    with pytest.raises(ValueError, match="NLU_ENCODER"):
        TopicClassifier.load(config, encoded, RESOURCE, CONTEXT)


def test_the_same_encoder_may_lie_elsewhere(
    encoded: LocalModelStorage, config: dict[str, Any], encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NLU_ENCODER", str(encoder.rename(encoder.parent / "moved")))

    assert rank(TopicClassifier.load(config, encoded, RESOURCE, CONTEXT), "hej")[0]["name"] == "greet"


def test_a_model_without_an_encoder_is_refused_with_one(
    trained: TopicClassifier, config: dict[str, Any], storage: LocalModelStorage, encoder: Path
) -> None:
    with pytest.raises(ValueError, match="NLU_ENCODER"):
        TopicClassifier.load(config, storage, RESOURCE, CONTEXT)


def test_another_encoder_asks_for_new_training(
    config: dict[str, Any], encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [TopicClassifier.fingerprint_addon(config), TopicClassifier.fingerprint_addon(config)]
    (encoder / "encoder.json").write_text('{"prefix": "query: "}', encoding="utf-8")
    seen.append(TopicClassifier.fingerprint_addon(config))
    monkeypatch.delenv("NLU_ENCODER")
    seen.append(TopicClassifier.fingerprint_addon(config))

    assert seen[0] == seen[1]
    assert len(set(seen)) == 3
