"""What study.toml says of a model endpoint: where it is, which model, and the name of the key's variable."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, field_validator, model_validator

from seedbed.study.toml import SettingsModel

__all__ = ["EMBEDDED", "EndpointSettings"]

EMBEDDED = "embedded"  # what the model that comes with Seedbed is called where endpoints are named

# Endpoint.chat() and .complete() write these themselves; a second value in extra_body would contradict them.
_OURS = frozenset({"messages", "model", "n", "prompt", "response_format", "seed", "stream"})


class EndpointSettings(SettingsModel):
    """One model behind an OpenAI-compatible address.

    The key itself is never a setting: `key_env` names the environment variable that holds it, so that this
    object can be saved with a run and printed.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    url: str | tuple[str, ...] = Field(
        description="Base address up to and including /v1; several are used side by side."
    )
    model: str = Field(min_length=1, description="The model's name, as the endpoint knows it.")
    key_env: str | None = Field(
        default=None, description="NAME of the environment variable that holds the key; never the key."
    )
    timeout_s: float = Field(default=120.0, gt=0, description="Seconds one attempt may take, from sending on.")
    style: Literal["openai"] = Field(default="openai", description="The wire format.")
    max_lanes: int = Field(
        default=512, ge=1, le=4096, description="Never more calls in flight than this; fewer where more do not help."
    )
    price_in: float = Field(default=0.0, ge=0, description="Price of a million tokens read.")
    price_out: float = Field(default=0.0, ge=0, description="Price of a million tokens written.")
    currency: str = Field(default="USD", description="What the prices are in.")
    max_choices: int = Field(default=128, ge=1, description="The largest n the endpoint takes in one request.")
    structured: Literal["json_schema", "tags", "none"] = Field(
        default="json_schema",
        description="json_schema: it enforces a schema. tags, none: it does not, so no schema is sent and the "
        "prompt has to ask for the form.",
    )
    prefill: Literal["plain", "vllm", "none"] = Field(
        default="plain",
        description="How it continues a trailing assistant message: plain by itself (llama.cpp), vllm when "
        "asked by two flags, none not at all.",
    )
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = Field(
        default="max_tokens", description="What the endpoint calls the limit on the reply's length."
    )
    extra_body: dict[str, Any] = Field(
        default_factory=dict, description="Further fields of every request, for what only this endpoint knows."
    )

    @property
    def urls(self) -> tuple[str, ...]:
        """All base addresses, without a trailing slash."""
        return (self.url,) if isinstance(self.url, str) else self.url

    @model_validator(mode="before")
    @classmethod
    def _no_secrets(cls, data: Any) -> Any:
        """Refuse a key where its name belongs, or a password in an address.

        Checked on the whole section and not on the field, because an error of a field is shown with its value.
        """
        if isinstance(data, dict):
            name = data.get("key_env")
            # Capitals only: many a key is made of letters, digits and _ too, but hardly one has no small letter.
            if isinstance(name, str) and not re.fullmatch(r"[A-Z_][A-Z0-9_]{0,63}", name):
                raise ValueError("key_env takes the NAME of an environment variable, such as OPENAI_API_KEY")
            url = data.get("url")
            for one in url if isinstance(url, list | tuple) else [url]:
                if isinstance(one, str) and re.search(r"[@?#]", one):
                    raise ValueError(
                        "url holds no user, password, query or fragment: the key goes by the variable that "
                        "key_env names"
                    )
        return data

    @field_validator("url", mode="after")
    @classmethod
    def _base(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if isinstance(value, str):
            return _base_address(value)
        if not value:
            raise ValueError("name at least one address")
        bases = tuple(_base_address(one) for one in value)
        if len(set(bases)) < len(bases):
            raise ValueError("an address is named twice")
        return bases

    @field_validator("extra_body")
    @classmethod
    def _not_ours(cls, value: dict[str, Any]) -> dict[str, Any]:
        if clash := sorted(_OURS & value.keys()):
            raise ValueError(f"set elsewhere, not in extra_body: {', '.join(clash)}")
        return value


def _base_address(value: str) -> str:
    """Cut an address to its base; an address with no path gets /v1, where every such server listens."""
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address looks like http://127.0.0.1:8000/v1")
    path = re.sub(r"/(chat/)?completions$", "", parts.path.rstrip("/"))
    return f"{parts.scheme}://{parts.netloc}{path or '/v1'}"
