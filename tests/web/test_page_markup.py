from __future__ import annotations

from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.web.page import Element, read
from tests.web.rasa_side import RasaSide

HTML = {"Accept": "text/html"}
STATES: dict[str, dict[str, Any]] = {
    "untouched": {"method": "GET", "url": "/"},
    "English": {"method": "GET", "url": "/?sprak=en"},
    "answered": {"method": "POST", "url": "/", "data": {"text": "betalar kommunen?"}},
    "masked": {"method": "POST", "url": "/", "data": {"text": "a@example.se", "conversation": "x"}},
    "at fault": {"method": "POST", "url": "/", "data": {"text": ""}},
    "erased": {"method": "POST", "url": "/", "data": {"erase": "1"}},
    "topic": {"method": "GET", "url": "/amne/contact_migrationsverket"},
    "small talk": {"method": "GET", "url": "/amne/thanks?sprak=en"},
    "guide": {"method": "GET", "url": "/amne/eligibility_guide"},
    "easy": {"method": "GET", "url": "/amne/grant_amount?lattlast=1"},
    "found": {"method": "POST", "url": "/", "data": {"search": "1", "sought": "pengar"}},
    "nothing found": {"method": "POST", "url": "/", "data": {"search": "1", "sought": "???"}},
    "judged": {"method": "POST", "url": "/", "data": {"feedback": "grant_amount:wrong"}},
    "missing": {"method": "GET", "url": "/nonsense"},
    "clarified": {"method": "POST", "url": "/", "data": {"text": "clarify"}},
    "not understood": {"method": "POST", "url": "/", "data": {"text": "not_understood"}},
}


@pytest.fixture(params=STATES.keys())
async def page(request: pytest.FixtureRequest, client: httpx.AsyncClient, rasa: RasaSide) -> Element:
    """The page in each of its states."""
    asked = STATES[request.param]
    if asked.get("data", {}).get("text") in ("clarify", "not_understood"):
        rasa.means(asked["data"]["text"], nearest=["grant_amount", "payment"])
    response = await client.request(**asked, headers=HTML)
    assert "set-cookie" not in response.headers
    return read(response.text)


def test_there_is_no_inline_script_or_style(page: Element) -> None:
    assert all(script["src"] and not script.text.strip() for script in page.all("script"))
    assert list(page.all("style")) == []
    for element in page.all():
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"]
        assert not (element.get("href") or "").lower().startswith(("javascript:", "data:"))


def test_everything_loaded_is_our_own(page: Element) -> None:
    loaded = [element["src"] for element in page.all() if element.get("src")]
    loaded += [element["href"] for element in page.all("link") if element["rel"] not in ("canonical", "alternate")]

    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    assert not list(page.all("iframe"))


async def test_everything_loaded_exists(page: Element, client: httpx.AsyncClient) -> None:
    for element in page.all():
        linked = element.tag == "link" and element["rel"] not in ("canonical", "alternate")
        address = element.get("src") or (element.get("href") if linked else None)
        if address:
            assert (await client.get(address)).status_code == 200


def test_every_field_has_a_label_and_every_button_words(page: Element) -> None:
    labels = {label["for"]: label.text.strip() for label in page.all("label")}
    fields = [field for tag in ("input", "textarea", "select") for field in page.all(tag)]

    assert all(labels.get(field.get("id") or "") for field in fields if field.get("type") != "hidden")
    assert all(button.text.strip() for button in page.all("button"))


def test_ids_are_unique_and_references_lead_to_them(page: Element) -> None:
    ids = [element["id"] for element in page.all() if element.get("id")]
    referring = ("aria-labelledby", "aria-describedby", "for")
    named = [id for element in page.all() for name in referring for id in (element.get(name) or "").split()]
    named += [link["href"][1:] for link in page.all("a") if link["href"].startswith("#")]

    assert len(ids) == len(set(ids))
    assert set(named) <= set(ids)


def test_every_part_has_a_language_and_a_direction(page: Element) -> None:
    html = page.one("html")
    assert html["lang"]
    assert html["dir"] in ("ltr", "rtl")
    for answer in page.all("li", class_="answer"):
        assert answer["lang"]
        assert answer["dir"] in ("ltr", "rtl")
    for said in page.all("li", class_="said"):
        assert said.one("bdi")["dir"] == "auto"
    assert all(link["lang"] == link["hreflang"] for link in page.all("a") if link.get("hreflang"))


def test_phone_numbers_are_never_mirrored(page: Element) -> None:
    phones = [link for link in page.all("a") if link["href"].startswith("tel:")]

    assert phones
    assert all([child.tag for child in link.children] == ["bdi"] for link in phones)


def test_the_frame_of_the_page_is_whole(page: Element) -> None:
    assert len(list(page.all("h1"))) == 1
    assert len(list(page.all("main"))) == 1
    assert page.one("title").text.strip()
    assert page.one("meta", charset="utf-8")
    assert next(page.all("a"))["href"] == "#text"


def test_what_is_said_is_announced(page: Element) -> None:
    if not list(page.all("form", id="chat")):
        assert list(page.all(role="log")) == []
        return
    assert page.one("div", role="log")
    assert page.one("p", id="status", role="status").text == ""


def test_headings_leave_no_level_out(page: Element) -> None:
    levels = [int(element.tag[1]) for element in page.all() if element.tag in ("h1", "h2", "h3", "h4")]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_person_can_always_be_reached(page: Element) -> None:
    assert [link for link in page.one("aside").all("a") if link["href"].startswith("tel:")]


def test_the_form_works_without_script(page: Element) -> None:
    form = page.one("form")

    assert (form["method"], form["action"]) == ("post", "/")
    names = {field["name"] for field in form.all("input", type="hidden")}
    assert form.one("button", type="submit")
    if form.get("id") != "chat":
        assert names - {"lattlast"} == {"amne", "sprak"}
        return
    assert names == {"conversation", "sprak", "lattlast", "asked"}
    assert list(form.all("button", name="erase"))
