"""How soon staff get suggestions while they type: `python -m benchmarks.desk`.

Types questions of the evaluation sets of every language from their third character on, and prints milliseconds (median,
95th percentile, slowest) of the search alone and of the whole request, and what making the index takes.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path

import httpx

from bot.catalog import load_catalog
from bot.database import open_database
from bot.desk.people import Person
from bot.desk.search import Index
from bot.desk.sessions import Sessions
from bot.migrations import migrate
from tests.nlu.evaluate import load_items
from tests.stack import Stack, wait_until

SHORTEST = 3
# Every so many questions, of thousands.
STEP = 40
# As long as anybody types before the answer stands there.
LONGEST = 25


def typed(texts: Iterable[str]) -> list[str]:
    """Return what stands in the box after each key."""
    return [text[:length] for text in texts for length in range(SHORTEST, min(len(text), LONGEST) + 1)]


def measure(name: str, ask: Callable[[str], object], queries: list[str]) -> None:
    times = []
    for query in queries:
        started = time.perf_counter()
        ask(query)
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    late = times[int(len(times) * 0.95)]
    print(f"{name}: {len(times)} times, median {statistics.median(times):.1f} ms, 95 % {late:.1f} ms", end=", ")
    print(f"slowest {times[-1]:.1f} ms")


def search_alone(queries: list[str]) -> None:
    catalog = load_catalog()
    started = time.perf_counter()
    index = Index(catalog, {topic.id for topic in catalog.topics.values() if topic.facts and topic.group != "outside"})
    print(f"index made in {time.perf_counter() - started:.1f} s")
    measure("search", index.find, queries)


def whole_request(queries: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        engine = open_database(stack.database_url)
        migrate(engine)
        token = Sessions(engine).begin(Person("worker", "Worker", frozenset({"reader"})), datetime.now(timezone.utc))
        engine.dispose()
        stack.start_web()
        try:
            with httpx.Client(base_url=stack.url, cookies={"desk": token}, timeout=60, trust_env=False) as client:
                found = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk").text)
                assert found

                def suggest(query: str) -> httpx.Response:
                    sent = {"csrf": found[1], "question": query}
                    return client.post("/desk/suggest", data=sent).raise_for_status()

                # The index is made after the page has been shown.
                wait_until(lambda: bool(suggest("bidrag").json()), 60, "no suggestions")
                measure("request", suggest, queries)
        finally:
            stack.stop()


def main() -> None:
    queries = typed([item.text for item in load_items()][::STEP])
    search_alone(queries)
    whole_request(queries)


if __name__ == "__main__":
    main()
