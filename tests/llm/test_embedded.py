"""The real embedded model. One server for the questions, further ones for how it starts and ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import seedbed.llm.embedded as embedded
from seedbed.errors import InputError, MissingExtra, RequestRefused, TransientEndpointError
from seedbed.llm import Completion, EmbeddedModel, Endpoint
from seedbed.llm.embedded import EMBEDDED_MODEL, find_weights, start_error, verify_weights

SERVER = Path(embedded.__file__).with_name("embedded_server.py")
ASK = [
    {"role": "system", "content": "You write realistic questions that people ask an AI assistant."},
    {"role": "user", "content": "Topic: Finance (savings). The question asks for advice."},
]
DRAW: dict[str, Any] = {"max_tokens": 40, "temperature": 0.7, "min_p": 0.1, "top_k": 0}


def gone(pid: int, within_s: float) -> bool:
    """Whether the process ends in time; a zombie that its new parent has not collected counts as ended."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def cpu_of(pid: int) -> float:
    """Seconds of the processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def with_model(act: Callable[[Endpoint], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with EmbeddedModel(processes=1) as endpoint:
            return await act(endpoint)

    return asyncio.run(run())


@pytest.mark.model
def test_it_answers_with_choices_logprobs_and_all_tokens() -> None:
    async def act(endpoint: Endpoint) -> Completion:
        await endpoint.check()
        return await endpoint.chat(ASK, n=4, seed=1, logprobs=True, **DRAW)

    found = with_model(act)
    assert len(found.choices) == 4
    assert len({choice.text for choice in found.choices}) > 1
    assert all(choice.text.strip() for choice in found.choices)
    assert all(choice.mean_logprob is not None and choice.mean_logprob < 0 for choice in found.choices)
    assert found.model == EMBEDDED_MODEL
    # four choices of a few words each: more than any one of them can have
    assert found.usage.completion_tokens > max(len(choice.text.split()) for choice in found.choices)
    assert 20 < found.usage.prompt_tokens < 80


@pytest.mark.model
def test_it_continues_a_prefill_without_repeating_it_and_keeps_to_a_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"question": {"type": "string", "maxLength": 60}},
        "required": ["question"],
        "additionalProperties": False,
    }

    async def act(endpoint: Endpoint) -> tuple[Completion, Completion, Completion]:
        begun = await endpoint.chat([*ASK, {"role": "assistant", "content": "Can my"}], n=4, seed=3, **DRAW)
        shaped = await endpoint.chat(ASK, json_schema=schema, max_tokens=80, temperature=0.7, seed=3)
        plain = await endpoint.complete("Q: How are you?\nA:", max_tokens=20, stop=["\n"], seed=3)
        return begun, shaped, plain

    begun, shaped, plain = with_model(act)
    assert all(choice.text.startswith(" ") and "Can my" not in choice.text[:8] for choice in begun.choices)
    assert list(json.loads(shaped.choices[0].text)) == ["question"]
    assert "\n" not in plain.choices[0].text


@pytest.mark.model
@pytest.mark.slow
def test_a_seed_gives_the_same_text_whatever_was_asked_before() -> None:
    """Prompts that share a beginning and differ in length, so that a cache of prompts would have much to reuse.

    Four lengths, forth and back: six took twice the CPU.
    """
    turns = [{"role": "user", "content": f"Topic: Travel (way {k}). The question asks for advice."} for k in range(4)]

    async def act(endpoint: Endpoint) -> tuple[list[str], list[str]]:
        async def one(k: int) -> str:
            found = await endpoint.chat([ASK[0], *turns[: 1 + k]], n=2, seed=10 * k, **{**DRAW, "max_tokens": 12})
            return "|".join(choice.text for choice in found.choices)

        forth = [await one(k) for k in range(4)]
        back = [await one(k) for k in reversed(range(4))]
        return forth, back[::-1]

    forth, back = with_model(act)
    assert forth == back
    assert len(set(forth)) > 2


@pytest.mark.model
def test_a_prompt_longer_than_its_context_is_refused_in_words() -> None:
    async def act(endpoint: Endpoint) -> None:
        await endpoint.chat([{"role": "user", "content": "word " * 4000}], max_tokens=5)

    with pytest.raises(RequestRefused, match="context") as caught:
        with_model(act)
    assert "too long" in caught.value.hint


@pytest.mark.model
def test_its_processes_end_with_the_block_whether_it_fails_or_not() -> None:
    async def run(fail: bool) -> tuple[int, ...]:
        model = EmbeddedModel(processes=2)
        try:
            async with model as endpoint:
                assert len(endpoint.settings.urls) == 2
                pids = model.pids
                assert len(pids) == 2
                if fail:
                    raise KeyError
        except KeyError:
            pass
        assert model.pids == ()
        return pids

    for fail in (False, True):
        assert all(gone(pid, 0.1) for pid in asyncio.run(run(fail)))


@pytest.mark.model
def test_a_process_that_was_killed_leaves_the_work_to_the_other_and_then_says_so() -> None:
    async def run() -> TransientEndpointError:
        model = EmbeddedModel(processes=2)
        async with model as endpoint:
            first, second = model.pids
            os.kill(first, signal.SIGKILL)
            assert gone(first, 2)
            with pytest.raises(TransientEndpointError):
                await endpoint.chat(ASK, **DRAW)
            await endpoint.chat(ASK, **DRAW)
            os.kill(second, signal.SIGKILL)
            for _ in range(20):  # what dies resets for a moment before it refuses
                with pytest.raises(TransientEndpointError) as caught:
                    await endpoint.chat(ASK, **DRAW)
                if "connection refused" in str(caught.value):
                    break
                await asyncio.sleep(0.1)
            return caught.value

    assert "embedded model ended" in asyncio.run(run()).hint


_PARENT = """
import asyncio
from seedbed.llm import EmbeddedModel

async def main():
    model = EmbeddedModel(processes=2)
    async with model:
        print(*model.pids, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_its_processes_end_when_the_parent_is_killed() -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True, env=env)
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert not any(gone(pid, 0.1) for pid in pids)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert all(gone(pid, 3) for pid in pids)


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_server_ends_though_a_third_process_holds_its_input_open() -> None:
    """As after a fork in the parent: end of input never comes, so the server watches whose child it is."""
    middle = (
        "import json, os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-P', {str(SERVER)!r}], stdin=0, stdout=-1, text=True)\n"
        "print(child.pid, os.getpid(), flush=True)\n"
        "print(child.stdout.readline(), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", middle], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    child, parent = (int(word) for word in process.stdout.readline().split())
    order = {"model": str(find_weights()), "alias": "m", "key": "k", "slots": 1, "context": 256, "parent": parent}
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    assert "port" in json.loads(process.stdout.readline())
    process.wait()
    assert gone(child, 3)
    process.stdin.close()
    process.stdout.close()


@pytest.mark.model
def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "model.gguf"
    other.write_bytes(b"GGUF and then something else")
    with pytest.raises(InputError, match="sha256") as caught:
        verify_weights(other)
    assert str(other) in str(caught.value)
    monkeypatch.setattr(embedded, "find_weights", lambda: other)
    began = time.monotonic()

    async def run() -> None:
        async with EmbeddedModel(processes=2):
            raise AssertionError("started")

    with pytest.raises(InputError, match="sha256"):
        asyncio.run(run())
    assert time.monotonic() - began < 20


def test_weights_that_are_nowhere_are_a_missing_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_PACKAGE", "no_such_package")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(MissingExtra) as caught:
        find_weights()
    assert caught.value.hint == "seedbed weights"
    home = embedded.weights_folder() / "no_such_package"
    home.mkdir(parents=True)
    (home / "SmolLM2-135M-Instruct.Q4_1.gguf").touch()
    assert find_weights().parent == home


@pytest.mark.parametrize(
    ("kind", "message", "words", "hint"),
    [
        ("ModuleNotFoundError", "No module named 'xllamacpp'", "xllamacpp", "pip install 'seedbed[local]'"),
        (
            "ImportError",
            "libgomp.so.1: cannot open shared object file: No such file or directory",
            "libgomp.so.1",
            "apt-get install libgomp1",
        ),
        ("ImportError", "GLIBC_2.38 not found", "GLIBC_2.38", "pip install 'seedbed[local]'"),
    ],
)
def test_a_child_that_cannot_import_names_what_is_missing(kind: str, message: str, words: str, hint: str) -> None:
    error = start_error(kind, message)
    assert isinstance(error, MissingExtra)
    assert words in str(error)
    assert error.hint == hint


def test_no_xllamacpp_is_told_by_the_child_itself(tmp_path: Path) -> None:
    """The server file alone, in an interpreter that sees no installed packages."""
    child = subprocess.run(
        [sys.executable, "-I", "-S", str(SERVER)],
        input=json.dumps({"model": "x", "parent": os.getpid()}) + "\n",
        capture_output=True, text=True, timeout=20, check=False, cwd=tmp_path,
    )  # fmt: skip
    answer = json.loads(child.stdout)
    assert isinstance(start_error(answer["error"], answer["message"]), MissingExtra)
