from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from bot.desk.counts import Cell, CountStore
from tests.desk.conftest import NOW, SignIn, Staff, person
from tests.web.page import Element, read

HOUR = NOW.replace(minute=0)
NOVEMBER = "first=2026-11-01&last=2026-11-30"


@pytest.fixture
def staff(sign_in: SignIn, engine: Engine) -> Staff:
    CountStore(engine).add(
        {
            Cell(HOUR, "conversation", "sv"): 7,
            Cell(HOUR, "turn", "sv", "city_grant", "answered"): 30,
            Cell(HOUR, "turn", "so", "", "not_understood"): 6,
            Cell(HOUR, "turn", "ar", "grant_amount", "answered"): 2,
            Cell(HOUR, "feedback", "sv", "city_grant", "wrong"): 9,
            Cell(HOUR - timedelta(days=30), "turn", "sv", "city_grant", "answered"): 10,
            Cell(HOUR - timedelta(days=365), "turn", "fi", "city_grant", "answered"): 4,
            # What is gone from the content keeps its id.
            Cell(HOUR, "turn", "xx", "gone_topic", "answered"): 5,
        }
    )
    return sign_in(person("reader"))


async def open_figures(staff: Staff, query: str = NOVEMBER, expected: int = 200) -> Element:
    response = await staff.get(f"/desk/figures?{query}")
    assert response.status_code == expected
    return read(response.text)


def row(page: Element, table: str, key: str) -> list[str]:
    return [cell.text.strip() for cell in page.one("table", id=table).one("tr", **{"data-key": key}).all("td")]


async def test_the_tables_tell_what_was_counted(staff: Staff) -> None:
    page = await open_figures(staff)

    assert row(page, "outcomes", "answered") == ["37", "86 %", "10", "+27"]
    assert row(page, "topics", "city_grant")[0] == "30"
    assert row(page, "languages", "so")[0] == "6"
    assert row(page, "topics", "gone_topic")[0] == "5"
    assert row(page, "feedback", "wrong")[0] == "9"
    # Nine in the morning in UTC.
    assert row(page, "hours", "10")[0] == "43"
    assert row(page, "days", "2026-11-26")[0] == "43"


async def test_conversations_and_clarifications_are_told_above_the_tables(staff: Staff, engine: Engine) -> None:
    CountStore(engine).add({Cell(HOUR, "turn", "sv", "", "clarify"): 3})

    page = await open_figures(staff)

    # Of 46 messages 3 were answered by a question, and 6 were not understood.
    assert {id: page.one("dd", id=id).text for id in ("conversations", "messages", "clarifications", "misses")} == {
        "conversations": "7 (+7)",
        "messages": "46 (+36)",
        "clarifications": "7 %",
        "misses": "13 %",
    }
    assert row(page, "outcomes", "clarify")[0] == "3"


async def test_the_other_period_may_be_that_of_the_year_before_or_none(staff: Staff) -> None:
    assert row(await open_figures(staff, f"{NOVEMBER}&compare=year"), "languages", "fi") == ["0", "0 %", "4", "−4"]
    assert row(await open_figures(staff, f"{NOVEMBER}&compare=none"), "languages", "so") == ["6", "14 %"]


async def test_the_latest_days_are_shown_to_who_chose_none(staff: Staff) -> None:
    page = await open_figures(staff, "")

    assert [cell.attributes["data-key"] for cell in page.one("table", id="days").all("tr") if cell.get("data-key")][
        ::29
    ] == ["2026-10-28", "2026-11-26"]


@pytest.mark.parametrize(
    "query",
    [
        "first=2026-11-30&last=2026-11-01",
        "first=2025-11-01&last=2026-11-30",
        "first=yesterday&last=2026-11-30",
        "first=0001-01-01&last=0001-01-02",
        "first=2026-11-01",
        "first=9999-12-01&last=9999-12-31",
    ],
)
async def test_a_period_that_is_none_is_told_beside_its_fields(staff: Staff, query: str) -> None:
    page = await open_figures(staff, query, 422)

    fields = list(page.all("input", type="date"))
    assert [field.get("aria-describedby") for field in fields] == [page.one("p", class_="error")["id"]] * 2


async def test_the_exports_hide_small_counts(staff: Staff) -> None:
    table = (await staff.get(f"/desk/figures/export.csv?{NOVEMBER}")).text
    exported = (await staff.get(f"/desk/figures/export.json?{NOVEMBER}")).json()

    counts = {(table, key): count for table, key, count in csv.reader(io.StringIO(table))}
    assert [counts["language", code] for code in ("sv", "so", "xx", "ar")] == ["30", "", "", ""]
    assert exported["counts"]["language"] == {"sv": 30, "so": None, "xx": None, "ar": None}
    # 43.
    assert counts["total", "messages"] == "45"
    page = await open_figures(staff)
    assert {"5", "10"} <= set(re.findall(r"\d+", page.one("p", id="export-limits").text))


@pytest.mark.parametrize("compare", ["before", "year", "none"])
async def test_a_period_with_none_before_it_stands_alone(staff: Staff, compare: str) -> None:
    page = await open_figures(staff, f"first=2000-01-05&last=2000-01-20&compare={compare}")

    assert not list(page.all("p", class_="legend"))


async def test_a_period_that_is_none_is_not_exported(staff: Staff) -> None:
    endless = "first=9999-12-01&last=9999-12-31"
    assert (await staff.get(f"/desk/figures/export.csv?{endless}")).status_code == 422
    assert (await staff.get("/desk/figures/export.csv?first=2026-11-30&last=2026-11-01")).status_code == 422
    assert (await staff.get("/desk/figures/export.json")).status_code == 422


async def test_each_chart_stands_beside_a_table_that_says_the_same(staff: Staff) -> None:
    page = await open_figures(staff)
    figures = {figure["aria-labelledby"]: figure for figure in page.all("section", class_="figure")}

    assert len(figures) == 6
    for figure in figures.values():
        bars = list(figure.all("rect", class_="now"))
        assert len(bars) == len([row for row in figure.one("table").all("tr") if "data-key" in row.attributes])
        assert figure.one("svg", class_="chart")["aria-hidden"] == "true"
    # As long as the counts are: 30, 6, 5 and 2.
    lengths = [bar["width"] for bar in figures["languages-heading"].all("rect", class_="now")]
    assert lengths == ["100.0%", "20.0%", "16.67%", "6.67%"]


async def test_a_year_of_nothing_is_shown(sign_in: SignIn) -> None:
    page = await open_figures(sign_in(person("reader")), "first=2025-01-01&last=2025-12-31")

    assert len(list(page.one("table", id="days").all("tr"))) == 366
    assert not re.search(r"nan|inf", "".join(bar["height"] for bar in page.all("rect")))
