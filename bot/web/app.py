"""The gateway's wiring: the one place where everything is put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from bot.catalog import Catalog
from bot.facts.book import Clock, FactBook, utc_now
from bot.facts.store import FactStore
from bot.web import api, chat_routes, health, topic_routes
from bot.web.desk.wiring import make_desk
from bot.web.middleware import BodyLimit, RequestLog, SecurityHeaders, make_logger
from bot.web.pages import Pages
from bot.web.problems import BY_STATUS, ProblemError
from bot.web.services import make_services
from bot.web.settings import Settings

STATIC = Path(__file__).parent / "static"
PROBLEM = "application/problem+json"
# The largest form of the desk: a notice in every language.
_DESK_BODY = 262_144
# Whoever waits for it reads it at once, in a file too.
_print = partial(print, flush=True)


class Gateway(FastAPI):
    """FastAPI, with problem documents described under their own media type."""

    def openapi(self) -> dict[str, Any]:
        """Return the description of the API."""
        document = super().openapi()
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and PROBLEM not in response["content"]:
                        response["content"] = {PROBLEM: response["content"]["application/json"]}
        return document


def create_app(
    settings: Settings,
    catalog: Catalog,
    store: FactStore | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock = utc_now,
    say: Callable[[str], None] = _print,
) -> FastAPI:
    """Return the gateway. Without a `store` the facts stand as the ledger has them.

    `transport` replaces the network between it and Rasa, `clock` the time and `say` the terminal, for tests.
    """
    client = httpx.AsyncClient(
        base_url=settings.rasa_url, timeout=settings.rasa_timeout, trust_env=False, transport=transport
    )
    book = FactBook(catalog.ledger, store, clock)
    services = make_services(settings, catalog, client, book, store, clock)
    desk = make_desk(services, settings, store, clock, say) if store and settings.desk == "on" else None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with client:
            book.start()
            services.start()
            if desk:
                await desk.start()
            yield
            if desk:
                await desk.stop()
            services.stop()
            book.stop()

    # The generated API pages load scripts from elsewhere, so only the document itself is served.
    app = Gateway(
        title="Vägvisaren",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )

    pages = Pages(services, settings.message_max_chars, settings.public_url)

    async def problem(request: Request, error: Exception) -> Response:
        if desk and f"{request.url.path}/".startswith("/desk/"):
            return desk.problem(request, error)
        raised = _as_problem(error)
        services.metrics.problems.labels(raised.kind).inc()
        chosen = request.query_params.get("language") or request.query_params.get("sprak")
        language = raised.language or services.reader_language(chosen, None, request.headers.get("accept-language"))
        if _wants_page(request):
            return pages.problem(request, raised, language, chosen)
        return services.problems.response(raised, language)

    for kind in (ProblemError, RequestValidationError, HTTPException, SQLAlchemyError):
        app.add_exception_handler(kind, problem)
    app.include_router(api.make_router(services, settings.message_max_chars))
    app.include_router(health.make_router(services))
    app.include_router(chat_routes.make_router(services, pages))
    app.include_router(topic_routes.make_router(services, pages))
    if desk:
        app.include_router(desk.router)
    # Nothing else is compressed: the size of a page that holds a token and what was typed would tell of both.
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)), name="static")
    largest = settings.body_max_bytes
    app.add_middleware(BodyLimit, max_bytes=largest, larger={"/desk/": max(largest, _DESK_BODY)})
    app.add_middleware(SecurityHeaders)
    if settings.widget_sites:
        # A site that shows the widget asks beforehand, and may read what it gets.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.widget_sites,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Content-Type"],
            max_age=3600,
        )
    app.add_middleware(RequestLog, log=make_logger(settings.log_level))
    return app


def _as_problem(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HTTPException):
        return ProblemError(BY_STATUS.get(error.status_code, "invalid"), error.headers)
    return ProblemError("unavailable" if isinstance(error, SQLAlchemyError) else "invalid")


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
