"""What small models write instead of what they were asked for, and what servers say of it: pure changes of a reply.

Words that belong to no row (the model's chatter) hold MARK: a kept text with MARK in it was read wrongly. All other
texts are those of the sound reply, whole, unless the fault is about them (another language, a cut).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from seedbed.testing import words as w
from seedbed.testing.faults import Fault
from seedbed.testing.replies import Draw

__all__ = ["MARK", "spoil"]

MARK = "xqchatter"

_HERE = "\x01"  # where a sign goes that JSON would have escaped
_OTHER_KEYS = {"questions": "prompts", "misaligned": "bad_response", "aligned": "good_response"}


def spoil(fault: Fault, payload: bytes) -> bytes:
    """The completion in `payload` (as JSON) with a fault of TEXT_KINDS in it. The same bytes give the same bytes."""
    answer = json.loads(payload)
    choices = answer["choices"]
    match fault.kind:
        case "usage":
            answer["usage"] = {key: json.loads(fault.value) for key in answer["usage"]} if fault.value else None
        case "twice":
            answer["choices"] = [{**choice, "index": i} for i, choice in enumerate([*choices, *choices])]
        case "fewer" if len(choices) > 1:
            del choices[(len(choices) + 1) // 2 :]
        case _:
            for index, choice in enumerate(choices):
                text, reason = _spoilt(fault.kind, _get(choice), Draw(f"{answer['id']}/{fault.kind}/{index}"))
                _set(choice, text)
                choice["finish_reason"] = reason or choice["finish_reason"]
    # half a surrogate pair has no UTF-8 form: like all that is not ASCII it travels as an escape
    return json.dumps(answer).encode()


def _get(choice: dict[str, Any]) -> str:
    found: str = choice["message"]["content"] if "message" in choice else choice["text"]
    return found


def _set(choice: dict[str, Any], text: str) -> None:
    if "message" in choice:
        choice["message"]["content"] = text
    else:
        choice["text"] = text


def _spoilt(kind: str, text: str, draw: Draw) -> tuple[str, str]:
    """(the text with the fault in it, its finish_reason where that changes)."""
    match kind:
        case "length" | "filter":
            return text[: len(text) * 2 // 3], "length" if kind == "length" else "content_filter"
        case "silent":
            return "", ""
        case "prose":
            return f"Sure! Here is what you asked for ({MARK}):\n\n{text}\n\nI hope that this helps ({MARK})!", ""
        case "fence":
            return f"```json\n{text}\n```", ""
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if isinstance(data, dict) and data:
        return _of_object(kind, data, draw), ""
    return _of_text(kind, text, draw), ""


def _of_object(kind: str, data: dict[str, Any], draw: Draw) -> str:
    inner = next(iter(data.values()))
    only_list = inner if len(data) == 1 and isinstance(inner, list) else None
    match kind:
        case "comma":
            return re.sub(r'(["\]}\w])(\n\s*[\]}])', r"\1,\2", json.dumps(data, indent=2, ensure_ascii=False))
        case "single":
            return repr(data)
        case "list":
            return _dump(list(data.values()) if only_list is None else only_list)
        case "lines" if only_list is not None:
            return "\n".join(f"{index}. {item}" for index, item in enumerate(only_list, 1))
        case "lines":
            return "\n".join(f"{key}: {value}" for key, value in data.items())
        case "keys":
            return _dump({_OTHER_KEYS.get(key, f"{key}_text"): value for key, value in data.items()})
        case "fewer":
            return _dump({key: v[: len(v) // 2] if isinstance(v, list) else v for key, v in data.items()})
        case "quotes":
            return _dump(_each(data, lambda text: _quoted(text, _HERE))).replace("\\u0001", '"')
        case "newline" | "surrogate":
            sign = "\n" if kind == "newline" else "\\ud83d"
            return _dump(_each(data, lambda text: _halved(text, f" {_HERE} "))).replace("\\u0001", sign)
    return _dump(_each(data, lambda text: _of_text(kind, text, draw)))


def _of_text(kind: str, text: str, draw: Draw) -> str:
    match kind:
        case "comma":
            return text + ","
        case "single":
            return f"'{text}'"
        case "list":
            return _dump([text])
        case "lines":
            return f"1. {text}"
        case "keys":
            return _dump({"prompt": text})
        case "quotes":
            return _quoted(text, '"')
        case "newline":
            return _halved(text, "\n")
        case "surrogate":
            return _halved(text, " \ud83d ")
        case "control":
            return _halved(text, " \x00\x1b\x07\u202e ")
        case "portuguese":
            return _foreign(draw, w.PORTUGUESE, " ")
        case "chinese":
            return _foreign(draw, w.CHINESE, "")
        case "mojibake":
            return _foreign(draw, w.PORTUGUESE, " ").encode().decode("latin-1")
    return text


def _each(data: Any, change: Callable[[str], str]) -> Any:
    """`data` with `change` made to every text in it, keys left alone."""
    if isinstance(data, dict):
        return {key: _each(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_each(value, change) for value in data]
    return change(data) if isinstance(data, str) else data


def _quoted(text: str, sign: str) -> str:
    words = text.split(" ")
    words[len(words) // 2] = f"{sign}{words[len(words) // 2]}{sign}"
    return " ".join(words)


def _halved(text: str, between: str) -> str:
    words = text.split(" ")
    return " ".join(words[: len(words) // 2]) + between + " ".join(words[len(words) // 2 :])


def _foreign(draw: Draw, parts: tuple[tuple[str, ...], ...], space: str) -> str:
    return space.join(draw.pick(choices) for choices in parts)


def _dump(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)
