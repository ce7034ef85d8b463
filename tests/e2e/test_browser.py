"""The page in a real browser with the trained model behind it; what needs no understanding is in the other files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.chromium import ask
from tests.stack import Stack

QUESTION = "Betalar kommunen återvandringsbidrag?"


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


def is_message(response: Response) -> bool:
    return response.url.endswith("/api/v1/messages")


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
    with page.expect_response(is_message) as first:
        ask(page, QUESTION)
    with page.expect_response(is_message) as second:
        page.locator(".answer > .choices button").first.click()
    expect(page.locator(".answer")).to_have_count(2)
    assert first.value.json()["conversation"] == second.value.json()["conversation"]


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
    with page.expect_response(is_message) as answered:
        ask(page, QUESTION)
    token = answered.value.json()["conversation"]
    page.locator(".erase summary").click()
    with page.expect_response(lambda response: response.request.method == "DELETE") as deleted:
        page.locator("[name=erase]").click()
    assert deleted.value.status == 204
    expect(page.locator(".answer")).to_have_count(0)
    answer = page.request.post(f"{stack.url}/api/v1/messages", data={"text": "hej", "conversation": token})
    assert answer.json()["conversation"] != token


def test_markup_in_a_question_is_shown_as_text(page: Page) -> None:
    ask(page, f"<img src=x onerror=window.broken=1><b>{QUESTION}</b>")
    expect(page.locator(".said")).to_contain_text("<img")
    assert page.evaluate("window.broken") is None


def test_nothing_is_stored_beforehand_and_nobody_else_is_asked(
    page: Page, context: BrowserContext, stack: Stack
) -> None:
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(stack.url) else None)
    page.reload()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    ask(page, QUESTION)
    assert foreign == []
    assert context.cookies() == []
    assert page.evaluate("localStorage.length") == 0


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
    page.locator(".answer > .choices button").first.click()
    expect(page.locator(".answer")).to_have_count(1)
    page.locator(".erase summary").click()
    page.locator("[name=erase]").click()
    expect(page.locator(".answer")).to_have_count(0)
    context.close()
