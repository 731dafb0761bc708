"""What every answer tells the browser: run nothing but ours, frame us nowhere, tell nobody where you came from."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seedbed.server.config import ServerConfig

__all__ = ["SecurityHeaders", "content_security_policy"]

_OFF = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer", "microphone",
        "midi", "payment", "serial", "usb")  # fmt: skip


def content_security_policy(config: ServerConfig) -> str:
    """No inline script or style, no other host. The socket is named because old browsers do not count it to 'self';
    the grammar of a policy has no IPv6 addresses."""
    sockets = sorted({_socket(origin) for origin in _shown_origins(config) if "[" not in origin})
    return "; ".join(
        (
            "default-src 'self'", "img-src 'self' data:", " ".join(("connect-src 'self'", *sockets)),
            "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
        )
    )  # fmt: skip


# what a file that is no page of ours may say for itself: the report, a download
_OWN = frozenset({"Content-Security-Policy", "X-Frame-Options"})


class SecurityHeaders:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, config: ServerConfig) -> None:
        self._app = app
        self._always = {
            "Content-Security-Policy": content_security_policy(config),
            "Referrer-Policy": "no-referrer",  # join codes stand in addresses
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": ", ".join(f"{name}=()" for name in _OFF),
        }
        if config.secure:
            self._always["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        api = scope["path"].startswith("/api")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._always.items():
                    if name not in _OWN or name not in headers:
                        headers[name] = value
                if api:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, with_headers)


def _shown_origins(config: ServerConfig) -> list[str]:
    return [config.public_url] if config.public_url is not None else list(config.origins.values())


def _socket(origin: str) -> str:
    parts = urlsplit(origin)
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
