"""The assistant and the languages board in a browser: by keyboard, for everybody, and without Rasa."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.desk.people import Person
from bot.facts import formats
from bot.facts.hours import STOCKHOLM
from bot.facts.store import FactStore
from tests.browser.light import Light
from tests.chromium import open_all, outside_viewport, violations
from tests.desk.browser import open_assistant, sign_in
from tests.desk.calls import load_calls
from tests.desk.trial import MOST_ACTIONS, answer, shown

WORKER = Person("worker", "Amina Karlsson", frozenset({"admin"}))
QUESTION = "hur överklagar man"
NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def desk(catalog: Catalog, engine: Engine) -> Iterator[Light]:
    """The gateway with all examples: the search is as good as the real one."""
    running = Light(catalog, FactStore(engine, catalog.ledger))
    yield running
    running.stop()


@pytest.fixture
def context(browser: Browser, desk: Light, engine: Engine) -> Iterator[BrowserContext]:
    desk.reset()
    desk.rasa.means("answered", "appeal", nearest=["complaint"])
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    sign_in(context, desk.url, engine, WORKER)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, desk: Light) -> Page:
    page = context.new_page()
    open_assistant(page, desk.url)
    return page


@pytest.fixture
def ask(page: Page) -> Callable[[str], None]:
    def ask(text: str) -> None:
        page.locator("#question").fill(text)
        page.keyboard.press("Enter")
        page.locator("#sheet").wait_for()
        # The script shows them when it has come: a key that is pressed before does nothing.
        page.locator("#shortcuts").wait_for()

    return ask


def test_thirty_calls_are_answered_by_keyboard_without_rasa(page: Page, desk: Light) -> None:
    desk.rasa.fails(lambda request: httpx.Response(502))
    actions = {call.says: answer(page, desk.url, call) for call in load_calls()}

    assert len(actions) == 30
    assert {says: many for says, many in actions.items() if many > MOST_ACTIONS} == {}


def test_the_box_has_the_focus_and_then_the_answer(page: Page, ask: Callable[[str], None]) -> None:
    expect(page.locator("#question")).to_be_focused()

    ask(QUESTION)

    expect(page.locator("#sheet-heading")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()


def test_suggestions_come_while_typing_and_a_key_chooses_one(page: Page) -> None:
    page.keyboard.type("öv")
    expect(page.locator("#suggestions")).to_be_hidden()
    page.keyboard.type("erkla")
    # They come by themselves when the index is made.
    expect(page.locator("#suggestions [data-key]").first).to_have_attribute("value", "appeal", timeout=60_000)

    # In the box a digit alone is a part of the question.
    page.keyboard.press("Alt+1")

    expect(page.locator("#sheet")).to_have_attribute("data-topic", "appeal")


def test_a_digit_in_the_box_is_a_digit(page: Page) -> None:
    page.keyboard.type("öve1")

    expect(page.locator("#question")).to_have_value("öve1")
    assert shown(page) is None


def test_shortcuts_stay_off_once_they_are_turned_off(page: Page, ask: Callable[[str], None]) -> None:
    open_all(page)
    page.locator("#use-shortcuts").uncheck()
    ask(QUESTION)
    page.keyboard.press("2")
    page.keyboard.press("/")

    expect(page.locator("#sheet-heading")).to_be_focused()
    assert shown(page) == "appeal"


@pytest.mark.parametrize(("key", "code"), [("s", "sv"), ("k", "so")])
def test_a_key_copies_the_answer_with_link_and_date(page: Page, desk: Light, key: str, code: str) -> None:
    page.goto(f"{desk.url}/desk?amne=appeal&sprak=so")
    page.keyboard.press(key)
    expect(page.locator("#copied")).not_to_be_empty()

    copied = page.evaluate("navigator.clipboard.readText()")

    assert copied.startswith(desk.title("appeal", code))
    link, day = copied.splitlines()[-2:]
    assert link == f"{desk.url}/amne/appeal?sprak={code}"
    assert day == formats.day(datetime.now(STOCKHOLM).date(), desk.catalog.language(code).locale)


def test_an_answer_is_copied_and_printed_without_shortcuts(page: Page, desk: Light) -> None:
    page.add_init_script("window.print = () => { window.printed = (window.printed ?? 0) + 1; }")
    page.goto(f"{desk.url}/desk?amne=appeal&sprak=so")
    for button in ("[data-copy=copy-sv]", "#print"):
        page.locator(button).focus()
        page.keyboard.press("Enter")

    expect(page.locator("#copied")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()").startswith(desk.title("appeal"))
    assert page.evaluate("window.printed") == 1


def test_a_picture_of_the_answers_address_is_drawn(page: Page, desk: Light) -> None:
    page.goto(f"{desk.url}/desk?amne=appeal&sprak=so")

    picture = page.locator(".code img")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") > 0


def test_without_script_all_but_shortcuts_works(browser: Browser, context: BrowserContext, desk: Light) -> None:
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies([{"name": "desk", "value": context.cookies()[0]["value"], "url": desk.url}])
    page = plain.new_page()
    page.goto(f"{desk.url}/desk")
    page.locator("#question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator('#choices [value="complaint"]').click()

    assert shown(page) == "complaint"
    expect(page.locator("#shortcuts")).to_be_hidden()
    plain.close()


def reports_error(page: Page) -> None:
    page.keyboard.press("Enter")
    page.locator("#question-error").wait_for()


def suggests(page: Page) -> None:
    page.keyboard.type("pengar")
    page.locator("#suggestions [data-key]").first.wait_for()


def answers(page: Page) -> None:
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#sheet").wait_for()


def answers_in_arabic(page: Page) -> None:
    page.locator("#spoken").select_option("ar")
    page.locator("#question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#sheet").wait_for()


def finds_nothing(page: Page) -> None:
    page.keyboard.type("zzxxqqww")
    page.keyboard.press("Enter")
    page.locator("#choices").wait_for()


def reports_a_fault(page: Page) -> None:
    answers(page)
    open_all(page)
    page.locator("#reason").fill("Fel")
    page.locator("#report button").click()
    page.get_by_role("status").filter(has_text="Tack").wait_for()
    page.goto(f"{page.url.partition('/desk')[0]}/desk/reports")


def reads_languages(page: Page) -> None:
    page.goto(f"{page.url}/languages")


def reviews_a_language(page: Page) -> None:
    page.goto(f"{page.url}/languages/ar")


STATES = [
    reports_error,
    suggests,
    answers,
    answers_in_arabic,
    finds_nothing,
    reports_a_fault,
    reads_languages,
    reviews_a_language,
]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(page: Page, desk: Light, state: Callable[[Page], None], scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    if state is finds_nothing:
        desk.rasa.means("not_understood")
    state(page)
    open_all(page)

    assert violations(page) == []


@pytest.mark.parametrize("state", STATES)
def test_a_narrow_window_holds_all(page: Page, desk: Light, state: Callable[[Page], None], tmp_path: Path) -> None:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    if state is finds_nothing:
        desk.rasa.means("not_understood")
    state(page)
    open_all(page)

    # A table scrolls by itself.
    assert [found for found in outside_viewport(page) if "languages/" not in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_on_paper_stands_the_answer_in_both_languages_with_its_sources(page: Page, desk: Light) -> None:
    page.goto(f"{desk.url}/desk?amne=city_grant&sprak=ar")

    page.emulate_media(media="print")

    for code in ("sv", "ar"):
        expect(page.locator(f"#sheet [lang={code}]").first).to_be_visible()
    expect(page.locator("#sources-heading")).to_be_visible()
    for hidden in ("header", "#question", ".notes", "#report"):
        expect(page.locator(hidden).first).to_be_hidden()
