from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.database import reading
from bot.desk import queue
from bot.desk.questions import QuestionStore
from bot.desk.tables import AUDIT
from bot.web.desk import questions as questions_page
from tests.desk.conftest import NOW, SignIn, Staff, Time, person
from tests.web.page import Element, read

ASKED = "får min moster flyttkartonger"
SCRIPTS = ["<script>window.__xss = 1</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"]
EXAMPLES = "/desk/questions/examples.zip"


@pytest.fixture
def questions(engine: Engine) -> QuestionStore:
    return QuestionStore(engine, 30)


@pytest.fixture
def staff(sign_in: SignIn) -> Staff:
    return sign_in(person("editor", "Eva"))


def keep(questions: QuestionStore, text: str = ASKED, language: str = "sv") -> str:
    return questions.keep(text, language, "not_understood", NOW)


async def open_queue(staff: Staff, query: str = "") -> Element:
    response = await staff.get(f"/desk/questions{query}")
    assert response.status_code == 200
    return read(response.text)


def clusters(page: Element) -> list[Element]:
    return list(page.all("article", class_="cluster"))


async def decide(staff: Staff, action: str, expected: int = 303, **fields: str) -> Element:
    """Decide on the first cluster."""
    ids = clusters(await open_queue(staff))[0].one("input", name="ids")["value"]
    response = await staff.post("/desk/questions", **{"ids": ids, "reason": "Läst", "action": action, **fields})
    assert response.status_code == expected
    return read((await staff.get(response.headers["location"])).text if expected == 303 else response.text)


def trail(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(AUDIT.c.action, AUDIT.c.name, AUDIT.c.reason))]


async def test_questions_alike_are_decided_on_together(staff: Staff, questions: QuestionStore, engine: Engine) -> None:
    for text in (ASKED, ASKED.upper()):
        keep(questions, text)
    keep(questions, "saako tätini muuttolaatikoita", "fi")
    page = await open_queue(staff)
    assert [len(cluster.one("input", name="ids")["value"].split()) for cluster in clusters(page)] == [2, 1]
    # Language, count and why are told of each.
    for cluster, told in zip(clusters(page), (["Svenska", "2"], ["suomi", "1"]), strict=True):
        first = next(cluster.all("p")).text
        assert [first.split(".")[0], first.split()[1]] == told
        assert len(first.split(". ")) == 3

    page = await decide(staff, "topic", topic="city_grant")

    assert len(clusters(page)) == 1
    assert [one.topic for one in questions.decided(NOW)] == ["city_grant"] * 2
    assert trail(engine) == [("question.topic", "Eva", "Läst")]


async def test_proposed_examples_come_as_the_files_that_they_belong_in(staff: Staff, questions: QuestionStore) -> None:
    keep(questions)
    await decide(staff, "topic", topic="city_grant")
    keep(questions, "vad blir det för väder")
    await decide(staff, "outside")
    keep(questions, "finns det tolk")
    await decide(staff, "wanted")

    with zipfile.ZipFile(io.BytesIO((await staff.get(EXAMPLES)).content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert files == {
        "examples/sv/city_grant.txt": f"{ASKED}\n",
        "examples/sv/out_of_scope.txt": "vad blir det för väder\n",
    }
    page = await open_queue(staff)
    assert [item.text for item in page.one("ul", id="wanted").all("bdi")] == ["finns det tolk"]


async def test_a_discarded_question_is_gone(staff: Staff, questions: QuestionStore, engine: Engine) -> None:
    keep(questions)
    await decide(staff, "discard")

    assert questions.waiting(NOW) == questions.decided(NOW) == []
    assert [action for action, _, _ in trail(engine)] == ["question.discard"]


@pytest.mark.parametrize(
    ("action", "fields", "at_fault"),
    [
        ("topic", {}, "topic"),
        ("topic", {"topic": "no_topic"}, "topic"),
        ("topic", {"topic": "city_grant", "reason": "  "}, "reason"),
        ("discard", {"reason": ""}, "reason"),
    ],
)
async def test_what_is_missing_is_told_beside_its_field(
    staff: Staff, questions: QuestionStore, engine: Engine, action: str, fields: dict[str, str], at_fault: str
) -> None:
    keep(questions)
    page = await decide(staff, action, 422, **fields)

    wrong = [element for element in page.all() if element.get("aria-invalid")]
    assert [element["name"] for element in wrong] == [at_fault]
    assert page.one("span", id=wrong[0]["aria-describedby"]).text
    assert len(questions.waiting(NOW)) == 1
    assert trail(engine) == []


def discard_form(page: Element) -> dict[str, str]:
    form = page.one("form", id="discard-all")
    fields = {one["name"]: one["value"] for one in form.all("input", type="hidden")}
    return {"action": form["action"], "csrf": fields["csrf"], "ids": fields["ids"], "start": fields["start"]}


async def test_all_that_a_page_shows_is_discarded_at_once(
    staff: Staff, questions: QuestionStore, engine: Engine
) -> None:
    for number in range(21):
        keep(questions, chr(ord("a") + number) * 20)
    form = discard_form(await open_queue(staff))
    # What comes in meanwhile was not shown.
    late = keep(questions, "vad blir det för väder")
    path = form.pop("action")
    response = await staff.post(path, reason="Skräp", **form)

    assert response.status_code == 303
    assert len(form["ids"].split()) == 20
    left = {one.id for one in questions.waiting(NOW)}
    assert late in left
    assert len(left) == 2
    assert not left & set(form["ids"].split())
    assert trail(engine) == [("question.discard", "Eva", "Skräp")]
    assert (await staff.post(path, reason="Skräp", **form)).headers["location"].endswith("gone")


async def test_all_is_not_discarded_without_a_reason(staff: Staff, questions: QuestionStore, engine: Engine) -> None:
    keep(questions)
    form = discard_form(await open_queue(staff))
    response = await staff.post(form.pop("action"), reason="  ", **form)

    page = read(response.text)
    assert response.status_code == 422
    [wrong] = [element for element in page.all() if element.get("aria-invalid")]
    assert wrong["id"] == "discard-reason"
    assert page.one("span", id=wrong["aria-describedby"]).text
    assert len(questions.waiting(NOW)) == 1
    assert trail(engine) == []


async def test_the_newest_are_shown_of_a_queue_that_is_too_long(
    staff: Staff, questions: QuestionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "CLUSTERED", 2)
    monkeypatch.setattr(questions_page, "CLUSTERED", 2)
    for text in ("aaaaaaaa", "bbbbbbbb"):
        keep(questions, text)
    assert not list((await open_queue(staff)).all("p", id="more"))

    keep(questions, "cccccccc")
    page = await open_queue(staff)
    assert len(clusters(page)) == 2
    assert page.one("p", id="more").text.startswith("3 ")


@pytest.mark.parametrize("fields", [{"ids": ""}, {"ids": "a b;c"}, {"action": "keep"}, {"action": ""}], ids=str)
async def test_a_form_that_is_none_of_the_desks_is_refused(
    staff: Staff, questions: QuestionStore, fields: dict[str, str]
) -> None:
    given = {"ids": keep(questions), "action": "discard", "reason": "x", **fields}

    assert (await staff.post("/desk/questions", **given)).status_code == 422
    assert len(questions.waiting(NOW)) == 1


async def test_who_comes_second_changes_nothing(staff: Staff, questions: QuestionStore, engine: Engine) -> None:
    id = keep(questions)
    await decide(staff, "outside")
    response = await staff.post("/desk/questions", ids=id, action="discard", reason="x")

    assert "done=gone" in response.headers["location"]
    assert len(questions.decided(NOW)) == len(trail(engine)) == 1


async def test_the_trail_never_holds_the_words(staff: Staff, questions: QuestionStore, engine: Engine) -> None:
    keep(questions)
    await decide(staff, "topic", topic="city_grant")

    with reading(engine) as connection:
        assert ASKED not in str(connection.execute(select(AUDIT)).all())


async def test_a_question_past_its_time_is_neither_shown_nor_exported(
    sign_in: SignIn, questions: QuestionStore, time: Time
) -> None:
    keep(questions)
    keep(questions, "vad blir det för väder")
    await decide(sign_in(person("editor")), "outside")
    time.pass_by(days=30)
    staff = sign_in(person("editor"))

    page = await open_queue(staff)
    with zipfile.ZipFile(io.BytesIO((await staff.get(EXAMPLES)).content)) as archive:
        assert archive.namelist() == []
    assert clusters(page) == []
    assert not list(page.all("table", id="proposed"))


async def test_pages_of_clusters_follow_one_another(staff: Staff, questions: QuestionStore) -> None:
    for number in range(25):
        keep(questions, chr(ord("a") + number) * 20)
    one, two = [
        {cluster["aria-labelledby"] for cluster in clusters(await open_queue(staff, f"?start={start}"))}
        for start in (0, 20)
    ]

    assert (len(one), len(two), len(one | two)) == (20, 5, 25)
    assert len(clusters(await open_queue(staff, "?start=400"))) == 5


@pytest.mark.parametrize("text", SCRIPTS)
async def test_a_question_is_shown_as_text(staff: Staff, questions: QuestionStore, text: str) -> None:
    keep(questions, text)
    page = await open_queue(staff)
    assert clusters(page)[0].one("h3").text == text

    page = await decide(staff, "wanted", reason=text)
    assert page.one("ul", id="wanted").one("bdi").text == text
    assert not [script for script in page.all("script") if not script.get("src")]
    assert not list(page.all("img", src="x"))


async def test_readers_do_not_see_the_questions(sign_in: SignIn, questions: QuestionStore) -> None:
    keep(questions)

    for role in ("reader", "reviewer"):
        response = await sign_in(person(role)).get("/desk/questions")
        assert response.status_code == 403
        assert ASKED not in response.text
