"""`make bench`: how fast the running stack answers, and how much memory it takes.

Prints start times, milliseconds for one client (median, 95th percentile), answers a second for sixteen,
the last turns of a long conversation against early ones, and the resident memory of each process after the messages.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import httpx

from tests.nlu.evaluate import load_items
from tests.stack import Stack

MESSAGES = 1000
CLIENTS = 16
TURNS = 200
ROUND = 20


async def ask(client: httpx.AsyncClient, text: str, conversation: str | None = None) -> tuple[float, str]:
    """Return seconds and the conversation's token."""
    started = time.perf_counter()
    response = await client.post("/api/v1/messages", json={"text": text, "conversation": conversation})
    response.raise_for_status()
    return time.perf_counter() - started, response.json()["conversation"]


async def one_client(client: httpx.AsyncClient, texts: list[str]) -> None:
    times = sorted([(await ask(client, text))[0] for text in texts])
    late = times[int(len(times) * 0.95)]
    print(f"one client: median {statistics.median(times) * 1000:.1f} ms, 95 % {late * 1000:.1f} ms")


async def many_clients(client: httpx.AsyncClient, texts: list[str]) -> None:
    queue = iter(texts)

    async def work() -> None:
        for text in queue:
            await ask(client, text)

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CLIENTS)))
    print(f"{CLIENTS} clients: {len(texts) / (time.perf_counter() - started):.0f} answers a second")


async def long_conversation(client: httpx.AsyncClient, texts: list[str]) -> None:
    times, token = [], None
    # The same round early and late: what opens the guide, or wants a fact fetched, takes longer at any turn.
    for text in islice(cycle(texts[:ROUND]), TURNS):
        seconds, token = await ask(client, text, token)
        times.append(seconds)
    early, late = statistics.median(times[ROUND : 2 * ROUND]), statistics.median(times[-ROUND:])
    print(f"the last {ROUND} of {TURNS} turns against the same {ROUND} messages before: {late / early:.2f} times")


def memory(stack: Stack) -> None:
    """Print the resident memory of each process, from /proc (Linux)."""
    total = 0.0
    for name in ("web", "rasa", "actions", "watcher"):
        status = Path(f"/proc/{stack.pid(name)}/status").read_text(encoding="utf-8")
        kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        total += kilobytes / 1024
        print(f"memory of {name}: {kilobytes / 1024:.0f} MB")
    print(f"memory in all: {total:.0f} MB")


async def measure(stack: Stack) -> None:
    texts = [item.text for item in load_items()]
    async with httpx.AsyncClient(base_url=stack.url, timeout=60, trust_env=False) as client:
        await one_client(client, texts[:MESSAGES])
        await many_clients(client, texts[:MESSAGES])
        await long_conversation(client, texts)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        try:
            started = time.perf_counter()
            stack.start_web()
            print(f"page after {time.perf_counter() - started:.1f} s")
            stack.start_inner()
            stack.start_watcher()
            stack.wait_ready()
            print(f"free text after {time.perf_counter() - started:.1f} s")
            asyncio.run(measure(stack))
            memory(stack)
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
