"""What every route starts from: the parts of the running server, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from seedbed.server.config import ServerConfig
from seedbed.server.contract import LiveHub
from seedbed.server.identity import Who
from seedbed.server.limits import Buckets
from seedbed.server.people.home import Home, StudyIdentity
from seedbed.server.people.login import Login
from seedbed.server.people.roles import Duty, allow
from seedbed.server.refusals import Refusal
from seedbed.server.shapes import Fault

__all__ = ["FAULTS", "Group", "Id", "Office", "Server", "StudyName", "enter", "leave"]

# Every refusal has this shape; which can come is said for all routes at once, because the gate can say most of them.
FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": Fault} for status in (400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 421, 422, 429, 500, 503)
}

StudyName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Group = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]
Id = Annotated[str, Path(pattern=r"^[a-z]_[a-z2-7]{10}$")]

_DEVICE_LIFE = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Office:
    """The server as one request sees it."""

    config: ServerConfig
    home: Home
    login: Login
    hub: LiveHub
    past: Buckets
    who: Who | None
    address: str
    agent: str
    device: str | None

    def allow(self, duty: Duty, study: str | None = None) -> Who:
        """Who asks, if they may. Raises Refusal, also for a study that is not served."""
        who = allow(self.who, duty, study)
        if study is not None and study not in self.home.studies:
            raise Refusal("unknown_study")
        return who

    def study(self, name: str) -> StudyIdentity:
        """Raises Refusal unknown_study."""
        found = self.home.studies.get(name)
        if found is None:
            raise Refusal("unknown_study")
        return found


def _office(request: Request) -> Office:
    state = request.app.state
    config: ServerConfig = state.config
    if state.hub is None:
        raise Refusal("busy", retry_after=5)  # stopping: the next server is here in a moment
    return Office(
        config,
        state.home,
        state.login,
        state.hub,
        state.past,
        request.state.who,
        request.state.address,
        request.headers.get("user-agent", "")[:500],
        request.state.cookies.get(f"{config.cookie}-device"),
    )


Server = Annotated[Office, Depends(_office)]


def enter(response: Response, config: ServerConfig, token: str, *, device: str | None = None) -> None:
    """Give the browser its session, and after a password its device mark (see `login`)."""
    _set(response, config, config.cookie, token, _DEVICE_LIFE)
    if device is not None:
        _set(response, config, f"{config.cookie}-device", device, _DEVICE_LIFE)


def leave(response: Response, config: ServerConfig) -> None:
    """Take the session from the browser; the device mark stays."""
    _set(response, config, config.cookie, "", 0)


def _set(response: Response, config: ServerConfig, name: str, value: str, life: int) -> None:
    response.set_cookie(name, value, max_age=life, path="/", httponly=True, samesite="strict", secure=config.secure)
