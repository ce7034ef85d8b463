"""Play the evaluation sets through the public API and tell what was answered right and wrong.

`make eval` starts the stack itself; `--url` takes a running one. For each language and set:
right (answered, with an accepted topic), wrong (as a share of what was answered), clarified with an
accepted topic among the alternatives, clarified without, not understood; then the pairs confused most.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from ruamel.yaml import YAML

from tests.stack import ROOT, Stack

SETS = Path(__file__).parent
LANGUAGES = ("sv", "en")


@dataclass(frozen=True)
class Item:
    """A message, and the topics that are right answers to it, best first."""

    set: str
    language: str
    text: str
    accept: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Result:
    """What the assistant made of an item. `topic` is None unless it answered."""

    item: Item
    outcome: str
    topic: str | None
    alternatives: tuple[str, ...]

    @property
    def verdict(self) -> str:
        accept = self.item.accept
        if self.outcome == "answered":
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
    """Yield every item: our own sets (`own`), the wordings of the one question (`city_grant`), and
    the development sets (`dev`)."""
    yaml = YAML(typ="safe", pure=True)
    for language in LANGUAGES:
        for name, file in (("own", f"{language}.yml"), ("city_grant", f"city_grant.{language}.yml")):
            for entry in yaml.load(SETS / file):
                yield Item(name, language, entry["text"], tuple(entry["accept"]), entry["kind"])
        for line in (SETS / "development" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            yield Item("dev", language, entry["text"], tuple(entry["accept"]), entry["kind"])


def play(url: str, items: Iterable[Item]) -> list[Result]:
    """Return what the service at `url` makes of each item, each in a conversation of its own."""
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        return [_result(item, _ask(client, item)) for item in items]


def _ask(client: httpx.Client, item: Item) -> dict[str, Any]:
    response = client.post("/api/v1/messages", json={"text": item.text})
    response.raise_for_status()
    body: dict[str, Any] = response.json()
    return body


def _result(item: Item, body: dict[str, Any]) -> Result:
    alternatives = tuple(alternative["topic"] for alternative in body["alternatives"])
    return Result(item, body["outcome"], body["replies"][0]["topic"], alternatives)


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


def confused(results: list[Result]) -> Counter[tuple[str, str]]:
    """Return how often each (right topic, topic answered instead) was mixed up."""
    return Counter((r.item.accept[0], r.topic or "-") for r in results if r.verdict == "wrong")


def report(results: list[Result], worst: int) -> str:
    """Return the figures as text, and the first `worst` wrong answers."""
    lines = ["set                         n   right  wrong* clarif. clar.bad not und.  served"]
    for (name, language), group in grouped(results).items():
        lines.append(_row(f"{name} {language}", figures(group)))
        for kind in sorted({result.item.kind for result in group}):
            lines.append(_row(f"    {kind}", figures([result for result in group if result.item.kind == kind])))
    lines += ["* share of what was answered. served = right + clarified with the right choice.", ""]
    lines.append("Confused most (right topic -> answered):")
    lines += [f"  {count:3} {right} -> {answered}" for (right, answered), count in confused(results).most_common(25)]
    wrong = [result for result in results if result.verdict == "wrong"]
    lines += [f"  {r.item.set} {', '.join(r.item.accept)} -> {r.topic}: {r.item.text}" for r in wrong[:worst]]
    return "\n".join(lines)


def _row(label: str, f: Figures) -> str:
    return (
        f"{label:24} {f.count:4} {f.right:7.1%} {f.wrong:7.1%} {f.clarified:7.1%} "
        f"{f.clarified_wrong:8.1%} {f.not_understood:8.1%} {f.served:7.1%}"
    )


PAGE = """# How well it understands

Written by `make eval`, which plays every set through the public API. Content {version} (SHA-256 of what the
model learns from), {date}.

- `own`: written for this project by authors who saw neither the training data nor the development sets.
- `city_grant`: other wordings of the one question whether the City pays.
- `dev`: the development sets, realistic and hard; they chose the method and the threshold, so `own` decides.

```
{report}
```
"""


def content_version() -> str:
    """Return a short hash of the files that the model learns from."""
    digest = hashlib.sha256()
    for path in (ROOT / "config.yml", *sorted((ROOT / "data/languages").glob("*.yml"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.nlu.evaluate", description=__doc__)
    parser.add_argument("--url", help="a running service (started with LIMITS=off); default: start one")
    parser.add_argument("--write", type=Path, help="a Markdown page to write the figures to")
    parser.add_argument("--worst", type=int, default=0, help="print so many wrong answers")
    arguments = parser.parse_args()
    items = list(load_items())
    if arguments.url:
        results = play(arguments.url, items)
    else:
        with tempfile.TemporaryDirectory() as folder:
            stack = Stack(Path(folder)).start()
            try:
                results = play(stack.url, items)
            finally:
                stack.stop()
    text = report(results, arguments.worst)
    print(text)
    if arguments.write:
        page = PAGE.format(version=content_version(), date=date.today().isoformat(), report=text)
        arguments.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
