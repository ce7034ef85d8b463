"""What the desk serves, as its router tells."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from bot.web.desk.gate import SIGN_IN

# What stands in the paths of routes.
PLACES = {"id": "grant_adult", "key": "intro", "code": "en", "language": "en", "topic": "city_grant"}


def served(routes: Sequence[BaseRoute]) -> list[RouteContext]:
    """Return the routes of the desk but the ways in."""
    found = [route for route in iter_route_contexts(routes) if f"{route.path}/".startswith("/desk/")]
    return [route for route in found if not f"{route.path}/".startswith(f"{SIGN_IN}/")]


def pages(routes: Sequence[BaseRoute]) -> list[str]:
    """Return the address of each page of the desk: not of its files, nor of the stream of changes."""
    paths = [route.path for route in served(routes) if "GET" in route.methods and route.path != "/desk/events"]
    return sorted({path.format_map(PLACES) for path in paths if "export" not in path and "." not in path})
