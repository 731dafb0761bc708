from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import numpy as np
import pytest

from seedbed.errors import EndpointError
from seedbed.llm import EndpointSettings
from seedbed.llm.completion import Malformed, read_vectors
from seedbed.llm.embeddings import EndpointEmbedder


class Server(BaseHTTPRequestHandler):
    """Letters counted, in reverse order with their index; fails `faults` times first."""

    faults: ClassVar[int] = 0
    asked: ClassVar[list[list[str]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if Server.faults:
            Server.faults -= 1
            self.send_response(500)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        Server.asked.append(body["input"])
        data = [
            {"index": index, "embedding": [float(text.count(letter)) for letter in "abcde"]}
            for index, text in reversed(list(enumerate(body["input"])))
        ]
        content = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        return


@pytest.fixture
def embedder() -> Iterator[EndpointEmbedder]:
    Server.faults, Server.asked = 0, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made = EndpointEmbedder(EndpointSettings(url=f"http://127.0.0.1:{server.server_port}/v1", model="letters"))
        yield made
        made.close()
        server.shutdown()


def test_vectors_belong_to_their_texts_and_have_unit_length(embedder: EndpointEmbedder) -> None:
    vectors = embedder.encode(["aab", "e", "aab"])
    assert vectors.shape == (3, 5)
    assert vectors[0] == pytest.approx(np.array([2, 1, 0, 0, 0]) / math.sqrt(5), abs=1e-3)
    assert vectors[1] == pytest.approx(np.array([0, 0, 0, 0, 1]))
    assert (vectors[0] == vectors[2]).all()
    assert (vectors.astype(np.float16).astype(np.float32) == vectors).all()  # what a journal keeps
    assert embedder.dim == 5


def test_a_text_is_asked_for_once_and_many_texts_in_few_requests(embedder: EndpointEmbedder) -> None:
    texts = [f"{'a' * (index % 7)}b{index}" for index in range(150)]
    embedder.encode(texts)
    embedder.encode(texts[:10])
    assert [len(part) for part in Server.asked] == [64, 64, 22]


def test_a_failure_is_tried_again_and_a_lasting_one_is_told(
    embedder: EndpointEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder._cancelled, "wait", lambda seconds: False)
    Server.faults = 3
    assert embedder.encode(["abc"]).shape == (1, 5)
    Server.faults = 100
    with pytest.raises(EndpointError, match="letters failed 5 times"):
        embedder.encode(["d"])


@pytest.mark.parametrize(
    "data",
    [
        None, [], {"data": []}, {"data": [{"embedding": []}]}, {"data": [{"embedding": ["x"]}]},
        {"data": [{"embedding": [math.nan]}]}, {"data": [{"embedding": [1.0], "index": 7}]}, {"data": ["x"]},
    ],
)  # fmt: skip
def test_a_reply_that_is_no_embedding_is_refused(data: Any) -> None:
    with pytest.raises(Malformed):
        read_vectors(data, asked=1)
