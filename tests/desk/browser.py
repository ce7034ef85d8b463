"""People of the desk in a real browser."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.engine import Engine

from bot.desk.people import Person
from bot.desk.sessions import Sessions
from bot.facts.book import utc_now


def sign_in(context: BrowserContext, url: str, engine: Engine, person: Person) -> None:
    """Let a browser be somebody's at the desk of the service at `url`, whose database is `engine`."""
    token = Sessions(engine).begin(person, utc_now())
    context.add_cookies([{"name": "desk", "value": token, "url": url}])


def open_assistant(page: Page, url: str) -> None:
    """Open the assistant of the desk of the service at `url`, so that its box takes what is typed next."""
    page.goto(f"{url}/desk")
    # The box gets the focus when the page is first drawn: a key that is pressed before goes nowhere.
    expect(page.locator("#question")).to_be_focused()
