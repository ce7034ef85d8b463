from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
from markupsafe import escape
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.desk.audit import Audit
from bot.facts.store import FactStore
from bot.web.app import create_app
from bot.web.settings import Settings
from tests.desk.conftest import MARKUP, SignIn, Staff, Time, person
from tests.web.page import read
from tests.web.rasa_side import RasaSide

PAGE = "/desk/notices"
# The clock shows 10:00 in Stockholm.
LATER, EARLIER = "2026-11-26T12:00", "2026-11-26T09:59"
# One of each kind.
PARTS = ("chat", "free_text", "topic:city_grant", "language:so")
OpenPublic = Callable[[], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def editor(sign_in: SignIn) -> Staff:
    return sign_in(person("editor", "Anna"))


@pytest.fixture
def open_public(
    desk_store: FactStore, light_catalog: Catalog, rasa: RasaSide, time: Time, settings: Settings
) -> OpenPublic:
    """Opens another gateway on the same database, as it is after what was done at the desk."""

    @asynccontextmanager
    async def open_public() -> AsyncIterator[httpx.AsyncClient]:
        public = settings.model_copy(update={"desk": "off"})
        app = create_app(public, light_catalog, desk_store, httpx.MockTransport(rasa), time)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://public.test") as client,
        ):
            yield client

    return open_public


async def switch(editor: Staff, way: str, part: str, reason: str = "Fel i svaren.") -> int:
    return (await editor.post(f"{PAGE}/{way}", part=part, reason=reason)).status_code


async def tell(editor: Staff, until: str = LATER, reason: str = "Kö i telefonen.", **texts: str) -> int:
    fields = {f"text-{code}": text for code, text in texts.items()}
    return (await editor.post(f"{PAGE}/tell", until=until, reason=reason, **fields)).status_code


async def ask(client: httpx.AsyncClient, **message: Any) -> dict[str, Any]:
    response = await client.post("/api/v1/messages", json=message)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_a_notice_stands_on_every_page_in_the_language_of_the_page(
    editor: Staff, open_public: OpenPublic
) -> None:
    assert await tell(editor, sv="Telefonen är <b>stängd</b>.", en="The phone is closed.") == 303

    async with open_public() as client:
        for path in ("/", "/guide", "/amne/city_grant"):
            swedish = (await client.get(path, params={"sprak": "sv"})).text
            assert '<p lang="sv" dir="ltr">Telefonen är &lt;b&gt;stängd&lt;/b&gt;.</p>' in swedish
            assert (
                '<p lang="en" dir="ltr">The phone is closed.</p>'
                in (await client.get(path, params={"sprak": "en"})).text
            )
            # A language without a text of its own has the Swedish one, marked as such.
            assert '<p lang="sv" dir="ltr">Telefonen' in (await client.get(path, params={"sprak": "ar"})).text
        told = (await client.get("/api/v1/notice", params={"language": "en"})).json()
        assert told == [{"text": "The phone is closed.", "lang": "en", "dir": "ltr"}]


async def test_a_notice_may_be_as_long_in_every_language(
    editor: Staff, open_public: OpenPublic, light_catalog: Catalog
) -> None:
    # Each of three bytes, of which a form makes nine characters.
    assert await tell(editor, **dict.fromkeys(light_catalog.languages, "ሀ" * 500)) == 303

    async with open_public() as client:
        assert [len(one["text"]) for one in (await client.get("/api/v1/notice")).json()] == [500]


async def test_a_form_that_is_too_large_is_told_on_a_page(editor: Staff) -> None:
    response = await editor.post(f"{PAGE}/tell", reason="x" * 300_000)

    assert response.status_code == 413
    assert read(response.text).one("p", id="problem").text
    assert read(response.text).one("html")["lang"] == "sv"


@pytest.mark.parametrize("typed", MARKUP)
async def test_a_notice_is_never_markup(editor: Staff, open_public: OpenPublic, typed: str) -> None:
    assert await tell(editor, sv=typed) == 303

    async with open_public() as client:
        for path in ("/", "/guide", "/amne/city_grant"):
            page = (await client.get(path, params={"sprak": "sv"})).text
            assert f'<p lang="sv" dir="ltr">{escape(typed)}</p>' in page


async def test_a_notice_ends_by_itself_and_by_hand(editor: Staff, open_public: OpenPublic, time: Time) -> None:
    await tell(editor, sv="Först")
    await tell(editor, sv="Sedan", until="2026-11-26T15:00")
    html = (await editor.get(PAGE)).text
    first = re.findall(r'id="notice-(\w+)"', html)[0]

    async with open_public() as client:
        texts = [one["text"] for one in (await client.get("/api/v1/notice")).json()]
        assert texts == ["Först", "Sedan"]
        # Noon in Stockholm.
        time.pass_by(hours=2)
        assert [one["text"] for one in (await client.get("/api/v1/notice")).json()] == ["Sedan"]
    time.pass_by(hours=-2)
    assert (await editor.post(f"{PAGE}/untell", id=first, reason="Löst.")).status_code == 303
    async with open_public() as client:
        assert [one["text"] for one in (await client.get("/api/v1/notice")).json()] == ["Sedan"]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"sv": "Text", "reason": " "}, "reason"),
        ({"sv": "Text", "until": EARLIER}, "until"),
        ({"sv": "Text", "until": "snart"}, "until"),
        ({"en": "Text"}, "text-sv"),
        ({"sv": "x" * 501}, "text-sv"),
    ],
)
async def test_a_notice_that_is_not_whole_is_not_told(
    fields: dict[str, str], fault: str, editor: Staff, open_public: OpenPublic, engine: Engine
) -> None:
    texts = {f"text-{code}": text for code, text in fields.items() if len(code) == 2}
    sent = {"until": LATER, "reason": "Därför", **{k: v for k, v in fields.items() if len(k) > 2}, **texts}
    response = await editor.post(f"{PAGE}/tell", **sent)

    assert response.status_code == 422
    assert f'aria-describedby="{fault}-error"' in response.text
    assert f'id="{fault}-error"' in response.text
    assert Audit(engine).last() == 0
    async with open_public() as client:
        assert (await client.get("/api/v1/notice")).json() == []


async def test_without_free_text_people_choose_topics(editor: Staff, open_public: OpenPublic, rasa: RasaSide) -> None:
    await switch(editor, "off", "free_text")

    async with open_public() as client:
        heard = len(rasa.received)
        written = await ask(client, text="Hur mycket pengar?", language="sv")
        assert written["outcome"] == "unavailable"
        assert written["replies"][0]["topic"] is None
        # Nothing that was written goes on to Rasa.
        assert len(rasa.received) == heard
        pressed = await ask(client, button=written["buttons"][0]["id"], conversation=written["conversation"])
        assert pressed["outcome"] == "answered"


async def test_without_the_chat_the_pages_of_topics_and_the_phone_are_left(
    editor: Staff, open_public: OpenPublic, light_catalog: Catalog
) -> None:
    await switch(editor, "off", "chat")

    async with open_public() as client:
        for message in ({"text": "hej"}, {"button": "0" * 16}):
            answer = await ask(client, language="en", **message)
            assert (answer["outcome"], answer["buttons"]) == ("unavailable", [])
        page = (await client.get("/?sprak=en")).text
        assert 'name="text"' not in page
        assert "chat.js" not in page
        assert 'href="/amne/grant_amount?sprak=en"' in page
        assert 'href="tel:' in page
        topic = (await client.get("/amne/city_grant?sprak=en")).text
        assert light_catalog.languages["en"].titles["city_grant"] in topic


async def test_a_topic_that_is_off_is_told_nowhere(editor: Staff, open_public: OpenPublic, rasa: RasaSide) -> None:
    rasa.means("answered", "grant_amount")
    await switch(editor, "off", "topic:grant_amount")

    async with open_public() as client:
        for language in ("sv", "ar"):
            reply = (await client.get("/api/v1/topics/grant_amount", params={"language": language})).json()
            assert reply["facts"] == reply["sources"] == []
            assert "350" not in reply["text"]
            assert (await ask(client, text="x", language=language))["replies"][0]["text"] == reply["text"]
            page = (await client.get("/amne/grant_amount", params={"sprak": language})).text
            assert reply["text"][:20] in page
            assert not re.search(r"350\D?000", page)
        other = (await client.get("/api/v1/topics/city_grant")).json()
        assert other["sources"]


async def test_a_language_that_is_off_is_offered_nowhere(editor: Staff, open_public: OpenPublic) -> None:
    await switch(editor, "off", "language:ar")

    async with open_public() as client:
        assert "ar" not in [one["code"] for one in (await client.get("/api/v1/languages")).json()]
        assert (await client.get("/api/v1/topics/city_grant", params={"language": "ar"})).json()["lang"] == "sv"
        for path in ("/", "/amne/city_grant", "/guide"):
            page = (await client.get(path, params={"sprak": "ar"}, headers={"Accept-Language": "ar"})).text
            assert '<html lang="sv"' in page
            assert "sprak=ar" not in page
        assert "sprak=ar" not in (await client.get("/sitemap.xml")).text
        answer = await ask(client, text="كم تبلغ منحة العودة؟")
        assert answer["language"] == "sv"
        assert answer["notice"]


async def test_a_part_can_be_switched_on_again(editor: Staff, open_public: OpenPublic, engine: Engine) -> None:
    for part in PARTS:
        assert await switch(editor, "off", part) == 303
        assert await switch(editor, "off", part) == 303
        assert await switch(editor, "on", part, reason="Löst.") == 303

    async with open_public() as client:
        assert (await client.get("/api/v1/notice")).json() == []
        assert len((await client.get("/api/v1/languages")).json()) == 12
    actions = [row["action"] for row in Audit(engine).latest(20)]
    assert actions == ["switch.on", "switch.off"] * 4


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        *((part, reason) for part in PARTS for reason in ("", " ")),
        *((part, "x") for part in ("language:sv", "language:xx", "topic:xx", "")),
    ],
)
async def test_nothing_goes_off_without_a_reason_nor_what_cannot(
    part: str, reason: str, editor: Staff, engine: Engine
) -> None:
    assert await switch(editor, "off", part, reason) == 422
    assert Audit(engine).last() == 0


@pytest.mark.parametrize("part", PARTS)
async def test_nothing_goes_on_without_a_reason(editor: Staff, engine: Engine, part: str) -> None:
    await switch(editor, "off", part)

    assert await switch(editor, "on", part, " ") == 422
    assert [row["action"] for row in Audit(engine).latest(5)] == ["switch.off"]


async def test_why_a_part_is_off_is_told_at_the_desk(editor: Staff) -> None:
    for part in PARTS:
        await switch(editor, "off", part, f"Därför att {part}")

    page = read((await editor.get(PAGE)).text)

    for part in PARTS:
        assert f"Därför att {part}" in page.one("article", id=part.replace(":", "-")).text


@pytest.mark.parametrize("part", ["chat", "free_text"])
async def test_what_is_off_for_all_is_told_to_all(editor: Staff, open_public: OpenPublic, part: str) -> None:
    await switch(editor, "off", part)

    async with open_public() as client:
        assert (await client.get("/api/v1/notice")).json() != []
