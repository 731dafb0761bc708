"""An endpoint that lists topics, and runs of stage 0 against it, with the gates that need no model."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from seedbed.generate import Roles, RunSummary, conduct
from seedbed.generate.settings import GenerateSettings, QuestionSettings, TopicSettings
from seedbed.generate.topics.run import prepare_topics
from seedbed.llm import EndpointSettings
from seedbed.records import Example
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy
from tests.generate.made import small_taxonomy

Body = dict[str, Any]
GATES = tuple(name for name in TopicSettings().order if name != "topic")
SEEDS = [Example(f"s{i}", f"Text {i}?", f"topic{i % 2}", f"type{i % 3}") for i in range(6)]


@contextmanager
def listing(
    said: Callable[[Body], str | tuple[str, str]], bodies: list[Body] | None = None
) -> Iterator[EndpointSettings]:
    """An endpoint that answers with a text, or a text and its finish_reason."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if bodies is not None:
                bodies.append(body)
            told = said(body)
            text, reason = told if isinstance(told, tuple) else (told, "stop")
            one = {"text": text} if self.path.endswith("/v1/completions") else {"message": {"content": text}}
            answer = {"choices": [{"index": 0, "finish_reason": reason, **one}],
                      "usage": {"prompt_tokens": 3, "completion_tokens": 4}}  # fmt: skip
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield EndpointSettings(url=f"http://127.0.0.1:{server.server_port}/v1", model="lister")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def as_json(topics: Sequence[str]) -> str:
    return json.dumps({"topics": list(topics)})


def counted(body: Body) -> str:
    """Six topics that follow from the request's random number, so that no two requests say the same."""
    return as_json([f"Thing {body['seed'] % 1_000_000} {letter}" for letter in "abcdef"])


def run_topics(
    path: Path, said: Callable[[Body], str | tuple[str, str]] = counted, *, taxonomy: Taxonomy | None = None,
    examples: Sequence[Example] = SEEDS, plan: str = "uniform", shares: Mapping[str, float] | None = None,
    run: str = "topics", lanes: int = 4, language: str = "", **topics: Any,
) -> tuple[Folder, RunSummary]:  # fmt: skip
    folder = Folder(path)
    path.mkdir(exist_ok=True)
    folder.settings.touch()
    settings = GenerateSettings(
        lanes=lanes,
        topics=TopicSettings(**{"per_cell": 2, "per_ask": 4, "order": GATES, **topics}),
        questions=QuestionSettings(plan=plan, shares=dict(shares or {})),  # type: ignore[arg-type]
    )
    with listing(said) as endpoint:
        prepared = prepare_topics(
            folder, settings, Roles(endpoint), taxonomy or small_taxonomy(2, 3), examples=examples, run=run,
            language=language,
        )  # fmt: skip
        return folder, conduct(folder, prepared)
