from __future__ import annotations

import csv
import html
import re
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.database import writing
from bot.desk.coverage import Coverage, coverage
from bot.desk.reviews import REVIEWS
from tests.desk.conftest import SignIn, Staff, Time, person
from tests.web.page import Element, read

READER, REVIEWER = person("reader"), person("reviewer", "Amina")


def first(response: httpx.Response) -> dict[str, str]:
    """Return the hidden fields of the page's first form of review."""
    assert response.status_code == 200, response.text
    form = response.text.split('class="text"')[1]
    return {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)[:5]}


async def review(staff: Staff, verdict: str = "approve", **changed: str) -> httpx.Response:
    fields = first(await staff.get("/desk/languages/so"))
    chosen = {name: fields[name] for name in ("key", "text", "swedish")}
    return await staff.post("/desk/languages/so", **{**chosen, "verdict": verdict, "reason": "Läst", **changed})


def row(page: Element, table: str, language: str) -> list[str]:
    return [
        cell.text.strip() for cell in page.one("table", id=table).one("tr", **{"data-language": language}).all("td")
    ]


async def test_the_board_tells_how_each_language_stands(sign_in: SignIn, light_catalog: Catalog) -> None:
    page = read((await sign_in(READER).get("/desk/languages")).text)

    for table in ("coverage", "reviews"):
        codes = [line.get("data-language") for line in page.one("table", id=table).one("tbody").all("tr")]
        assert codes == list(light_catalog.languages)
    swedish, somali = (light_catalog.language(code) for code in ("sv", "so"))
    topics = str(len(light_catalog.topics))
    assert row(page, "coverage", "so") == [
        f"{len(somali.reviews)} av {len(swedish.reviews)}",
        *(topics, topics, f"0 av {len(swedish.easy)}"),
        *(str(sum(map(len, somali.examples.values()))), topics),
    ]
    assert row(page, "reviews", "so") == [str(len(somali.reviews)), "0", "0", "0", "0 %", "CSV"]


def test_what_a_language_lacks_is_not_counted(light_catalog: Catalog) -> None:
    whole = light_catalog.language("sv")
    half = replace(whole, titles={"appeal": "Titel"}, answers={}, easy={}, examples={"appeal": ("a", "b"), "greet": ()})

    assert coverage(replace(light_catalog, languages={"sv": half})) == {
        "sv": Coverage(texts=len(whole.reviews), titles=1, answers=0, easy=0, examples=2, topics=1)
    }


async def test_texts_older_than_their_original_are_counted_and_listed(sign_in: SignIn, engine: Engine) -> None:
    staff = sign_in(REVIEWER)
    fields = first(await staff.get("/desk/languages/so"))
    await review(staff)
    with writing(engine) as connection:
        connection.execute(update(REVIEWS).values(swedish="0" * 12))

    page = read((await staff.get("/desk/languages/so?state=older")).text)

    assert [one["data-key-name"] for one in page.all("article", class_="text")] == [fields["key"]]
    assert len(list(page.all("strong", class_="older"))) == 1
    overview = read((await staff.get("/desk/languages")).text)
    assert row(overview, "reviews", "so")[1:4] == ["1", "0", "1"]


async def test_a_text_stands_beside_its_original(sign_in: SignIn, light_catalog: Catalog) -> None:
    page = read((await sign_in(READER).get("/desk/languages/ar")).text)
    titles = [one for one in page.all("article", class_="text") if one["data-key-name"].startswith("titles.")]

    assert titles
    for article in titles:
        topic = article["data-key-name"].removeprefix("titles.")
        swedish, arabic = article.all("p", class_="as-written")
        assert (swedish["lang"], swedish.text) == ("sv", light_catalog.language("sv").titles[topic])
        assert (arabic["lang"], arabic["dir"], arabic.text) == (
            *("ar", "rtl"),
            light_catalog.language("ar").titles[topic],
        )


async def test_an_approval_is_shown_and_exported(sign_in: SignIn) -> None:
    staff = sign_in(REVIEWER)
    fields = first(await staff.get("/desk/languages/so"))

    sent = await review(staff)

    assert sent.status_code == 303
    approved = await staff.get("/desk/languages/so?state=reviewed")
    assert re.findall(r'data-key-name="([^"]+)"', approved.text) == [fields["key"]]
    exported = await staff.get("/desk/languages/so/reviews.csv")
    rows = list(csv.DictReader(exported.text.splitlines()))
    assert [(row["key"], row["by"], row["text"], row["swedish"]) for row in rows] == [
        (fields["key"], "Amina", fields["text"], fields["swedish"])
    ]


async def test_a_review_is_shown_with_its_day_in_stockholm(sign_in: SignIn, time: Time) -> None:
    # Half past midnight in Stockholm.
    time.pass_by(hours=14.5)
    staff = sign_in(REVIEWER)
    await review(staff)
    await review(staff, "comment")

    text = (await staff.get("/desk/languages/so?state=reviewed")).text

    assert text.count("2026-11-27") == 2
    assert "2026-11-26" not in text


async def test_a_name_is_no_formula_in_the_export(sign_in: SignIn) -> None:
    staff = sign_in(person("reviewer", "=1+1"))
    await review(staff)

    assert "'=1+1" in (await staff.get("/desk/languages/so/reviews.csv")).text


async def test_a_comment_is_shown_as_text(sign_in: SignIn) -> None:
    staff = sign_in(REVIEWER)

    await review(staff, "comment", reason="<script>alert(1)</script>")

    page = await staff.get("/desk/languages/so")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"verdict": "comment", "reason": " "}, 422),
        ({"verdict": "perhaps"}, 422),
        ({"key": "titles.nothing"}, 404),
        ({"text": "0" * 12}, 409),
        ({"swedish": "0" * 12}, 409),
    ],
)
async def test_what_cannot_be_reviewed_is_refused(sign_in: SignIn, changed: dict[str, str], status: int) -> None:
    staff = sign_in(REVIEWER)

    assert (await review(staff, **changed)).status_code == status
    assert "data-state=" not in (await staff.get("/desk/languages/so?state=reviewed")).text


async def test_readers_read_and_do_not_review(sign_in: SignIn) -> None:
    staff = sign_in(READER)
    page = await staff.get("/desk/languages/so")

    assert 'name="verdict"' not in page.text
    key = re.findall(r'data-key-name="([^"]+)"', page.text)[0]
    sent = await staff.post("/desk/languages/so", key=key, text="", swedish="", verdict="approve", reason="Läst")
    assert sent.status_code == 403


@pytest.mark.parametrize("path", ["/desk/languages/xx", "/desk/languages/xx/reviews.csv"])
async def test_a_language_that_we_lack_is_not_found(sign_in: SignIn, path: str) -> None:
    assert (await sign_in(READER).get(path)).status_code == 404


async def test_pages_of_texts_follow_one_another(sign_in: SignIn) -> None:
    staff = sign_in(READER)
    one, two = [
        re.findall(r'data-key-name="([^"]+)"', (await staff.get(f"/desk/languages/so?start={start}")).text)
        for start in (0, 20)
    ]

    assert len(one) == len(two) == 20
    assert not set(one) & set(two)
