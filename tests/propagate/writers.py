"""A model endpoint for which it is known what its examples do: it copies them, or ignores them."""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from seedbed.llm.settings import EndpointSettings

_SHOWN = re.compile(r"^- \([^)]*\) (.+)$", re.MULTILINE)
_WANTED = re.compile(r"Write (\d+) new prompts")
# what the writer says by itself: half questions, half instructions, of lengths that no seed has
_OWN = (
    "Tell me about the weather on the coast today.",
    "Describe a quiet town by the river for me.",
    "Which tea is the best one for a cold evening?",
    "Can a garden grow well without any sun at all?",
)


@contextmanager
def writer(follows: float) -> Iterator[EndpointSettings]:
    """Settings of an endpoint that writes, with probability `follows`, the first words of an example of its own prompt
    with the example's ending, and else something of its own. Deterministic in the request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: apart, each reply waits 40 ms for an acknowledgement

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = json.dumps(_answer(body, follows)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield EndpointSettings(url=f"http://127.0.0.1:{server.server_port}/v1", model="known")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(body: bytes, follows: float) -> dict[str, Any]:
    asked = json.loads(body)
    prompt = asked["messages"][-1]["content"]
    shown = _SHOWN.findall(prompt)
    found = _WANTED.search(prompt)
    draw = random.Random(hashlib.sha256(body).hexdigest())
    texts = [
        draw.choice(shown) if shown and draw.random() < follows else draw.choice(_OWN)
        for _ in range(int(found[1]) if found else 1)
    ]
    content = json.dumps({"questions": texts})
    return {
        "id": "known",
        "object": "chat.completion",
        "created": 0,
        "model": asked["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": len(body) // 4, "completion_tokens": 20, "total_tokens": len(body) // 4 + 20},
    }
