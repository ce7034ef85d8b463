"""Fetching against a real HTTPS server, and what must never be fetched (threat T14)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.facts.fetch import Fetcher, FetchError, Patience, PublicAddresses, is_public
from tests.facts.standin import GRANT, LARGE, MV, StandIn

URL = f"https://{MV}{GRANT}"
HOSTS = frozenset({MV, "migrationsverket.se"})


@asynccontextmanager
async def fetching(standin: StandIn, addresses: PublicAddresses | None = None) -> AsyncIterator[Fetcher]:
    fetcher = Fetcher("https://x.example/", addresses or standin.addresses(), standin.context(), Patience(0.5, 1.0))
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


async def outcome(standin: StandIn, url: str = URL, addresses: PublicAddresses | None = None) -> str:
    async with fetching(standin, addresses) as fetcher:
        with pytest.raises(FetchError) as refused:
            await fetcher.get(url, HOSTS)
    return refused.value.outcome


async def test_a_page_is_fetched_with_its_validators(standin: StandIn) -> None:
    async with fetching(standin) as fetcher:
        fetched = await fetcher.get(URL, HOSTS)
        assert fetched.body is not None
        assert b"350,000 SEK" in fetched.body
        again = await fetcher.get(URL, HOSTS, fetched.etag)
        assert again.body is None


@pytest.mark.parametrize(
    ("behave", "expected"),
    [
        ("404", "status_404"),
        ("403", "status_403"),
        ("500", "status_500"),
        ("429", "status_429"),
        ("timeout", "timeout"),
        ("slow_drip", "timeout"),
        ("hang_up", "connection"),
        ("broken_tls", "tls"),
        ("redirect_loop", "redirects"),
        ("redirect_private", "refused_host"),
        ("redirect_loopback", "refused_host"),
        ("redirect_ipv6", "refused_host"),
        ("redirect_decimal", "refused_host"),
        ("redirect_user", "refused_address"),
        ("redirect_port", "refused_address"),
        ("redirect_http", "refused_address"),
        ("redirect_file", "refused_address"),
        ("wrong_host", "refused_host"),
        ("large", "too_large"),
        ("gzip_bomb", "encoded"),
        ("pdf", "not_a_page"),
    ],
)
async def test_a_failure_is_named(standin: StandIn, behave: str, expected: str) -> None:
    standin.behave = behave
    assert await outcome(standin) == expected


async def test_what_may_pass_is_tried_again_and_what_cannot_is_not(standin: StandIn) -> None:
    standin.behave = "503"
    await outcome(standin)
    assert len(standin.requests) > 1
    standin.requests.clear()
    standin.behave = "404"
    await outcome(standin)
    assert len(standin.requests) == 1


async def test_no_more_is_read_of_a_large_answer_than_the_bound(standin: StandIn) -> None:
    standin.behave = "large"
    await outcome(standin)
    assert standin.sent < LARGE


@pytest.mark.parametrize(
    "url",
    [
        f"http://{MV}/",
        f"https://{MV}:8443/",
        f"https://user@{MV}/",
        f"https://user:secret@{MV}/",
        f"https://{MV}.example.com/",
        f"https://example.com/{MV}",
        f"https://{MV}@example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "file:///etc/passwd",
        "ftp://www.migrationsverket.se/",
    ],
)
async def test_addresses_off_the_list_are_refused_before_anything_is_asked(standin: StandIn, url: str) -> None:
    assert await outcome(standin, url) in ("refused_address", "refused_host")
    assert standin.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%lo",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["193.13.74.1", "2a00:801::1", "::ffff:193.13.74.1", "64:ff9b::c10d:4a01"])
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "::1", "169.254.169.254"])
async def test_names_that_lead_inside_are_refused_after_resolution(host: str) -> None:
    with pytest.raises(FetchError) as refused:
        await PublicAddresses().find(host, 443)
    assert refused.value.outcome in ("refused_address", "no_address")


async def test_a_name_with_one_public_and_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def both(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("193.13.74.1", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
    with pytest.raises(FetchError) as refused:
        await PublicAddresses().find(MV, 443)
    assert refused.value.outcome == "refused_address"


class Rebinding(PublicAddresses):
    """A name that leads to the stand-in when it is checked, and inside when it is asked for again."""

    def __init__(self, port: int) -> None:
        self.answers = [("127.0.0.1", port), ("127.0.0.1", 1)]
        self.asked = 0

    async def find(self, host: str, port: int) -> tuple[str, int]:
        self.asked += 1
        return self.answers[min(self.asked, 2) - 1]


async def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(standin: StandIn) -> None:
    rebinding = Rebinding(standin.port)
    async with fetching(standin, rebinding) as fetcher:
        assert (await fetcher.get(URL, HOSTS)).body
    assert rebinding.asked == 1


async def test_a_certificate_for_another_name_is_refused(standin: StandIn) -> None:
    class Elsewhere(PublicAddresses):
        async def find(self, host: str, port: int) -> tuple[str, int]:
            return "127.0.0.1", standin.port

    async with fetching(standin, Elsewhere()) as fetcher:
        with pytest.raises(FetchError) as refused:
            await fetcher.get("https://other.example/", frozenset({"other.example"}))
    assert refused.value.outcome == "tls"


def test_the_ordinary_context_checks_certificates() -> None:
    context = ssl.create_default_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
