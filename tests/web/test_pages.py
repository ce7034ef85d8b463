from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.facts.hours import STOCKHOLM, parse_hours
from bot.guide import GUIDE_TOPIC
from bot.render import Renderer
from bot.web.dialogue import Dialogue
from bot.web.schemas import REASONS
from tests.web.conftest import MakeApp, reach
from tests.web.page import Element, read
from tests.web.rasa_side import RasaSide
from tests.web.talk import Talk

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "</textarea><script>alert(1)</script>",
    "</bdi></li></ol></form><form action=//evil.example>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt; &amp;",
    "<!-- ",
    "]]>",
]


async def submit(client: httpx.AsyncClient, expected: int = 200, **fields: str) -> Element:
    response = await client.post("/", data=fields, headers=HTML)
    assert response.status_code == expected
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return read(response.text)


def answers(page: Element) -> list[Element]:
    return list(page.all("li", class_="answer"))


def hidden(page: Element, name: str) -> str:
    return page.one("input", type="hidden", name=name)["value"]


def button_of(page: Element, title: str) -> str:
    return next(button["value"] for button in page.all("button", name="button") if button.text == title)


async def test_the_first_page_holds_the_form_and_the_menu(client: httpx.AsyncClient, catalog: Catalog) -> None:
    page = read((await client.get("/")).text)

    titles = catalog.languages["sv"].titles
    assert page.one("form", method="post", action="/").one("textarea", name="text").text == ""
    assert answers(page) == []
    assert [button.text for button in page.one("section", class_="menu").all("button", name="button")] == [
        titles[topic.id] for _, topics in catalog.menu() for topic in topics
    ]


async def test_a_form_is_answered_in_place(client: httpx.AsyncClient, catalog: Catalog) -> None:
    page = await submit(client, text="betalar kommunen?")

    (answer,) = answers(page)
    assert answer.one("h3").text == catalog.languages["sv"].titles["city_grant"]
    assert page.one("li", class_="said").one("bdi").text == "betalar kommunen?"
    assert page.one("title").text.startswith(answer.one("h3").text)


async def test_the_hidden_token_continues_the_conversation(client: httpx.AsyncClient, rasa: RasaSide) -> None:
    first = await submit(client, text="hej")
    second = await submit(client, text="hej", conversation=hidden(first, "conversation"))
    await Talk(client, token=hidden(first, "conversation")).say("hej")

    assert hidden(first, "conversation") == hidden(second, "conversation")
    assert len({body["sender"] for body in rasa.received}) == 1


async def test_the_buttons_of_an_answer_work(client: httpx.AsyncClient, catalog: Catalog) -> None:
    title = catalog.languages["sv"].titles["apply_how"]
    first = await submit(client, text="betalar kommunen?")
    value = button_of(answers(first)[-1], title)

    page = await submit(client, button=value, text="", conversation=hidden(first, "conversation"))

    assert [answer.one("h3").text for answer in answers(page)] == [title]
    assert list(page.all("li", class_="said")) == []


async def test_a_menu_button_works_on_the_first_page(client: httpx.AsyncClient, catalog: Catalog) -> None:
    title = catalog.languages["sv"].titles["grant_amount"]
    first = read((await client.get("/")).text)

    page = await submit(client, button=button_of(first, title), text="half a sen")

    assert [answer.one("h3").text for answer in answers(page)] == [title]


async def test_two_replies_come_as_two_answers(client: httpx.AsyncClient, rasa: RasaSide) -> None:
    rasa.means("answered", "grant_amount", "apply_how")

    page = await submit(client, text="hur mycket och hur?")

    first, second = answers(page)
    assert not list(first.all("button", name="button"))
    assert list(second.all("button", name="button"))


async def test_an_erased_conversation_is_gone(client: httpx.AsyncClient) -> None:
    token = hidden(await submit(client, text="hej"), "conversation")

    page = await submit(client, erase="1", text="hej", conversation=token)

    assert hidden(page, "conversation") == ""
    assert page.one("div", role="log").one("li").text
    assert (await Talk(client, token).say("hej"))["notice"]


async def test_notices_are_told(client: httpx.AsyncClient) -> None:
    page = await submit(client, text="jag heter a@example.se", conversation="was-never-given")

    assert len(list(page.one("div", role="log").all("li", class_="aside"))) == 2


@pytest.mark.parametrize("typed", ["", "  ", "/", "x" * 1001], ids=["nothing", "space", "slash", "too long"])
async def test_an_error_keeps_what_was_typed(client: httpx.AsyncClient, catalog: Catalog, typed: str) -> None:
    page = await submit(client, 422, text=typed)

    box = page.one("textarea")
    assert box.text == typed
    assert box["aria-invalid"] == "true"
    error = page.one(id="error")
    assert error.text
    assert error.get("hidden") is None
    assert "error" in box["aria-describedby"].split()
    assert page.one("title").text.startswith(
        Renderer(catalog, FactBook(catalog.ledger)).ui("error_heading", catalog.languages["sv"])
    )


async def test_an_error_keeps_the_conversation_and_its_language(client: httpx.AsyncClient) -> None:
    talk = Talk(client)
    await talk.say("hej", language="en")

    page = await submit(client, 422, text="", conversation=str(talk.token))

    assert hidden(page, "conversation") == talk.token
    assert page.one("html")["lang"] == "en"


async def test_a_token_that_was_never_given_is_not_repeated(client: httpx.AsyncClient) -> None:
    assert hidden(await submit(client, 422, text="", conversation="made-up"), "conversation") == ""


@pytest.mark.parametrize("typed", MARKUP)
async def test_what_was_typed_is_never_markup(client: httpx.AsyncClient, typed: str) -> None:
    said = await submit(client, text=typed)
    kept = await submit(client, 422, text=typed.ljust(1001, "x"))

    assert said.one("li", class_="said").one("bdi").text == typed
    assert kept.one("textarea").text == typed.ljust(1001, "x")
    for page in (said, kept):
        assert [script.get("src") for script in page.all("script")] == ["/static/chat.js"]
        assert len(list(page.all("form"))) == 1


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "utf-16", "idna", "punycode", "undefined", "no-such"])
async def test_a_form_in_any_charset_is_answered_or_refused(client: httpx.AsyncClient, charset: str) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nhej \\ud800 +2AA- igen\r\n--b--\r\n'
    headers = {**HTML, "Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}

    response = await client.post("/", content=part, headers=headers)

    assert response.status_code in (200, 422)
    assert read(response.text).one("textarea")


async def test_a_form_that_is_too_large_gets_a_page(client: httpx.AsyncClient) -> None:
    page = await submit(client, 413, text="x" * 20_000)

    assert page.one(id="error").text


async def test_a_form_sent_too_often_gets_a_page_that_tells_when(make_app: MakeApp) -> None:
    async with reach(make_app(limit_client="1/hour")) as client:
        await submit(client, text="hej")
        response = await client.post("/", data={"text": "hej igen"}, headers=HTML)

    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0
    assert read(response.text).one("textarea").text == "hej igen"


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_every_topic_has_a_page(client: httpx.AsyncClient, catalog: Catalog, language: str) -> None:
    for topic, title in catalog.languages[language].titles.items():
        response = await client.get(f"/amne/{topic}", params={"sprak": language})

        page = read(response.text)
        assert response.status_code == 200
        assert page.one("html")["lang"] == language
        assert page.one("title").text.startswith(title)
        assert page.one("h1").text == title
        assert page.one("section", class_="answer").text.strip()
        guides = [link["href"] for link in page.one("article").all("a") if link["href"].startswith("/guide")]
        assert len(guides) == (topic == GUIDE_TOPIC)
        # What rests on no fact is small talk: nothing for a search engine.
        hidden_from_engines = [meta["content"] for meta in page.all("meta", name="robots")]
        assert hidden_from_engines == ([] if catalog.topics[topic].facts else ["noindex"])
        assert bool(list(page.all("ul", class_="sources"))) == bool(catalog.topics[topic].facts)


async def test_a_question_on_the_page_of_a_topic_is_asked_after_that_topic(
    client: httpx.AsyncClient, rasa: RasaSide
) -> None:
    page = read((await client.get("/amne/grant_amount?sprak=en&lattlast=1")).text)
    form = {field["name"]: field["value"] for field in page.one("form").all("input", type="hidden")}

    answered = await submit(client, text="why?", **form)

    assert rasa.received[-1]["metadata"] == {"language": "en", "topic": "grant_amount", "answered": True}
    assert hidden(answered, "lattlast") == "1"


async def test_reading_a_page_of_a_topic_opens_no_conversation(make_app: MakeApp, catalog: Catalog) -> None:
    async with reach(make_app(conversations_max=10)) as client:
        token = hidden(await submit(client, text="hej"), "conversation")
        for topic in list(catalog.topics)[:20]:
            await client.get(f"/amne/{topic}")

        assert (await Talk(client, token=token).say("hej"))["notice"] is None


async def test_the_pages_of_a_topic_name_each_other(client: httpx.AsyncClient, catalog: Catalog) -> None:
    for code in catalog.languages:
        page = read((await client.get("/amne/grant_amount", params={"sprak": code})).text)

        links = {link["hreflang"]: link["href"] for link in page.all("link", rel="alternate")}
        assert links.keys() == {*catalog.languages, "x-default"}
        assert page.one("link", rel="canonical")["href"] == links[code]
        assert read((await client.get(links[code])).text).one("html")["lang"] == code
        assert page.one("meta", name="description")["content"]


async def test_the_public_address_may_be_set(make_app: MakeApp) -> None:
    async with reach(make_app(public_url="https://vagvisaren.example/", desk="off")) as client:
        page = read((await client.get("/amne/grant_amount?sprak=en")).text)
        sitemap, robots = (await client.get("/sitemap.xml")).text, (await client.get("/robots.txt")).text

    address = "https://vagvisaren.example/amne/grant_amount?sprak=en"
    assert page.one("link", rel="canonical")["href"] == address
    assert page.one("figcaption").text == address
    assert f"<loc>{address}</loc>" in sitemap
    assert "Sitemap: https://vagvisaren.example/sitemap.xml" in robots


async def test_the_sitemap_lists_every_topic_that_rests_on_facts(client: httpx.AsyncClient, catalog: Catalog) -> None:
    urls = ElementTree.fromstring((await client.get("/sitemap.xml")).content)

    addresses = [str(place.text) for place in urls.iter(f"{{{SITEMAP}}}loc")]
    paths = {address[address.index("/", len("https://")) :] for address in addresses}
    facts = [topic.id for topic in catalog.topics.values() if topic.facts]
    expected = ["/", "/guide", *(f"/amne/{topic}" for topic in facts)]
    assert paths == {f"{path}?sprak={code}" for path in expected for code in catalog.languages}
    for path in paths:
        assert (await client.get(path)).status_code == 200


async def test_the_code_of_a_topic_is_a_picture_of_its_address(client: httpx.AsyncClient) -> None:
    one, other = [await client.get("/amne/grant_amount/qr.svg", params={"sprak": code}) for code in ("sv", "en")]

    assert one.headers["content-type"] == "image/svg+xml"
    assert ElementTree.fromstring(one.content).tag.endswith("svg")
    assert one.content != other.content
    assert (await client.get("/amne/nonsense/qr.svg")).status_code == 404


@pytest.mark.parametrize("checked", [0, 30])
async def test_a_person_stands_beside_every_page_with_hours_that_are_confirmed(
    make_app: MakeApp, light_catalog: Catalog, checked: int
) -> None:
    today = datetime.now(STOCKHOLM).date()
    always = parse_hours({"mon-sun": "00:00-23:59", "holidays": "00:00-23:59", "eves": "00:00-23:59"})
    hours = replace(light_catalog.ledger.facts["mv_phone_hours"], value=always, checked=today - timedelta(days=checked))
    ledger = replace(light_catalog.ledger, facts={**light_catalog.ledger.facts, hours.id: hours})
    catalog = replace(light_catalog, ledger=ledger)
    told = Renderer(catalog, FactBook(ledger)).opening("mv_phone_hours", catalog.language("sv"))

    async with reach(make_app(catalog)) as client:
        people = [
            [part.text for part in read((await client.get(path)).text).one("aside", id="human").all("p")]
            for path in ("/", "/amne/grant_amount", "/guide")
        ]

    # Hours that nobody has confirmed lately are not told.
    assert bool(told) is (checked == 0)
    assert [person[1:] for person in people] == [[told] * bool(told)] * 3


async def test_the_menu_can_be_searched_without_a_script(client: httpx.AsyncClient, catalog: Catalog) -> None:
    token = hidden(await submit(client, text="hej"), "conversation")

    page = await submit(client, search="1", sought="hur mycket pengar", text="half a sen", conversation=token)

    found = [button.text for button in page.one("div", id="found").all("button")]
    assert catalog.languages["sv"].titles["grant_amount"] in found
    assert page.one("input", name="sought")["value"] == "hur mycket pengar"
    assert page.one("textarea").text == "half a sen"
    assert hidden(page, "conversation") == token
    chosen = await submit(
        client, button=page.one("div", id="found").one("button", value=Dialogue.menu_button("grant_amount"))["value"]
    )
    assert [answer.one("h3").text for answer in answers(chosen)] == [catalog.languages["sv"].titles["grant_amount"]]


async def test_a_search_without_a_fit_says_so(client: httpx.AsyncClient, catalog: Catalog) -> None:
    page = await submit(client, search="1", sought="???")

    words = Renderer(catalog, FactBook(catalog.ledger)).ui("search_none", catalog.languages["sv"])
    assert page.one("div", id="found").text.strip() == words


@pytest.mark.parametrize("reason", ["yes", *REASONS])
async def test_an_answer_can_be_judged_without_a_script(client: httpx.AsyncClient, rasa: RasaSide, reason: str) -> None:
    rasa.means("answered", "city_grant")
    first = await submit(client, text="betalar kommunen?")
    (pressed,) = [button["value"] for button in first.all("button", name="feedback") if reason in button["value"]]
    counted = await feedback_counters(client)

    page = await submit(client, feedback=pressed, text="half a sen", conversation=hidden(first, "conversation"))

    assert hidden(page, "conversation") == hidden(first, "conversation")
    assert page.one("textarea").text == "half a sen"
    assert [answer.one("h3").text for answer in answers(page)] == [answer.one("h3").text for answer in answers(first)]
    assert list(page.one("div", role="log").all("li", class_="aside"))
    (changed,) = (await feedback_counters(client)) - counted
    why = "" if reason == "yes" else reason
    assert dict(re.findall(r'(\w+)="(\w*)"', changed)) == {
        "topic": "city_grant",
        "language": "sv",
        "helpful": str(not why).lower(),
        "reason": why,
    }


async def feedback_counters(client: httpx.AsyncClient) -> set[str]:
    counters = (await client.get("/metrics")).text.splitlines()
    return {line for line in counters if line.startswith("chat_feedback_total")}


@pytest.mark.parametrize("pressed", ["grant_amount", "grant_amount:", "grant_amount:nonsense", "nonsense:yes", ":yes"])
async def test_a_judgement_that_is_none_is_refused(client: httpx.AsyncClient, pressed: str) -> None:
    response = await client.post("/", data={"feedback": pressed, "text": "half a sen"}, headers=HTML)

    assert response.status_code == 422
    assert read(response.text).one("textarea").text == "half a sen"


async def test_answers_come_in_easy_words_to_those_who_chose_them(client: httpx.AsyncClient, rasa: RasaSide) -> None:
    rasa.means("answered", "grant_amount")

    ordinary, easy = await submit(client, text="hur mycket?"), await submit(client, text="hur mycket?", lattlast="1")
    again = await submit(client, text="hur mycket?", lattlast="1", conversation=hidden(easy, "conversation"))
    back = await submit(client, text="hur mycket?", conversation=hidden(easy, "conversation"))

    def said(page: Element) -> list[str]:
        return [paragraph.text for answer in answers(page) for paragraph in answer.all("p")]

    assert said(easy) == said(again) != said(ordinary) == said(back)
    assert (hidden(easy, "lattlast"), hidden(back, "lattlast")) == ("1", "")


@pytest.mark.parametrize("path", ["/amne/nonsense", "/nonsense", "/amne/", "/static/nonsense.html"])
async def test_an_unknown_page_shows_the_menu_to_a_browser(
    client: httpx.AsyncClient, catalog: Catalog, path: str
) -> None:
    response = await client.get(path, params={"sprak": "en"}, headers=HTML)

    page = read(response.text)
    assert response.status_code == 404
    assert page.one("html")["lang"] == "en"
    assert page.one("div", role="log").one("li").text == Renderer(catalog, FactBook(catalog.ledger)).ui(
        "page_not_found", catalog.languages["en"]
    )
    assert list(page.one("section", class_="menu").all("button"))
    assert page.one("textarea").get("aria-invalid") is None
    assert page.one("title").text.startswith(
        Renderer(catalog, FactBook(catalog.ledger)).ui("error_heading", catalog.languages["en"])
    )


@pytest.mark.parametrize("path", ["/api/v1/topics/nonsense", "/api/v1/nonsense"])
async def test_the_api_never_answers_with_a_page(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path, headers=HTML)).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/amne/nonsense", "/nonsense"])
async def test_a_program_gets_a_problem_document(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path, headers={"Accept": "application/json"})

    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [("en", "sv", "en"), ("", "en", "en"), ("", "", "sv"), ("tlh", "en", "en"), ("<b>", "", "sv")],
)
async def test_a_page_comes_in_the_chosen_or_the_browsers_language(
    client: httpx.AsyncClient, query: str, header: str, language: str
) -> None:
    response = await client.get("/", params={"sprak": query}, headers={"Accept-Language": header})

    assert read(response.text).one("html")["lang"] == language


async def test_a_found_out_language_does_not_become_a_choice(client: httpx.AsyncClient) -> None:
    found_out = await submit(client, text="Does the city pay any money to me?")
    chosen = await submit(client, text="Does the city pay any money to me?", sprak="sv")

    assert (found_out.one("html")["lang"], hidden(found_out, "sprak")) == ("en", "")
    assert (chosen.one("html")["lang"], hidden(chosen, "sprak")) == ("sv", "sv")


@pytest.fixture
def mirrored(light_catalog: Catalog) -> Catalog:
    """The catalog with a language that is written from right to left."""
    arabic = replace(light_catalog.languages["sv"], code="ar", locale="ar", direction="rtl")
    return replace(light_catalog, languages={**light_catalog.languages, "ar": arabic})


async def test_a_page_from_right_to_left(make_app: MakeApp, mirrored: Catalog) -> None:
    async with reach(make_app(mirrored)) as client:
        page = await submit(client, text="betalar kommunen?", sprak="ar")
        turn: dict[str, Any] = await Talk(client).say("betalar kommunen?", language="ar")

    places = [page.one("html"), *answers(page)]
    assert [(place["lang"], place["dir"]) for place in places] == [("ar", "rtl")] * 2
    assert [(reply["lang"], reply["dir"]) for reply in turn["replies"]] == [("ar", "rtl")]


async def test_a_language_that_we_lack_is_named_in_english_and_swedish(client: httpx.AsyncClient) -> None:
    page = await submit(client, text="Quiero volver a mi país con mis hijos")

    named = [(aside["lang"], aside.text.partition(":")[0].strip()) for aside in page.all("li", class_="aside")]
    assert named == [("en", "Spanish"), ("sv", "Spanska")]


@pytest.mark.parametrize("path", ["/", "/amne/city_grant"])
async def test_a_page_that_no_translator_has_read_says_that_swedish_applies(
    client: httpx.AsyncClient, catalog: Catalog, path: str
) -> None:
    renderer = Renderer(catalog, FactBook(catalog.ledger))
    english, swedish = [read((await client.get(path, params={"sprak": code})).text) for code in ("en", "sv")]

    (notice,) = [part for part in english.all("p") if renderer.ui("unreviewed", catalog.language("en")) in part.text]
    assert notice.one("a", lang="sv")["href"].endswith("?sprak=sv")
    assert not any(renderer.ui("unreviewed", catalog.language("sv")) in part.text for part in swedish.all("p"))


async def test_each_language_is_named_in_itself(make_app: MakeApp, mirrored: Catalog) -> None:
    async with reach(make_app(mirrored)) as client:
        page = read((await client.get("/")).text)

    links = {link["lang"]: link for link in page.one("ul", class_="languages").all("a")}
    assert {code: (link.text, link["dir"]) for code, link in links.items()} == {
        one.code: (one.name, one.direction) for one in mirrored.languages.values()
    }


async def test_the_menu_of_the_page_has_the_dialogues_buttons(client: httpx.AsyncClient, catalog: Catalog) -> None:
    page = read((await client.get("/")).text)

    title = catalog.languages["sv"].titles["grant_amount"]
    assert button_of(page, title) == Dialogue.menu_button("grant_amount")
