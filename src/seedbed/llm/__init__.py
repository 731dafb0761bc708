"""Model endpoints: the HTTP client, the settings that name one, and the embedded model behind the same door."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seedbed.llm.settings import EndpointSettings

if TYPE_CHECKING:
    from seedbed.llm.completion import Choice, Completion
    from seedbed.llm.embedded import EmbeddedModel
    from seedbed.llm.endpoint import Endpoint
    from seedbed.llm.streaming import Finished

__all__ = ["Choice", "Completion", "EmbeddedModel", "Endpoint", "EndpointSettings", "Finished"]

# aiohttp takes 0.2 s to import, and a command that only reads study.toml comes by here for the settings.
_HOMES = {
    "Choice": "completion", "Completion": "completion", "EmbeddedModel": "embedded", "Endpoint": "endpoint",
    "Finished": "streaming",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if home := _HOMES.get(name):
        return getattr(import_module(f"seedbed.llm.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
