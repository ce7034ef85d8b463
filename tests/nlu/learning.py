"""Draw how understanding grows with the training data: `python -m tests.nlu.learning FILE`, in Rasa's environment.

The model is fitted on growing shares of each topic's examples, drawn at random, and asked the evaluation sets.
Prints and draws the share of messages whose first topic is accepted.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import matplotlib
import numpy as np

from bot.catalog import CONCEPTS, DATA, load_catalog
from bot.lexicon import load_lexicon
from bot.nlu import solver
from bot.nlu.classifier import TopicClassifier
from bot.nlu.features import Features, Said
from tests.nlu.evaluate import Item, load_items

matplotlib.use("svg")
from matplotlib import pyplot

SHARES = (0.06, 0.12, 0.25, 0.5, 1.0)
SETS = ("own", "blind", "frozen", "dev")


def examples(share: float) -> list[tuple[Said, str]]:
    """Return (text, topic) of a share of each topic's examples in each language."""
    chosen = random.Random(0)
    catalog = load_catalog()
    return [
        (Said(text, language.code), topic)
        for language in catalog.languages.values()
        for topic, texts in language.examples.items()
        for text in chosen.sample(texts, max(2, round(len(texts) * share)))
    ]


def reached(share: float, items: list[Item]) -> tuple[int, dict[str, float]]:
    """Return how many examples were learnt, and the share of each set that was understood."""
    learnt = examples(share)
    features = Features(load_lexicon(DATA / CONCEPTS))
    rows = features.fit_transform([text for text, _ in learnt])
    settings = TopicClassifier.get_default_config()
    labels = np.array([topic for _, topic in learnt])
    topics, weights, bias = solver.fit(rows, labels, settings["C"], settings["passes"])
    asked = features.transform([Said(item.text, item.language) for item in items])
    found = topics[(asked @ weights.T + bias).argmax(axis=1)]
    groups: dict[str, list[bool]] = {}
    for item, topic in zip(items, found, strict=True):
        groups.setdefault(f"{item.set} {item.language}", []).append(topic in item.accept)
    return len(learnt), {name: sum(right) / len(right) for name, right in groups.items()}


def main(file: Path) -> None:
    items = [item for item in load_items() if item.set in SETS]
    points = []
    for share in SHARES:
        points.append(reached(share, items))
        print(points[-1][0], {name: f"{right:.1%}" for name, right in points[-1][1].items()}, flush=True)
    figure, axes = pyplot.subplots(figsize=(6, 4.2))
    for name in points[0][1]:
        axes.plot([count for count, _ in points], [right[name] for _, right in points], marker="o", label=name)
    axes.set(xlabel="training examples", ylabel="first topic accepted", xscale="log")
    axes.legend()
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
