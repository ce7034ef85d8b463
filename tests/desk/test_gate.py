from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.database import reading
from bot.desk.people import ROLES
from bot.desk.sessions import Sessions
from bot.desk.tables import SESSIONS
from bot.facts.book import FactBook
from bot.facts.store import FactStore
from bot.web.desk.gate import SIGN_IN
from bot.web.desk.wiring import Desk, make_desk
from bot.web.services import make_services
from bot.web.settings import Settings
from tests.desk.conftest import SignIn, Time, person
from tests.desk.routes import PLACES, served
from tests.facts.conftest import make_ledger

# What each role may do: as in the issue, written apart from the code.
MAY = {
    "reader": {"reader"},
    "editor": {"reader", "editor"},
    "reviewer": {"reader", "reviewer"},
    "admin": {"reader", "editor", "reviewer", "admin"},
}
# Forms that readers may send too.
FOR_READERS = {"/desk/sign-out", "/desk", "/desk/suggest", "/desk/report"}
FACT = "/desk/facts/grant_adult"


def dependencies(dependant: Dependant) -> Iterator[Dependant]:
    for one in dependant.dependencies:
        yield one
        yield from dependencies(one)


def declared(desk: Desk) -> dict[tuple[str, str], list[str]]:
    """The roles that each route of the desk asks for, by method and path."""
    return {
        (method, route.path): [role for one in dependencies(route.dependant) if (role := desk.gate.role_of(one.call))]
        for route in served(desk.router.routes)
        for method in route.methods
    }


@pytest.fixture
def desk(desk_store: FactStore, light_catalog: Catalog, settings: Settings, time: Time) -> Desk:
    book = FactBook(light_catalog.ledger, desk_store, time)
    services = make_services(settings, light_catalog, httpx.AsyncClient(), book, desk_store, time)
    return make_desk(services, settings, desk_store, time, print)


def test_every_route_declares_one_role(desk: Desk, app: FastAPI) -> None:
    roles = declared(desk)

    assert {path for _, path in roles} == {route.path for route in served(app.routes)}
    assert {route: found for route, found in roles.items() if len(found) != 1} == {}
    # What changes anything is not for those who only read, but for signing out and telling of a wrong answer.
    for_readers = {path for (method, path), [role] in roles.items() if method != "GET" and role == "reader"}
    assert for_readers <= FOR_READERS
    assert roles["GET", "/desk/audit/export"] == ["admin"]
    assert roles["POST", "/desk/facts/{id}"] == ["editor"]


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_each_role_opens_what_it_may_and_nothing_else(role: str, desk: Desk, sign_in: SignIn) -> None:
    refused, expected = set(), set()
    for (method, path), [needed] in declared(desk).items():
        staff = sign_in(person(role))
        await staff.get("/desk/facts")
        address = path.format_map(PLACES)
        # A stream does not end: tests/desk/test_two_processes.py.
        if path == "/desk/events" and needed in MAY[role]:
            continue
        response = await (staff.get(address) if method == "GET" else staff.post(address))
        assert response.status_code < 500
        refused |= {(method, path)} if response.status_code == 403 else set()
        expected |= set() if needed in MAY[role] else {(method, path)}

    assert refused == expected


async def test_who_is_not_signed_in_is_sent_to_sign_in(desk: Desk, running: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(running), base_url="http://desk.test") as client:
        for method, path in declared(desk):
            response = await client.request(method, path.format_map(PLACES))
            assert response.status_code == 303, path
            assert response.headers["location"].startswith(SIGN_IN)


async def test_a_form_of_another_session_is_refused(sign_in: SignIn, engine: Engine) -> None:
    own, other = sign_in(person("editor", "Own")), sign_in(person("editor", "Other"))
    await other.get(FACT)
    fields = {"action": "withhold", "reason": "x"}

    for csrf in ("", "guess", other.csrf, "å"):
        response = await own.client.post(FACT, data={**fields, "csrf": csrf})
        assert response.status_code == 403
    assert (await own.client.post(FACT, data=fields)).status_code == 403
    assert (await own.client.post(FACT, data=fields, files={"csrf": ("a", b"b")})).status_code == 403
    assert FactStore(engine, make_ledger()).last_change() == 0

    await own.get(FACT)
    assert (await own.post(FACT, **fields)).status_code == 303


async def test_no_form_of_the_desk_is_taken_without_its_token(desk: Desk, sign_in: SignIn, engine: Engine) -> None:
    staff = sign_in(person("admin"))
    paths = [path.format_map(PLACES) for method, path in declared(desk) if method not in ("GET", "HEAD")]

    for path in paths:
        response = await staff.client.post(path, data={"csrf": "guess"})
        assert (response.status_code, path) == (403, path)
    assert len(paths) > 10
    assert (await staff.get("/desk/facts")).status_code == 200


async def test_watching_does_not_keep_a_session_alive(engine: Engine, time: Time) -> None:
    sessions = Sessions(engine)
    token = sessions.begin(person("reader"), time())
    for _ in range(3):
        time.pass_by(minutes=9)
        assert sessions.find(token, time(), is_use=False)

    time.pass_by(minutes=3)
    assert sessions.find(token, time()) is None


async def test_a_session_ends_when_it_is_idle(sign_in: SignIn, time: Time) -> None:
    staff = sign_in(person("reader"))
    for _ in range(3):
        time.pass_by(minutes=29)
        assert (await staff.get("/desk/facts")).status_code == 200

    time.pass_by(minutes=30)
    assert (await staff.get("/desk/facts")).status_code == 303


async def test_a_session_ends_after_eight_hours_however_it_is_used(sign_in: SignIn, time: Time) -> None:
    staff = sign_in(person("reader"))
    for _ in range(24):
        time.pass_by(minutes=19)
        assert (await staff.get("/desk/facts")).status_code == 200

    time.pass_by(minutes=24)
    assert (await staff.get("/desk/facts")).status_code == 303


async def test_signing_out_ends_the_session_on_the_server(sign_in: SignIn) -> None:
    staff = sign_in(person("reader"))
    await staff.get("/desk/facts")
    token = staff.client.cookies["desk"]
    assert (await staff.post("/desk/sign-out")).status_code == 303

    response = await staff.client.get("/desk/facts", headers={"Cookie": f"desk={token}"})
    assert response.status_code == 303


def test_the_database_holds_no_token(sign_in: SignIn, engine: Engine) -> None:
    staff = sign_in(person("reader"))

    with reading(engine) as connection:
        rows = connection.execute(select(SESSIONS)).all()
    assert len(rows) == 1
    assert staff.client.cookies["desk"] not in str(rows)


@pytest.mark.parametrize("where", ["path", "form"])
async def test_what_no_database_can_keep_is_refused(where: str, sign_in: SignIn) -> None:
    staff = sign_in(person("editor"))
    path = "/desk/reports/a%00b" if where == "path" else "/desk/notices/off"

    response = await staff.post(path, part="chat", reason="x" if where == "path" else "a\0b")

    assert response.status_code == 422
    assert 'id="problem"' in response.text


async def test_what_is_not_there_is_told_on_a_page_of_the_desk(sign_in: SignIn) -> None:
    response = await sign_in(person("reader")).get("/desk/facts/nothing")

    assert response.status_code == 404
    assert 'id="problem"' in response.text
