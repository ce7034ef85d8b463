"""The trial: each call is answered by keyboard alone, in at most two actions."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.desk.browser import open_assistant
from tests.desk.calls import Call

# The question is typed and sent, and then perhaps another hit chosen.
MOST_ACTIONS = 2


def answer(page: Page, url: str, call: Call) -> int:
    """Find the answer to a call as staff do, and return how many actions it took: more than MOST_ACTIONS if in vain."""
    open_assistant(page, url)
    page.keyboard.type(call.says)
    page.keyboard.press("Enter")
    page.locator("#choices").wait_for()
    if shown(page) in call.topics:
        return 1
    offered = page.locator("#choices [data-key]").evaluate_all("(found) => found.map((button) => button.value)")
    right = [topic for topic in offered if topic in call.topics]
    if not right:
        return MOST_ACTIONS + 1
    # The script shows them when it has come: a key that is pressed before does nothing.
    page.locator("#shortcuts").wait_for()
    page.keyboard.press(str(offered.index(right[0]) + 1))
    expect(page.locator("#sheet")).to_have_attribute("data-topic", right[0])
    return 2


def shown(page: Page) -> str | None:
    """Return the topic whose answer is shown."""
    sheet = page.locator("#sheet")
    return sheet.get_attribute("data-topic") if sheet.count() else None
