from __future__ import annotations

import csv
import html
import re

import httpx
import pytest

from tests.desk.conftest import SignIn, Staff, person

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


async def test_the_board_tells_how_each_language_stands(sign_in: SignIn) -> None:
    page = await sign_in(READER).get("/desk/languages")

    assert len(re.findall(r"data-language=", page.text)) == 12


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
