"""What residents see of a service notice, and of a chat that is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.desk.audit import Audit
from bot.desk.people import Person
from bot.desk.service import CHAT, ServiceStore
from bot.facts.book import utc_now
from bot.facts.store import FactStore
from tests.browser.light import Light
from tests.browser.site import Site
from tests.chromium import violations
from tests.stack import ROOT, wait_until

EDITOR = Person("worker", "Amina Karlsson", frozenset({"admin"}))
SAID = {"sv": "Stängt för underhåll i kväll.", "ar": "مغلق للصيانة هذا المساء."}
EXAMPLE = (ROOT / "deploy" / "widget-example.html").read_text(encoding="utf-8")
SERVICE_OF_EXAMPLE = "http://localhost:8000"
FOLLOWED_WITHIN = 5


@pytest.fixture(scope="module")
def state(engine: Engine) -> ServiceStore:
    """The state of the service, in which something is told."""
    state = ServiceStore(engine, Audit(engine))
    state.tell(EDITOR, SAID, utc_now() + timedelta(hours=1), "Underhåll", utc_now())
    return state


@pytest.fixture(scope="module")
def service(light_catalog: Catalog, engine: Engine, state: ServiceStore, running_site: Site) -> Iterator[Light]:
    running = Light(light_catalog, FactStore(engine, light_catalog.ledger), widget_origins=running_site.url)
    yield running
    running.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="sv-SE")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["/", "/amne/city_grant", "/guide"])
@pytest.mark.parametrize(("language", "told"), [("sv", "sv"), ("ar", "ar"), ("en", "sv")])
def test_every_page_tells_a_notice_in_its_language_or_in_swedish(
    service: Light, page: Page, path: str, language: str, told: str
) -> None:
    page.goto(f"{service.url}{path}?sprak={language}")

    notice = page.locator(".told")
    expect(notice).to_contain_text(SAID[told])
    expect(notice.locator(f"[lang={told}]")).to_have_count(1)
    assert violations(page) == []


def test_the_widget_tells_a_notice(service: Light, page: Page, running_site: Site) -> None:
    running_site.page = EXAMPLE.replace(SERVICE_OF_EXAMPLE, service.url)
    page.goto(running_site.url)

    page.get_by_role("button", name="Chattrobot", exact=True).click()

    expect(page.locator(".panel .told")).to_have_text(SAID["sv"])


def test_without_the_chat_topics_and_phone_numbers_are_left(service: Light, page: Page, state: ServiceStore) -> None:
    state.switch_off(EDITOR, CHAT, "Fel", utc_now())
    try:
        wait_until(lambda: 'name="text"' not in httpx.get(service.url).text, FOLLOWED_WITHIN, "the chat is still on")
        page.goto(service.url)
        expect(page.locator("textarea")).to_have_count(0)
        expect(page.locator("#human a[href^='tel:']")).to_be_visible()
        assert violations(page) == []
        page.locator("a[href^='/amne/city_grant']").first.click()
        expect(page.locator("h1")).to_have_text(service.title("city_grant"))
    finally:
        state.switch_on(EDITOR, CHAT, "Lagat", utc_now())
