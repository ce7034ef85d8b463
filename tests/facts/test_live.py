"""What must hold of live facts, from the source's page to what people are told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.text import words
from tests.facts.standin import GRANT as GRANT_PATH
from tests.facts.standin import page_text
from tests.facts.world import GRANT, World

# Every way of the stand-in to give no page that could be compared.
FAILURES = [
    "404",
    "403",
    "429",
    "500",
    "503",
    "timeout",
    "slow_drip",
    "hang_up",
    "broken_tls",
    "redirect_loop",
    "redirect_private",
    "wrong_host",
    "large",
    "gzip_bomb",
    "pdf",
    "empty",
    "other_language",
    "login",
    "another_page",
]
SEEN_WITHIN = 5.0


@pytest.fixture
async def gateway(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.gateway() as client:
        yield client


async def grant_amount(client: httpx.AsyncClient, language: str = "sv") -> dict[str, Any]:
    response = await client.get("/api/v1/topics/grant_amount", params={"language": language})
    return json.loads(response.text.replace("\u00a0", " "))


async def until_told(client: httpx.AsyncClient, state: str) -> dict[str, Any]:
    """Return the answer once it tells the amount for adults in `state`; at most the time that is promised."""
    async with asyncio.timeout(SEEN_WITHIN):
        while True:
            reply = await grant_amount(client)
            if fact(reply, "grant_adult")["status"] == state:
                return reply
            await asyncio.sleep(0.1)


def fact(reply: dict[str, Any], id: str) -> dict[str, Any]:
    return next(one for one in reply["facts"] if one["id"] == id)


async def test_a_changed_amount_is_said_by_nobody_until_a_person_confirms_it(
    world: World, gateway: httpx.AsyncClient
) -> None:
    await world.check()
    await until_told(gateway, "confirmed")
    await world.check(behave="changed_amount")
    assert fact(await grant_amount(gateway), "grant_adult")["value"] == "350 000 kr"
    await world.check(behave="changed_amount")
    withheld = await until_told(gateway, "withheld")

    async for language, topic, reply in world.everything_said(gateway):
        # Whatever the digits and what parts them.
        for amount in (" 350 000 ", " 400 000 "):
            assert amount not in words(json.dumps(reply, ensure_ascii=False)), (language, topic)
    assert fact(withheld, "grant_adult")["value"] is None
    links = [node for block in withheld["blocks"] for node in block.get("content", ()) if node["type"] == "link"]
    assert world.ledger.sources[GRANT].url in [link["href"] for link in links]

    history = (await gateway.get("/api/v1/facts/grant_adult/history")).json()
    assert [(change["old_status"], change["new_status"], change["cause"]) for change in history] == [
        ("confirmed", "withheld", "source_differs"),
        (None, "confirmed", "source_agrees"),
    ]
    assert "400" not in str(history)

    world.commands().confirm(["grant_adult"], None, "Eva", "read the page", True)
    told = await until_told(gateway, "confirmed")
    assert fact(told, "grant_adult")["value"] == "400 000 kr"
    for language in world.catalog.languages:
        told_there = words((await grant_amount(gateway, language))["text"])
        assert " 400 000 " in told_there
        assert " 350 000 " not in told_there


async def test_what_changed_is_told_as_news_with_the_amount_before(world: World, gateway: httpx.AsyncClient) -> None:
    before = (await gateway.get("/api/v1/topics/grant_changes?language=sv")).json()["text"]
    world.commands().correct("grant_adult", "400 000", "Eva", "new regulation", True)
    await until_told(gateway, "confirmed")
    after = (await gateway.get("/api/v1/topics/grant_changes?language=sv")).json()["text"].replace("\u00a0", " ")
    assert "26 november 2026" in after
    assert "26 november 2026" not in before
    assert "350 000 kr" in after
    assert "400 000 kr" in after


async def test_a_source_that_is_silent_for_ten_days_leaves_answers_with_their_date_and_advice(world: World) -> None:
    await world.check()
    confirmed_on = world.now.date().isoformat()
    for _ in range(10):
        check = await world.check(behave="hang_up", after=timedelta(days=1))
        assert check.failed
    world.store.record_passing_of_time(world.now)
    async with world.gateway() as gateway:
        reply = await grant_amount(gateway)
        adult = fact(reply, "grant_adult")
        assert (adult["value"], adult["status"], adult["checked"]) == ("350 000 kr", "unconfirmed", confirmed_on)
        source = next(one for one in reply["sources"] if one["url"] == world.ledger.sources[GRANT].url)
        assert source["status"] == "unconfirmed"
        assert "Migrationsverket" in source["note"]
        today = world.now.date().isoformat()
        async for language, topic, said in world.everything_said(gateway):
            assert all(one["checked"] != today for one in said["facts"]), (language, topic)
    assert world.store.history(world.ledger.facts["grant_adult"])[0].cause == "age"


async def test_the_page_of_the_rules_before_2026_withholds_and_renews_nothing(world: World) -> None:
    await world.check()
    before = list(world.states())
    for _ in range(3):
        check = await world.check(behave="old_page", after=timedelta(hours=6))
        assert check.outcome == "old_page"
    assert list(world.states()) == before


async def test_the_old_amount_served_again_after_a_person_corrected_it_changes_nothing(world: World) -> None:
    await world.check()
    for _ in range(2):
        await world.check(behave="changed_amount")
    world.commands().confirm(["grant_adult"], None, "Eva", "read the page", True)
    for _ in range(3):
        await world.check(behave="well")
    standing = world.store.standings()["grant_adult"]
    assert (standing.value, standing.withheld, standing.pending) == (400_000, False, None)


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_failure_leaves_every_state_and_date_and_is_recorded_with_its_reason(
    world: World, failure: str
) -> None:
    await world.check()
    before = list(world.states())
    for _ in range(2):
        await world.check(behave=failure)
    assert list(world.states()) == before
    recorded = world.store.checks(GRANT)
    assert [check.failed for check in recorded] == [True, True, False]
    assert all(check.reason for check in recorded[:2])


@pytest.mark.parametrize("odd", ["changed_amount", "moved_label", "old_page"])
async def test_one_odd_page_leaves_every_state(world: World, odd: str) -> None:
    await world.check()
    before = [(id, state) for id, state, _ in world.states()]
    await world.check(behave=odd)
    assert [(id, state) for id, state, _ in world.states()] == before


async def test_a_page_where_the_label_has_gone_turns_the_fact_unconfirmed_and_calls_a_person(world: World) -> None:
    await world.check()
    for _ in range(2):
        await world.check(behave="moved_label")
    states = {id: state for id, state, _ in world.states()}
    assert states["grant_adult"] == "unconfirmed"
    assert states["grant_child"] == "confirmed"
    said: list[str] = []
    assert world.commands(said).status(as_json=True) == 1


async def test_people_are_answered_while_a_source_keeps_the_watcher_waiting(
    world: World, gateway: httpx.AsyncClient
) -> None:
    checking = asyncio.create_task(world.check(behave="timeout"))
    while not world.standin.requests:
        await asyncio.sleep(0.01)
    reply = await grant_amount(gateway)
    assert not checking.done()
    assert fact(reply, "grant_adult")["value"] == "350 000 kr"
    await checking


async def test_questions_cause_no_fetches(world: World, gateway: httpx.AsyncClient) -> None:
    await world.check()
    asked = len(world.standin.requests)
    for _ in range(1000):
        response = await gateway.get("/api/v1/topics/contact_migrationsverket")
        assert response.status_code == 200
    assert len(world.standin.requests) == asked


async def test_a_day_of_watching_fetches_as_often_as_the_schedule_says(world: World) -> None:
    async with world.watcher() as watcher:
        for _ in range(24 * 12):
            async for _ in watcher.check_due():
                pass
            world.now += timedelta(minutes=5)
    fetched = [path for path, _ in world.standin.requests].count(GRANT_PATH)
    assert fetched == 4
    assert world.standin.most_at_once == 1


async def test_a_seen_page_is_asked_for_only_if_it_changed(world: World) -> None:
    await world.check()
    check = await world.check()
    assert check.outcome == "same"
    assert "if-none-match" in world.standin.requests[-1][1]
    assert "vagvisaren" in world.standin.requests[-1][1]["user-agent"].lower()


async def test_hours_and_numbers_that_were_not_established_are_shown_once_their_source_has_confirmed_them(
    world: World,
) -> None:
    async with world.gateway() as gateway:
        url = "/api/v1/topics/migrationsverket_hours?language=sv"
        assert "09:00" not in (await gateway.get(url)).json()["text"]
        for _ in range(2):
            await world.check("mv_contact")
        async with asyncio.timeout(SEEN_WITHIN):
            while "09:00" not in (text := (await gateway.get(url)).json()["text"]):
                await asyncio.sleep(0.1)
    # Thursday 26 November, a little past 10 in Stockholm.
    assert "09:00–15:00" in text
    assert "stänger 15:00" in text


async def test_a_value_without_a_candidate_waits_for_a_person(world: World) -> None:
    path = "/Kontakta-oss/Ring-oss.html"
    world.standin.texts[path] = page_text("mv_sv_ring-oss_2021").replace("09.00–15.00", "08.30–14.30")
    for _ in range(3):
        await world.check("mv_contact")
    assert world.store.standings()["mv_phone_hours"].value is None
    world.commands().confirm(["mv_phone_hours"], None, "Eva", "read the page", True)
    hours = world.store.standings()["mv_phone_hours"].value
    assert hours.dump() == {"mon-fri": "08:30-14:30"}
