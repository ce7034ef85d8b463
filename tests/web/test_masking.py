from __future__ import annotations

import pytest

from bot.catalog import Catalog
from tests.web.rasa_side import RasaSide
from tests.web.talk import Talk

PERSONAL = {
    "identity number": "19811218-9876",
    "short identity number": "811218 9876",
    "arabic digits": "١٩٨١١٢١٨-٩٨٧٦",
    "phone": "070-174 06 05",
    "foreign phone": "+49 30 901820",
    "e-mail": "anna.andersson@example.se",
    "account": "SE45 5000 0000 0583 9825 7466",
    "case number": "12-345678901",
}


@pytest.mark.parametrize("secret", PERSONAL.values(), ids=PERSONAL.keys())
async def test_personal_data_stays_in_the_gateway(talk: Talk, rasa: RasaSide, secret: str) -> None:
    turn = await talk.say(f"mitt ärende {secret} tar lång tid")

    (message,) = rasa.messages
    assert message.startswith("mitt ärende ")
    assert message.endswith(" tar lång tid")
    assert secret not in message
    assert turn["notice"]


async def test_a_message_of_personal_data_alone_is_answered(talk: Talk, rasa: RasaSide) -> None:
    turn = await talk.say(PERSONAL["identity number"])

    assert turn["replies"]
    assert "9876" not in rasa.messages[0]


async def test_public_numbers_and_sums_reach_rasa(talk: Talk, rasa: RasaSide, catalog: Catalog) -> None:
    text = f"är {catalog.ledger.facts['mv_phone'].value} rätt nummer, och får jag 350 000 kronor?"

    turn = await talk.say(text)

    assert rasa.messages == [text]
    assert turn["notice"] is None
