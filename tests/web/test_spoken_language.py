from __future__ import annotations

import httpx
import pytest

from bot.catalog import Catalog
from tests.web.page import read
from tests.web.rasa_side import RasaSide
from tests.web.talk import MESSAGES, Talk

SWEDISH = "Betalar kommunen något bidrag till mig?"
ENGLISH = "Does the city pay any money to me?"
NEITHER = "123"
ARABIC = "هل تدفع البلدية المال إذا عدت إلى بلدي؟"
JAPANESE = "これは日本語の文章です。補助金について知りたいです。"


async def test_an_explicit_choice_beats_the_language_written_in(talk: Talk) -> None:
    assert (await talk.say(ENGLISH, language="sv"))["language"] == "sv"


async def test_whoever_chose_another_language_is_understood_in_the_one_they_write(talk: Talk, rasa: RasaSide) -> None:
    turn = await talk.say(ARABIC, language="sv")

    assert rasa.received[-1]["metadata"]["language"] == "ar"
    assert [reply["lang"] for reply in turn["replies"]] == ["sv"]


async def test_what_tells_no_language_is_heard_in_that_of_the_answers(talk: Talk, rasa: RasaSide) -> None:
    await talk.say(NEITHER, language="en")

    assert rasa.received[-1]["metadata"]["language"] == "en"


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


# --- the switch to another language


async def test_the_switch_is_offered_in_both_languages(talk: Talk, catalog: Catalog) -> None:
    switch = (await talk.say(ARABIC, language="sv"))["switch"]

    assert (switch["lang"], switch["dir"]) == ("ar", "rtl")
    assert catalog.language("sv").titles["change_language"] in switch["title"]
    assert catalog.language("ar").titles["change_language"] in switch["own_title"]
    assert catalog.language("ar").name in switch["own_title"]


async def test_a_language_that_was_left_is_offered(talk: Talk) -> None:
    await talk.say(SWEDISH)
    switch = (await talk.say(ENGLISH))["switch"]

    assert switch["lang"] == "sv"
    assert (await talk.say(ENGLISH))["switch"] is None


@pytest.mark.parametrize("text", [SWEDISH, NEITHER, JAPANESE])
async def test_no_switch_is_offered_where_none_is_wanted(talk: Talk, text: str) -> None:
    assert (await talk.say(text))["switch"] is None


async def test_a_language_named_in_words_needs_no_switch(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("answered", "change_language")

    assert (await talk.say("English please", language="sv"))["switch"] is None


async def test_the_switch_gives_the_last_answer_again(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("answered", "grant_amount")
    await talk.say(ARABIC, language="sv")

    turn = await talk.switch(language="sv")

    assert turn["language"] == "ar"
    assert [(reply["topic"], reply["lang"]) for reply in turn["replies"]] == [("grant_amount", "ar")]
    assert rasa.received[-1]["metadata"]["language"] == "ar"
    assert turn["switch"] is None


async def test_the_switch_lasts(talk: Talk) -> None:
    await talk.say(ARABIC, language="sv")
    await talk.switch()

    turn = await talk.say(SWEDISH)

    assert (turn["language"], turn["switch"]["lang"]) == ("ar", "sv")


async def test_the_switch_shows_choices_again(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("clarify", nearest=["grant_amount", "payment"])
    before = await talk.say(ARABIC, language="sv")

    turn = await talk.switch()

    assert (turn["outcome"], turn["language"]) == ("clarify", "ar")
    assert [one["topic"] for one in turn["alternatives"]] == [one["topic"] for one in before["alternatives"]]
    assert {reply["lang"] for reply in turn["replies"]} == {"ar"}


async def test_the_switch_asks_the_guides_question_again(talk: Talk, rasa: RasaSide, catalog: Catalog) -> None:
    await talk.open_guide(language="sv")
    rasa.hears("no")
    before = await talk.say("لا، ليست لدي الجنسية السويدية")

    turn = await talk.switch()

    assert (before["outcome"], before["language"]) == ("guide", "sv")
    assert (turn["outcome"], turn["language"]) == ("guide", "ar")
    assert {reply["lang"] for reply in turn["replies"]} == {"ar"}
    assert len(turn["buttons"]) == len(before["buttons"])
    _, second, *_ = catalog.guide.questions
    assert set(catalog.language("ar").guide.options[second].values()) <= {one["title"] for one in turn["buttons"]}


async def test_the_switch_introduces_the_service_when_nothing_was_answered(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("not_understood")
    await talk.say(ARABIC, language="sv")

    turn = await talk.switch()

    assert [(reply["topic"], reply["lang"]) for reply in turn["replies"]] == [("greet", "ar")]


async def test_the_switch_works_while_nothing_is_understood(talk: Talk, rasa: RasaSide, catalog: Catalog) -> None:
    rasa.fails(lambda request: httpx.Response(503))
    before = await talk.say(catalog.language("ar").titles["appeal"], language="sv")

    turn = await talk.switch()

    assert turn["language"] == "ar"
    assert [one["topic"] for one in turn["alternatives"]] == [one["topic"] for one in before["alternatives"]] != []


async def test_while_nothing_is_understood_topics_are_found_in_the_language_written_in(
    talk: Talk, rasa: RasaSide, catalog: Catalog
) -> None:
    rasa.fails(lambda request: httpx.Response(503))

    turn = await talk.say(catalog.language("ar").titles["appeal"], language="sv")

    assert [one["topic"] for one in turn["alternatives"]][:1] == ["appeal"]


async def test_the_page_without_a_script_offers_the_switch(client: httpx.AsyncClient, catalog: Catalog) -> None:
    asked = {"text": ARABIC, "sprak": "sv"}
    first = read((await client.post("/", data=asked)).text)
    (named,) = first.one("div", role="log").all("bdi", lang="ar")
    offered = next(button for button in first.all("button") if catalog.language("ar").name in button.text)
    kept = {field["name"]: field["value"] for field in first.all("input", type="hidden")}

    second = read((await client.post("/", data={**kept, "button": offered["value"]})).text)
    kept = {field["name"]: field["value"] for field in second.all("input", type="hidden")}
    third = read((await client.post("/", data={**kept, "text": SWEDISH})).text)

    assert named["dir"] == "rtl"
    assert [page.one("html")["lang"] for page in (first, second, third)] == ["sv", "ar", "ar"]


async def test_a_switch_belongs_to_its_conversation(talk: Talk, client: httpx.AsyncClient) -> None:
    button = (await talk.say(ARABIC, language="sv"))["switch"]["id"]

    response = await client.post(MESSAGES, json={"button": button, "conversation": None})

    assert response.status_code == 422
