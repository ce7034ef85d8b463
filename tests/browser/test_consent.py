"""Asking whether a question may be kept, on the page and in the widget, with a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.catalog import Catalog
from bot.database import open_database
from bot.desk.questions import Question, QuestionStore
from bot.facts.book import utc_now
from bot.facts.store import FactStore
from bot.migrations import migrate
from tests.browser.light import Light
from tests.chromium import ask, open_all, violations

ASKED = "får min moster flyttkartonger"


class Service:
    """The gateway with a database, and what is kept there."""

    def __init__(self, catalog: Catalog, file: Path) -> None:
        self._engine = open_database(f"sqlite:///{file}")
        migrate(self._engine)
        self.questions = QuestionStore(self._engine, 30)
        self.light = Light(catalog, FactStore(self._engine, catalog.ledger), desk="off")

    def kept(self) -> list[Question]:
        return self.questions.waiting(utc_now())

    def stop(self) -> None:
        self.light.stop()
        self._engine.dispose()


@pytest.fixture(scope="module")
def running_service(light_catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(light_catalog, tmp_path_factory.mktemp("consent") / "kept.db")
    yield service
    service.stop()


@pytest.fixture
def service(running_service: Service) -> Service:
    running_service.light.reset()
    running_service.light.rasa.means("not_understood")
    running_service.questions.erase([one.id for one in running_service.kept()])
    return running_service


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 800}, locale="sv-SE")
    page = context.new_page()
    page.goto(service.light.url)
    yield page
    context.close()


def test_a_question_is_kept_by_a_press_and_nobody_is_asked_again(page: Page, service: Service) -> None:
    ask(page, f"{ASKED} 070-123 45 67")
    assert service.kept() == []
    page.locator("[name=keep]").dblclick()

    expect(page.get_by_text(service.light.ui("consent_thanks"))).to_be_focused()
    assert [(one.text, one.reason) for one in service.kept()] == [(f"{ASKED} ...", "not_understood")]
    page.reload()
    expect(page.locator("#log .said")).to_have_count(1)
    expect(page.locator("[name=keep]")).to_have_count(0)


def test_whoever_says_nothing_is_asked_again_after_a_reload(page: Page, service: Service) -> None:
    ask(page, ASKED)
    page.reload()
    expect(page.locator(".consent blockquote")).to_have_text(ASKED)

    assert service.kept() == []


def test_a_disliked_answer_asks_after_the_thanks(page: Page, service: Service) -> None:
    service.light.rasa.means("answered", "city_grant")
    ask(page, ASKED)
    expect(page.locator("[name=keep]")).to_have_count(0)
    page.locator(".feedback summary").click()
    page.locator("[name=feedback][value$=':wrong']").click()
    expect(page.get_by_text(service.light.ui("feedback_thanks"))).to_be_focused()
    page.locator("[name=keep]").click()

    expect(page.get_by_text(service.light.ui("consent_thanks"))).to_be_focused()
    assert [(one.text, one.reason) for one in service.kept()] == [(ASKED, "wrong")]


def test_a_good_answer_or_a_pressed_button_asks_nothing(page: Page, service: Service) -> None:
    service.light.rasa.means("answered", "city_grant")
    ask(page, ASKED)
    page.locator(".feedback summary").click()
    page.locator("[name=feedback][value$=':yes']").click()
    expect(page.get_by_text(service.light.ui("feedback_thanks"))).to_be_focused()
    page.locator("#log [name=button]").first.click()
    expect(page.locator(".answer")).to_have_count(2)
    page.locator(".answer").last.locator(".feedback summary").click()
    page.locator(".answer").last.locator("[name=feedback][value$=':wrong']").click()
    expect(page.locator(".answer").last.get_by_text(service.light.ui("feedback_thanks"))).to_be_focused()

    expect(page.locator("[name=keep]")).to_have_count(0)


def test_erasing_the_conversation_erases_the_question(page: Page, service: Service) -> None:
    ask(page, ASKED)
    page.locator("[name=keep]").click()
    expect(page.get_by_text(service.light.ui("consent_thanks"))).to_be_focused()
    page.locator(".erase summary").click()
    page.locator("[name=erase]").click()
    expect(page.get_by_text(service.light.ui("erased"))).to_be_visible()

    assert service.kept() == []


def test_the_page_of_a_form_is_gone_on_with(browser: Browser, service: Service) -> None:
    plain = browser.new_context(java_script_enabled=False, locale="sv-SE").new_page()
    plain.goto(service.light.url)
    ask(plain, ASKED)
    plain.locator("[name=keep]").click()
    expect(plain.get_by_text(service.light.ui("consent_thanks"))).to_be_visible()
    plain.context.close()

    assert [one.text for one in service.kept()] == [ASKED]


def test_the_widget_asks_too(browser: Browser, service: Service) -> None:
    # On a page of the service, which would forbid this: what another origin changes is tested with the widget.
    page = browser.new_context(bypass_csp=True, locale="sv-SE").new_page()
    page.goto(f"{service.light.url}/guide")
    page.add_script_tag(url=f"{service.light.url}/static/widget.js")
    page.locator(".launcher").click()
    panel = page.locator(".panel")
    ask(panel, ASKED)
    panel.locator("[name=keep]").click()

    expect(panel.get_by_text(service.light.ui("consent_thanks"))).to_be_focused()
    page.context.close()
    assert [one.text for one in service.kept()] == [ASKED]


@pytest.mark.parametrize("state", ["not understood", "disliked", "kept"])
def test_axe_finds_no_fault(page: Page, service: Service, state: str) -> None:
    if state == "disliked":
        service.light.rasa.means("answered", "city_grant")
    ask(page, ASKED)
    if state == "disliked":
        page.locator(".feedback summary").click()
        page.locator("[name=feedback][value$=':wrong']").click()
    expect(page.locator(".consent")).to_be_visible()
    if state == "kept":
        page.locator("[name=keep]").click()
        expect(page.locator(".consent")).to_have_count(0)
    open_all(page)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
