"""For those who run the service: is it alive, is it ready, and its counters."""

from __future__ import annotations

from collections import Counter

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.facts.ledger import State
from bot.web.problems import ProblemError
from bot.web.services import Services
from bot.web.settings import is_loopback


def make_router(services: Services) -> APIRouter:
    """Return the operational routes."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def alive() -> JSONResponse:
        """Tell that the process serves."""
        return JSONResponse({"status": "ok"})

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        """Tell whether free text is answered: 200, or 503 while Rasa is starting or down."""
        understands = await services.rasa.ready()
        return JSONResponse({"free_text": understands}, 200 if understands else 503)

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        """Give the counters, to this machine only: a proxied request is refused too."""
        client = services.client(request)
        if not client or not is_loopback(client) or "x-forwarded-for" in request.headers:
            raise ProblemError("not_found")
        snapshot = services.book.snapshot()
        counted = Counter(snapshot.state(fact) for fact in snapshot.facts.values() if fact.known)
        for state in State:
            services.metrics.facts.labels(state.value).set(counted[state])
        services.metrics.facts_readable.set(services.book.readable)
        return Response(generate_latest(services.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
