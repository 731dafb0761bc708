"""How a server is reached: the address it binds, the one people type, and the proxies it believes."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from seedbed.errors import UsageError

__all__ = ["ServerConfig", "checked_proxies", "checked_public_url", "is_loopback"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class ServerConfig:
    """`public_url` is an origin such as https://datathon.example, or None when people type the bound address.

    `session_rate` and `address_rate` are requests (a second for ever, at once) of one who is signed in, and of all at
    one address who are not. A page asks some 10 things when it opens; two hundred who join at once from one building
    ask 3 each. `past_rate` is of questions about the past in one session: each may replay a whole document.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8765
    public_url: str | None = None
    proxies: tuple[Network, ...] = ()
    session_rate: tuple[float, float] = (10, 200)
    address_rate: tuple[float, float] = (30, 1000)
    past_rate: tuple[float, float] = (2, 30)

    @cached_property
    def secure(self) -> bool:
        return self.public_url is not None and self.public_url.startswith("https://")

    @cached_property
    def url(self) -> str:
        """Where people find the pages."""
        if self.public_url is not None:
            return self.public_url
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{_bracketed(host)}:{self.port}"

    @cached_property
    def cookie(self) -> str:
        """The session cookie's name. Browsers share cookies between ports, so a plain one names the port they use."""
        port = self.port if self.public_url is None else urlsplit(self.public_url).port or _PORTS["http"]
        return "__Host-seedbed" if self.secure else f"seedbed-{port}"

    @cached_property
    def origins(self) -> dict[str, str]:
        """Host header → the origin of its pages, for each name this server goes by."""
        found = {f"{host}:{self.port}": f"http://{host}:{self.port}" for host in ("127.0.0.1", "localhost", "[::1]")}
        if not is_loopback(self.host) and self.host not in ("0.0.0.0", "::"):
            found[f"{_bracketed(self.host)}:{self.port}"] = f"http://{_bracketed(self.host)}:{self.port}"
        if self.public_url is not None:
            found[urlsplit(self.public_url).netloc] = self.public_url
        return found

    def origin_of(self, host: str) -> str | None:
        """The origin that pages at this Host header have; None when the server does not go by that name.

        Bound to every address with no public URL it also goes by any number address: no site can point such a
        name at us, as it can with a name of its own.
        """
        host = host.lower()
        found = self.origins.get(host)
        if found is None and self.public_url is None and self.host in ("0.0.0.0", "::"):
            name, _, port = host.rpartition(":")
            if port == str(self.port) and _is_number(name):
                return f"http://{host}"
        return found


def checked_public_url(text: str) -> str:
    """`text` as an origin, rebuilt from its parts, so that nothing else gets into headers and links.

    Raises UsageError.
    """
    problem = UsageError(
        f"{text!r} is not the public address of a server",
        hint="Give scheme and name, and a port if it is not the usual one: https://datathon.example",
    )
    if text != text.strip() or not text.isascii() or any(ord(character) <= 32 for character in text):
        raise problem
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise problem from None
    if parts.scheme not in _PORTS or parts.username is not None or parts.password is not None:
        raise problem
    if parts.path not in ("", "/") or "?" in text or "#" in text or port == 0:
        raise problem
    if not (_HOST.fullmatch(host) or _is_number(_bracketed(host))):
        raise problem
    shown = "" if port in (None, _PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{_bracketed(host)}{shown}"


def checked_proxies(given: list[str]) -> tuple[Network, ...]:
    """Addresses or networks of proxies. Raises UsageError."""
    try:
        return tuple(ipaddress.ip_network(text) for text in given)
    except ValueError as error:
        raise UsageError(
            f"--trust-proxy: {error}", hint="Give an address or a network: 127.0.0.1, 10.0.0.0/8"
        ) from None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what is bound there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
