"""Compare classifiers on the same data: `.venv/rasa/bin/python -m benchmarks.classifiers own logistic diet`.

Trains each pipeline on four fifths of the training examples and tries it on the fifth, on our own
evaluation sets and on the development sets. Prints the share right, the share right within the first
three, the share wrong among the surest 70 % and 90 %, seconds to train and milliseconds a message.
DIET on all of them takes more than an hour on two cores: `--share 0.2`. What was found is recorded in
docs/decisions/0005.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from ruamel.yaml import YAML

from bot.catalog import load_catalog

ROOT = Path(__file__).resolve().parent.parent
COUNTS = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
PIPELINES: dict[str, list[dict[str, Any]]] = {
    "own": [{"name": "bot.nlu.classifier.TopicClassifier"}],
    "logistic": [*COUNTS, {"name": "LogisticRegressionClassifier"}],
    "diet": [*COUNTS, {"name": "DIETClassifier", "epochs": 15, "entity_recognition": False}],
}
Item = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Guess:
    """Whether the first topic was right, whether one of three was, and how sure the model was."""

    first: bool
    three: bool
    confidence: float


def split(share: float) -> tuple[dict[str, list[str]], list[Item]]:
    """Return the examples to train on by topic (`share` of them), and every fifth, held out."""
    train: dict[str, list[str]] = {}
    held_out: list[Item] = []
    for language in load_catalog().languages.values():
        for topic, examples in language.examples.items():
            for example in examples[:: round(1 / share)]:
                if zlib.crc32(example.encode()) % 5 == 0:
                    held_out.append((example, (topic,)))
                else:
                    train.setdefault(topic, []).append(example)
    return train, held_out


def evaluation_sets() -> dict[str, list[Item]]:
    yaml = YAML(typ="safe", pure=True)
    sets: dict[str, list[Item]] = {}
    for language in ("sv", "en"):
        own = yaml.load(ROOT / f"tests/nlu/{language}.yml")
        lines = (ROOT / f"tests/nlu/development/{language}.jsonl").read_text(encoding="utf-8").splitlines()
        for name, entries in ((f"own {language}", own), (f"dev {language}", map(json.loads, lines))):
            sets[name] = [(entry["text"], tuple(entry["accept"])) for entry in entries]
    return sets


def train_model(pipeline: list[dict[str, Any]], examples: dict[str, list[str]], folder: Path) -> tuple[Agent, float]:
    yaml = YAML()
    yaml.dump(
        {"recipe": "default.v1", "assistant_id": "x", "language": "sv", "pipeline": pipeline}, folder / "config.yml"
    )
    with (folder / "nlu.yml").open("w", encoding="utf-8") as file:
        file.write('version: "3.1"\nnlu:\n')
        for topic, lines in examples.items():
            file.write(f"- intent: {topic}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines))
    started = time.perf_counter()
    path = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="model")
    return Agent.load(path), time.perf_counter() - started


async def guesses(agent: Agent, items: list[Item], times: list[float]) -> list[Guess]:
    made = []
    for text, accept in items:
        started = time.perf_counter()
        parsed = await agent.parse_message(text)
        times.append(time.perf_counter() - started)
        ranking = parsed["intent_ranking"]
        first_three = [entry["name"] in accept for entry in ranking[:3]]
        made.append(Guess(first_three[0], any(first_three), ranking[0]["confidence"]))
    return made


def row(name: str, made: list[Guess]) -> str:
    surest = sorted(made, key=lambda guess: -guess.confidence)
    wrong = [1 - statistics.mean(g.first for g in surest[: int(len(surest) * share)]) for share in (0.7, 0.9)]
    right, three = statistics.mean(g.first for g in made), statistics.mean(g.three for g in made)
    return (
        f"  {name:10} {len(made):5} right {right:6.1%}  in three {three:6.1%}"
        f"  wrong of surest 70 % {wrong[0]:5.1%}, of surest 90 % {wrong[1]:5.1%}"
    )


def main() -> None:
    # Outside `rasa run` nothing silences Rasa's debug lines.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classifiers", description=__doc__)
    parser.add_argument("pipelines", nargs="+", choices=sorted(PIPELINES))
    parser.add_argument("--share", type=float, default=1.0, help="train on this share of the examples")
    arguments = parser.parse_args()
    examples, held_out = split(arguments.share)
    sets = {"held out": held_out, **evaluation_sets()}
    for name in arguments.pipelines:
        times: list[float] = []
        with tempfile.TemporaryDirectory() as folder:
            agent, seconds = train_model(PIPELINES[name], examples, Path(folder))
            made = {label: asyncio.run(guesses(agent, items, times)) for label, items in sets.items()}
        print(f"{name}: trained in {seconds:.0f} s, {statistics.median(times) * 1000:.1f} ms a message (median)")
        for label, group in made.items():
            print(row(label, group), flush=True)


if __name__ == "__main__":
    main()
