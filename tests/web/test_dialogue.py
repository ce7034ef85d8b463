from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from bot.catalog import Catalog
from bot.facts.hours import STOCKHOLM
from bot.web.dialogue import Dialogue
from tests.web.conftest import MakeApp, reach
from tests.web.rasa_side import RasaSide, said
from tests.web.talk import MESSAGES, Talk

RANKING = ("grant_amount", "payment", "apply_how", "apply_form", "repayment", "grant_changes", "legal_basis")


def found(state: str, value: Any, checked: date = date(2026, 1, 1)) -> dict[str, Any]:
    """Return what an action found of one fact."""
    return {"value": value, "state": state, "checked": checked.isoformat()}


async def test_two_questions_get_two_replies(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("answered", "grant_amount", "apply_how")

    turn = await talk.say("hur mycket och hur söker jag?")

    assert [reply["topic"] for reply in turn["replies"]] == ["grant_amount", "apply_how"]


async def test_clarify_offers_the_three_nearest(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("clarify", nearest=RANKING)

    turn = await talk.say("pengarna")

    assert turn["outcome"] == "clarify"
    assert [one["topic"] for one in turn["alternatives"]] == list(RANKING[:3])
    assert [button["topic"] for button in turn["buttons"]] == [*RANKING[:3], "not_what_i_meant"]
    assert [reply["topic"] for reply in turn["replies"]] == [None]
    assert turn["replies"][0]["text"]


async def test_clarify_offers_help_first_to_whoever_may_be_in_danger(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("clarify", nearest=("repayment", "pressured", "crisis"))

    turn = await talk.say("om jag måste tillbaka")

    assert [one["topic"] for one in turn["alternatives"]] == ["pressured", "crisis", "repayment"]


async def test_a_guess_at_a_language_that_we_lack_is_not_offered(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("clarify", nearest=RANKING)

    turn = await talk.say("Quiero volver a mi país con mis hijos")

    assert turn["outcome"] == "not_understood"
    assert turn["notice"]


async def test_clarify_with_nothing_to_choose_between_is_not_understood(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("clarify", nearest=RANKING[:1])

    assert (await talk.say("pengarna"))["outcome"] == "not_understood"


async def test_an_alternative_can_be_chosen(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("clarify", nearest=RANKING)
    await talk.say("pengarna")

    turn = await talk.press("payment")

    assert [reply["topic"] for reply in turn["replies"]] == ["payment"]
    assert rasa.messages[-1] == "/payment"


async def test_what_is_not_understood_has_a_reply_without_topic(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("not_understood")

    turn = await talk.say("blå elefanter")

    assert turn["outcome"] == "not_understood"
    assert [reply["topic"] for reply in turn["replies"]] == [None]
    assert turn["replies"][0]["text"]
    assert turn["buttons"]


async def test_after_two_misses_a_person_is_offered(talk: Talk, rasa: RasaSide, catalog: Catalog) -> None:
    rasa.means("not_understood")
    phone = catalog.ledger.facts["mv_phone"].value

    texts = [(await talk.say("blå elefanter"))["replies"][0]["text"] for _ in range(3)]

    assert [phone in text for text in texts] == [False, True, True]


@pytest.mark.parametrize("outcome", ["clarify", "not_understood"])
async def test_after_two_misses_the_nearest_topics_and_a_person_are_offered(
    talk: Talk, rasa: RasaSide, outcome: str
) -> None:
    rasa.means(outcome, nearest=RANKING)

    first, second = [await talk.say("blå elefanter") for _ in range(2)]

    assert second["outcome"] == outcome
    offered = [button["topic"] for button in second["buttons"]]
    assert [one["topic"] for one in second["alternatives"]] == list(RANKING[:3]) == offered[:3]
    assert "talk_to_human" in offered
    assert len(offered) == len(set(offered))
    assert "talk_to_human" not in [button["topic"] for button in first["buttons"]]


async def test_an_answer_forgets_the_misses(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("not_understood")
    first = (await talk.say("blå elefanter"))["replies"]
    rasa.means("answered", "city_grant")
    await talk.say("betalar kommunen?")
    rasa.means("not_understood")

    assert (await talk.say("blå elefanter"))["replies"] == first


async def test_not_what_i_meant_offers_the_next_nearest(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("answered", RANKING[0], nearest=RANKING)
    await talk.say("pengarna")
    rasa.means("answered", "not_what_i_meant")

    turn = await talk.say("nej, det menade jag inte")

    assert [one["topic"] for one in turn["alternatives"]] == list(RANKING[1:4])
    assert [button["topic"] for button in turn["buttons"]] == list(RANKING[1:4])


async def test_what_was_turned_down_is_not_offered_again(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("clarify", nearest=RANKING)
    await talk.say("pengarna")

    first = await talk.press("not_what_i_meant")
    rasa.means("answered", "not_what_i_meant")
    second = await talk.say("inget av det")
    third = await talk.say("inte det heller")

    assert [one["topic"] for one in first["alternatives"]] == list(RANKING[3:6])
    assert [one["topic"] for one in second["alternatives"]] == list(RANKING[6:])
    assert third["alternatives"] == []
    assert third["buttons"]


async def test_the_wrong_answer_is_not_among_the_main_topics_either(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("answered", "city_grant")
    await talk.say("pengarna")

    rasa.means("answered", "not_what_i_meant")
    turn = await talk.say("nej, det menade jag inte")

    assert turn["buttons"]
    assert "city_grant" not in {button["topic"] for button in turn["buttons"]}


async def test_a_button_of_another_conversation_is_refused(client: httpx.AsyncClient) -> None:
    mine, yours = Talk(client), Talk(client)
    await mine.say("betalar kommunen?")
    await yours.say("betalar kommunen?")
    stolen = next(iter(yours.buttons.values()))

    response = await client.post(MESSAGES, json={"button": stolen, "conversation": mine.token})

    assert response.status_code == 422
    assert response.json()["type"] == "urn:vagvisaren:problem:unknown-button"


async def test_a_button_that_was_never_offered_is_refused(client: httpx.AsyncClient, rasa: RasaSide) -> None:
    response = await client.post(MESSAGES, json={"button": "city_grant"})

    assert response.status_code == 422
    assert rasa.received == []


async def test_an_older_button_of_the_conversation_still_works(client: httpx.AsyncClient, talk: Talk) -> None:
    await talk.say("betalar kommunen?")
    topic, button = next(iter(talk.buttons.items()))
    await talk.press(topic)

    response = await client.post(MESSAGES, json={"button": button, "conversation": talk.token})

    assert [reply["topic"] for reply in response.json()["replies"]] == [topic]


async def test_an_unknown_token_starts_a_new_conversation_and_says_so(client: httpx.AsyncClient) -> None:
    talk = Talk(client, token="was-never-given")

    turn = await talk.say("betalar kommunen?")

    assert turn["conversation"] != "was-never-given"
    assert turn["outcome"] == "answered"
    assert turn["notice"]


async def test_a_button_of_an_ended_conversation_starts_over(client: httpx.AsyncClient, talk: Talk) -> None:
    await talk.say("betalar kommunen?")
    topic = next(iter(talk.buttons))
    await client.delete(f"/api/v1/conversations/{talk.token}")

    turn = await talk.press(topic)

    assert [reply["topic"] for reply in turn["replies"]] == ["start_over"]
    assert turn["notice"]


async def test_a_menu_button_answers_in_an_ended_conversation_too(client: httpx.AsyncClient) -> None:
    button = Dialogue.menu_button("grant_amount")

    turn = (await client.post(MESSAGES, json={"button": button, "conversation": "ended"})).json()

    assert [reply["topic"] for reply in turn["replies"]] == ["grant_amount"]
    assert turn["notice"]


async def test_an_empty_token_is_no_token(client: httpx.AsyncClient) -> None:
    assert (await Talk(client, token="").say("hej"))["notice"] is None


async def test_a_withheld_fact_shows_no_figure(talk: Talk, rasa: RasaSide, catalog: Catalog) -> None:
    amount = catalog.ledger.facts["grant_adult"].format("sv")
    rasa.means("answered", "grant_amount")
    before = (await talk.say("hur mycket?"))["replies"][0]
    rasa.means("answered", "grant_amount", facts={"grant_adult": found("withheld", 350_000)})

    after = (await talk.say("hur mycket?"))["replies"][0]

    withheld = next(fact for fact in after["facts"] if fact["id"] == "grant_adult")
    assert (withheld["status"], withheld["value"]) == ("withheld", None)
    assert amount in before["text"]
    assert amount not in after["text"] + str(after["blocks"])


async def test_an_unconfirmed_fact_is_told_with_its_date(talk: Talk, rasa: RasaSide, catalog: Catalog) -> None:
    fact = catalog.ledger.facts["grant_adult"]
    rasa.means("answered", "grant_amount", facts={fact.id: found("unconfirmed", fact.value, fact.checked)})

    reply = (await talk.say("hur mycket?"))["replies"][0]

    told = next(one for one in reply["facts"] if one["id"] == fact.id)
    assert (told["status"], told["value"]) == ("unconfirmed", fact.format("sv"))
    assert date.fromisoformat(told["checked"]) == fact.checked
    assert "unconfirmed" in {source["status"] for source in reply["sources"]}


async def test_a_value_that_rasa_found_is_told_as_of_its_day(talk: Talk, rasa: RasaSide) -> None:
    today = datetime.now(STOCKHOLM).date()
    rasa.means("answered", "grant_amount", facts={"grant_adult": found("confirmed", 400_000, today)})

    reply = (await talk.say("how much?", language="en"))["replies"][0]

    told = next(one for one in reply["facts"] if one["id"] == "grant_adult")
    assert (told["value"], told["status"], told["checked"]) == (
        "400,000\N{NO-BREAK SPACE}kr",
        "confirmed",
        today.isoformat(),
    )
    assert "400,000\N{NO-BREAK SPACE}kr" in reply["text"]


@pytest.mark.parametrize(
    "nonsense", ["withheld", None, [], {}, {"state": "guessed"}, found("guessed", 350_000), found("withheld", "many")]
)
async def test_a_finding_of_another_form_is_left_out(talk: Talk, rasa: RasaSide, nonsense: Any) -> None:
    rasa.means("answered", "grant_amount")
    plain = (await talk.say("hur mycket?"))["replies"]
    rasa.means("answered", "grant_amount", facts={"grant_adult": nonsense, "no_such_fact": found("confirmed", 1)})

    assert (await talk.say("hur mycket?"))["replies"] == plain


async def test_rasa_is_told_the_language_written_in_and_the_topic_before(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("answered", "grant_amount")

    await talk.say("hur mycket?", language="en")
    await talk.say("???")

    assert [body["metadata"] for body in rasa.received] == [
        {"language": "sv", "topic": None, "answered": True},
        {"language": "en", "topic": "grant_amount", "answered": True},
    ]


async def test_rasa_is_told_whether_the_turn_before_was_an_answer(talk: Talk, rasa: RasaSide) -> None:
    for outcome in ("answered", "clarify", "not_understood", "answered"):
        rasa.means(outcome, *["grant_amount"] * (outcome == "answered"), nearest=RANKING)
        await talk.say("hur mycket?")
    await talk.say("nej, jag menade barnen")

    assert [body["metadata"]["answered"] for body in rasa.received] == [True, True, False, False, True]


async def test_starting_over_forgets_the_topic(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("answered", "grant_amount")
    await talk.say("hur mycket?")
    rasa.means("answered", "start_over")
    await talk.say("börja om")

    await talk.say("varför?")

    assert rasa.received[-1]["metadata"]["topic"] is None


async def test_small_talk_does_not_change_the_topic(talk: Talk, rasa: RasaSide) -> None:
    for topic in ("grant_amount", "thanks", "grant_amount"):
        rasa.means("answered", topic)
        await talk.say("tack")

    assert rasa.received[-1]["metadata"]["topic"] == "grant_amount"


async def test_rasa_knows_each_conversation_by_another_name_than_its_token(
    client: httpx.AsyncClient, rasa: RasaSide
) -> None:
    one, other = Talk(client), Talk(client)
    for talk in (one, other, one):
        await talk.say("hej")

    senders = [body["sender"] for body in rasa.received]
    assert senders[0] == senders[2] != senders[1]
    assert not {one.token, other.token, "default"} & set(senders)


async def talk_at_once(talks: list[Talk], rasa: RasaSide) -> int:
    """Let each say something at the same time; return how many messages Rasa had at most at once."""
    under_way = most = 0

    async def answer() -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(50):  # turns of the event loop: everybody else gets as far as they can
            await asyncio.sleep(0)
        under_way -= 1
        return said("answered", "city_grant")

    rasa.answer = answer
    await asyncio.gather(*(talk.say("hej") for talk in talks))
    return most


async def test_messages_of_one_conversation_reach_rasa_one_after_the_other(
    client: httpx.AsyncClient, talk: Talk, rasa: RasaSide
) -> None:
    await talk.say("hej")

    assert await talk_at_once([Talk(client, talk.token) for _ in range(5)], rasa) == 1


async def test_conversations_do_not_wait_for_each_other(client: httpx.AsyncClient, rasa: RasaSide) -> None:
    assert await talk_at_once([Talk(client) for _ in range(5)], rasa) == 5


async def test_the_least_used_conversation_ends_when_there_are_too_many(make_app: MakeApp) -> None:
    async with reach(make_app(conversations_max=10, limits="off")) as client:
        talks = [Talk(client) for _ in range(11)]
        for talk in talks:
            await talk.say("hej")

        assert (await talks[1].say("hej"))["notice"] is None
        assert (await talks[0].say("hej"))["notice"]
