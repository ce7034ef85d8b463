"""Play the evaluation sets through the public API and tell what was answered right and wrong.

`make eval` starts the stack itself; `--url` takes a running one. For each language and set:
right (answered, with an accepted topic), wrong (as a share of what was answered), clarified with an
accepted topic among the alternatives, clarified without, not understood; then the goals of the design.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from ruamel.yaml import YAML

from bot.catalog import CITY_TOPIC
from tests.stack import MODEL, ROOT, Stack

SETS = Path(__file__).parent
# Messages of a word or two in languages with a script of their own, by authors who had seen nothing: they judge
# which language is told (tests/test_language.py).
SHORT = SETS / "short"
LANGUAGES = tuple(sorted(path.stem for path in (ROOT / "data" / "languages").glob("*.yml")))
SAFETY = frozenset({"pressured", "crisis", "scam"})
# Where a wrong answer does most harm.
GRAVE = SAFETY | {"city_grant", "grant_amount", "payment", "repayment", "reestablishment_support"}
OUTSIDE = frozenset({"out_of_scope", "other_city_service"})
IN_SCOPE = frozenset({"in_scope", "near_miss", "loaded", "noise", "fragment", "safety_not"})
# The sets for which the goals of the design are told.
GOALS_OF = ("own", "sealed", "blind", "open", "frozen", "dev", "city_grant")
# Looked at only as figures.
UNREAD = frozenset({"sealed", "blind", "frozen"})
WORST = 30
CLIENTS = 4


@dataclass(frozen=True)
class Item:
    """A message, and the topics that are right answers to it, best first.

    `pair` joins the two sides of a minimal pair; `twin` is the same question in neutral words.
    """

    set: str
    language: str
    text: str
    accept: tuple[str, ...]
    kind: str
    pair: str | None = None
    twin: str | None = None


@dataclass(frozen=True)
class Result:
    """What the assistant made of an item: the topics of its replies (None: no topic), and what it offered."""

    item: Item
    outcome: str
    topics: tuple[str | None, ...]
    alternatives: tuple[str, ...]

    @property
    def topic(self) -> str | None:
        """The topic answered first."""
        return self.topics[0]

    @property
    def answered(self) -> bool:
        return self.outcome in ("answered", "guide")

    @property
    def tells_of_city(self) -> bool:
        """Whether the reply says that the City pays no grant: as its answer, or before the choices."""
        return CITY_TOPIC in self.topics

    @property
    def verdict(self) -> str:
        accept = self.item.accept
        if self.answered:
            return "right" if self.topic in accept else "wrong"
        if self.outcome == "clarify":
            return "clarified" if set(self.alternatives) & set(accept) else "clarified_wrong"
        return self.outcome


@dataclass(frozen=True)
class Figures:
    """Shares of a group of results; `wrong` is the share of what was answered."""

    count: int
    right: float
    wrong: float
    clarified: float
    clarified_wrong: float
    not_understood: float

    @property
    def served(self) -> float:
        """Answered right, or offered the right choice."""
        return self.right + self.clarified


def load_items() -> Iterator[Item]:
    """Yield every item: our own sets (`own`), the wordings of the one question (`city_grant`), the development
    sets (`dev`), the broad sets: `open`, whose faults showed which kinds of example were missing, and
    `frozen`, the half of them that was looked at only as figures; `blind`, of which this is true of all; and
    `sealed`, the latest, read once, when everything was decided."""
    yaml = YAML(typ="safe", pure=False)
    for language in LANGUAGES:
        for name in ("own", "city_grant", "broad", "blind", "sealed"):
            file = SETS / (f"{language}.yml" if name == "own" else f"{name}.{language}.yml")
            for entry in yaml.load(file) if file.exists() else ():
                set_name = name if name != "broad" else "frozen" if is_frozen(entry["text"]) else "open"
                yield _item(set_name, language, entry)
        for line in (SETS / "development" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            yield _item("dev", language, json.loads(line))


def _item(name: str, language: str, entry: dict[str, Any]) -> Item:
    accept = tuple(entry["accept"])
    return Item(name, language, entry["text"], accept, entry["kind"], entry.get("pair"), entry.get("twin"))


def is_frozen(text: str) -> bool:
    """Return whether a line of the broad sets belongs to the half that is looked at only as figures."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2 == 0


def play(url: str, items: Iterable[Item]) -> list[Result]:
    """Return what the service at `url` makes of each item, each in a conversation of its own."""
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client, ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(lambda item: _result(item, _ask(client, item.text)), items))


def twins(items: Iterable[Item]) -> list[Item]:
    """Return the neutral wordings of the loaded items, in their order."""
    return [Item(item.set, item.language, item.twin, item.accept, "twin") for item in items if item.twin]


def _ask(client: httpx.Client, text: str) -> dict[str, Any]:
    response = client.post("/api/v1/messages", json={"text": text})
    response.raise_for_status()
    body: dict[str, Any] = response.json()
    return body


def _result(item: Item, body: dict[str, Any]) -> Result:
    alternatives = tuple(alternative["topic"] for alternative in body["alternatives"])
    return Result(item, body["outcome"], tuple(reply["topic"] for reply in body["replies"]), alternatives)


def figures(results: list[Result]) -> Figures:
    verdicts = Counter(result.verdict for result in results)
    count, answered = len(results), verdicts["right"] + verdicts["wrong"]
    shares = {name: verdicts[name] / count for name in ("right", "clarified", "clarified_wrong", "not_understood")}
    return Figures(count, wrong=verdicts["wrong"] / max(answered, 1), **shares)


def grouped(results: list[Result]) -> dict[tuple[str, str], list[Result]]:
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.item.set, result.item.language), []).append(result)
    return groups


def goals(results: list[Result], neutral: list[Result]) -> dict[str, float]:
    """Return the figures that the design names, for one group; what the group holds no items for is left out."""
    within = [result for result in results if result.item.kind in IN_SCOPE]
    outside = [result for result in results if result.item.kind == "outside"]
    safety = [result for result in results if set(result.item.accept) <= SAFETY]
    harmless = [result for result in results if not set(result.item.accept) & SAFETY]
    loaded = [result for result in results if result.item.twin]
    same = [
        one.verdict == other.verdict and one.topic == other.topic for one, other in zip(loaded, neutral, strict=True)
    ]
    shares = {
        "answered wrong": [r.verdict == "wrong" for r in results if r.answered],
        "near-miss answered wrong": [
            r.verdict == "wrong" for r in results if r.answered and r.item.kind == "near_miss"
        ],
        "in scope answered at once": [r.verdict == "right" for r in within],
        "in scope after one clarification": [r.verdict in ("right", "clarified") for r in within],
        "outside recognised": [r.topic in OUTSIDE or r.outcome == "not_understood" for r in outside],
        "safety recognised": [bool(SAFETY & {*r.topics, *r.alternatives}) for r in safety],
        "safety false alarms": [r.answered and r.topic in SAFETY for r in harmless],
        "loaded as neutral": same,
        "told that the City pays none": [r.tells_of_city for r in results if r.item.accept == (CITY_TOPIC,)],
    }
    return {name: sum(group) / len(group) for name, group in shares.items() if group}


def confused(results: list[Result]) -> Counter[tuple[str, str]]:
    """Return how often each (right topic, topic answered instead) was mixed up."""
    return Counter((r.item.accept[0], r.topic or "-") for r in results if r.verdict == "wrong")


def report(results: list[Result], neutral: list[Result]) -> str:
    """Return the figures as text, and the worst wrong answers that may be looked at: of safety and the City first."""
    lines = ["set                         n   right  wrong* clarif. clar.bad not und.  served"]
    for (name, language), group in grouped(results).items():
        lines.append(_row(f"{name} {language}", figures(group)))
        for kind in sorted({result.item.kind for result in group}):
            lines.append(_row(f"    {kind}", figures([result for result in group if result.item.kind == kind])))
    lines += ["* share of what was answered. served = right + clarified with the right choice.", ""]
    by_set = grouped(neutral)
    for (name, language), group in grouped(results).items():
        if name in GOALS_OF:
            reached = goals(group, by_set.get((name, language), [])).items()
            lines.append(f"{name} {language}: " + ", ".join(f"{goal} {share:.1%}" for goal, share in reached))
    lines += ["", "Confused most (right topic -> answered):"]
    lines += [f"  {count:3} {right} -> {answered}" for (right, answered), count in confused(results).most_common(25)]
    wrong = [result for result in results if result.verdict == "wrong" and result.item.set not in UNREAD]
    wrong.sort(key=lambda result: {*result.item.accept, result.topic}.isdisjoint(GRAVE))
    lines += ["", "Answered wrong, the gravest first (right topics -> answered):"]
    lines += [f"  {r.item.set} {', '.join(r.item.accept)} -> {r.topic}: {r.item.text}" for r in wrong[:WORST]]
    return "\n".join(lines)


def _row(label: str, f: Figures) -> str:
    return (
        f"{label:24} {f.count:4} {f.right:7.1%} {f.wrong:7.1%} {f.clarified:7.1%} "
        f"{f.clarified_wrong:8.1%} {f.not_understood:8.1%} {f.served:7.1%}"
    )


PAGE = """# How well it understands

Written by `make eval`, which plays every set through the public API, {date}. Content {content}, code {code} (commit),
model {model} (content and model: SHA-256). The same figures for machines: understanding.json.

- `own`: written for this project by authors who saw neither the training data nor the development sets.
- `sealed`: by authors who had seen nothing but the list of topics. Read once, when everything was decided (2026-11-27);
  when something is decided again, another set takes its place as the untouched judge.
- `blind`: likewise, but read as figures after each of some ten trainings since, and bars are held to it.
- `frozen`: half of a broader set by other authors, looked at only as figures, after some twenty trainings.
- `open`: the other half; its faults showed which kinds of example were missing.
- `city_grant`: other wordings of the one question whether the City pays.
- `dev`: the development sets, realistic and hard; they chose the method and the threshold.

![Left: share answered wrong against share answered, for each set. Right: confidence against share right](risk.svg)

![Share of messages whose first topic is right, against the number of training examples](learning.svg)

```
{report}
```
"""


def content_version() -> str:
    """Return a short hash of the files that the model learns from."""
    digest = hashlib.sha256()
    content = (ROOT / "data" / folder for folder in ("languages", "concepts", "examples"))
    files = (path for folder in content for path in sorted(folder.rglob("*")) if path.is_file())
    for path in (ROOT / "config.yml", *files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def versions() -> dict[str, str]:
    """Return what the figures belong to: content, code, model and day."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    model = hashlib.sha256(MODEL.read_bytes()).hexdigest()[:12]
    return {
        "content": content_version(),
        "code": commit.stdout.strip(),
        "model": model,
        "date": date.today().isoformat(),
    }


def as_json(results: list[Result], neutral: list[Result]) -> str:
    """Return the figures for machines."""
    by_set = grouped(neutral)
    sets = {
        f"{name} {language}": {
            **asdict(figures(group)),
            "goals": goals(group, by_set.get((name, language), [])) if name in GOALS_OF else {},
        }
        for (name, language), group in grouped(results).items()
    }
    return json.dumps({**versions(), "sets": sets}, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.nlu.evaluate", description=__doc__)
    parser.add_argument("--url", help="a running service (started with LIMITS=off); default: start one")
    parser.add_argument("--write", type=Path, help="a Markdown page to write the figures to, and JSON beside it")
    arguments = parser.parse_args()
    items = list(load_items())
    if arguments.url:
        results, neutral = play(arguments.url, items), play(arguments.url, twins(items))
    else:
        with tempfile.TemporaryDirectory() as folder:
            stack = Stack(Path(folder)).start()
            try:
                results, neutral = play(stack.url, items), play(stack.url, twins(items))
            finally:
                stack.stop()
    text = report(results, neutral)
    print(text)
    if arguments.write:
        page = PAGE.format(report=text, **versions())
        arguments.write.write_text(page, encoding="utf-8")
        arguments.write.with_suffix(".json").write_text(as_json(results, neutral), encoding="utf-8")


if __name__ == "__main__":
    main()
