"""What people type, wherever they can, is text on every page of the desk."""

from __future__ import annotations

import re

import lxml.html
from fastapi import FastAPI
from markupsafe import escape
from sqlalchemy.engine import Engine

from bot.desk.questions import QuestionStore
from bot.text import clean
from tests.desk.conftest import MARKUP, NOW, SignIn, Staff, person
from tests.desk.routes import pages
from tests.web.page import read

TYPED = " ".join(MARKUP)
# Pages on which nothing stands that anybody typed.
QUIET = {"/desk", "/desk/facts", "/desk/figures", "/desk/languages"}


def hidden(html: str, form: int) -> dict[str, str]:
    """Return the hidden fields of a form of the page."""
    found = list(read(html).one("main").all("form"))[form]
    return {one["name"]: one["value"] for one in found.all("input", type="hidden") if one["name"] != "csrf"}


async def type_everywhere(staff: Staff, second: Staff, questions: QuestionStore) -> None:
    """Fill in every form of the desk."""
    fact, sent = "/desk/facts/grant_adult", []
    shown = re.findall(r'name="shown" value="([^"]+)"', (await staff.get(fact)).text)[-1]
    sent.append(await staff.post(fact, action="correct", value="360000", shown=shown, reason=TYPED))
    sent.append(await second.post("/desk/facts/grant_child", action="withhold", reason=TYPED))
    told = {"text-sv": TYPED, "text-en": TYPED, "until": "2026-11-26T23:00", "reason": TYPED}
    sent.append(await staff.post("/desk/notices/tell", **told))
    sent.append(await staff.post("/desk/notices/off", part="topic:crisis", reason=TYPED))
    report = hidden((await staff.get("/desk?amne=appeal&sprak=so")).text, -1)
    sent.append(await staff.post("/desk/report", kind="wrong", reason=TYPED, **report))
    for verdict in ("approve", "comment"):
        review = hidden((await staff.get("/desk/languages/en")).text, 1)
        sent.append(await staff.post("/desk/languages/en", verdict=verdict, reason=TYPED, **review))
    for action in ("topic", "wanted", ""):
        id = questions.keep(TYPED, "sv", "not_understood", NOW)
        if action:
            sent.append(await staff.post("/desk/questions", ids=id, action=action, topic="city_grant", reason=TYPED))
    assert [response.status_code for response in sent] == [303] * len(sent)


def running_in(html: str) -> list[str]:
    """Return what a browser would take for more than text."""
    tree = lxml.html.document_fromstring(html)
    own = "self::svg[@class='chart' or @aria-hidden='true']"
    return [
        *tree.xpath(f"//svg[not({own})] | //script[not(@src)] | //b | //img[not(starts-with(@src, '/'))]"),
        *tree.xpath("//@*[starts-with(name(), 'on')]"),
        *tree.xpath("//@*[starts-with(translate(normalize-space(.), 'JAVSCRIPT', 'javscript'), 'javascript:')]"),
    ]


async def test_nothing_that_is_typed_is_markup(sign_in: SignIn, running: FastAPI, engine: Engine) -> None:
    staff, second = sign_in(person("admin", TYPED)), sign_in(person("admin", f"{TYPED} 2"))
    await type_everywhere(staff, second, QuestionStore(engine, 30))

    for path in pages(running.routes):
        page = await second.get(path)
        assert (page.status_code, running_in(page.text)) == (200, []), path
        # The name of whoever is signed in stands on every page: what stands beside it counts.
        written = page.text.count(str(escape(TYPED))) + page.text.count(str(escape(clean(TYPED))))
        assert (written > 1) is (path not in QUIET), path
    asked = await second.post("/desk", question=TYPED)
    assert str(escape(clean(TYPED))) in asked.text
    assert running_in(asked.text) == []
