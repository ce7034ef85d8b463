from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.catalog import Catalog
from bot.database import open_database
from bot.facts.standing import confirmed, withheld
from bot.facts.store import FactStore
from bot.migrations import migrate
from tests.web.conftest import MakeApp, reach

START = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
FACT = "grant_adult"
CHANGE = {"at", "old_value", "new_value", "old_status", "new_status", "source", "cause"}
CANARY = "canary4711"


@pytest.fixture
def store(tmp_path: Path, light_catalog: Catalog) -> FactStore:
    engine = open_database(f"sqlite:///{tmp_path / 'facts.db'}")
    migrate(engine)
    return FactStore(engine, light_catalog.ledger)


@pytest.fixture
def decided(store: FactStore, light_catalog: Catalog) -> FactStore:
    """A store in which a fact was recorded, withheld the next day, and corrected the day after."""
    fact = light_catalog.ledger.facts[FACT]
    by: dict[str, Any] = {"by": CANARY, "reason": CANARY}
    store.record_passing_of_time(START)
    day = START + timedelta(days=1)
    store.decide([fact], lambda fact, standing: (withheld(fact, standing, day), "withheld"), day, **by)
    next_day = day + timedelta(days=1)
    store.decide(
        [fact],
        lambda fact, standing: (confirmed(fact, standing, 400_000, None, next_day), "corrected"),
        next_day,
        **by,
    )
    return store


async def history(app: Any, fact: str = FACT, language: str = "en") -> list[dict[str, Any]]:
    async with reach(app) as client:
        response = await client.get(f"/api/v1/facts/{fact}/history", params={"language": language})
    assert response.status_code == 200
    changes: list[dict[str, Any]] = response.json()
    return changes


async def test_changes_come_newest_first(make_app: MakeApp, decided: FactStore) -> None:
    changes = await history(make_app(store=decided))

    assert [change["cause"] for change in changes] == ["corrected", "withheld", "ledger"]
    assert [datetime.fromisoformat(change["at"]) for change in changes] == [
        START + timedelta(days=days) for days in (2, 1, 0)
    ]


async def test_a_change_tells_value_and_state_before_and_after(make_app: MakeApp, decided: FactStore) -> None:
    corrected, taken_away, recorded = await history(make_app(store=decided))

    assert recorded.keys() == CHANGE
    assert (recorded["old_value"], recorded["old_status"]) == (None, None)
    assert recorded["new_value"] == "350,000\N{NO-BREAK SPACE}kr"
    assert recorded["new_status"] == taken_away["old_status"] == "unconfirmed"
    assert taken_away["old_value"] == "350,000\N{NO-BREAK SPACE}kr"
    assert (taken_away["new_status"], corrected["old_status"]) == ("withheld", "withheld")
    assert (corrected["new_value"], corrected["new_status"]) == ("400,000\N{NO-BREAK SPACE}kr", "confirmed")


async def test_what_was_withheld_has_no_value_then(make_app: MakeApp, decided: FactStore) -> None:
    _, taken_away, _ = await history(make_app(store=decided))

    assert taken_away["new_value"] is None


async def test_what_was_withheld_has_no_value_before_either(make_app: MakeApp, decided: FactStore) -> None:
    corrected, _, _ = await history(make_app(store=decided))

    assert corrected["old_value"] is None


async def test_values_are_written_as_readers_write_them(make_app: MakeApp, decided: FactStore) -> None:
    corrected, *_ = await history(make_app(store=decided), language="sv")

    assert corrected["new_value"] == "400\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr"


async def test_a_change_names_its_source_but_no_person(
    make_app: MakeApp, decided: FactStore, light_catalog: Catalog
) -> None:
    changes = await history(make_app(store=decided))

    source = light_catalog.ledger.facts[FACT].source
    expected = {"title": source.title, "url": source.url, "lang": source.language}
    assert all(change["source"] == expected for change in changes)
    assert CANARY not in str(changes)


async def test_a_fact_that_is_not_established_has_a_history_without_values(
    make_app: MakeApp, decided: FactStore
) -> None:
    (recorded,) = await history(make_app(store=decided), "city_phone")

    assert (recorded["old_value"], recorded["new_value"], recorded["new_status"]) == (None, None, "unconfirmed")


async def test_without_a_store_nothing_ever_changed(make_app: MakeApp) -> None:
    assert await history(make_app()) == []


async def test_a_store_that_nobody_has_made_yet_holds_nothing(
    make_app: MakeApp, light_catalog: Catalog, tmp_path: Path
) -> None:
    database = tmp_path / "nothing.db"
    store = FactStore(open_database(f"sqlite:///{database}"), light_catalog.ledger)

    assert await history(make_app(store=store)) == []
    assert not database.exists()


@pytest.mark.parametrize("fact", ["nonsense", "..%2Ffacts", FACT.upper()])
async def test_an_unknown_fact_has_no_history(client: httpx.AsyncClient, fact: str) -> None:
    response = await client.get(f"/api/v1/facts/{fact}/history")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_running_gateway_tells_what_was_decided(make_app: MakeApp, decided: FactStore) -> None:
    app = make_app(store=decided)

    async with app.router.lifespan_context(app), reach(app) as client:
        facts = {fact["id"]: fact for fact in (await client.get("/api/v1/facts?language=en")).json()}
        answer = (await client.get("/api/v1/topics/grant_amount?language=en")).json()

    assert facts[FACT]["value"] == "400,000\N{NO-BREAK SPACE}kr"
    assert date.fromisoformat(facts[FACT]["checked"]) == (START + timedelta(days=2)).date()
    assert "400,000\N{NO-BREAK SPACE}kr" in answer["text"]


async def test_a_running_gateway_tells_nothing_that_is_withheld(
    make_app: MakeApp, store: FactStore, light_catalog: Catalog
) -> None:
    fact = light_catalog.ledger.facts[FACT]
    store.decide([fact], lambda fact, standing: (replace(standing, withheld=True), "withheld"), START)
    app = make_app(store=store)

    async with app.router.lifespan_context(app), reach(app) as client:
        reply = (await client.get("/api/v1/topics/grant_amount?language=en")).json()

    told = next(one for one in reply["facts"] if one["id"] == FACT)
    assert (told["value"], told["status"]) == (None, "withheld")
    assert "350,000" not in str(reply)
    assert reply["blocks"][-1]["content"][-1]["href"] == fact.source.url
