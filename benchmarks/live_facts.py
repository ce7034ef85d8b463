"""What a failing source costs the people who ask meanwhile: `python -m benchmarks.live_facts`, part of `make bench`.

A gateway answers the contact question while a watcher on the same machine reads a source that fails in each
way in turn. Prints the median and the slowest answer in milliseconds, first with nothing being read.
"""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import httpx

from bot.catalog import load_catalog
from tests.facts.standin import StandIn
from tests.facts.world import GRANT, World
from tests.stack import ROOT, WEB_PYTHON, Stack, wait_until

QUESTIONS = 200
FAILURES = ("well", "500", "timeout", "slow_drip", "large", "gzip_bomb", "redirect_loop", "hang_up")


def answers(client: httpx.Client) -> list[float]:
    """Return milliseconds of each answer."""
    times = []
    for _ in range(QUESTIONS):
        started = time.perf_counter()
        client.get("/api/v1/topics/contact_migrationsverket").raise_for_status()
        times.append((time.perf_counter() - started) * 1000)
    return times


def show(name: str, times: list[float]) -> None:
    print(f"{name:14} median {statistics.median(times):5.1f} ms, slowest {max(times):5.1f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stack, standin = Stack(Path(folder)), StandIn()
        world = World(load_catalog(), standin, stack.database_url)
        certificate = Path(folder) / "authority.pem"
        standin.authority.cert_pem.write_to_path(str(certificate))
        stack.start_web()
        try:
            with httpx.Client(base_url=stack.url, timeout=30, trust_env=False) as client:
                answers(client)
                show("nothing read", answers(client))
                for failure in FAILURES:
                    show(failure, during(world, failure, certificate, client))
        finally:
            stack.stop()
            standin.close()


def during(world: World, failure: str, certificate: Path, client: httpx.Client) -> list[float]:
    """Return the times of answers while a watcher of its own reads the source."""
    world.standin.behave = failure
    asked = len(world.standin.requests)
    world.now = datetime.now(timezone.utc)
    world.make_due(GRANT)
    command = [str(WEB_PYTHON), "-m", "tests.facts.watch_process", world.database_url, str(world.standin.port)]
    watcher = subprocess.Popen([*command, str(certificate)], cwd=ROOT)
    try:
        wait_until(lambda: len(world.standin.requests) > asked, 30, "the source was never asked")
        return answers(client)
    finally:
        watcher.kill()
        watcher.wait()
        world.end_leases()


if __name__ == "__main__":
    main()
