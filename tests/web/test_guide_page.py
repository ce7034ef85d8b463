"""The guide as one page, for a browser without JavaScript: everything asked at once, nothing kept."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import DATA, Catalog
from bot.content import ContentFile
from bot.facts.book import FactBook
from bot.guide import GUIDE_RULES, GUIDE_TOPIC, UNKNOWN, Pointer, load_guide
from bot.render import Renderer
from tests.web.conftest import MakeApp, one_gateway, reach
from tests.web.page import Element, read
from tests.web.rasa_side import RasaSide

GUIDE = load_guide(ContentFile(DATA / "guide.yml"))
LANGUAGES = ["sv", "en"]
# A form may carry any bytes under any name.
FIELD = st.sampled_from([*GUIDE.questions, "sprak", "x"])
VALUE = st.text(st.characters(exclude_categories=["Cs"]), max_size=50) | st.sampled_from(["yes", "no", "eu", "skip"])


@pytest.fixture
def renderer(catalog: Catalog) -> Renderer:
    return Renderer(catalog, FactBook(catalog.ledger))


async def shown(client: httpx.AsyncClient, language: str) -> Element:
    response = await client.get("/guide", params={"sprak": language})
    assert response.status_code == 200
    return read(response.text)


async def submitted(client: httpx.AsyncClient, expected: int = 200, **fields: str) -> Element:
    response = await client.post("/guide", data=fields)
    assert response.status_code == expected
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return read(response.text)


def outcome(page: Element) -> list[str]:
    """Return the paragraphs and list items that tell where the answers point."""
    answer = page.one("section", class_="answer")
    told = []
    for child in answer.children:
        if child.tag == "h2":
            break
        told += [child] if child.tag == "p" else list(child.all("li"))
    return [" ".join(one.text.split()) for one in told]


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_question_is_asked_with_its_options(
    client: httpx.AsyncClient, catalog: Catalog, renderer: Renderer, language: str
) -> None:
    spoken = catalog.languages[language]
    page = await shown(client, language)

    form = page.one("form", method="post", action="/guide")
    assert page.one("html")["lang"] == language
    assert list(page.all("script")) == []
    assert [words(legend.text) for legend in form.all("legend")] == [
        words(renderer.guide_question(question, spoken).text) for question in GUIDE.questions
    ]
    for question, fieldset in zip(GUIDE.questions, form.all("fieldset"), strict=True):
        radios = list(fieldset.all("input", type="radio", name=question))
        assert [radio["value"] for radio in radios] == [*GUIDE.questions[question], UNKNOWN]
        assert [words(label.text) for label in fieldset.all("label")] == [
            *spoken.guide.options[question].values(),
            renderer.ui("guide_unknown", spoken),
        ]
        assert [radio["value"] for radio in radios if "checked" in radio.attributes] == [UNKNOWN]
        assert all(radio.parent and radio.parent.tag == "label" for radio in radios)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_chosen_leaves_everything_open(
    client: httpx.AsyncClient, catalog: Catalog, renderer: Renderer, language: str
) -> None:
    spoken = catalog.languages[language]
    page = await submitted(client, sprak=language)

    assert page.one("html")["lang"] == language
    assert list(page.all("form")) == []
    assert outcome(page)[0] == renderer.ui("guide_nothing_against", spoken)
    assert set(spoken.guide.about.values()) <= set(outcome(page))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pointer", GUIDE.pointers, ids=lambda pointer: pointer.id)
async def test_each_pointer_is_told_with_its_sources_and_its_answer(
    client: httpx.AsyncClient, catalog: Catalog, renderer: Renderer, language: str, pointer: Pointer
) -> None:
    spoken = catalog.languages[language]
    chosen = {question: options[0] for question, options in pointer.when.items()}
    reply = renderer.guide_outcome(GUIDE.complete(chosen), spoken)

    page = await submitted(client, sprak=language, **chosen)

    told = [words(line.removeprefix("- ")) for line in reply.text.splitlines() if line]
    assert outcome(page)[:-1] == told[:-1]
    assert renderer.ui("guide_against", spoken) == outcome(page)[0]
    answer = page.one("section", class_="answer")
    assert [link["href"] for link in answer.one("ul", class_="sources").all("a")] == [
        source["url"] for source in reply.sources
    ]
    choices = [link["href"] for link in answer.one("ul", class_="choices").all("a")]
    assert f"/amne/{pointer.topic}?sprak={language}" in choices
    assert f"/guide?sprak={language}" in choices
    for choice in choices:
        assert (await client.get(choice)).status_code == 200


async def test_other_support_is_offered_where_there_is_some(client: httpx.AsyncClient) -> None:
    page = await submitted(client, permit="asylum")

    choices = [link["href"] for link in page.one("ul", class_="choices").all("a")]
    assert "/amne/reestablishment_support?sprak=sv" in choices


async def test_with_nothing_against_the_rules_and_the_way_to_apply_are_linked(client: httpx.AsyncClient) -> None:
    page = await submitted(client, citizen="no")

    choices = [link["href"] for link in page.one("ul", class_="choices").all("a")]
    assert choices[:2] == [f"/amne/{GUIDE_RULES}?sprak=sv", "/amne/apply_how?sprak=sv"]


@one_gateway
@given(fields=st.dictionaries(FIELD, VALUE))
async def test_whatever_is_sent_gets_an_outcome(
    client: httpx.AsyncClient, catalog: Catalog, fields: dict[str, str]
) -> None:
    page = await submitted(client, **fields)

    against = GUIDE.outcome(GUIDE.complete(fields)).against
    spoken = catalog.languages[page.one("html")["lang"]]
    assert len(set(outcome(page)) & {words(text(spoken, pointer)) for pointer in GUIDE.pointers}) == len(
        [pointer for pointer in against if "{" not in text(spoken, pointer)]
    )


def text(spoken: Any, pointer: Pointer) -> str:
    """Return a pointer's words, with braces for its facts."""
    return "".join(getattr(piece, "text", "{}") for piece in spoken.guide.pointers[pointer.id])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"%ff%fe=%00&&&==", "application/x-www-form-urlencoded"),
        (b"citizen=yes&citizen=no&citizen=yes", "application/x-www-form-urlencoded"),
        (b"citizen=\xed\xa0\x80&sprak=\xed\xa0\x80", "application/x-www-form-urlencoded"),
        (b'{"citizen": "yes"}', "application/json"),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=a"),
        (b"--a\r\nnonsense", "multipart/form-data; boundary=a"),
        (b"citizen=yes&" * 500, "application/x-www-form-urlencoded"),
    ],
)
async def test_garbage_is_answered_or_refused(client: httpx.AsyncClient, content: bytes, kind: str) -> None:
    response = await client.post("/guide", content=content, headers={"Content-Type": kind, "Accept": "text/html"})

    assert response.status_code in {200, 400, 413, 422}
    assert read(response.text).one("h1").text


async def test_a_file_is_no_answer(client: httpx.AsyncClient, catalog: Catalog, renderer: Renderer) -> None:
    response = await client.post("/guide", files={"citizen": ("yes", b"yes"), "sprak": ("en", b"en")})

    assert response.status_code == 200
    assert outcome(read(response.text))[0] == renderer.ui("guide_nothing_against", catalog.languages["sv"])


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nothing_is_kept(client: httpx.AsyncClient, rasa: RasaSide, method: str) -> None:
    data = {"citizen": "yes"} if method == "POST" else None

    response = await client.request(method, "/guide", data=data)

    assert "set-cookie" not in response.headers
    assert response.headers["cache-control"] == "no-store"
    assert rasa.received == []
    assert "citizen=" not in response.text


async def test_answers_do_not_stand_in_the_page_that_follows(client: httpx.AsyncClient) -> None:
    page = await submitted(client, citizen="canary", sprak="sv", x="canary")

    assert "canary" not in page.text
    assert list(page.all("input")) == []


async def test_the_page_needs_no_rasa(client: httpx.AsyncClient, rasa: RasaSide) -> None:
    rasa.fails(lambda request: httpx.Response(503))

    assert outcome(await submitted(client, citizen="yes"))


async def test_too_many_outcomes_are_refused_as_elsewhere(make_app: MakeApp) -> None:
    async with reach(make_app(limit_client="3/minute")) as client:
        statuses = [(await client.post("/guide", data={})).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_a_whole_one(client: httpx.AsyncClient, catalog: Catalog, language: str) -> None:
    for page in (await shown(client, language), await submitted(client, sprak=language)):
        assert page.one("h1").text == catalog.languages[language].titles[GUIDE_TOPIC]
        assert page.one("title").text.startswith(page.one("h1").text)
        assert page.one("aside", id="human").all("a")
        assert page.one("main")
        ids = [element["id"] for element in page.all() if element.get("id")]
        assert len(ids) == len(set(ids))
