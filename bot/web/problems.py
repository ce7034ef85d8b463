"""Errors as problem documents (RFC 9457), in the reader's language, with a way to a person."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import JSONResponse

from bot.catalog import Language
from bot.render import Renderer
from bot.web.schemas import Contact, Problem

# problem -> (HTTP status, interface text)
KINDS: dict[str, tuple[int, str]] = {
    "empty": (422, "error_empty"),
    "too_long": (422, "error_too_long"),
    "too_large": (413, "error_too_long"),
    "invalid": (422, "error_unknown"),
    "unknown_button": (422, "error_unknown"),
    "not_found": (404, "page_not_found"),
    "method_not_allowed": (405, "error_unknown"),
    "rate_limited": (429, "error_rate_limited"),
    "unavailable": (503, "unavailable"),
    "not_kept": (503, "error_unknown"),
}
BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 429: "rate_limited"}


class ProblemError(Exception):
    """A request cannot be served. `kind` is a key of KINDS; `language` is the reader's, where it is known."""

    def __init__(self, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """`headers` go with the response, such as Retry-After."""
        super().__init__(kind)
        self.kind = kind
        self.headers = headers
        self.language: Language | None = None


class Problems:
    """Makes problem documents."""

    def __init__(self, renderer: Renderer, max_chars: int) -> None:
        """`max_chars` is the message limit that texts tell."""
        self._renderer = renderer
        self._max_chars = max_chars

    def status(self, kind: str) -> int:
        """Return the HTTP status of a kind of problem."""
        return KINDS[kind][0]

    def detail(self, kind: str, language: Language) -> str:
        """Return what went wrong, in words for the reader."""
        return self._renderer.ui(KINDS[kind][1], language, limit=str(self._max_chars))

    def response(self, error: ProblemError, language: Language) -> JSONResponse:
        """Return the problem document of `error`."""
        status = self.status(error.kind)
        problem = Problem(
            type=f"urn:vagvisaren:problem:{error.kind.replace('_', '-')}",
            title=self._renderer.ui("error_heading", language),
            status=status,
            detail=self.detail(error.kind, language),
            lang=language.code,
            contact=Contact(
                text=self._renderer.ui("human_text", language),
                phone=self._renderer.value("mv_phone", language),
                url=self._renderer.value("mv_home", language),
            ),
        )
        return JSONResponse(problem.model_dump(), status, headers=error.headers, media_type="application/problem+json")
