"""Where the parts of the facts are put together, for every process that needs them."""

from __future__ import annotations

from pathlib import Path

from bot.catalog import DATA
from bot.content import ContentFile
from bot.database import database_url, open_database
from bot.facts.book import FactBook
from bot.facts.ledger import Ledger, load_ledger
from bot.facts.store import FactStore


def open_ledger(data: Path = DATA) -> Ledger:
    """Return the ledger of the content folder. Raises ContentError."""
    return load_ledger(ContentFile(data / "facts.yml"), ContentFile(data / "sources.yml"))


def open_book(ledger: Ledger, url: str | None = None) -> FactBook:
    """Return the book of facts on the store at `url` (default: the configured one), following it."""
    book = FactBook(ledger, FactStore(open_database(url or database_url()), ledger))
    book.start()
    return book
