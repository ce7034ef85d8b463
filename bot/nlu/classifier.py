"""The topic classifier: a linear model on letters, words and concepts, with calibrated confidence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.model_selection import train_test_split

from bot import text
from bot.catalog import CONCEPTS, EXAMPLES
from bot.examples import load_examples
from bot.lexicon import load_lexicon
from bot.nlu import concepts, features
from bot.nlu.correction import NOT_MEANT
from bot.nlu.features import Features, Said
from bot.nlu.settings import encoder_fingerprint, load_encoder
from bot.nlu.weights import Weights
from bot.questions import questions

INTENT_RANKING = "intent_ranking"
# Set on a message: the confidence of every topic, and the topic of a second question.
CONFIDENCES, ALSO_ASKED = "confidences", "also_asked"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]
    """Gives each message its topic, a ranking and a confidence that means what it says.

    One component does the work of tokenizer, featurizers and classifier, because every message pays
    for each hand-over. Confidences are calibrated on examples that it was not shown.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings.

        `data`: the content folder; `C`: inverse regularisation; `passes`: how often the solver goes through the
        examples; more take longer and decide no better (docs/decisions/0009); `held_out`: share of the examples that
        calibrate and are not learnt; `ranking_length`: topics told, all unless there are more; `prior`: topic ->
        log-odds that it is asked before any word is read, 0 for those not named; `sure`: the least confidence in each
        of two questions that are answered together.
        """
        return {
            "data": "data",
            "C": 0.5,
            "passes": 8,
            "held_out": 0.03,
            "ranking_length": 100,
            "prior": {},
            "sure": 0.85,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._features: Features | None = None
        self._topics: list[str] = []
        self._weights: Weights | None = None
        self._bias = np.empty(0, dtype=np.float32)
        self._temperature = 1.0

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        """Return an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Make Rasa train anew when examples, lexicon or the code of this change, which it does not see itself."""
        data = Path({**cls.get_default_config(), **config}["data"])
        modules = (Path(str(module.__file__)) for module in (features, concepts, text))
        files = (Path(__file__), Path(__file__).with_name("solver.py"), *modules)
        code = b"".join(file.read_bytes() for file in files)
        seen = json.dumps([_examples(data), load_lexicon(data / CONCEPTS), encoder_fingerprint()], sort_keys=True)
        return hashlib.sha256(seen.encode() + code).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples of the content folder and persist the result.

        `training_data` is passed by: Rasa copies every message a dozen times, for minutes (docs/decisions/0009).
        """
        # Here, because a server, which never learns, is spared the compiler that it brings.
        from bot.nlu import solver

        data = Path(self._config["data"])
        examples = _examples(data)
        texts = [said for said, _ in examples]
        labels = np.array([topic for _, topic in examples])
        self._features = Features(load_lexicon(data / CONCEPTS), load_encoder())
        rows = self._features.fit_transform(texts)
        seen, held_out = train_test_split(
            np.arange(len(labels)), test_size=self._config["held_out"], stratify=labels, random_state=0
        )
        topics, weights, bias = solver.fit(rows[seen], labels[seen], self._config["C"], self._config["passes"])
        self._topics = [str(topic) for topic in topics]
        self._weights = Weights.of(weights)
        self._bias = bias.astype(np.float32)
        self._temperature = _temperature(self._scores(rows[held_out]), np.searchsorted(topics, labels[held_out]))
        self._save()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message."""
        texts = [Said(message.get(TEXT) or "", _language(message)) for message in messages]
        asked = [[Said(part, said.language) for part in questions(said.text)] for said in texts]
        confidences = self._confidences([*texts, *(question for parts in asked for question in parts)])
        of_questions = iter(confidences[len(texts) :])
        for message, found, parts in zip(messages, confidences, asked, strict=False):
            found = self._without(found, message.get(NOT_MEANT))
            order = np.argsort(-found)[: self._config["ranking_length"]]
            ranking = [{"name": self._topics[i], "confidence": float(found[i])} for i in order]
            both = self._sure_topics([next(of_questions) for _ in parts])
            if both:
                # Asked in one breath: the first is the message's topic, and the answer to the other follows.
                first = {"name": both[0], "confidence": 1.0}
                # Nor is the other a rival: one as likely would be taken for doubt.
                ranking = [first, *(one for one in ranking if one["name"] not in both)]
                message.set(ALSO_ASKED, both[1], add_to_output=True)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
            message.set(CONFIDENCES, dict(zip(self._topics, found.tolist(), strict=True)))
        return messages

    def _confidences(self, texts: list[Said]) -> Any:
        """Return the calibrated confidence of each topic (texts x topics)."""
        assert self._features is not None, "train or load comes first"
        scores = self._scores(self._features.transform(texts))
        prior = np.array([self._config["prior"].get(topic, 0.0) for topic in self._topics])
        return softmax(scores / self._temperature + prior, axis=1)

    def _scores(self, rows: Any) -> Any:
        """Return the margin of each topic (texts x topics)."""
        assert self._weights is not None, "train or load comes first"
        return self._weights.scores(rows) + self._bias

    def _without(self, found: Any, topic: str | None) -> Any:
        """Return the confidence of each topic, knowing that `topic` is not meant."""
        if topic not in self._topics:
            return found
        others = np.where(np.array(self._topics) == topic, 0.0, found)
        return others / others.sum()

    def _sure_topics(self, found: list[Any]) -> list[str]:
        """Return the topics of exactly two questions, if both are sure and different; else nothing."""
        sure = [self._topics[int(one.argmax())] for one in found if one.max() >= self._config["sure"]]
        return sure if len(sure) == len(found) == 2 and len(set(sure)) == 2 else []

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the data as it is: no component that trains comes after this one."""
        return training_data

    def _save(self) -> None:
        assert self._features is not None
        assert self._weights is not None
        with self._storage.write_to(self._resource) as folder:
            self._features.save(folder)
            model = {"topics": self._topics, "temperature": self._temperature, "encoder": encoder_fingerprint()}
            (folder / "model.json").write_text(json.dumps(model), encoding="utf-8")
            self._weights.save(folder)
            np.save(folder / "bias.npy", self._bias, allow_pickle=False)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        """Return a trained classifier. A damaged model raises: an untrained one must never answer."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            if model["encoder"] != encoder_fingerprint():
                raise ValueError("The model was trained with another sentence encoder (NLU_ENCODER): make train")
            component._features = Features.load(folder, load_encoder())
            component._topics = model["topics"]
            component._temperature = model["temperature"]
            component._weights = Weights.load(folder, len(component._topics))
            component._bias = np.load(folder / "bias.npy", allow_pickle=False)
        return component


def _temperature(margins: Any, answers: Any) -> float:
    """Return what to divide margins (examples x classes) by, so that their softmax tells how often `answers` come."""

    def loss(temperature: float) -> float:
        likelihood = log_softmax(margins / temperature, axis=1)
        return -float(likelihood[np.arange(len(answers)), answers].mean())

    return float(minimize_scalar(loss, bounds=(0.02, 2.0), method="bounded").x)


def _language(message: Message) -> str | None:
    """Return the language that the gateway tells; None in `rasa shell`."""
    return (message.get("metadata") or {}).get("language")


def _examples(data: Path) -> list[tuple[Said, str]]:
    """Return (text, topic) of every example in all languages."""
    return [
        (Said(example, folder.name), topic)
        for folder in sorted((data / EXAMPLES).iterdir())
        for topic, examples in load_examples(folder).items()
        for example in examples
    ]
