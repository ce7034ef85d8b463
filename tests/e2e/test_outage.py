"""Rasa or the action server dies: the page stays up, says so, and recovers by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.stack import Stack


@pytest.fixture
def own_stack(tmp_path: Any) -> Iterator[Stack]:
    running = Stack(tmp_path)
    try:
        yield running.start()
    finally:
        running.stop()


def ask(stack: Stack, **message: str) -> dict[str, Any]:
    response = httpx.post(f"{stack.url}/api/v1/messages", json=message, timeout=30, trust_env=False)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_without_rasa_topics_answer_and_free_text_says_what_is_wrong_until_it_is_back(own_stack: Stack) -> None:
    offered = ask(own_stack, text="betalar kommunen återvandringsbidrag?")
    own_stack.kill("rasa")

    assert own_stack.get("/") == 200
    turn = ask(own_stack, text="betalar kommunen?", conversation=offered["conversation"])
    assert turn["outcome"] == "unavailable"
    assert "tel:+46771235235" in str(turn["replies"][0]["blocks"])
    pressed = ask(own_stack, button=offered["buttons"][0]["id"], conversation=offered["conversation"])
    assert pressed["replies"][0]["topic"] == offered["buttons"][0]["topic"]
    page = httpx.get(f"{own_stack.url}/amne/city_grant", timeout=10, trust_env=False)
    assert page.status_code == 200
    assert own_stack.get("/readyz") == 503

    own_stack.start_rasa()
    own_stack.wait_ready()
    assert ask(own_stack, text="betalar kommunen återvandringsbidrag?")["replies"][0]["topic"] == "city_grant"


def test_an_action_server_that_hangs_keeps_nobody_from_an_answer(own_stack: Stack) -> None:
    os.kill(own_stack.pid("actions"), signal.SIGSTOP)
    try:
        turn = ask(own_stack, text="telefonnummer till migrationsverket")
    finally:
        os.kill(own_stack.pid("actions"), signal.SIGCONT)
    assert turn["replies"][0]["topic"] == "contact_migrationsverket"


def test_without_the_action_server_people_in_the_guide_are_heard(own_stack: Stack) -> None:
    begun = ask(own_stack, text="kan du gå igenom villkoren med mig?")
    assert begun["outcome"] == "guide"
    own_stack.kill("actions")
    turn = ask(own_stack, text="min man slår mig", conversation=begun["conversation"])
    assert turn["replies"][0]["topic"] in ("crisis", "pressured")


def test_without_the_action_server_watched_topics_still_answer(own_stack: Stack) -> None:
    own_stack.kill("actions")
    turn = ask(own_stack, text="telefonnummer till migrationsverket")
    assert turn["replies"][0]["topic"] == "contact_migrationsverket"
