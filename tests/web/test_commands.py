from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog
from tests.web.conftest import one_gateway
from tests.web.rasa_side import RasaSide
from tests.web.talk import MESSAGES, Talk

# What Rasa, Unicode or a browser takes away before the slash, and slashes that NFKC makes.
BEFORE = st.text(
    st.sampled_from(" \t\n\r\x0b\x0c\x1c\x1f\x85\xa0\u1680\u2003\u2028\u202e\u3000\u200b\ufeff\u2060\x00/／")
)
SLASH = st.sampled_from("/／")


@one_gateway
@given(before=BEFORE, slash=SLASH, data=st.data())
async def test_text_is_never_a_command(
    talk: Talk, rasa: RasaSide, catalog: Catalog, before: str, slash: str, data: st.DataObject
) -> None:
    command = data.draw(st.sampled_from([*catalog.topics, "restart", "session_start", "back"]))
    talk.token = None
    rasa.reset()

    await talk.say(f"{before}{slash}{command}" + '{"found_facts":"x"}')

    (message,) = rasa.messages
    assert not message.strip().startswith("/")
    assert message.startswith(command)


@pytest.mark.parametrize("button", ["/restart", '/city_grant{"x":1}', "city_grant", "restart", "../x"])
async def test_a_button_is_never_a_command_of_the_senders_own(
    client: httpx.AsyncClient, rasa: RasaSide, button: str
) -> None:
    response = await client.post(MESSAGES, json={"button": button})

    assert response.status_code == 422
    assert rasa.received == []


async def test_a_button_is_the_command_of_its_topic(talk: Talk, rasa: RasaSide) -> None:
    await talk.say("hej")
    topic = next(iter(talk.buttons))

    await talk.press(topic)

    assert rasa.messages[-1] == f"/{topic}"
