"""What an endpoint sends while it writes: server-sent events, read as they come.

Forgiving the form as `completion` does: with or without a blank after "data:", lines that end in CR LF, comments
between; the end is "[DONE]", or a finish_reason and the end of the body.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from seedbed.llm.completion import FINISHED, SURROGATE, Malformed, counted
from seedbed.records import Usage

__all__ = ["MAX_LINE_BYTES", "Finished", "Pieces", "StreamError"]

MAX_LINE_BYTES = 2**20  # one event; a token's is 300 bytes


class StreamError(Exception):
    """The endpoint says, in the middle of its stream, that it failed. `body` is what it said, `status` may be 0."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(str(status))
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a streamed reply. `text` is all of it, without the prefill; `finished` as in Choice."""

    text: str
    finished: bool
    usage: Usage
    model: str


class Pieces:
    """Fed with bytes, gives the pieces of text that they complete. Knows no network.

    Some endpoints repeat a `prefill` at the beginning of the reply: what it could be is held back until it is clear.
    """

    def __init__(self, *, prefill: str = "", model: str = "") -> None:
        self.ended = False
        """Whether "[DONE]" was read: what comes after it does not matter."""
        self._line = b""
        self._prefill = prefill
        self._held = ""  # of a prefill that may be repeated, or half of a surrogate pair
        self._parts: list[str] = []
        self._reason: str | None = None
        self._usage: dict[str, Any] = {}
        self._events = 0
        self._model = model

    def feed(self, data: bytes) -> list[str]:
        """Raises Malformed for what is no stream of completions, StreamError for one that says it failed."""
        *lines, self._line = (self._line + data).split(b"\n")
        if len(self._line) > MAX_LINE_BYTES:
            raise Malformed("an event of the stream is too long")
        return [piece for line in lines if not self.ended and (piece := self._take(line))]

    def close(self) -> tuple[list[str], Finished]:
        """The body has ended: what was held back, and the end. Raises Malformed where the model had not ended."""
        pieces = [piece] if not self.ended and self._line and (piece := self._take(self._line)) else []
        self._line = b""
        if self._held and (rest := self._sure("", last=True)):
            pieces.append(rest)
        if self._reason is None and not self.ended:
            raise Malformed("the stream broke off")
        text = "".join(self._parts)
        if not text:
            raise Malformed(f"the reply has no text (finish_reason: {(self._reason or 'none')[:32]})")
        return pieces, Finished(text, self._reason in FINISHED, self._counted(), self._model)

    @property
    def so_far(self) -> str:
        """What was given out until now."""
        return "".join(self._parts)

    def _take(self, line: bytes) -> str:
        line = line.rstrip(b"\r")
        if not line.startswith(b"data:"):
            return ""  # a comment, a blank, an event's name
        content = line[5:].strip()
        if content == b"[DONE]":
            self.ended = True
            return ""
        try:
            event = json.loads(content)
        except (ValueError, RecursionError):
            raise Malformed("an event of the stream is no JSON") from None
        if not isinstance(event, dict):
            raise Malformed("an event of the stream is no object")
        if error := event.get("error"):
            status = error.get("code") if isinstance(error, dict) else 0
            raise StreamError(status if type(status) is int and 400 <= status < 600 else 0, content)
        return self._read(event)

    def _read(self, event: dict[str, Any]) -> str:
        if isinstance(event.get("model"), str) and event["model"]:
            self._model = event["model"]
        if isinstance(event.get("usage"), dict):
            self._usage = event["usage"]
        entries = event.get("choices")
        first = entries[0] if isinstance(entries, list) and entries else None
        if not isinstance(first, dict):
            return ""  # the last event of many endpoints holds token counts alone
        if isinstance(reason := first.get("finish_reason"), str):
            self._reason = reason
        delta = first.get("delta")
        text = delta.get("content") if isinstance(delta, dict) else first.get("text")
        if not isinstance(text, str) or not text:
            return ""
        self._events += 1
        return self._sure(text, last=False)

    def _sure(self, text: str, *, last: bool) -> str:
        """What of the text held back and `text` can be given out now."""
        text = self._held + text
        self._held = ""
        if self._prefill:
            if not last and self._prefill.startswith(text):
                self._held = text
                return ""
            text = text.removeprefix(self._prefill)
            self._prefill = ""
        if not last and text and "\ud800" <= text[-1] <= "\udbff":
            text, self._held = text[:-1], text[-1]
        if SURROGATE.search(text):
            # JSON may spell a pair in two halves; what is left alone has no UTF-8 form
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\ufffd", "?")
        if text:
            self._parts.append(text)
        return text

    def _counted(self) -> Usage:
        """Most endpoints send a token an event, and no counts unless asked."""
        said = self._usage.get
        return Usage(counted(said("prompt_tokens")), counted(said("completion_tokens")) or self._events)
