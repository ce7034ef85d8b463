"""Fetching a page from the outside: bounded in time and size, and never from where it should not.

Threat T14 (request forgery): https on port 443 only, hosts of the watchlist only, each redirect checked
anew, names resolved once and private addresses refused, then connected to the address that was checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import anyio
import httpx
import stamina

MAX_BYTES = 2_000_000
MAX_REDIRECTS = 3
ATTEMPTS = 3
_HTTPS = 443
_TEXT = ("text/html", "application/xhtml+xml", "text/plain")


class FetchError(Exception):
    """A page could not be had. `outcome` is a short code, `detail` says more."""

    def __init__(self, outcome: str, detail: str) -> None:
        self.outcome, self.detail = outcome, detail
        super().__init__(f"{outcome}: {detail}")


class _TransientError(FetchError):
    """Perhaps gone in a moment: worth another try."""


@dataclass(frozen=True)
class Patience:
    """Seconds to wait: for a connection and for each piece; for one address with everything, retries included."""

    piece: float = 5.0
    total: float = 20.0


@dataclass(frozen=True)
class Fetched:
    """An answer: `body` is None when the page is as it was (304)."""

    url: str
    body: bytes | None
    charset: str | None
    etag: str | None
    last_modified: str | None


class PublicAddresses:
    """Where a host may be reached: at public addresses only."""

    async def find(self, host: str, port: int) -> tuple[str, int]:
        """Return (address, port) to connect to. Raises FetchError."""
        if port != _HTTPS:
            raise FetchError("refused_address", f"port {port}")
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise _TransientError("no_address", f"{host}: {error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            if not is_public(address):
                raise FetchError("refused_address", f"{host} is at {address}")
        return addresses[0], port


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet, whatever it is wrapped in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


class _CheckedTransport(httpx.AsyncHTTPTransport):
    """Connects to the address that was checked, under the name that was asked for."""

    def __init__(self, addresses: PublicAddresses, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._addresses = addresses

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        address, port = await self._addresses.find(host, request.url.port or _HTTPS)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address, port=port)
        return await super().handle_async_request(request)


class Fetcher:
    """Fetches pages. Used in one event loop; `aclose` when done."""

    def __init__(
        self,
        contact: str,
        addresses: PublicAddresses,
        context: ssl.SSLContext | None = None,
        patience: Patience = Patience(),
    ) -> None:
        """`contact` is an address that tells who asks, for the User-Agent."""
        self._patience = patience
        # Without compression a small answer cannot unfold into a large one.
        headers = {"user-agent": f"Vagvisaren (checks facts; {contact})", "accept-encoding": "identity"}
        self._client = httpx.AsyncClient(
            transport=_CheckedTransport(addresses, context or ssl.create_default_context()),
            headers=headers,
            timeout=patience.piece,
            follow_redirects=False,
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def get(
        self, url: str, hosts: frozenset[str], etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Return the page at `url`. Raises FetchError when it cannot be had; transient faults are tried again."""
        conditions = {"if-none-match": etag, "if-modified-since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        try:
            with anyio.fail_after(self._patience.total):
                async for attempt in stamina.retry_context(on=_TransientError, attempts=ATTEMPTS, timeout=None):
                    with attempt:
                        return await self._follow(httpx.URL(url), hosts, headers)
        except TimeoutError as error:
            raise FetchError("timeout", f"more than {self._patience.total:g} s") from error
        raise AssertionError("unreachable")

    async def _follow(self, url: httpx.URL, hosts: frozenset[str], headers: Mapping[str, str]) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            _check_address(url, hosts)
            answer = await self._ask(url, headers)
            if isinstance(answer, Fetched):
                return answer
            url = answer
        raise FetchError("redirects", f"more than {MAX_REDIRECTS}")

    async def _ask(self, url: httpx.URL, headers: Mapping[str, str]) -> Fetched | httpx.URL:
        """Return the page, or the address that it was moved to."""
        try:
            async with self._client.stream("GET", url, headers=dict(headers)) as response:
                if response.has_redirect_location:
                    return url.join(response.headers["location"])
                return await _read(str(url), response)
        except httpx.TimeoutException as error:
            raise _TransientError("timeout", type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise FetchError("redirects", str(error)) from error
        except httpx.TransportError as error:
            cause = error.__cause__ or error
            if isinstance(cause, ssl.SSLError) or "certificate" in str(error).lower() or "SSL" in str(error):
                raise FetchError("tls", str(error)) from error
            raise _TransientError("connection", f"{type(error).__name__}: {error}") from error


def _check_address(url: httpx.URL, hosts: frozenset[str]) -> None:
    if url.scheme != "https":
        raise FetchError("refused_address", f"{url.scheme}, not https")
    if url.userinfo:
        raise FetchError("refused_address", "a name and password stand in the address")
    if url.host not in hosts:
        raise FetchError("refused_host", url.host)
    if url.port not in (None, _HTTPS):
        raise FetchError("refused_address", f"port {url.port}")


async def _read(url: str, response: httpx.Response) -> Fetched:
    status = response.status_code
    validators = (response.headers.get("etag"), response.headers.get("last-modified"))
    if status == 304:
        return Fetched(url, None, None, *validators)
    if status == 429 or status >= 500:
        raise _TransientError(f"status_{status}", url)
    if status != 200:
        raise FetchError(f"status_{status}", url)
    media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in _TEXT:
        raise FetchError("not_a_page", media or "no content type")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise FetchError("encoded", response.headers["content-encoding"])
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MAX_BYTES:
            raise FetchError("too_large", f"more than {MAX_BYTES} bytes")
    return Fetched(url, bytes(body), response.charset_encoding, *validators)
