from __future__ import annotations

import logging
import threading

import pytest
from sqlalchemy.exc import OperationalError

from bot.follower import Follower

DOWN = OperationalError("", {}, Exception())


def test_a_failure_is_logged_once_and_what_follows_is_tried(caplog: pytest.LogCaptureFixture) -> None:
    outcomes: list[Exception | None] = [DOWN, DOWN, None]

    def act() -> None:
        if error := outcomes.pop(0):
            raise error

    follower = Follower(act, 60, "tried", "It cannot be read")
    with caplog.at_level(logging.ERROR):
        works = []
        for _ in range(3):
            follower.act()
            works.append(follower.works)

    assert works == [False, False, True]
    assert len(caplog.records) == 1


def test_it_goes_on_until_it_is_stopped() -> None:
    twice = threading.Semaphore(0)
    follower = Follower(twice.release, 0.01, "tried", "It cannot be read")

    follower.start()

    assert twice.acquire(timeout=10)
    assert twice.acquire(timeout=10)
    follower.stop()
    assert not any(thread.name == "tried" for thread in threading.enumerate())
