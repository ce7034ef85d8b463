from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import INTENT_RANKING, TopicClassifier

EXAMPLES = {
    "city_grant": ["betalar kommunen", "betalar staden bidrag", "ger kommunen pengar", "får man pengar av staden"],
    "apply_how": ["hur ansöker man", "hur söker jag", "var skickar man ansökan", "jag vill ansöka"],
    "greet": ["hej", "hejsan", "god morgon", "hallå där"],
}
QUESTIONS = ["betalar staden pengar?", "hur gör man för att ansöka", "hej på dig", "", "👍", "مرحبا", "x" * 5000]
LANGUAGES = Path(__file__).parents[1] / "content" / "data" / "languages"
CONTEXT = ExecutionContext(GraphSchema({}))
RESOURCE = Resource("classifier")


@pytest.fixture(scope="module", autouse=True)
def _no_worker_processes() -> Iterator[None]:
    """Start none: each would load Rasa anew, for a dozen sentences."""
    with joblib.parallel_backend("sequential"):
        yield


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return {**TopicClassifier.get_default_config(), "languages": str(LANGUAGES)}


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def trained(config: dict[str, Any], storage: LocalModelStorage) -> TopicClassifier:
    classifier = TopicClassifier.create(config, storage, RESOURCE, CONTEXT)
    examples = [Message({TEXT: text, INTENT: intent}) for intent, texts in EXAMPLES.items() for text in texts]
    classifier.train(TrainingData(examples))
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


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in EXAMPLES.items() for text in texts])
def test_what_was_learnt_is_known(trained: TopicClassifier, intent: str, text: str) -> None:
    assert rank(trained, text)[0]["name"] == intent


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
    again.train(
        TrainingData([Message({TEXT: text, INTENT: intent}) for intent in EXAMPLES for text in EXAMPLES[intent]])
    )

    assert rank(again, QUESTIONS[0]) == rank(trained, QUESTIONS[0])


FILES = ["model.json", "weights.npy", "bias.npy", "lexicon.json", "letters.json", "words.npy", "concepts.json"]


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


def test_another_lexicon_asks_for_new_training(tmp_path: Path) -> None:
    (tmp_path / "sv.yml").write_text("concepts: {CITY: 'stad*, kommun*'}\n", encoding="utf-8")
    before = TopicClassifier.fingerprint_addon({"languages": str(tmp_path)})
    assert TopicClassifier.fingerprint_addon({"languages": str(tmp_path)}) == before

    (tmp_path / "sv.yml").write_text("concepts: {CITY: 'stad*, kommun*, län*'}\n", encoding="utf-8")

    assert TopicClassifier.fingerprint_addon({"languages": str(tmp_path)}) != before
