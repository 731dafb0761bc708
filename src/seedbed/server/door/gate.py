"""The gate before every route and socket: which host, by TLS or not, from whose page, how often, and who.

What it found stands in the request's state: `address`, `cookies`, and `who` for addresses under /api.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from seedbed.server.config import ServerConfig
from seedbed.server.door.addresses import arrived_by_http, client_address
from seedbed.server.limits import Buckets
from seedbed.server.people.sessions import Sessions
from seedbed.server.refusals import Refusal
from seedbed.server.replies import refuse

__all__ = ["Gate", "cookies_of", "same_site"]

_MOST_COOKIES = 16 * 1024  # bytes; ours are 100, and others share the name of a machine
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def same_site(config: ServerConfig, headers: Headers) -> bool:
    """Whether the request was made by a page of this very host. Browsers send Origin with every unsafe request and
    with every socket; a request without one is no browser's and has no business with cookies."""
    host, origin = headers.getlist("host"), headers.getlist("origin")
    return len(host) == 1 and len(origin) == 1 and origin[0] == config.origin_of(host[0])


def cookies_of(headers: Headers) -> dict[str, str]:
    """The cookies of a request, as they stand there: ours need no quoting.

    Not by http.cookies, nor by Starlette, which leaves quotes to it: 8 KB of backslashes between quotes take it 0.3
    seconds and 100 KB half a minute, in the event loop, from anybody at all.
    """
    cookies = {}
    for header in headers.getlist("cookie"):
        if len(header) <= _MOST_COOKIES:
            for part in header.split(";"):
                name, _, value = part.partition("=")
                cookies[name.strip()] = value.strip()
    return cookies


class Gate:
    """ASGI middleware. Sockets go straight to `live`, past the framework, whose layers would cost every frame."""

    def __init__(self, app: ASGIApp, config: ServerConfig, sessions: Sessions, live: ASGIApp) -> None:
        self._app, self._config, self._sessions, self._live = app, config, sessions, live
        self._by_session = Buckets(*config.session_rate)
        self._by_address = Buckets(*config.address_rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            if self._must_move(scope, headers):
                url = f"{self._config.public_url}{scope['path']}"
                await RedirectResponse(url, 308)(scope, receive, send)
                return
            self._check(scope, headers)
        except Refusal as refusal:
            await refuse(scope, receive, send, refusal)
            return
        await (self._app if scope["type"] == "http" else self._live)(scope, receive, send)

    def _must_move(self, scope: Scope, headers: Headers) -> bool:
        """Whether a page was asked for without TLS that has a public address with it. Raises for anything else so."""
        if not self._config.secure or not arrived_by_http(_peer(scope), headers, self._config.proxies):
            return False
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not scope["path"].startswith("/api"):
            return True
        raise Refusal("needs_https")

    def _check(self, scope: Scope, headers: Headers) -> None:
        state = scope.setdefault("state", {})
        state["cookies"] = cookies_of(headers)
        # nobody behind the gate reads them again; the framework would, for every route
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
        hosts = headers.getlist("host")
        if len(hosts) != 1 or self._config.origin_of(hosts[0]) is None:
            raise Refusal("bad_host")
        if (scope["type"] == "websocket" or scope["method"] not in _SAFE) and not same_site(self._config, headers):
            raise Refusal("cross_site")
        state["address"] = client_address(_peer(scope), headers, self._config.proxies)
        if scope["path"].startswith("/api/"):
            who = state["who"] = self._sessions.who(state["cookies"].get(self._config.cookie))
            if who is None:
                self._by_address.take(state["address"])
            else:
                self._by_session.take(who.session)


def _peer(scope: Scope) -> str:
    return (scope.get("client") or ("", 0))[0]
