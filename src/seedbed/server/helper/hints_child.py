"""The parser as a process of its own: reads JSON lines {"texts": [...]}, answers each with a JSON list.

An entry of the answer is true or false, or null where nothing can be said. It ends when its input does.
"""

from __future__ import annotations

import json
import os
import sys

__all__: list[str] = []

_NICENESS = 10  # people who type come first


def _main() -> None:
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints must not write into the answer
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    from seedbed.generate.questions.languages import language_fault
    from seedbed.measures.parser import Parser
    from seedbed.measures.verb_noun import wide_pair

    parser = Parser()
    for line in sys.stdin:
        texts = json.loads(line)["texts"]
        verdicts = [
            None if language_fault(text, "en") else wide_pair(parse) is not None
            for text, parse in zip(texts, parser.parse(texts), strict=True)
        ]
        print(json.dumps(verdicts), file=answer, flush=True)


if __name__ == "__main__":
    _main()
