from __future__ import annotations

from bot.web.limits import network


def test_an_ipv4_client_of_an_ipv6_socket_counts_by_its_own_address() -> None:
    assert network("::ffff:192.0.2.1") == "192.0.2.1"
    assert network("::ffff:192.0.2.2") == "192.0.2.2"
