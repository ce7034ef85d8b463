"""A decision on a fact reaches every running process within 5 seconds."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.catalog import load_catalog
from tests.facts.standin import StandIn
from tests.facts.world import World
from tests.stack import ROOT, WEB_PYTHON, Stack, wait_until

SEEN_WITHIN = 5.0


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    running = Stack(tmp_path)
    try:
        yield running.start()
    finally:
        running.stop()


def decide(stack: Stack, *arguments: str) -> None:
    subprocess.run(
        [str(WEB_PYTHON), "-m", "bot.facts", *arguments, "--reason", "test"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": stack.database_url},
        check=True,
        timeout=30,
    )


def from_rasa(stack: Stack) -> tuple[str, dict[str, Any]]:
    """Return what Rasa itself says of the amount, and what its action found of it."""
    url = f"http://127.0.0.1:{stack.rasa_port}/webhooks/rest/webhook"
    message = {"sender": "test", "message": "/grant_amount", "metadata": {"language": "en"}}
    parts = httpx.post(url, json=message, timeout=30, trust_env=False).json()
    text = " ".join(part["text"] for part in parts if "text" in part)
    found: dict[str, Any] = next(part["custom"]["facts"] for part in parts if "custom" in part)
    return text, found["grant_adult"]


def from_gateway(stack: Stack) -> tuple[str, dict[str, Any]]:
    message = {"text": "how much is the return grant for one adult?", "language": "en"}
    turn = httpx.post(f"{stack.url}/api/v1/messages", json=message, timeout=30, trust_env=False).json()
    reply = turn["replies"][0]
    assert reply["topic"] == "grant_amount"
    return reply["text"], next(fact for fact in reply["facts"] if fact["id"] == "grant_adult")


def everywhere(stack: Stack, state: str, amount: str | None) -> bool:
    """Return whether gateway, Rasa and action server all tell this, and no other amount."""
    (rasa_text, found), (text, fact) = from_rasa(stack), from_gateway(stack)
    amounts = {"350,000", "400,000"}
    said = [{one for one in amounts if one in told} for told in (rasa_text, text)]
    return found["state"] == fact["status"] == state and said == [{amount} if amount else set()] * 2


def test_what_the_source_says_anew_reaches_every_process_when_a_person_has_confirmed_it(own_stack: Stack) -> None:
    standin = StandIn()
    try:
        world = World(load_catalog(), standin, own_stack.database_url)
        for behave in ("well", "changed_amount", "changed_amount"):
            asyncio.run(world.check(behave=behave))
    finally:
        standin.close()
    wait_until(lambda: everywhere(own_stack, "withheld", None), SEEN_WITHIN, "the old amount is still told")

    decide(own_stack, "confirm", "grant_adult", "--yes")
    wait_until(lambda: everywhere(own_stack, "confirmed", "400,000"), SEEN_WITHIN, "the new amount is not told")


def test_withholding_and_correcting_reach_every_process(own_stack: Stack) -> None:
    assert from_gateway(own_stack)[1]["value"] == "350,000\N{NO-BREAK SPACE}kr"

    decide(own_stack, "withhold", "grant_adult")
    wait_until(lambda: everywhere(own_stack, "withheld", None), SEEN_WITHIN, "the amount is still told")

    decide(own_stack, "correct", "grant_adult", "400000", "--yes")
    wait_until(lambda: everywhere(own_stack, "confirmed", "400,000"), SEEN_WITHIN, "the new amount is not told")
