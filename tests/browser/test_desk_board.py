"""The board of facts, notices, the audit trail and sign-in in a browser, at every width and in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.database import writing
from bot.desk.audit import Audit
from bot.desk.board import Board
from bot.desk.decisions import Decisions
from bot.desk.people import Person
from bot.desk.service import ServiceStore
from bot.desk.sessions import Sessions
from bot.desk.tables import AUDIT
from bot.facts.book import utc_now
from bot.facts.page import Page as SourcePage
from bot.facts.store import FactStore, SeenPage
from tests.browser.light import Light
from tests.chromium import open_all, violations
from tests.desk.browser import sign_in
from tests.desk.trail import unguard

ANNA, BO = (Person(name, name, frozenset({"admin"})) for name in ("Anna Lind", "Bo Ek"))
FACT = "grant_adult"
# Stored where only the database can put it: nothing of it may run or be taken for an element.
HOSTILE = '"><img src=x onerror="window.__xss = 1"><script>window.__xss = 1</script>'
TARGET = 24


@pytest.fixture(scope="module")
def store(light_catalog: Catalog, engine: Engine) -> FactStore:
    """Facts in every state: proposed, withheld, on a page that changed; a notice, and what is switched off."""
    store, audit, now = FactStore(engine, light_catalog.ledger), Audit(engine), utc_now()
    for person in (ANNA, BO):
        Sessions(engine).begin(person, now)
    facts = light_catalog.ledger.facts
    decisions = Decisions(store, facts, audit, utc_now)
    shown = Board(store, facts, decisions, utc_now).entry(FACT).seen
    decisions.correct(ANNA, FACT, "360000", shown, f"Nytt belopp {HOSTILE}")
    decisions.withhold(BO, "grant_child", HOSTILE)
    source = facts[FACT].source
    pages = [SourcePage(source.url, f"Rubrik\nBelopp: {amount} {HOSTILE}", (), "sv", False) for amount in (1, 2)]
    kept = SeenPage(source.id, now + timedelta(hours=1), 0, now, source.url, hash=pages[1].hash, page=pages[1].dump())
    previous = {"previous": pages[0].dump(), "previous_at": now - timedelta(days=1)}
    store.decide((), lambda _, standing: (standing, ""), now, page=SeenPage(**{**vars(kept), **previous}))
    service = ServiceStore(engine, audit)
    service.tell(
        ANNA, {"sv": f"Telefonen är stängd. {HOSTILE}", "ar": "الهاتف مغلق"}, now + timedelta(days=1), "Kö", now
    )
    service.switch_off(ANNA, "topic:crisis", HOSTILE, now)
    return store


@pytest.fixture(scope="module")
def desk(light_catalog: Catalog, store: FactStore) -> Iterator[Light]:
    running = Light(light_catalog, store)
    yield running
    running.stop()


@pytest.fixture(params=[320, 1280], ids=["narrow", "wide"])
def context(request: pytest.FixtureRequest, browser: Browser, desk: Light, engine: Engine) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="sv-SE")
    sign_in(context, desk.url, engine, BO)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def faults(page: Page, forced: bool = False) -> list[str]:
    """What keeps somebody from using the page as it is, with all that can be opened open.

    `forced`: the colours are the reader's own, of which axe cannot judge.
    """
    open_all(page)
    small = page.evaluate(
        """least => [...document.querySelectorAll("button, select, input:not([type=hidden]), nav a, .choices a")]
            .filter(one => one.offsetParent && Math.min(one.offsetWidth, one.offsetHeight) < least)
            .map(one => one.outerHTML)""",
        TARGET,
    )
    said = {
        "a script ran": page.evaluate("Boolean(window.__xss)"),
        # Tables scroll by themselves, never the page.
        "the page scrolls sideways": page.evaluate("document.documentElement.scrollWidth > innerWidth"),
    }
    found = [one for one in violations(page) if not (forced and one.startswith("incomplete color-contrast"))]
    return [*found, *small, *(fault for fault, is_there in said.items() if is_there)]


PAGES = {
    "board": "/desk/facts",
    "attention": "/desk/facts?show=attention",
    "proposed": f"/desk/facts/{FACT}",
    "withheld": "/desk/facts/grant_child",
    "done": "/desk/facts/grant_child?done=withhold",
    "notices": "/desk/notices",
    "audit": "/desk/audit",
    "nothing": "/desk/facts/nothing",
}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_every_page_is_for_everybody(path: str, page: Page, desk: Light, tmp_path: Path) -> None:
    page.goto(desk.url + path)

    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["dark", "forced"])
@pytest.mark.parametrize("path", [PAGES["board"], PAGES["proposed"], PAGES["notices"]])
def test_colours_that_people_choose(path: str, scheme: str, page: Page, desk: Light) -> None:
    page.emulate_media(**({"color_scheme": "dark"} if scheme == "dark" else {"forced_colors": "active"}))  # type: ignore[arg-type]
    page.goto(desk.url + path)

    assert faults(page, scheme == "forced") == []


def test_faults_stand_beside_their_fields(page: Page, desk: Light) -> None:
    page.goto(f"{desk.url}/desk/notices")
    page.evaluate("document.querySelectorAll('[required]').forEach(one => one.required = false)")
    page.locator("#tell button").last.click()

    for id in ("text-sv", "until", "reason"):
        field = page.locator(f"#{id}")
        assert field.get_attribute("aria-invalid") == "true"
        expect(page.locator(f"#{field.get_attribute('aria-describedby')}")).to_be_visible()
    assert faults(page) == []


def test_a_broken_trail_is_told(page: Page, desk: Light, engine: Engine) -> None:
    unguard(engine)
    with writing(engine) as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.id == 1).values(name="Anna L"))
    page.goto(f"{desk.url}/desk/audit")
    page.locator("#verify").click()

    expect(page.locator("#broken")).to_be_visible()
    assert faults(page) == []


def test_signing_in_is_for_everybody(browser: Browser, desk: Light) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{desk.url}/desk/facts")
    assert page.url.startswith(f"{desk.url}/desk/sign-in?next=")
    assert faults(page) == []

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("#password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#password-error")).to_be_visible()
    assert faults(page) == []
    context.close()


def test_a_fact_is_decided_on_by_keyboard_and_without_a_script(browser: Browser, desk: Light, engine: Engine) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, desk.url, engine, BO)
    page = context.new_page()
    page.goto(f"{desk.url}/desk/facts/adult_age")
    page.locator("#correct-reason").focus()
    page.keyboard.type("Prov")
    page.locator("#new-value").focus()
    page.keyboard.type("19")
    page.keyboard.press("Enter")

    expect(page.locator("#done")).to_be_visible()
    expect(page.locator("#value")).to_contain_text("19")
    context.close()


@pytest.fixture
def withhold(desk: Light, store: FactStore) -> Callable[[str], None]:
    """Does what another editor does."""

    def withhold(fact: str) -> None:
        Decisions(store, desk.catalog.ledger.facts, Audit(store.engine), utc_now).withhold(ANNA, fact, "Prov")

    return withhold


def listens(page: Page) -> AbstractContextManager[Any]:
    return page.expect_response(lambda response: "/desk/events" in response.url)


def look(page: Page, state: str) -> None:
    """Go to another tab (hidden), or come back (visible): a browser without a screen shows all its tabs at once."""
    page.evaluate(
        """state => {
            Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


def test_an_open_page_tells_of_what_others_change(page: Page, desk: Light, withhold: Callable[[str], None]) -> None:
    with listens(page):
        page.goto(f"{desk.url}/desk/facts")
    withhold("mv_phone")

    again = page.locator("#live a")
    expect(again).to_be_visible(timeout=10_000)
    again.click()
    expect(page.locator("#mv_phone strong")).to_be_visible()


def test_tabs_that_nobody_looks_at_keep_no_line(context: BrowserContext, desk: Light) -> None:
    # With as many lines as a browser keeps to one service the next page would not load.
    for _ in range(8):
        page = context.new_page()
        with listens(page):
            page.goto(f"{desk.url}/desk/facts", timeout=10_000)
        look(page, "hidden")


def test_who_comes_back_to_a_tab_is_told_what_they_missed(
    page: Page, desk: Light, withhold: Callable[[str], None]
) -> None:
    with listens(page):
        page.goto(f"{desk.url}/desk/facts")
    look(page, "hidden")
    withhold("adult_age")
    look(page, "visible")

    expect(page.locator("#live a")).to_be_visible(timeout=10_000)


def test_a_page_listens_again_after_a_fault(page: Page, desk: Light, withhold: Callable[[str], None]) -> None:
    page.clock.install()
    page.route("**/desk/events?*", lambda route: route.fulfill(status=503))
    with listens(page):
        page.goto(f"{desk.url}/desk/facts")
    page.unroute_all()
    withhold("leave_within")
    with listens(page):
        page.clock.fast_forward(20_000)

    expect(page.locator("#live a")).to_be_visible(timeout=10_000)
