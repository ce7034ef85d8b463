"""A page for each topic in each language, for links, letters, search engines and those who never chat."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from bot.web.pages import AcceptLanguage, EasyQuery, LanguageQuery, Pages
from bot.web.problems import ProblemError
from bot.web.services import Services

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def make_router(services: Services, pages: Pages) -> APIRouter:
    """Return the routes of topic pages, their QR codes, the sitemap and robots.txt."""
    router = APIRouter(include_in_schema=False)
    catalog = services.catalog

    @router.api_route("/amne/{topic}", methods=["GET", "HEAD"])
    async def topic_page(
        topic: str,
        request: Request,
        sprak: LanguageQuery = None,
        lattlast: EasyQuery = "",
        accept_language: AcceptLanguage = None,
    ) -> HTMLResponse:
        """Show the answer to one topic."""
        services.limiter.check(services.client(request), None)
        if topic not in catalog.topics:
            raise ProblemError("not_found")
        return pages.topic(request, services.reader_language(sprak, None, accept_language), topic, bool(lattlast))

    @router.get("/amne/{topic}/qr.svg")
    async def topic_code(topic: str, request: Request, sprak: LanguageQuery = None) -> Response:
        """Draw the address of a topic's page as a QR code."""
        services.limiter.check(services.client(request), None)
        if topic not in catalog.topics:
            raise ProblemError("not_found")
        address = pages.address(request, f"/amne/{topic}", services.reader_language(sprak, None, None))
        drawing = BytesIO()
        segno.make(address, error="m", micro=False).save(drawing, kind="svg", scale=4, border=4, light="#fff")
        return Response(drawing.getvalue(), media_type="image/svg+xml")

    @router.get("/sitemap.xml")
    async def sitemap(request: Request) -> Response:
        """List the chat, the guide and every topic that rests on facts, in every language."""
        paths = ["/", "/guide", *(f"/amne/{topic.id}" for topic in catalog.topics.values() if topic.facts)]
        urls = ElementTree.Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
        for path in paths:
            addresses = {one.code: pages.address(request, path, one) for one in services.languages}
            for address in addresses.values():
                url: Any = ElementTree.SubElement(urls, "url")
                ElementTree.SubElement(url, "loc").text = address
                for code, other in addresses.items():
                    attributes = {"rel": "alternate", "hreflang": code, "href": other}
                    ElementTree.SubElement(url, "xhtml:link", attributes)
        return Response(ElementTree.tostring(urls, "utf-8", xml_declaration=True), media_type="application/xml")

    @router.get("/robots.txt")
    async def robots(request: Request) -> PlainTextResponse:
        """Welcome search engines to the pages."""
        base = pages.address(request, "/sitemap.xml", catalog.language(None)).partition("?")[0]
        return PlainTextResponse(f"User-agent: *\nDisallow: /api/\nSitemap: {base}\n")

    return router
