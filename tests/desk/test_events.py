"""The stream of changes as a browser has it: it stays open, so it is read while it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import pytest
from fastapi import FastAPI

from tests.desk.conftest import SignIn, Staff, Time, person
from tests.web.page import read

# Seconds within which a line says what it has to.
WAITING = 20
WATCHED = {"/desk/facts", "/desk/facts/grant_adult", "/desk/notices", "/desk/questions", "/desk/reports", "/desk/audit"}
Watch = Callable[..., AbstractAsyncContextManager[AsyncIterator[str]]]


@pytest.fixture
def watch(running: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Opens the stream in a browser, and gives what comes."""
    monkeypatch.setattr("bot.web.desk.events._EVERY", 0)

    @asynccontextmanager
    async def watch(staff: Staff, address: str = "/desk/events") -> AsyncIterator[AsyncIterator[str]]:
        messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        path, _, query = address.partition("?")
        cookies = "; ".join(f"{name}={value}" for name, value in staff.client.cookies.items())
        scope = {
            **{"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": ""},
            **{"path": path, "query_string": query.encode(), "headers": [(b"cookie", cookies.encode())]},
            **{"server": ("desk.test", 80), "client": ("127.0.0.1", 50000)},
        }

        async def stay() -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

        async def lines() -> AsyncIterator[str]:
            while True:
                message = await asyncio.wait_for(messages.get(), WAITING)
                for line in message["body"].decode().splitlines():
                    yield line

        task = asyncio.create_task(running(scope, stay, messages.put))  # type: ignore[arg-type]
        started = await asyncio.wait_for(messages.get(), WAITING)
        assert started["status"] == 200
        yield lines()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return watch


def address(page: str) -> str | None:
    """Return where a page listens for what has changed since it was made."""
    return read(page).one("div", id="live").get("data-events")


async def test_only_pages_that_show_what_others_change_listen(sign_in: SignIn) -> None:
    staff = sign_in(person("admin"))
    others = {"/desk", "/desk/figures", "/desk/languages", "/desk/languages/en"}
    listening = {path: bool(address((await staff.get(path)).text)) for path in WATCHED | others}

    assert {path for path, listens in listening.items() if listens} == WATCHED


async def test_listening_again_and_again_keeps_no_session_alive(sign_in: SignIn, watch: Watch, time: Time) -> None:
    staff = sign_in(person("reader"))
    for _ in range(3):
        time.pass_by(minutes=9)
        async with watch(staff) as lines:
            assert (await anext(lines)).startswith(":")

    time.pass_by(minutes=9)

    assert (await staff.get("/desk/facts")).status_code == 303


async def test_a_line_on_which_nothing_happens_is_not_silent(sign_in: SignIn, watch: Watch) -> None:
    async with watch(sign_in(person("reader"))) as lines:
        said = [line async for line in _first(lines, 6)]

    assert len([line for line in said if line.startswith(":")]) == 3
    assert not "".join(said).startswith("data")


async def test_what_changed_before_the_page_listens_is_told(sign_in: SignIn, watch: Watch) -> None:
    staff, other = sign_in(person("reader")), sign_in(person("editor"))
    seen = address((await staff.get("/desk/facts")).text)
    await other.get("/desk/facts/grant_adult")
    assert (await other.post("/desk/facts/grant_adult", action="withhold", reason="x")).status_code == 303

    async with watch(staff, str(seen)) as lines:
        told = [line async for line in _first(lines, 8) if line.startswith("data")]
    async with watch(staff, str(address((await staff.get("/desk/facts")).text))) as lines:
        later = [line async for line in _first(lines, 4) if line.startswith("data")]

    assert told == ["data: facts", "data: actions"]
    assert later == []


async def _first(lines: AsyncIterator[str], count: int) -> AsyncIterator[str]:
    for _ in range(count):
        yield await anext(lines)
