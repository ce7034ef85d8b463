from __future__ import annotations

from typing import Any

import pytest

from bot.web.limits import network
from tests.web.conftest import MakeApp, reach
from tests.web.rasa_side import RasaSide
from tests.web.talk import MESSAGES, Talk

FEW = {"limit_client": "3/hour", "limit_conversation": "2/hour"}
HEJ: dict[str, Any] = {"method": "POST", "url": MESSAGES, "json": {"text": "hej"}}
FEEDBACK = {"topic": "city_grant", "language": "sv", "helpful": True}
LIMITED = {
    "message": HEJ,
    "search": {"method": "GET", "url": "/api/v1/search?q=hej"},
    "feedback": {"method": "POST", "url": "/api/v1/feedback", "json": FEEDBACK},
    "code": {"method": "GET", "url": "/amne/city_grant/qr.svg"},
    "topic page": {"method": "GET", "url": "/amne/city_grant"},
    "form": {"method": "POST", "url": "/", "data": {"text": "hej"}},
}


@pytest.mark.parametrize("request_", LIMITED.values(), ids=LIMITED.keys())
async def test_a_client_that_asks_too_often_is_told_when_to_try_again(
    make_app: MakeApp, request_: dict[str, Any]
) -> None:
    async with reach(make_app(**FEW), "192.0.2.1") as client:
        statuses = [(await client.request(**request_)).status_code for _ in range(3)]
        refused = await client.request(**request_)

    assert all(status < 300 for status in statuses)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 3600


async def test_what_is_refused_is_a_problem_document_and_does_not_reach_rasa(make_app: MakeApp, rasa: RasaSide) -> None:
    async with reach(make_app(**FEW), "192.0.2.1", **{"Accept-Language": "en"}) as client:
        problem = [(await client.request(**HEJ)).json() for _ in range(4)][-1]

    assert (problem["type"], problem["lang"]) == ("urn:vagvisaren:problem:rate-limited", "en")
    assert len(rasa.received) == 3


async def test_a_conversation_that_asks_too_often_is_refused_from_every_address(make_app: MakeApp) -> None:
    app = make_app(**FEW)
    async with reach(app, "192.0.2.1") as here, reach(app, "192.0.2.2") as there:
        talk = Talk(here)
        for _ in range(3):  # the first has no token yet
            await talk.say("hej")

        refused = await there.post(MESSAGES, json={"text": "hej", "conversation": talk.token})

    assert refused.status_code == 429


async def test_other_clients_are_not_held_up(make_app: MakeApp) -> None:
    app = make_app(**FEW)
    async with reach(app, "192.0.2.1") as busy, reach(app, "192.0.2.2") as calm:
        for _ in range(4):
            await busy.request(**HEJ)

        assert (await calm.request(**HEJ)).status_code == 200


async def test_a_claimed_address_is_not_believed(make_app: MakeApp) -> None:
    async with reach(make_app(**FEW), "192.0.2.1") as client:
        statuses = [
            (await client.request(**HEJ, headers={"X-Forwarded-For": f"198.51.100.{n}"})).status_code for n in range(4)
        ]

    assert statuses[-1] == 429


async def test_limits_can_be_off_at_home(make_app: MakeApp) -> None:
    async with reach(make_app(**FEW, limits="off")) as client:
        statuses = {(await client.request(**HEJ)).status_code for _ in range(5)}

    assert statuses == {200}


async def test_pages_are_not_counted(make_app: MakeApp) -> None:
    async with reach(make_app(**FEW), "192.0.2.1") as client:
        statuses = {(await client.get("/")).status_code for _ in range(5)}

    assert statuses == {200}


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_network_counts_as_one_client(address: str, counted: str) -> None:
    assert network(address) == counted
