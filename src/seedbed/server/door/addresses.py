"""Where a request comes from. What a proxy says is believed from the proxies that were named, and from no one else."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers

__all__ = ["arrived_by_http", "client_address"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_address(peer: str, headers: Headers, proxies: Sequence[Network]) -> str:
    """The address to count requests by: IPv4 whole, IPv6 by its /64, which one household or phone holds.

    The right-most forwarded address that is no proxy of ours: what stands left of it, anybody can write.
    """
    address = _address(peer)
    if address is None:
        return "unknown"
    for text in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")[-20:]):
        if not _trusted(address, proxies):
            break
        forwarded = _address(text.strip())
        if forwarded is None:
            break
        address = forwarded
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def arrived_by_http(peer: str, headers: Headers, proxies: Sequence[Network]) -> bool:
    """Whether a trusted proxy says that the browser came to it without TLS."""
    address = _address(peer)
    if address is None or not _trusted(address, proxies):
        return False
    return headers.get("x-forwarded-proto", "https").split(",")[-1].strip().lower() == "http"


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _trusted(address: Address, proxies: Sequence[Network]) -> bool:
    return any(address in network for network in proxies if network.version == address.version)
