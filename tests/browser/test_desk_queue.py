"""The review queue and the figures in a browser: for everybody, at every width, in every state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.desk.counts import Cell, CountStore
from bot.desk.people import Person
from bot.desk.questions import QuestionStore
from bot.facts.book import utc_now
from bot.facts.store import FactStore
from tests.browser.light import Light
from tests.chromium import open_all, outside_viewport, violations
from tests.desk.browser import sign_in

EDITOR = Person("worker", "Amina Karlsson", frozenset({"admin"}))
# Stored where only a database can put it: nothing of it may run or be taken for an element.
HOSTILE = '<img src=x onerror="window.__xss = 1"><script>window.__xss = 1</script>'
TARGET = 24


@pytest.fixture(scope="module")
def desk(light_catalog: Catalog, engine: Engine) -> Iterator[Light]:
    now = utc_now().replace(minute=0, second=0, microsecond=0)
    topics, languages = list(light_catalog.topics)[:14], list(light_catalog.languages)
    counted: dict[Cell, int] = {}
    for number in range(45 * 24):
        hour = now - timedelta(hours=number)
        topic, language = topics[number % 14], languages[number % 12]
        counted[Cell(hour, "turn", language, topic, "answered")] = 1 + (number * 7) % 13
        counted[Cell(hour, "turn", language, "", "not_understood")] = number % 3
        counted[Cell(hour, "feedback", language, topic, "wrong" if number % 4 else "yes")] = 1
        counted[Cell(hour, "conversation", language)] = 2
    CountStore(engine).add(counted)
    running = Light(light_catalog, FactStore(engine, light_catalog.ledger))
    yield running
    running.stop()


@pytest.fixture(params=[320, 1280], ids=["narrow", "wide"])
def page(request: pytest.FixtureRequest, browser: Browser, desk: Light, engine: Engine) -> Iterator[Page]:
    questions = QuestionStore(engine, 30)
    questions.erase([one.id for one in (*questions.waiting(utc_now()), *questions.decided(utc_now()))])
    for text, language in (
        ("får min moster flyttkartonger", "sv"),
        ("Får min moster flyttkartonger?", "sv"),
        ("هل تدفعون ثمن الصناديق", "ar"),
        (HOSTILE, "en"),
    ):
        questions.keep(text, language, "not_understood", utc_now())
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="sv-SE")
    sign_in(context, desk.url, engine, EDITOR)
    page = context.new_page()
    page.goto(f"{desk.url}/desk/questions")
    yield page
    context.close()


def faults(page: Page) -> list[str]:
    open_all(page)
    # What a table holds scrolls with it.
    outside = [found for found in outside_viewport(page) if not found.startswith("<li><bdi")]
    small = page.locator("button, select, input:not([type=hidden]), .choices a").evaluate_all(
        f"(found) => found.filter((e) => e.getBoundingClientRect().height < {TARGET}).map((e) => e.outerHTML)"
    )
    # What stands behind the words of a drawing axe cannot see; they have the ink of every other word.
    found = [one for one in violations(page) if not (one.startswith("incomplete color-contrast") and "text[" in one)]
    return [*found, *outside, *small]


def test_axe_finds_no_fault_in_the_queue(page: Page) -> None:
    assert faults(page) == []

    first = page.locator(".cluster").first
    first.locator("[name=reason]").fill("Läst")
    first.locator("[value=topic]").click()
    expect(page.locator("[aria-invalid]")).to_have_count(1)
    assert faults(page) == []

    first.locator("select").select_option("city_grant")
    first.locator("[value=topic]").click()
    expect(page.locator("#done")).to_be_visible()
    page.locator(".cluster").first.locator("[name=reason]").fill("Läst")
    page.locator(".cluster").first.locator("[value=wanted]").click()
    expect(page.locator("#wanted")).to_be_visible()
    assert faults(page) == []


def test_a_cluster_is_decided_on_by_keyboard(page: Page) -> None:
    page.locator(".cluster select").first.focus()
    page.keyboard.type("Betalar")
    page.keyboard.press("Tab")
    page.keyboard.type("Läst")
    # Enter presses the first button.
    page.keyboard.press("Enter")

    expect(page.locator("#done")).to_be_visible()
    expect(page.locator("#proposed tbody tr")).to_have_count(1)


def test_nothing_of_a_question_runs(page: Page) -> None:
    expect(page.get_by_text(HOSTILE)).to_be_visible()

    assert page.evaluate("window.__xss") is None
    expect(page.locator("main img")).to_have_count(0)


@pytest.mark.parametrize("query", ["", "?compare=none", "?compare=year", "?first=x&last=y"])
def test_axe_finds_no_fault_in_the_figures(page: Page, desk: Light, query: str) -> None:
    page.goto(f"{desk.url}/desk/figures{query}")

    assert faults(page) == []


def test_bars_are_seen_in_forced_colours(page: Page, desk: Light) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(f"{desk.url}/desk/figures")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")

    for bar, paint in ((".chart .now", "fill"), (".chart .then", "stroke")):
        assert page.locator(bar).first.evaluate(f"(e) => getComputedStyle(e).{paint}") != paper


def test_an_export_is_downloaded(page: Page, desk: Light, tmp_path: Path) -> None:
    page.goto(f"{desk.url}/desk/figures")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    download.value.save_as(tmp_path / "figures.csv")

    assert (tmp_path / "figures.csv").read_text().startswith("table,key,count")
