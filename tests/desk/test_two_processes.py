"""Two web processes on one database, as they run: what is decided in one is seen in the other."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from bot.desk.sessions import Sessions
from bot.facts.book import utc_now
from tests.desk.conftest import person
from tests.facts.conftest import MakeEngine
from tests.stack import Stack, wait_until

SEEN_WITHIN = 5.0


@pytest.fixture
def start(tmp_path: Path, database_url: str) -> Iterator[Callable[[], Stack]]:
    """Starts a web process on the database."""
    with ExitStack() as stack:

        def start() -> Stack:
            folder = tmp_path / uuid.uuid4().hex
            folder.mkdir()
            process = Stack(folder, DATABASE_URL=database_url)
            stack.callback(process.stop)
            process.start_web()
            return process

        yield start


@pytest.fixture
def processes(start: Callable[[], Stack]) -> list[Stack]:
    return [start(), start()]


@pytest.fixture
def open_desk(database_url: str, make_engine: MakeEngine) -> Iterator[Callable[[Stack], httpx.Client]]:
    """Opens a browser in which an editor is signed in at a process."""
    with ExitStack() as stack:

        def open_desk(process: Stack) -> httpx.Client:
            token = Sessions(make_engine(database_url)).begin(person("editor"), utc_now())
            client = httpx.Client(base_url=process.url, cookies={"desk": token}, trust_env=False, timeout=20)
            return stack.enter_context(client)

        yield open_desk


@pytest.fixture
def editor(processes: list[Stack], open_desk: Callable[[Stack], httpx.Client]) -> httpx.Client:
    return open_desk(processes[0])


def send(editor: httpx.Client, page: str, path: str = "", **fields: str) -> None:
    """Send a form of a page of the desk."""
    found = re.search(r'name="csrf" value="([^"]+)"', editor.get(page).text)
    assert found
    response = editor.post(path or page, data={"csrf": found[1], "reason": "Prov.", **fields})
    assert response.status_code == 303, response.text


def seen_by_all(processes: list[Stack], true: Callable[[Stack], bool]) -> None:
    """Wait until it is true in every process; fail if that takes longer than was promised."""
    decided = time.monotonic()
    for process in processes:
        wait_until(lambda process=process: true(process), SEEN_WITHIN, "not seen in time")  # type: ignore[misc]
    assert time.monotonic() - decided < SEEN_WITHIN


def answer(process: Stack, path: str) -> str:
    return httpx.get(process.url + path, trust_env=False, timeout=10).text


def test_what_the_desk_decides_is_seen_in_both_within_five_seconds(
    processes: list[Stack], editor: httpx.Client
) -> None:
    topic = "/api/v1/topics/grant_amount?language=en"
    assert all("350,000" in answer(process, topic) for process in processes)

    send(editor, "/desk/facts/grant_adult", action="withhold")
    seen_by_all(processes, lambda process: "350,000" not in answer(process, topic))

    told = {"text-sv": "Telefonen är stängd.", "until": "2099-01-01T12:00"}
    send(editor, "/desk/notices", "/desk/notices/tell", **told)
    seen_by_all(processes, lambda process: told["text-sv"] in answer(process, "/guide?sprak=sv"))

    send(editor, "/desk/notices", "/desk/notices/off", part="language:ar")
    seen_by_all(processes, lambda process: '"ar"' not in answer(process, "/api/v1/languages"))

    send(editor, "/desk/notices", "/desk/notices/off", part="topic:city_grant")
    seen_by_all(processes, lambda process: '"sources":[]' in answer(process, "/api/v1/topics/city_grant"))

    send(editor, "/desk/notices", "/desk/notices/off", part="chat")
    seen_by_all(processes, lambda process: 'name="text"' not in answer(process, "/?sprak=sv"))


def test_a_page_that_is_open_hears_of_what_another_process_changed(
    processes: list[Stack], editor: httpx.Client
) -> None:
    with (
        httpx.Client(base_url=processes[1].url, cookies=editor.cookies, trust_env=False, timeout=20) as watching,
        watching.stream("GET", "/desk/events") as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines) == ": watching"
        send(editor, "/desk/facts/grant_adult", action="withhold")
        assert next(line for line in lines if line.startswith("data:")) == "data: facts"
        # Whoever signs out hears nothing more: the stream ends.
        send(editor, "/desk/facts", "/desk/sign-out")
        assert set(lines) <= {"", "event: change", "data: actions"}


def test_a_process_stops_while_somebody_watches(
    start: Callable[[], Stack], open_desk: Callable[[Stack], httpx.Client]
) -> None:
    process = start()
    with open_desk(process).stream("GET", "/desk/events") as stream:
        assert next(stream.iter_lines()) == ": watching"
        began = time.monotonic()
        process.stop()

    # Stack.stop() kills what has not ended after twenty seconds.
    assert time.monotonic() - began < 18


def test_a_password_for_signing_in_once_stands_in_the_terminal(start: Callable[[], Stack]) -> None:
    process = start()

    def printed() -> list[str]:
        return re.findall(r"/desk: (\S+)", (process.logs / "web.log").read_text(encoding="utf-8"))

    wait_until(lambda: bool(printed()), 5, "no password was printed")
    with httpx.Client(base_url=process.url, trust_env=False, timeout=20) as browser:
        assert browser.post("/desk/sign-in", data={"password": printed()[0]}).status_code == 303
        assert browser.get("/desk/audit").status_code == 200
