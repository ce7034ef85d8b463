from __future__ import annotations

from pathlib import Path

from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT

from bot.catalog import Catalog
from bot.guide import GUIDE_ANSWER

ROOT = Path(__file__).parents[2]


def importer() -> TrainingDataImporter:
    """Return the importer that `rasa train` makes of config.yml."""
    return TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]
    )


def test_rasa_gets_one_example_of_each_topic(catalog: Catalog) -> None:
    given = {example.get(INTENT): example.get(TEXT) for example in importer().get_nlu_data().intent_examples}

    assert given.pop(GUIDE_ANSWER)
    assert given == {topic: texts[0] for topic, texts in catalog.language("sv").examples.items()}


def test_rasa_gets_an_answer_to_each_topic(catalog: Catalog) -> None:
    assert {f"utter_{topic}" for topic in catalog.topics} <= set(importer().get_domain().responses)


def test_rasa_reads_the_rules_itself() -> None:
    assert importer().get_stories().story_steps
