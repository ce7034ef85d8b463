"""`make bench`: how long it takes to find the concepts of a message, over all evaluation sets."""

from __future__ import annotations

import statistics
import time

from bot.catalog import CONCEPTS, DATA
from bot.lexicon import load_lexicon
from bot.nlu.concepts import Concepts
from tests.nlu.evaluate import load_items


def main() -> None:
    concepts = Concepts(load_lexicon(DATA / CONCEPTS))
    times = []
    for item in load_items():
        started = time.perf_counter()
        concepts.features(item.text, (item.language, "sv", "en"))
        times.append((time.perf_counter() - started) * 1000)
    late = sorted(times)[int(len(times) * 0.99)]
    print(f"concepts of a message: median {statistics.median(times):.2f} ms, 99 % {late:.2f} ms")


if __name__ == "__main__":
    main()
