"""Draw the share answered wrong against the share answered: `python -m tests.nlu.risk FILE`, in Rasa's environment.

Each set's messages are sorted by the model's confidence; answering only the surest of them gives each point.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from itertools import groupby

import matplotlib
import numpy as np
import structlog
from rasa.core.agent import load_agent

from tests.nlu.evaluate import load_items
from tests.stack import MODEL

matplotlib.use("svg")
from matplotlib import pyplot

SETS = ("own", "blind", "frozen", "dev")


async def confidences() -> dict[str, list[tuple[float, bool]]]:
    """Return (confidence, whether an accepted topic came first) of each item, by set and language."""
    agent = await load_agent(str(MODEL))
    found: dict[str, list[tuple[float, bool]]] = {}
    for item in load_items():
        if item.set in SETS:
            parsed = await agent.parse_message(item.text)
            first = next(one for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback")
            right = first["name"] in item.accept
            found.setdefault(f"{item.set} {item.language}", []).append((first["confidence"], right))
    return found


def draw(found: dict[str, list[tuple[float, bool]]], file: str) -> None:
    """Write the picture."""
    figure, (risk, calibration) = pyplot.subplots(1, 2, figsize=(11, 4.2))
    for name, answers in found.items():
        surest = sorted(answers, reverse=True)
        wrong = np.cumsum([not right for _, right in surest]) / np.arange(1, len(surest) + 1)
        risk.plot(np.arange(1, len(surest) + 1) / len(surest), wrong, label=name)
        groups = [list(group) for _, group in groupby(sorted(answers), key=lambda one: min(int(one[0] * 5), 4))]
        points = [(np.mean([one[0] for one in group]), np.mean([one[1] for one in group])) for group in groups]
        calibration.plot(*zip(*points, strict=True), marker="o", label=name)
    risk.set(xlabel="share answered", ylabel="share of it answered wrong", xlim=(0.3, 1), ylim=(0, 0.2))
    calibration.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    calibration.set(xlabel="confidence", ylabel="share right")
    risk.legend()
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    # Rasa would print every message.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    draw(asyncio.run(confidences()), sys.argv[1])
