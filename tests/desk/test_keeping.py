"""What people let the City keep, and that nothing else is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.database import reading, writing
from bot.desk import questions
from bot.desk.counts import CountStore
from bot.desk.questions import Question, QuestionStore
from bot.facts.store import FactStore
from bot.personal_data import Masker
from bot.web.app import create_app
from bot.web.conversations import Conversations
from bot.web.keeping import Keeping
from bot.web.problems import ProblemError
from bot.web.settings import Settings
from tests.desk.conftest import NOW, Time
from tests.web.conftest import reach
from tests.web.page import Element, read
from tests.web.rasa_side import RasaSide
from tests.web.talk import Talk

ASKED = "får min moster i Umeå flyttkartonger"
URL = "/api/v1/questions"
HTML = {"Accept": "text/html"}


@pytest.fixture
async def client(running: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with reach(running) as client:
        yield client


@pytest.fixture
def kept(engine: Engine) -> QuestionStore:
    return QuestionStore(engine, 30)


@pytest.fixture(autouse=True)
def in_vain(rasa: RasaSide) -> None:
    rasa.means("not_understood")


async def ask(client: httpx.AsyncClient, words: str = ASKED) -> str:
    talk = Talk(client)
    await talk.say(words, language="sv")
    return str(talk.token)


async def keep(client: httpx.AsyncClient, token: str, words: str = ASKED, **more: Any) -> httpx.Response:
    body = {"conversation": token, "text": words, "language": "sv", "reason": "not_understood", **more}
    return await client.post(URL, json=body)


async def submit(client: httpx.AsyncClient, **fields: str) -> Element:
    return read((await client.post("/", data={"sprak": "sv", **fields}, headers=HTML)).text)


def field(page: Element, name: str) -> str:
    return page.one("form", id="chat").one("input", name=name)["value"]


async def test_a_question_is_kept_masked_when_its_author_says_yes(
    client: httpx.AsyncClient, kept: QuestionStore
) -> None:
    words = f"{ASKED}? Ring 070-123 45 67, anna@example.com"
    token = await ask(client, words)
    response = await keep(client, token, words)

    assert response.status_code == 204
    assert [(one.text, one.language, one.reason) for one in kept.waiting(NOW)] == [
        (f"{ASKED}? Ring •••, •••", "sv", "not_understood")
    ]


async def test_nothing_is_kept_without_a_yes(client: httpx.AsyncClient, engine: Engine, running: FastAPI) -> None:
    token = await ask(client)
    await client.post("/api/v1/feedback", json={"topic": "city_grant", "language": "sv", "helpful": False})
    await submit(client, text=ASKED, conversation=token)

    assert everything(engine).count(ASKED) == 0


async def test_a_kept_question_is_gone_with_its_conversation(client: httpx.AsyncClient, engine: Engine) -> None:
    mine, other = await ask(client), await ask(client)
    await keep(client, mine)
    await keep(client, other, "en annan fråga")

    assert (await client.delete(f"/api/v1/conversations/{mine}")).status_code == 204

    assert ASKED not in everything(engine)
    assert "en annan fråga" in everything(engine)


async def test_nothing_outlives_a_conversation_that_ends_while_it_is_kept(
    client: httpx.AsyncClient, kept: QuestionStore
) -> None:
    for turn in (1, -1):
        token = await ask(client)
        at_once = [keep(client, token), client.delete(f"/api/v1/conversations/{token}")]
        await asyncio.gather(*at_once[::turn])

        assert kept.waiting(NOW) == []
        assert (await keep(client, token)).status_code == 422


async def test_what_waits_to_be_kept_is_not_kept_when_its_conversation_has_ended(
    kept: QuestionStore, time: Time
) -> None:
    conversations = Conversations(60, 60, 10)
    keeping = Keeping(kept, conversations, Masker(), 1000, time)
    conversation = conversations.open()
    async with conversation.lock:
        erased = asyncio.create_task(keeping.erase(conversation.token))
        late = asyncio.create_task(keeping.keep(conversation.token, ASKED, "sv", "wrong"))
        # Both begin, and stand before the lock.
        await asyncio.sleep(0)

    await erased
    with pytest.raises(ProblemError):
        await late
    assert kept.waiting(NOW) == []


async def test_a_conversation_stays_while_its_question_cannot_be_erased(
    client: httpx.AsyncClient, engine: Engine, kept: QuestionStore
) -> None:
    token = await ask(client)
    await keep(client, token)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE questions RENAME TO away"))
    assert (await client.delete(f"/api/v1/conversations/{token}")).status_code == 503
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE away RENAME TO questions"))

    assert (await client.delete(f"/api/v1/conversations/{token}")).status_code == 204
    assert kept.waiting(NOW) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"conversation": "never-given"},
        {"text": "  "},
        {"text": "x" * 1001},
        {"language": "xx"},
        {"reason": "because"},
        {"reason": None},
    ],
    ids=str,
)
async def test_what_is_no_question_of_a_conversation_is_refused(
    client: httpx.AsyncClient, kept: QuestionStore, fault: dict[str, Any]
) -> None:
    token = await ask(client)
    body = {"conversation": token, "text": ASKED, "language": "sv", "reason": "not_understood", **fault}

    assert (await client.post(URL, json=body)).status_code == 422
    assert kept.waiting(NOW) == []


async def test_a_database_that_fails_is_a_problem_that_tells_nothing(
    client: httpx.AsyncClient, engine: Engine, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    token = await ask(client)
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE questions"))
    response = await keep(client, token)

    assert (response.status_code, response.json()["type"]) == (503, "urn:vagvisaren:problem:not-kept")
    assert ASKED not in "".join((response.text, *capfd.readouterr(), caplog.text))


def test_an_error_of_the_database_tells_no_values(engine: Engine, kept: QuestionStore) -> None:
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE questions"))
    with pytest.raises(Exception, match="questions") as caught:
        kept.erase([ASKED])

    assert ASKED not in str(caught.value)


async def test_a_full_queue_is_a_problem(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "AT_MOST", 0)

    assert (await keep(client, await ask(client))).status_code == 503


async def test_questions_are_counted_with_the_messages_of_their_conversation(
    desk_store: FactStore, light_catalog: Catalog, rasa: RasaSide, time: Time
) -> None:
    settings = Settings(_env_file=None, limit_conversation="3/minute")
    app = create_app(settings, light_catalog, desk_store, httpx.MockTransport(rasa), time)
    async with app.router.lifespan_context(app), reach(app) as client:
        token = await ask(client)
        statuses = [(await keep(client, token)).status_code for _ in range(4)]

    assert statuses == [204, 204, 204, 429]


async def test_old_questions_are_deleted_at_the_start(
    app: FastAPI, engine: Engine, kept: QuestionStore, time: Time
) -> None:
    kept.keep(ASKED, "sv", "wrong", NOW)
    time.pass_by(days=31)
    async with app.router.lifespan_context(app), asyncio.timeout(10):
        while ASKED in everything(engine):
            await asyncio.sleep(0.01)


async def test_without_a_script_the_same_is_asked(client: httpx.AsyncClient, kept: QuestionStore) -> None:
    page = await submit(client, text=f"{ASKED} 070-123 45 67")
    offer = page.one("li", class_="consent")
    assert offer.one("blockquote").text == f"{ASKED} •••"

    token = field(page, "conversation")
    await submit(client, conversation=token, asked=field(page, "asked"), keep=offer.one("button", name="keep")["value"])

    assert [(one.text, one.reason) for one in kept.waiting(NOW)] == [(f"{ASKED} •••", "not_understood")]


async def test_without_a_script_a_disliked_answer_asks_too(
    client: httpx.AsyncClient, kept: QuestionStore, rasa: RasaSide
) -> None:
    rasa.means("answered", "city_grant")
    page = await submit(client, text=ASKED)
    assert not list(page.all("li", class_="consent"))
    token, asked = field(page, "conversation"), field(page, "asked")

    page = await submit(client, conversation=token, asked=asked, feedback="city_grant:wrong")
    await submit(client, conversation=token, asked=field(page, "asked"), keep=page.one("button", name="keep")["value"])

    assert [(one.text, one.reason) for one in kept.waiting(NOW)] == [(ASKED, "wrong")]


@pytest.mark.parametrize("fields", [{"feedback": "city_grant:yes", "asked": ASKED}, {"feedback": "city_grant:wrong"}])
async def test_a_good_answer_or_one_without_a_question_asks_nothing(
    client: httpx.AsyncClient, fields: dict[str, str]
) -> None:
    assert not list((await submit(client, **fields)).all("button", name="keep"))


async def test_nobody_is_asked_where_nothing_may_be_kept(
    desk_store: FactStore, light_catalog: Catalog, rasa: RasaSide, time: Time
) -> None:
    settings = Settings(_env_file=None, questions_days=0)
    app = create_app(settings, light_catalog, desk_store, httpx.MockTransport(rasa), time)
    async with app.router.lifespan_context(app), reach(app) as client:
        page = await submit(client, text=ASKED)
        texts = (await client.get("/api/v1/texts?language=sv")).json()["texts"]
        response = await keep(client, field(page, "conversation"))

    assert not list(page.all("button", name="keep"))
    assert not [key for key in texts if key.startswith("consent")]
    assert response.status_code == 422


async def test_turns_conversations_and_feedback_are_counted_but_no_words(
    app: FastAPI, engine: Engine, rasa: RasaSide
) -> None:
    async with app.router.lifespan_context(app), reach(app) as client:
        talk = Talk(client)
        await talk.say(ASKED, language="sv")
        rasa.means("answered", "city_grant")
        await talk.say("betalar staden", language="sv")
        feedback = {"topic": "city_grant", "language": "sv", "helpful": False, "reason": "wrong"}
        await client.post("/api/v1/feedback", json=feedback)

    counted = CountStore(engine).between(NOW, NOW + timedelta(hours=1))
    assert {(cell.kind, cell.topic, cell.outcome): count for cell, count in counted.items()} == {
        ("conversation", "", ""): 1,
        ("turn", "", "not_understood"): 1,
        ("turn", "city_grant", "answered"): 1,
        ("feedback", "city_grant", "wrong"): 1,
    }
    assert ASKED not in everything(engine)


async def test_an_answer_does_not_wait_for_counts_that_cannot_be_written(app: FastAPI, engine: Engine) -> None:
    async with app.router.lifespan_context(app), reach(app) as client:
        with writing(engine) as connection:
            connection.execute(text("DROP TABLE counts"))
        assert await ask(client)


def everything(engine: Engine) -> str:
    """Return all that stands in the tables of conversations, as text."""
    with reading(engine) as connection:
        rows = [
            tuple(row)
            for table in ("questions", "counts")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    return json.dumps(rows, ensure_ascii=False, default=str)


def test_a_question_has_nothing_of_its_author() -> None:
    assert set(Question.__dataclass_fields__) == {"id", "kept_at", "language", "reason", "text", "decision", "topic"}
