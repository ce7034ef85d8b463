from __future__ import annotations

import json
import logging
from collections.abc import Callable

import httpx
import pytest

from tests.web.conftest import MakeApp, reach
from tests.web.rasa_side import RasaSide
from tests.web.talk import MESSAGES

CANARY = "canary4711"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FAULTS: list[Callable[[], httpx.Response]] = [
    lambda: httpx.Response(500, text=CANARY),
    lambda: httpx.Response(200, text=CANARY),
    lambda: httpx.Response(200, json=[{"custom": CANARY}]),
]


async def send_canaries(client: httpx.AsyncClient, rasa: RasaSide) -> int:
    """Send the canary wherever something can be sent; return the number of requests."""
    body = {"text": f"{CANARY} hej", "conversation": CANARY, "language": CANARY}
    responses = [
        await client.post(MESSAGES, json=body, headers={"Accept-Language": CANARY, "X-Request-ID": CANARY}),
        await client.post(MESSAGES, json={"button": CANARY}),
        await client.post(MESSAGES, json={"text": CANARY * 200}),
        await client.post(MESSAGES, json={CANARY: CANARY}),
        await client.post(MESSAGES, content=CANARY.encode(), headers={"Content-Type": "application/json"}),
        await client.post("/", data={"text": CANARY, "conversation": CANARY, "sprak": CANARY}),
        await client.post("/", data={"erase": CANARY, "conversation": CANARY}),
        await client.post("/", files={"text": (CANARY, CANARY.encode())}),
        await client.get("/", params={"sprak": CANARY, "q": CANARY}),
        await client.get(f"/amne/{CANARY}", headers={"Accept": "text/html"}),
        await client.get(f"/{CANARY}"),
        await client.get(f"/static/{CANARY}"),
        await client.get("/api/v1/search", params={"q": CANARY}),
        await client.get("/api/v1/search", params={"q": f"{CANARY}\nforged line\x1b[31m"}),
        await client.get(f"/api/v1/topics/{CANARY}/", params={"language": CANARY}),
        await client.delete(f"/api/v1/conversations/{CANARY}"),
        await client.post("/api/v1/feedback", json={"topic": CANARY, "language": CANARY, "helpful": CANARY}),
    ]
    for fault in FAULTS:
        rasa.answer = fault
        responses.append(await client.post(MESSAGES, json={"text": f"{CANARY} hej"}))
    return len(responses)


@pytest.mark.parametrize("level", LEVELS)
async def test_no_level_prints_what_was_sent(
    make_app: MakeApp,
    rasa: RasaSide,
    level: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with reach(make_app(log_level=level)) as client:
        requests = await send_canaries(client, rasa)

    printed = capsys.readouterr()
    assert CANARY not in (printed.out + printed.err).lower()
    # The client of this test logs what it sends; the gateway's own client asks Rasa.
    ours = [record for record in caplog.records if "gateway.test" not in record.getMessage()]
    assert ours
    assert not [record for record in ours if CANARY in f"{record.getMessage()}{record.__dict__}"]
    assert len(printed.out.splitlines()) == (requests if level in ("DEBUG", "INFO") else 0)


async def test_a_line_tells_method_route_status_and_time(make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> None:
    async with reach(make_app()) as client:
        await client.get("/amne/city_grant?sprak=en")
        await client.get("/api/v1/topics/nonsense")

    shown, missing = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (shown["method"], shown["route"], shown["status"]) == ("GET", "/amne/{topic}", 200)
    assert shown["ms"] >= 0
    assert (missing["route"], missing["status"]) == ("/api/v1/topics/{topic}", 404)


async def test_what_breaks_is_logged_too(make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> None:
    app = make_app()

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError

    async with reach(app) as client:
        with pytest.raises(RuntimeError):
            await client.get("/broken")

    assert json.loads(capsys.readouterr().out)["status"] == 500
