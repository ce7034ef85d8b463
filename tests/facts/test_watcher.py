"""Watchers as processes: killed in the middle, two at once, a source with several addresses."""

from __future__ import annotations

import asyncio
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.facts.standin import GRANT as GRANT_PATH
from tests.facts.standin import MV
from tests.facts.world import GRANT, World
from tests.stack import ROOT, WEB_PYTHON, wait_until


def start_watcher(world: World, folder: Path) -> subprocess.Popen[bytes]:
    certificate = folder / "authority.pem"
    world.standin.authority.cert_pem.write_to_path(str(certificate))
    command = [str(WEB_PYTHON), "-m", "tests.facts.watch_process", world.database_url]
    return subprocess.Popen([*command, str(world.standin.port), str(certificate)], cwd=ROOT)


def asked(world: World) -> int:
    return [path for path, _ in world.standin.requests].count(GRANT_PATH)


async def test_a_watcher_killed_in_the_middle_of_a_check_leaves_the_store_whole(world: World, tmp_path: Path) -> None:
    world.now = datetime.now(timezone.utc)
    await world.check(after=timedelta())
    before, checks = list(world.states()), world.store.checks(GRANT)
    world.make_due(GRANT)
    world.standin.behave = "timeout"
    asked_before = asked(world)
    process = start_watcher(world, tmp_path)
    try:
        await asyncio.to_thread(wait_until, lambda: asked(world) > asked_before, 30, "the watcher never asked")
    finally:
        process.kill()
        process.wait()
    assert list(world.states()) == before
    assert world.store.checks(GRANT) == checks
    # The dead watcher's lease ends by itself.
    world.now = datetime.now(timezone.utc)
    async with world.watcher() as watcher:
        world.standin.behave = "well"
        assert await watcher.check(GRANT) is None
        world.now += timedelta(minutes=5)
        check = await watcher.check(GRANT)
    assert check is not None
    assert not check.failed


async def test_two_watchers_at_once_fetch_what_is_due_once(world: World) -> None:
    async def rounds(world: World) -> int:
        async with world.watcher() as watcher:
            return len([check async for check in watcher.check_due()])

    first = asyncio.create_task(rounds(world))
    second = asyncio.create_task(rounds(World(world.catalog, world.standin, world.database_url)))
    # What both passed by, because the other was at its site, waits for the next round.
    checked = await first + await second + await rounds(world)
    assert checked == len(world.watchlist)
    assert asked(world) == 1
    assert world.standin.most_at_once == 1


async def test_two_watcher_processes_fetch_a_due_source_once(world: World, tmp_path: Path) -> None:
    both = [start_watcher(world, tmp_path) for _ in range(2)]
    try:
        await asyncio.to_thread(wait_until, lambda: bool(world.store.checks(GRANT)), 30, "nothing was checked")
        # Both have looked at their schedule once the history holds the first entries of every fact.
        await asyncio.to_thread(wait_until, lambda: len(world.store.standings()) == len(world.ledger.facts), 30, "")
    finally:
        for process in both:
            process.kill()
            process.wait()
    assert asked(world) == 1


async def test_the_next_address_is_tried_when_the_first_does_not_have_the_page(world: World) -> None:
    world.standin.texts["/en/contact-us/visit-us.html"] = "You can visit us at these places, after an agreement."
    check = await world.check("mv_contact")
    assert check.outcome == "ok"
    assert check.url is not None
    assert check.url.endswith("Ring-oss.html")


async def test_when_no_address_has_the_page_each_reason_is_recorded(world: World) -> None:
    world.standin.texts.clear()
    check = await world.check("mv_contact")
    assert check.outcome == "status_404"
    assert check.reason is not None
    assert check.reason.count("status_404") == len(world.watchlist["mv_contact"].addresses)


async def test_what_was_seen_otherwise_is_looked_at_again_within_minutes(world: World) -> None:
    await world.check()
    await world.check(behave="changed_amount")
    page = world.store.page(GRANT)
    assert page is not None
    assert timedelta(minutes=5) <= page.due_at - world.now <= timedelta(minutes=10)


async def test_what_waits_for_a_person_does_not_make_its_source_be_read_more_often(world: World) -> None:
    path = "/Kontakta-oss/Ring-oss.html"
    world.standin.texts[path] = world.standin.texts[path].replace("09.00–15.00", "08.30–14.30")
    for _ in range(3):
        await world.check("mv_contact")
    page, standing = world.store.page("mv_contact"), world.store.standings()["mv_phone_hours"]
    assert page is not None
    assert standing.pending is not None
    assert page.due_at - world.now == world.watchlist["mv_contact"].every


async def test_a_source_that_fails_is_asked_less_and_less_but_as_often_as_its_schedule(world: World) -> None:
    pauses = []
    for _ in range(8):
        await world.check(behave="500")
        page = world.store.page(GRANT)
        assert page is not None
        pauses.append(page.due_at - world.now)
    assert pauses[0] < timedelta(hours=1)
    assert all(pause <= world.watchlist[GRANT].every * 1.2 for pause in pauses)
    assert pauses[-1] > pauses[0]


@pytest.mark.parametrize("id", ["mv_grant", "mv_contact", "city_home"])
def test_real_addresses_are_on_the_hosts_that_may_be_asked(world: World, id: str) -> None:
    watch = world.watchlist[id]
    assert all(address.startswith("https://") for address in watch.addresses)
    assert all("127." not in host for host in watch.hosts)


def test_a_site_is_one_with_and_without_www(world: World) -> None:
    assert {world.watchlist[id].site for id in ("mv_grant", "mv_leaving", "mv_contact")} == {MV.removeprefix("www.")}
