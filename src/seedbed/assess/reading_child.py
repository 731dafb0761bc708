"""Embedding and reading as a process of its own: JSON lines in, a header and bytes out, the end when its input ends.

An order is {"task": "embed" or "read", "language": "en", "texts": [...]}. The answer is {"sizes": [...]}, a new line,
and that many bytes for each text; or {"missing": [message, hint]}; or {"fault": [message, hint]}.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from seedbed.assess.reading import pack, readings
from seedbed.errors import MissingExtra, SeedbedError
from seedbed.measures.embed import Embedder
from seedbed.measures.parser import Parser

__all__: list[str] = []


def _main() -> None:
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not write into the answer
    embedder, parser = Embedder(memo=0), Parser()
    tasks: dict[str, Callable[[str, Sequence[str]], list[bytes]]] = {
        "embed": lambda language, texts: [v.astype(np.float16).tobytes() for v in embedder.encode(texts)],
        "read": lambda language, texts: [pack(reading) for reading in readings(texts, language, parser)],
    }
    for line in sys.stdin.buffer:
        order = json.loads(line)
        parts: list[bytes] = []
        head: dict[str, Any]
        try:
            parts = tasks[order["task"]](order["language"], order["texts"])
            head = {"sizes": [len(part) for part in parts]}
        except MissingExtra as error:
            head = {"missing": [str(error), error.hint]}
        except SeedbedError as error:
            head = {"fault": [str(error), error.hint]}
        answer.write(json.dumps(head).encode() + b"\n" + b"".join(parts))
        answer.flush()


if __name__ == "__main__":
    _main()
