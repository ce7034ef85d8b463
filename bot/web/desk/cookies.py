"""The desk's cookies, which no script reads and no other site's form sends."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response


class Cookies:
    """Reads and sets cookies; over https under names that no other site near this one can set."""

    def __init__(self, public_url: str) -> None:
        """`public_url` is where the service is reached; empty: as it was asked."""
        self._public_url = public_url

    def get(self, request: Request, name: str) -> str:
        """Return what a cookie holds; empty if there is none."""
        return request.cookies.get(self._full(request, name), "")

    def set(self, request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
        """Set a cookie; without `max_age` it ends with the browser."""
        secure = self._is_https(request)
        response.set_cookie(
            self._full(request, name), value, max_age, path="/", secure=secure, httponly=True, samesite="lax"
        )

    def delete(self, request: Request, response: Response, name: str) -> None:
        """Take a cookie away."""
        secure = self._is_https(request)
        response.delete_cookie(self._full(request, name), secure=secure, httponly=True, samesite="lax")

    def _full(self, request: Request, name: str) -> str:
        return f"__Host-{name}" if self._is_https(request) else name

    def _is_https(self, request: Request) -> bool:
        # A proxy that is not trusted cannot tell that the browser came by https.
        return (self._public_url or str(request.url)).startswith("https:")
