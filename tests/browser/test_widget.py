"""The widget on a site of another origin, with a strict policy, a style in the way, and a service that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from bot.catalog import Catalog
from tests.browser.light import Light, mirrored
from tests.browser.site import Site
from tests.chromium import ask, open_all, outside_viewport, violations
from tests.stack import ROOT

EXAMPLE = (ROOT / "deploy" / "widget-example.html").read_text(encoding="utf-8")
SERVICE_OF_EXAMPLE = "http://localhost:8000"
STATIC = sorted((ROOT / "bot" / "web" / "static").glob("*.js"))
QUESTION = "Betalar kommunen återvandringsbidrag?"
MESSAGES = "/api/v1/messages"
TEXTS = "/api/v1/texts"
CHAT = "vagvisaren-chat"
LAUNCHER = ".launcher"
PANEL = ".panel"

HOSTILE = {
    "all is unset and hidden": "body * { all: unset !important; display: none !important; }",
    "every element is dressed": "body * { position: static !important; opacity: 0 !important; width: 3px !important;"
    " transform: scale(.1) !important; filter: blur(9px) !important; font: 3px fantasy !important; color: red; }",
    "what is inherited": "html { font-size: 62.5%; } body { font: 8px/.8 fantasy; color: red; letter-spacing: 1em;"
    " text-transform: uppercase; text-align: center; visibility: hidden; cursor: none; pointer-events: none; }",
    "by the names of the widget": "button, a, p, h2, .panel, .launcher, #log, #text, [hidden] { all: unset;"
    " display: block !important; font-size: 3px !important; position: absolute !important; }",
    "by what lies above": "main { position: fixed; inset: 0; z-index: 9999; background: white; }",
    "by its variables": "*, :root { --ink: red !important; --paper: red !important; --card: red; --brand: red; }",
}
FORBID_STORAGE = """for (const name of ['sessionStorage', 'localStorage']) {
  Object.defineProperty(window, name, {get() { throw new DOMException('forbidden', 'SecurityError'); }});
}"""
COUNT_BREACHES = """window.breaches = [];
addEventListener('securitypolicyviolation', (e) => breaches.push(`${e.effectiveDirective} ${e.blockedURI}`));"""

DRESS = """(style) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [sheet];
}"""
# What would make markup or code of a text.
PARSERS = r"innerHTML|outerHTML|insertAdjacentHTML|setHTML|createContextualFragment|DOMParser|document\.write|\beval\b"


@pytest.fixture(scope="module")
def running_service(light_catalog: Catalog, running_site: Site) -> Iterator[Light]:
    service = Light(mirrored(light_catalog), widget_origins=running_site.url)
    yield service
    service.stop()


@pytest.fixture
def service(running_service: Light) -> Light:
    running_service.reset()
    return running_service


@pytest.fixture
def site(running_site: Site, service: Light) -> Site:
    """The site with the example's page, which takes the widget from the service of these tests."""
    running_site.page = EXAMPLE.replace(SERVICE_OF_EXAMPLE, service.url)
    return running_site


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="sv-SE")
    yield opened
    opened.close()


@pytest.fixture
def requests(context: BrowserContext) -> list[Request]:
    """Everything that was asked for."""
    sent: list[Request] = []
    context.on("request", lambda request: sent.append(request))
    return sent


@pytest.fixture
def errors(context: BrowserContext) -> list[str]:
    """What no script caught."""
    uncaught: list[str] = []
    context.on("weberror", lambda error: uncaught.append(str(error.error)))
    return uncaught


@pytest.fixture
def page(context: BrowserContext, requests: list[Request], site: Site) -> Page:
    opened = context.new_page()
    opened.goto(site.url)
    return opened


def open_chat(page: Page) -> None:
    page.locator(LAUNCHER).click()
    expect(page.locator(PANEL)).to_be_visible()


def stored(page: Page) -> int:
    count: int = page.evaluate("sessionStorage.length + localStorage.length")
    return count


def addresses(requests: list[Request], site: Site) -> list[str]:
    """Return what was asked for elsewhere than on the site."""
    return [request.url for request in requests if not request.url.startswith((site.url, site.unnamed))]


def look(page: Page) -> Any:
    """Return where everything in the widget is, and how it looks."""
    return page.locator(CHAT).evaluate(
        """(chat) => [chat, ...chat.shadowRoot.querySelectorAll('*')].map((e) => {
          const {x, y, width, height} = e.getBoundingClientRect();
          const css = getComputedStyle(e);
          const names = ['display', 'visibility', 'color', 'backgroundColor', 'fontFamily', 'fontSize', 'letterSpacing',
            'textTransform', 'textAlign', 'lineHeight', 'cursor', 'pointerEvents', 'opacity', 'filter', 'transform'];
          return [e.localName, e.className, x, y, width, height, ...names.map((name) => css[name])];
        })"""
    )


def test_before_it_is_opened_it_is_one_script_and_a_button(
    page: Page, context: BrowserContext, requests: list[Request], site: Site, service: Light
) -> None:
    expect(page.get_by_role("button", name="Chattrobot", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert addresses(requests, site) == [f"{service.url}/static/widget.js"]
    assert stored(page) == 0
    assert context.cookies() == []
    expect(page.locator(PANEL)).to_have_count(0)


def test_a_whole_conversation_breaks_no_policy_and_asks_nobody_else(
    context: BrowserContext, requests: list[Request], errors: list[str], site: Site, service: Light
) -> None:
    context.add_init_script(COUNT_BREACHES)
    page = context.new_page()
    context.on("console", lambda said: errors.append(said.text))
    page.goto(site.url)
    open_chat(page)
    ask(page, QUESTION)
    page.locator(".answer > .choices button").first.click()
    expect(page.locator(".answer")).to_have_count(2)
    page.locator("button.primary").click()
    expect(page.locator("#error")).to_be_visible()
    page.locator(".feedback summary").first.click()
    page.locator(".feedback button").first.click()
    expect(page.locator(".answer :focus")).to_have_text(service.ui("feedback_thanks"))
    page.locator(".erase summary").click()
    page.locator("[name=erase]").click()
    expect(page.locator(".answer")).to_have_count(0)
    page.keyboard.press("Escape")

    assert page.evaluate("breaches") == []
    assert errors == []
    assert {url for url in addresses(requests, site) if not url.startswith(service.url)} == set()
    assert context.cookies() == []


def test_the_examples_policy_forbids_what_it_does_not_name(context: BrowserContext, site: Site) -> None:
    context.add_init_script(COUNT_BREACHES)
    page = context.new_page()
    page.goto(site.url)
    refused = page.evaluate(
        """async () => {
          const page = document.createElement('p');
          const markup = (() => { try { page.innerHTML = '<b>x</b>'; } catch (error) { return error.name; } })();
          const elsewhere = await fetch('/').catch((error) => error.name);
          page.setAttribute('style', 'color: red');
          return [markup, elsewhere, page.style.color];
        }"""
    )

    assert refused == ["TypeError", "TypeError", ""]
    directives = {breach.split()[0] for breach in page.evaluate("breaches")}
    assert directives == {"require-trusted-types-for", "connect-src", "style-src-attr"}


def test_the_keyboard_opens_and_closes_it_and_focus_goes_where_it_belongs(page: Page) -> None:
    launcher, box = page.locator(LAUNCHER), page.locator("#text")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Tab")
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()
    expect(launcher).to_be_focused()

    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    page.locator(".bar button").click()
    expect(page.locator(PANEL)).to_be_hidden()
    expect(launcher).to_be_focused()


def test_the_site_can_be_used_while_it_is_open_and_has_its_keys_for_itself(page: Page) -> None:
    page.evaluate("window.keys = []; document.addEventListener('keydown', (event) => keys.push(event.key))")
    open_chat(page)
    page.locator("#text").press_sequentially("chat")
    search = page.get_by_role("searchbox")
    search.click()
    expect(search).to_be_focused()
    search.press_sequentially("site")
    page.keyboard.press("Escape")

    expect(page.locator(PANEL)).to_be_visible()
    expect(page.locator("#text")).to_have_value("chat")
    assert page.evaluate("keys") == [*"site", "Escape"]
    assert page.locator("[aria-modal], [inert], [aria-hidden]").count() == 0


def test_a_choice_goes_on_with_the_conversation(page: Page, service: Light) -> None:
    service.rasa.means("clarify", nearest=["grant_amount", "apply_how"])
    open_chat(page)
    with page.expect_response(f"**{MESSAGES}") as first:
        ask(page, "pengar")
    with page.expect_response(f"**{MESSAGES}") as second:
        page.locator(".answer > .choices button").first.click()
    title = service.catalog.language("sv").titles["grant_amount"]
    expect(page.locator(".said").last).to_contain_text(title)
    expect(page.locator(".answer h3")).to_have_text(title)

    assert first.value.json()["conversation"] == second.value.json()["conversation"]


def test_links_lead_to_the_services_pages(page: Page, service: Light) -> None:
    open_chat(page)
    ask(page, QUESTION)
    links = page.locator(".notice + p a, .tools a").evaluate_all("(found) => found.map((e) => e.href)")

    assert links == [f"{service.url}/?sprak=sv", f"{service.url}/amne/city_grant?sprak=sv"]


def test_the_sites_page_does_not_move_when_an_answer_comes(page: Page) -> None:
    page.evaluate("document.body.style.height = '5000px'; scrollTo(0, 500)")
    open_chat(page)
    for _ in range(3):
        ask(page, QUESTION)

    assert page.evaluate("scrollY") == 500
    assert page.locator(f"{PANEL} form").evaluate("(form) => form.scrollTop") > 0


def test_it_stays_closed_on_the_next_page_and_shows_the_conversation_when_opened(
    page: Page, requests: list[Request], site: Site, service: Light
) -> None:
    open_chat(page)
    with page.expect_response(f"**{MESSAGES}") as first:
        ask(page, QUESTION)
    token = first.value.json()["conversation"]
    requests.clear()
    page.goto(f"{site.url}/next")
    expect(page.locator(LAUNCHER)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert addresses(requests, site) == [f"{service.url}/static/widget.js"]
    expect(page.locator(PANEL)).to_have_count(0)

    open_chat(page)
    expect(page.locator(".said")).to_contain_text(QUESTION)
    expect(page.locator(".answer")).to_have_count(1)
    with page.expect_response(f"**{MESSAGES}") as second:
        ask(page, "varför?")
    assert second.value.json()["conversation"] == token


def test_erasing_leaves_nothing_on_the_site_nor_at_the_service(page: Page, site: Site, service: Light) -> None:
    open_chat(page)
    with page.expect_response(f"**{MESSAGES}") as answered:
        ask(page, QUESTION)
    token = answered.value.json()["conversation"]
    assert stored(page) == 1
    page.locator(".erase summary").click()
    with page.expect_response(lambda response: response.request.method == "DELETE") as erased:
        page.locator("[name=erase]").click()

    assert erased.value.url == f"{service.url}/api/v1/conversations/{token}"
    assert erased.value.status == 204
    expect(page.locator("#log li")).to_have_text([service.ui("erased")])
    expect(page.locator("#text")).to_be_focused()
    assert stored(page) == 0
    page.goto(f"{site.url}/next")
    open_chat(page)
    expect(page.locator("#log li")).to_have_count(0)


def test_a_service_that_dies_in_mid_conversation_costs_nobody_their_words(page: Page, service: Light) -> None:
    page.clock.install()
    open_chat(page)
    ask(page, QUESTION)
    service.stop()
    page.fill("#text", "varför?")
    with page.expect_event("requestfailed"):
        page.locator("button.primary").click()
    for _ in range(2):
        with page.expect_event("requestfailed"):
            page.clock.run_for(3000)
    expect(page.locator("#error")).to_contain_text(service.ui("error_network"))
    expect(page.locator("#text")).to_have_value("varför?")
    expect(page.locator(".answer")).to_have_count(1)

    service.start()
    page.locator("#error button").click()
    expect(page.locator(".answer")).to_have_count(2)
    expect(page.locator("#error")).to_be_hidden()


def test_a_service_that_is_down_leaves_the_site_alone(
    context: BrowserContext, errors: list[str], site: Site, service: Light
) -> None:
    service.stop()
    page = context.new_page()
    page.goto(site.url, wait_until="load")

    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.locator(CHAT)).to_have_count(0)
    assert errors == []


def test_the_launcher_leads_to_the_services_page_while_the_chat_cannot_be_had(page: Page, service: Light) -> None:
    expect(page.locator(LAUNCHER)).to_be_visible()
    service.stop()
    with page.expect_popup() as opened:
        page.locator(LAUNCHER).click()
    assert opened.value.evaluate("window.opener") is None
    opened.value.close()
    expect(page.locator(PANEL)).to_have_count(0)
    expect(page.locator(LAUNCHER)).to_be_focused()

    service.start()
    page.locator(LAUNCHER).click()
    expect(page.locator("#text")).to_be_focused()


def test_the_launcher_waits_no_longer_than_a_press_may_open_a_window(page: Page, service: Light) -> None:
    page.route(f"**{TEXTS}*", lambda route: None)
    with page.expect_popup(timeout=10_000) as opened:
        page.locator(LAUNCHER).dblclick()
    expect(opened.value).to_have_url(f"{service.url}/?sprak=sv")
    assert len(page.context.pages) == 2


def test_a_site_that_was_not_named_is_refused_and_its_visitors_get_the_page(
    page: Page, requests: list[Request], site: Site, service: Light
) -> None:
    page.goto(site.unnamed)
    requests.clear()
    with page.expect_popup() as opened, page.expect_event("requestfailed") as refused:
        page.locator(LAUNCHER).click()

    assert refused.value.url.startswith(service.url)
    expect(opened.value).to_have_url(f"{service.url}/?sprak=sv")
    expect(page.locator(PANEL)).to_have_count(0)
    assert stored(page) == 0


def test_where_storage_is_forbidden_it_works_and_remembers_nothing(
    context: BrowserContext, errors: list[str], page: Page, site: Site
) -> None:
    context.add_init_script(FORBID_STORAGE)
    page.reload()
    open_chat(page)
    ask(page, QUESTION)
    ask(page, "varför?")
    page.locator(".erase summary").click()
    page.locator("[name=erase]").click()
    expect(page.locator(".answer")).to_have_count(0)
    page.goto(f"{site.url}/next")
    open_chat(page)
    expect(page.locator("#log li")).to_have_count(0)
    assert errors == []


@pytest.mark.parametrize(
    ("of_site", "of_script", "name", "shown"),
    [
        ("en", 'data-language="sv"', "Chattrobot", "sv"),
        ("sv", 'data-language="en-GB"', "Chatbot", "en"),
        ("en-GB", "", "Chatbot", "en"),
        ("", "", "Chattrobot", "sv"),
        ("da", "", "Chattrobot", "sv"),
        ("sv", 'data-language="ar" data-label="دردشة"', "دردشة", "ar"),
    ],
)
def test_its_language_is_the_scripts_or_else_the_sites(
    page: Page, site: Site, of_site: str, of_script: str, name: str, shown: str
) -> None:
    site.page = site.page.replace('lang="sv"', f'lang="{of_site}"').replace('data-language="sv"', of_script)
    page.reload()
    expect(page.locator(LAUNCHER)).to_have_text(name)
    expect(page.locator(LAUNCHER)).to_have_attribute("lang", shown)
    open_chat(page)
    expect(page.locator(PANEL)).to_have_attribute("lang", shown)
    with page.expect_response(f"**{MESSAGES}") as answered:
        ask(page, "?!")
    assert answered.value.json()["language"] == shown


def test_who_writes_in_another_language_is_answered_in_it(page: Page) -> None:
    open_chat(page)
    ask(page, "Does the municipality pay for the return?")
    expect(page.locator(".answer")).to_have_attribute("lang", "en")


def test_from_right_to_left_nothing_is_cut_off(page: Page, site: Site, service: Light) -> None:
    site.page = site.page.replace('lang="sv"', 'lang="ar" dir="rtl"').replace('data-language="sv"', "")
    page.set_viewport_size({"width": 320, "height": 640})
    page.reload()
    open_chat(page)
    ask(page, "؟")
    answer = page.locator(".answer")
    expect(answer).to_have_attribute("dir", "rtl")
    expect(answer.locator("h3")).to_have_text(service.catalog.language("ar").titles["city_grant"])
    open_all(page)
    assert outside_viewport(page) == []
    assert answer.evaluate("(e) => getComputedStyle(e).direction") == "rtl"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("language", ["sv", "ar"])
def test_it_opens_in_the_launchers_corner(page: Page, site: Site, direction: str, language: str) -> None:
    site.page = site.page.replace('lang="sv"', f'lang="sv" dir="{direction}"').replace(
        '="sv" async', f'="{language}" async'
    )
    page.reload()
    corner = page.locator(LAUNCHER).bounding_box()
    open_chat(page)
    opened = page.locator(PANEL).bounding_box()
    assert corner
    assert opened
    if direction == "rtl":
        assert corner["x"] == opened["x"] == 16
    else:
        assert corner["x"] + corner["width"] == opened["x"] + opened["width"] == 1280 - 16
    assert corner["y"] + corner["height"] == opened["y"] + opened["height"] == 900 - 16


@pytest.mark.parametrize("size", [(320, 256), (320, 640), (480, 800)])
def test_a_small_window_is_filled_and_nothing_is_cut_off(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_chat(page)
    ask(page, QUESTION)
    open_all(page)

    assert page.locator(PANEL).bounding_box() == {"x": 0, "y": 0, "width": size[0], "height": size[1]}
    assert outside_viewport(page) == []
    for part in (".bar button", "#text", "button.primary", "[name=erase]"):
        page.locator(part).scroll_into_view_if_needed()
        expect(page.locator(part)).to_be_in_viewport(ratio=0.9)


def test_no_style_of_the_site_reaches_it(page: Page) -> None:
    def looks() -> list[Any]:
        open_chat(page)
        ask(page, QUESTION)
        open_all(page)
        opened = look(page)
        page.keyboard.press("Escape")
        return [opened, look(page)]

    plain = looks()
    for name, style in HOSTILE.items():
        page.evaluate("sessionStorage.clear()")
        page.reload()
        page.evaluate(DRESS, style)
        assert looks() == plain, name


def test_the_widget_has_no_style_for_the_site(page: Page) -> None:
    appearance = "() => [...document.querySelectorAll('main *')].map((e) => JSON.stringify(getComputedStyle(e)))"
    before = page.evaluate(appearance)
    open_chat(page)
    ask(page, QUESTION)
    assert page.evaluate(appearance) == before
    assert page.evaluate("document.styleSheets.length + document.adoptedStyleSheets.length") == 0


def test_a_second_script_makes_no_second_chat(page: Page, errors: list[str], site: Site) -> None:
    script = re.search(r"<script.*</script>", site.page)
    assert script
    site.page = site.page.replace(script[0], script[0] * 2)
    page.reload(wait_until="load")
    expect(page.locator(CHAT)).to_have_count(1)
    assert errors == []


def test_a_site_may_move_it(page: Page) -> None:
    expect(page.locator(LAUNCHER)).to_be_visible()
    move = f"document.querySelector('main').append(document.querySelector('{CHAT}'))"
    page.evaluate(move)
    open_chat(page)
    page.evaluate(move)
    expect(page.locator(PANEL)).to_have_css("position", "fixed")
    page.keyboard.press("Escape")


def test_it_is_not_printed(page: Page) -> None:
    open_chat(page)
    page.emulate_media(media="print")
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("language", ["sv", "ar"])
def test_axe_finds_no_fault_in_any_state(page: Page, site: Site, service: Light, language: str) -> None:
    # As tall as that nothing is scrolled away, where axe could not judge it.
    page.set_viewport_size({"width": 1280, "height": 4000})
    site.page = site.page.replace('data-language="sv"', f'data-language="{language}"')
    page.reload()
    expect(page.locator(LAUNCHER)).to_be_visible()
    faults = violations(page)
    open_chat(page)
    ask(page, QUESTION)
    service.rasa.means("clarify", nearest=["grant_amount", "apply_how"])
    ask(page, QUESTION)
    page.locator("button.primary").click()
    expect(page.locator("#error")).to_be_visible()
    open_all(page)
    faults += violations(page)
    page.emulate_media(color_scheme="dark")
    assert faults + violations(page, "color-contrast") == []


@pytest.mark.parametrize("file", STATIC, ids=lambda file: file.name)
def test_no_script_parses_markup_or_code(file: Any) -> None:
    script = file.read_text(encoding="utf-8")
    assert re.findall(rf"{PARSERS}|new Function|javascript:|setAttribute\(.(?:style|on)", script) == []
