"""What tests in a real browser share: Chromium, and what is asked of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium."""
    assert CHROMIUM, "no Chromium: apt-get install chromium, or set CHROMIUM to its path"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


def ask(page: Page | Locator, text: str) -> None:
    """Ask a question in the page's box, or in the widget's, and wait for the answer."""
    answers = page.locator(".answer").count()
    page.locator("#text").fill(text)
    page.locator("button.primary").click()
    expect(page.locator(".answer")).to_have_count(answers + 1)


def open_all(page: Page) -> None:
    """Open everything that can be folded, once the page stands as its styles have it."""
    page.wait_for_load_state()
    page.locator("details").evaluate_all("(found) => found.forEach((e) => { e.open = true; })")


def violations(page: Page, *rules: str) -> list[str]:
    """Return what axe finds in the styled page and what it leaves to people to judge, by all rules or by some."""
    page.wait_for_load_state()
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    kinds = ["violations", "incomplete"]
    found = page.evaluate("(options) => axe.run(options)", {"runOnly": list(rules) or AXE, "resultTypes": kinds})
    return [
        f"{kind} {rule['id']}: {node['target']}" for kind in kinds for rule in found[kind] for node in rule["nodes"]
    ]


def outside_viewport(page: Page) -> list[str]:
    """Return what reaches over the window's edge; scrollWidth alone misses what overflows to the start."""
    return page.locator("button, a, textarea, input, li, p, h1, h2, h3, summary").evaluate_all(
        """(found) => found
          .filter((e) => e.checkVisibility() && !e.closest('.visually-hidden, .skip'))
          .filter((e) => { const r = e.getBoundingClientRect(); return r.left < -1 || r.right > innerWidth + 1; })
          .map((e) => e.outerHTML.slice(0, 80))"""
    )
