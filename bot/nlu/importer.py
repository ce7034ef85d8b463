"""What Rasa itself reads of the content: an example of each topic, and the answers."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot.catalog import DATA, DEFAULT_LANGUAGE, EXAMPLES, LANGUAGES
from bot.content import ContentFile
from bot.examples import load_examples
from bot.guide import GUIDE_ANSWER


class ContentImporter(RasaFileImporter):  # type: ignore[misc]
    """Rasa's importer of rules and domain, which gives it one example of each topic.

    That is what its checks want; the classifier reads all examples itself (docs/decisions/0009).
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        data: str = str(DATA),
    ) -> None:
        """Take what Rasa gives its own importer, and the content folder."""
        super().__init__(config_file, domain_path, training_data_paths)
        self._data = Path(data)

    @cached_method  # type: ignore[untyped-decorator]
    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """Return the first example of each topic, and the answers, in the language that applies."""
        examples = load_examples(self._data / EXAMPLES / DEFAULT_LANGUAGE)
        messages = [Message({TEXT: first, INTENT: topic}) for topic, (first, *_) in examples.items()]
        # Buttons answer the guide, but Rasa wants an example for every intent.
        messages.append(Message({TEXT: GUIDE_ANSWER, INTENT: GUIDE_ANSWER}))
        answers = ContentFile(self._data / LANGUAGES / f"{DEFAULT_LANGUAGE}.yml").data["responses"]
        return TrainingData(messages, responses=answers)
