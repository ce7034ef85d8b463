"""Every page of the desk when nothing has happened yet: at 200 % zoom, in both colour schemes, without a mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.desk.people import Person
from bot.facts.store import FactStore
from bot.web.app import create_app
from bot.web.settings import Settings
from tests.browser.light import Light
from tests.chromium import open_all, outside_viewport, violations
from tests.desk.browser import sign_in
from tests.desk.routes import pages

ADMIN, READER = (Person(role, role, frozenset({role})) for role in ("admin", "reader"))
# A window of 1280 × 900 at 200 %.
ZOOMED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2, "reduced_motion": "reduce"}
PATHS = [
    "/desk",
    "/desk/audit",
    "/desk/facts",
    "/desk/facts/grant_adult",
    "/desk/figures",
    "/desk/languages",
    "/desk/languages/en",
    "/desk/notices",
    "/desk/questions",
    "/desk/reports",
]
ANSWER = "/desk?amne=grant_amount&sprak=ar"
SignedIn = Callable[[Person], Page]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**ZOOMED, locale="sv-SE")  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def signed_in(context: BrowserContext, desk: Light, engine: Engine) -> SignedIn:
    def signed_in(person: Person) -> Page:
        sign_in(context, desk.url, engine, person)
        return context.new_page()

    return signed_in


def faults(page: Page) -> list[str]:
    """What keeps somebody from using the page as it is, with all that can be opened open."""
    open_all(page)
    sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    # Tables scroll by themselves. What stands behind the words of a drawing axe cannot see.
    outside = [found for found in outside_viewport(page) if not page.locator("table").count()]
    found = [one for one in violations(page) if not (one.startswith("incomplete color-contrast") and "text[" in one)]
    return [*found, *outside, *(["the page scrolls sideways"] if sideways else [])]


def test_every_page_of_the_desk_is_tried(light_catalog: Catalog, engine: Engine) -> None:
    settings = Settings(_env_file=None)
    app = create_app(settings, light_catalog, FactStore(engine, light_catalog.ledger), say=lambda _: None)

    assert pages(app.routes) == PATHS


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PATHS, ANSWER])
def test_a_zoomed_page_is_for_everybody(path: str, scheme: str, signed_in: SignedIn, desk: Light) -> None:
    page = signed_in(ADMIN)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    response = page.goto(desk.url + path)

    assert response
    assert (response.status, faults(page)) == (200, [])


@pytest.mark.parametrize("path", [*PATHS, ANSWER])
def test_what_readers_see_is_for_everybody(path: str, signed_in: SignedIn, desk: Light) -> None:
    page = signed_in(READER)
    page.goto(desk.url + path)

    assert faults(page) == []


@pytest.mark.parametrize("path", [*PATHS, ANSWER])
def test_tab_goes_through_everything_in_order_and_shows_where_it_is(
    path: str, signed_in: SignedIn, desk: Light
) -> None:
    page = signed_in(ADMIN)
    page.goto(desk.url + path)
    page.evaluate("scrollTo(0, 0)")
    expected = page.evaluate(
        """() => {
          window.stops = [...document.querySelectorAll(
            "a[href], button, input, textarea, select, summary, [tabindex='0']"
          )].filter((e) => e.tabIndex >= 0 && e.type !== "hidden" && e.checkVisibility());
          document.activeElement.blur();
          document.body.tabIndex = -1;
          document.body.focus();
          return window.stops.length;
        }"""
    )
    reached = []
    for _ in range(expected):
        page.keyboard.press("Tab")
        # The parts of a date are stops of their own.
        while reached and page.evaluate("window.stops.indexOf(document.activeElement)") == reached[-1]:
            page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
              const e = document.activeElement;
              const [{ top, bottom }] = e.getClientRects();
              const { outlineStyle, outlineWidth } = getComputedStyle(e);
              return {
                number: window.stops.indexOf(e),
                isSeen: bottom > 0 && top < innerHeight,
                isMarked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
                what: e.outerHTML.slice(0, 80),
              };
            }"""
        )
        assert stop == {"number": len(reached), "isSeen": True, "isMarked": True, "what": stop["what"]}
        reached.append(stop["number"])


def test_a_page_that_needs_another_role_is_for_everybody(signed_in: SignedIn, desk: Light) -> None:
    page = signed_in(READER)
    page.goto(f"{desk.url}/desk/audit")
    page.goto(f"{desk.url}/desk/questions")

    expect(page.locator("#problem")).to_be_visible()
    assert faults(page) == []


def test_who_has_signed_out_by_keyboard_is_told(signed_in: SignedIn, desk: Light) -> None:
    page = signed_in(READER)
    page.goto(f"{desk.url}/desk/facts")
    page.locator(".sign-out button").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#signed-out")).to_be_visible()
    assert faults(page) == []
    page.goto(f"{desk.url}/desk/facts")
    expect(page.locator("#password")).to_be_visible()


def test_something_is_told_and_switched_off_by_keyboard(signed_in: SignedIn, desk: Light) -> None:
    page = signed_in(ADMIN)
    page.goto(f"{desk.url}/desk/notices")
    page.locator("#text-sv").focus()
    page.keyboard.type("Stängt i kväll.")
    page.locator("#until").fill("2099-01-01T12:00")
    page.locator("#reason").focus()
    page.keyboard.type("Underhåll")
    page.keyboard.press("Enter")
    expect(page.locator("[id^=notice-]")).to_have_count(1)
    page.locator("#part").focus()
    page.keyboard.type("Fri")
    page.locator("#off-reason").focus()
    page.keyboard.type("Fel i svaren")
    page.keyboard.press("Enter")
    expect(page.locator("#free_text")).to_be_visible()
    assert faults(page) == []

    for reason, gone in (("[id^=untell-]", "[id^=notice-]"), ("[id^=on-]", "#free_text")):
        page.locator(f"input{reason}").focus()
        page.keyboard.type("Klart")
        page.keyboard.press("Enter")
        expect(page.locator(gone)).to_have_count(0)


def test_a_text_is_approved_by_keyboard(signed_in: SignedIn, desk: Light) -> None:
    page = signed_in(ADMIN)
    page.goto(f"{desk.url}/desk/languages/fi")
    page.locator("[value=approve]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/languages/fi?start=0")

    page.goto(f"{desk.url}/desk/languages/fi?state=reviewed")
    expect(page.locator("article.text")).to_have_count(1)
    assert faults(page) == []


@pytest.mark.parametrize("failed", [False, True])
def test_signing_in_with_an_account_is_for_everybody(
    context: BrowserContext, light_catalog: Catalog, engine: Engine, failed: bool
) -> None:
    accounts = {
        "desk_oidc_issuer": "http://127.0.0.1:9",
        "desk_oidc_client_id": "desk",
        "desk_oidc_client_secret": "secret",
    }
    desk = Light(light_catalog, FactStore(engine, light_catalog.ledger), **accounts)
    try:
        page = context.new_page()
        page.goto(f"{desk.url}/desk")
        if failed:
            # Nobody answers there.
            page.locator("main .button").focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("main .button")).to_be_visible()
        assert faults(page) == []
    finally:
        desk.stop()
