from __future__ import annotations

from tests.web.rasa_side import RasaSide
from tests.web.talk import Talk

SWEDISH = "Betalar kommunen något bidrag till mig?"
ENGLISH = "Does the city pay any money to me?"
NEITHER = "123"
JAPANESE = "これは日本語の文章です。補助金について知りたいです。"


async def test_an_explicit_choice_beats_the_language_written_in(talk: Talk) -> None:
    assert (await talk.say(ENGLISH, language="sv"))["language"] == "sv"


async def test_an_explicit_choice_lasts(talk: Talk) -> None:
    await talk.say(ENGLISH, language="sv")

    assert (await talk.say(ENGLISH))["language"] == "sv"


async def test_a_new_choice_beats_an_old_one(talk: Talk) -> None:
    await talk.say(NEITHER, language="sv")

    assert (await talk.say(NEITHER, language="en"))["language"] == "en"


async def test_the_language_written_in_beats_that_of_the_conversation(talk: Talk) -> None:
    await talk.say(SWEDISH)

    assert (await talk.say(ENGLISH))["language"] == "en"


async def test_the_language_written_in_beats_that_of_the_browser(talk: Talk) -> None:
    assert (await talk.say(ENGLISH, accept_language="sv"))["language"] == "en"


async def test_the_conversation_beats_the_browser(talk: Talk) -> None:
    await talk.say(ENGLISH)

    assert (await talk.say(NEITHER, accept_language="sv"))["language"] == "en"


async def test_the_browser_beats_swedish(talk: Talk) -> None:
    assert (await talk.say(NEITHER, accept_language="tlh, sv;q=0.1, en-GB;q=0.9"))["language"] == "en"


async def test_swedish_applies_when_nothing_tells(talk: Talk) -> None:
    assert (await talk.say(NEITHER))["language"] == "sv"


async def test_a_choice_that_we_lack_counts_as_none(talk: Talk) -> None:
    assert (await talk.say(ENGLISH, language="tlh"))["language"] == "en"


async def test_a_language_that_we_lack_is_told(talk: Talk) -> None:
    turn = await talk.say(JAPANESE)

    assert turn["language"] == "sv"
    assert turn["notice"].startswith("Japanese: ")
    assert "Japanska: " in turn["notice"]


async def test_a_button_keeps_the_language_of_the_conversation(talk: Talk, rasa: RasaSide) -> None:
    await talk.say(ENGLISH)

    turn = await talk.press(next(iter(talk.buttons)))

    assert turn["language"] == "en"
    assert [reply["lang"] for reply in turn["replies"]] == ["en"]
    assert rasa.received[-1]["metadata"]["language"] == "en"
