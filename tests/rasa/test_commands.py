from __future__ import annotations

import pytest
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.catalog import Catalog
from bot.text import clean

HIDING = [
    "",
    " ",
    "\t\n",
    "\x1c",
    "\xa0",
    "\u2028",
    "\u3000",
    "\u200b",
    "\u200c",
    "\u202e",
    "\ufeff",
    "\U000e0041",
    "//",
    "／ /",
]


def understood_as(text: str, domain: Domain) -> str | None:
    (message,) = RegexMessageHandler().process([Message({TEXT: text})], domain)
    return (message.get(INTENT) or {}).get("name")


def test_rasa_takes_a_slash_for_a_command(domain: Domain) -> None:
    assert understood_as("/city_grant", domain) == "city_grant"


@pytest.mark.parametrize("hiding", HIDING, ids=ascii)
@pytest.mark.parametrize("slash", ["/", "／"])
def test_no_clean_text_is_a_command_to_rasa(domain: Domain, catalog: Catalog, hiding: str, slash: str) -> None:
    for name in (*catalog.topics, "restart", "session_start", "back"):
        text = clean(f'{hiding}{slash}{name}{{"found_facts": "x"}}')

        assert understood_as(text, domain) is None
