"""Rate limits in memory: by client address, generous for a library, and by conversation."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.web.problems import ProblemError


class Limiter:
    """Counts requests in moving windows. None as a rate means no limit."""

    def __init__(self, client: RateLimitItem | None, conversation: RateLimitItem | None) -> None:
        self._client = client
        self._conversation = conversation
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def check(self, address: str | None, conversation: str | None, count: bool = True) -> None:
        """Count one request. Raises ProblemError with the seconds to wait when it is one too many.

        Without `count` it is not counted.
        """
        take = self._window.hit if count else self._window.test
        if address:
            self._take(take, self._client, "client", network(address))
        if conversation:
            self._take(take, self._conversation, "conversation", conversation)

    def _take(self, take: Callable[..., bool], rate: RateLimitItem | None, scope: str, key: str) -> None:
        if rate is not None and not take(rate, scope, key):
            reset = self._window.get_window_stats(rate, scope, key).reset_time
            raise ProblemError("rate_limited", {"Retry-After": str(max(1, math.ceil(reset - time.time())))})


def network(address: str) -> str:
    """Return what counts as one client: an IPv4 address or an IPv6 /64."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        # A socket that listens on IPv6 and IPv4 gives an IPv4 client as ::ffff:192.0.2.1.
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
