"""Every state of every page, for everyone: axe and what axe cannot see, at every size, from either side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot.catalog import Catalog
from bot.guide import GUIDE_TOPIC
from bot.web.dialogue import Dialogue
from tests.e2e.browser import ask, open_all, outside_viewport, violations
from tests.e2e.light import Light, mirrored

# 320 x 256 is what 1280 x 1024 becomes at 400 %.
SIZES = [(320, 256), (360, 800), (1280, 900)]
# Rules that axe may leave to people, and what people found.
INCOMPLETE: dict[str, str] = {}
QUESTION = "Betalar kommunen återvandringsbidrag?"
Open = Callable[..., None]


class Visit:
    """Somebody who opens pages of the service in one language."""

    def __init__(self, light: Light, page: Page, language: str) -> None:
        self.light, self.rasa, self.page, self.language = light, light.rasa, page, language

    def open(self, path: str = "/", **more: str) -> Page:
        query = "".join(f"&{name}={value}" for name, value in more.items())
        self.page.goto(f"{self.light.url}{path}?sprak={self.language}{query}")
        return self.page

    def ask(self) -> Page:
        ask(self.open(), QUESTION)
        return self.page

    def search(self, words: str) -> None:
        self.open().locator("#sought").fill(words)
        expect(self.page.locator("#found > *")).to_be_visible()


def empty(visit: Visit) -> None:
    visit.open()


def menu_opened(visit: Visit) -> None:
    open_all(visit.open())


def answered(visit: Visit) -> None:
    open_all(visit.ask())


def clarify(visit: Visit) -> None:
    visit.rasa.means("clarify", nearest=["grant_amount", "apply_how"])
    visit.ask()


def not_understood_twice(visit: Visit) -> None:
    visit.rasa.means("not_understood", nearest=["grant_amount"])
    ask(visit.ask(), QUESTION)


def guide_question(visit: Visit) -> None:
    visit.rasa.means("guide", question="permit")
    visit.ask()


def nothing_written(visit: Visit) -> None:
    visit.open().locator("button.primary").click()
    expect(visit.page.locator("#error")).to_be_visible()


def without_rasa(visit: Visit) -> None:
    visit.rasa.fails(lambda _: pytest.fail("nobody answers"))
    visit.ask()


def offline(visit: Visit) -> None:
    visit.open().context.set_offline(True)
    visit.page.locator("#text").fill(QUESTION)
    visit.page.locator("button.primary").click()
    expect(visit.page.locator("#error button")).to_be_visible()


def too_much_written(visit: Visit) -> None:
    visit.open().locator("#text").fill("Jag är född 19121212-1212. " * 40)
    visit.page.locator("button.primary").click()
    expect(visit.page.locator("#error")).to_be_visible()


def erase_opened(visit: Visit) -> None:
    visit.ask().locator(".erase summary").click()


def erased(visit: Visit) -> None:
    erase_opened(visit)
    visit.page.locator("[name=erase]").click()
    expect(visit.page.locator("#log .aside")).to_be_visible()


def found(visit: Visit) -> None:
    visit.search("pengar")


def nothing_found(visit: Visit) -> None:
    visit.search("qqqq")


def feedback_opened(visit: Visit) -> None:
    visit.ask().locator(".feedback summary").click()


def thanked(visit: Visit) -> None:
    feedback_opened(visit)
    visit.page.locator("[name=feedback]").first.click()
    expect(visit.page.locator(".tools > p")).to_be_visible()


def answered_without_a_script(visit: Visit) -> None:
    visit.page.route("**/*.js", lambda route: route.abort())
    visit.open().locator("#text").fill(QUESTION)
    visit.page.locator("button.primary").click()
    expect(visit.page.locator(".answer")).to_be_visible()


def topic_page(visit: Visit) -> None:
    visit.open("/amne/city_grant")


def topic_page_in_easy_words(visit: Visit) -> None:
    visit.open("/amne/city_grant", lattlast="1")


def topic_page_of_the_guide(visit: Visit) -> None:
    visit.open(f"/amne/{GUIDE_TOPIC}")


def small_talk_page(visit: Visit) -> None:
    visit.open("/amne/greet")


def guide(visit: Visit) -> None:
    visit.open("/guide")


def guide_outcome(visit: Visit) -> None:
    visit.open("/guide").locator("input[name=debts][value=yes]").check()
    visit.page.locator("button.primary").click()
    expect(visit.page.locator(".answer")).to_be_visible()


def unknown_page(visit: Visit) -> None:
    visit.open("/amne/nonsense")


CHAT = [empty, menu_opened, answered, clarify, not_understood_twice, guide_question, nothing_written, without_rasa]
CHAT += [offline, too_much_written, erase_opened, erased, found, nothing_found, feedback_opened, thanked]
CHAT += [answered_without_a_script]
PAGES = [topic_page, topic_page_in_easy_words, topic_page_of_the_guide, small_talk_page, guide, guide_outcome]
PAGES += [unknown_page]
STATES = [pytest.param(one, id=f"{one[0].__name__}-{one[1]}") for one in product([*CHAT, *PAGES], ["sv", "ar"])]


@pytest.fixture(scope="module")
def light(catalog: Catalog) -> Iterator[Light]:
    running = Light(mirrored(catalog))
    yield running
    running.stop()


@pytest.fixture(scope="module", params=STATES)
def state(request: pytest.FixtureRequest, browser: Browser, light: Light) -> Iterator[Page]:
    """A page in one of the states; all tests of a state share it."""
    light.reset()
    reach, language = request.param
    context = browser.new_context(locale="sv-SE")
    reach(Visit(light, context.new_page(), language))
    yield context.pages[0]
    context.close()


@pytest.fixture
def shown(state: Page) -> Page:
    """The page as it is first seen."""
    state.set_viewport_size({"width": 1280, "height": 900})
    state.emulate_media(color_scheme="light", reduced_motion="no-preference", forced_colors="none")
    return state


def test_axe(shown: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe
    r = Axe().run(shown, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).response
    inc = [(x["id"], n["target"], [a["message"] for a in n["any"]+n["all"]+n["none"]]) for x in r["incomplete"] for n in x["nodes"]]
    assert not r["violations"], violations(shown)
    assert not inc, inc
