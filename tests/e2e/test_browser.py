"""The page in a real browser: with and without JavaScript, small and large, for everyone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.stack import Stack

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
QUESTION = "Betalar kommunen återvandringsbidrag?"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "no Chromium: apt-get install chromium, or set CHROMIUM to its path"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="sv-SE")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, stack: Stack) -> Page:
    opened = context.new_page()
    opened.goto(stack.url)
    return opened


def ask(page: Page, text: str) -> None:
    answers = page.locator(".answer").count()
    page.fill("#text", text)
    page.locator("button.primary").click()
    expect(page.locator(".answer")).to_have_count(answers + 1)


def open_all(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('details').forEach((e) => { e.open = true; })")


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response
    return [f"{rule['id']}: {node['target']}" for rule in found["violations"] for node in rule["nodes"]]


def outside_viewport(page: Page) -> list[str]:
    """Return what reaches over the window's edge; scrollWidth alone misses what overflows to the start."""
    return page.evaluate(
        """() => [...document.querySelectorAll('button, a, textarea, li, p, h1, h2, h3, summary')]
          .filter((e) => e.checkVisibility() && !e.closest('.visually-hidden, .skip'))
          .filter((e) => { const r = e.getBoundingClientRect(); return r.left < -1 || r.right > innerWidth + 1; })
          .map((e) => e.outerHTML.slice(0, 80))"""
    )


def test_a_question_is_answered_in_the_log_with_sources(page: Page) -> None:
    ask(page, QUESTION)
    log = page.get_by_role("log")
    expect(log.locator(".said")).to_contain_text(QUESTION)
    expect(log.locator(".answer a[href='tel:+46771235235']")).to_be_visible()
    expect(log.locator(".sources summary")).to_be_visible()
    expect(page.locator("#text")).to_have_value("")


def test_one_answer_adds_one_node_to_the_log(page: Page) -> None:
    page.evaluate(
        """() => { window.added = 0;
          new MutationObserver((changes) => changes.forEach((c) => { window.added += c.addedNodes.length; }))
            .observe(document.getElementById('log'), {childList: true}); }"""
    )
    ask(page, QUESTION)
    assert page.evaluate("window.added") == 2  # what was asked, and the answer
    assert page.locator("[aria-live] [aria-live], [role=log] [role=log], [role=log] [role=status]").count() == 0


def test_focus_stays_in_the_box_after_an_answer(page: Page) -> None:
    page.fill("#text", QUESTION)
    page.locator("#text").press("Enter")
    expect(page.locator(".answer")).to_have_count(1)
    expect(page.locator("#text")).to_be_focused()


def test_a_choice_continues_and_keeps_the_conversation(page: Page) -> None:
    ask(page, QUESTION)
    token = page.locator("[name=conversation]").input_value()
    page.locator(".answer .choices button").first.click()
    expect(page.locator(".answer")).to_have_count(2)
    assert page.locator("[name=conversation]").input_value() == token


def test_an_empty_question_is_explained_and_the_box_gets_focus(page: Page) -> None:
    page.locator("button.primary").click()
    expect(page.locator("#error")).to_be_visible()
    expect(page.locator("#text")).to_be_focused()
    assert page.locator("#text").get_attribute("aria-invalid") == "true"


def test_without_a_network_what_was_typed_stays(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    page.fill("#text", QUESTION)
    page.locator("button.primary").click()
    expect(page.locator("#error")).to_be_visible()
    expect(page.locator("#text")).to_have_value(QUESTION)


def test_erasing_empties_the_log_and_the_server(page: Page, stack: Stack) -> None:
    ask(page, QUESTION)
    token = page.locator("[name=conversation]").input_value()
    with page.expect_response(lambda response: response.request.method == "DELETE") as deleted:
        page.locator("[name=erase]").click()
    assert deleted.value.status == 204
    expect(page.locator(".answer")).to_have_count(0)
    answer = page.request.post(f"{stack.url}/api/v1/messages", data={"text": "hej", "conversation": token})
    assert answer.json()["conversation"] != token


def test_markup_in_a_question_is_shown_as_text(page: Page) -> None:
    ask(page, "<img src=x onerror=window.broken=1><b>betalar kommunen</b>")
    expect(page.locator(".said")).to_contain_text("<img")
    assert page.evaluate("window.broken") is None


def test_nothing_is_stored_and_nobody_else_is_asked(page: Page, context: BrowserContext, stack: Stack) -> None:
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(stack.url) else None)
    page.reload()
    ask(page, QUESTION)
    assert foreign == []
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_any_state(browser: Browser, stack: Stack, language: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{stack.url}/?sprak={language}")
    faults = violations(page)
    ask(page, "hur mycket pengar får man?" if language == "sv" else "how much money is it?")
    open_all(page)
    faults += violations(page)
    page.fill("#text", "")
    page.locator("button.primary").click()
    faults += violations(page)
    context.close()
    assert faults == []


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_the_guide_on_one_page(
    browser: Browser, stack: Stack, language: str, scheme: str
) -> None:
    context = browser.new_context(color_scheme=scheme, java_script_enabled=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{stack.url}/guide?sprak={language}")
    page.get_by_role("radio").first.focus()
    faults = violations(page)
    page.locator("input[name=debts][value=yes]").check()
    page.locator("button.primary").click()
    expect(page.locator(".answer")).to_be_visible()
    faults += violations(page)
    context.close()
    assert faults == []


@pytest.mark.parametrize("width", [320, 1280])
def test_the_guide_on_one_page_is_not_cut_off_and_has_large_targets(browser: Browser, stack: Stack, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{stack.url}/guide?sprak=sv")
    heights = [box["height"] for label in page.locator(".guide label").all() if (box := label.bounding_box())]
    assert len(heights) > 7
    assert min(heights) >= 44
    assert outside_viewport(page) == []
    page.get_by_text("Nej, senare").click()
    page.locator("button.primary").click()
    expect(page.locator(".answer .choices a").first).to_be_visible()
    assert outside_viewport(page) == []
    context.close()


def test_the_outcome_is_printed_without_navigation_and_with_addresses(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/guide?sprak=sv")
    page.locator("button.primary").click()
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in ("header nav", "footer", ".choices", ".to-human"):
        expect(page.locator(hidden)).to_be_hidden()
    for shown in (".answer > p >> nth=0", ".sources a >> nth=0", "#human"):
        expect(page.locator(shown)).to_be_visible()
    address = "e => getComputedStyle(e, '::after').content"
    assert "https://" in page.locator(".sources a").first.evaluate(address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_every_field_has_a_visible_label(page: Page) -> None:
    unlabelled = page.evaluate(
        """() => [...document.querySelectorAll('input:not([type=hidden]), textarea, select')]
          .filter((e) => !e.labels.length).length"""
    )
    assert unlabelled == 0


@pytest.mark.parametrize("size", [(320, 256), (320, 640), (1280, 900)])
def test_nothing_is_cut_off_at_any_width(browser: Browser, stack: Stack, size: tuple[int, int]) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="sv-SE")
    page = context.new_page()
    page.goto(stack.url)
    ask(page, "hur mycket pengar får en familj?")
    open_all(page)
    assert outside_viewport(page) == []
    context.close()


def test_targets_are_large_enough(page: Page) -> None:
    ask(page, QUESTION)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, .languages a, footer a, summary')]
          .filter((e) => e.checkVisibility())
          .filter((e) => { const r = e.getBoundingClientRect(); return r.width < 24 || r.height < 24; }).length"""
    )
    assert small == 0


def test_nothing_moves_when_less_motion_is_wanted(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(reduced_motion="reduce", forced_colors="active", locale="sv-SE")
    page = context.new_page()
    page.goto(stack.url)
    ask(page, QUESTION)
    assert page.evaluate("document.getAnimations().length") == 0
    context.close()


def test_without_javascript_the_same_conversation_goes_on(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, locale="sv-SE")
    page = context.new_page()
    page.goto(stack.url)
    page.fill("#text", QUESTION)
    page.locator("button.primary").click()
    expect(page.locator(".answer a[href='tel:+46771235235']")).to_be_visible()
    token = page.locator("[name=conversation]").input_value()
    page.fill("#text", "varför?")
    page.locator("button.primary").click()
    expect(page.locator(".said")).to_contain_text("varför?")
    assert page.locator("[name=conversation]").input_value() == token
    page.locator(".answer .choices button").first.click()
    expect(page.locator(".answer")).to_have_count(1)
    page.locator("[name=erase]").click()
    expect(page.locator(".answer")).to_have_count(0)
    context.close()
