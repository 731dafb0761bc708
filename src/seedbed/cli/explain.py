"""seedbed generate --explain: one row, from its plan to its verdict."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from seedbed.cli.console import note, plain

if TYPE_CHECKING:
    from seedbed.generate.explain import Explanation, GateLook, Shown

__all__ = ["show_explanation"]


def show_explanation(found: Explanation) -> None:
    """Print it: what the row is on standard output, remarks about the run beside it."""
    verdict = found.verdict
    _say(f"{found.id}: {verdict.state.value}" + (f" by {verdict.gate}: {verdict.reason}" if verdict.gate else ""))
    _plan(found)
    for title, prompt in found.prompts:
        _heading(f"Prompt ({title})")
        for message in [prompt] if isinstance(prompt, str) else prompt:
            if isinstance(message, str):
                _block(message)
            else:
                _say(f"  {message.get('role', '')}:")
                _block(message.get("content", ""), 4)
    _attempts(found)
    _heading("Reply, as it came")
    _block("none" if found.reply is None else _raw(found.reply))
    if found.parsed is not None:
        _heading("Read from it")
        _parsed(found)
        _heading("Gates")
        for look in found.gates:
            _gate(look)
    _heading("Verdict")
    _say(f"  {verdict.state.value}" + (f", gate {verdict.gate}: {verdict.reason}" if verdict.gate else ""))
    if verdict.notes:
        _say(f"  notes: {json.dumps(verdict.notes, ensure_ascii=False)}")
    _remarks(found)


def _plan(found: Explanation) -> None:
    ask = found.ask
    _heading("Plan")
    slots = f"{ask.first}" if ask.count == 1 else f"{ask.first} to {ask.slots.stop - 1}"
    lines: list[tuple[str, Any]] = [
        ("cell", found.cell),
        ("sub-topic", ask.subtopic),
        ("made from", found.grown_from and _text(found.grown_from)),
        ("values", ", ".join(ask.values)),
        ("answers", found.answers and _text(found.answers)),
        ("lead-in", ask.lead_in),
        ("random seed", ask.seed),
        ("request", f"{ask.id}, for slot {slots}"),
        ("knew", _knew(found)),
    ]
    lines += [(key, value if isinstance(value, str) else json.dumps(value)) for key, value in found.persona.items()]
    for name, value in lines:
        if value not in (None, ""):
            _say(f"  {name}: {value}")
    _say(f"  seeds shown: {len(found.shown) or 'none'}")
    for seed in found.shown:
        _block(_text(seed), 4)


def _knew(found: Explanation) -> str:
    before = found.ask.first - found.look_back
    return f"the verdicts of slots before {before} (look-back {found.look_back})" if before > 0 else (
        f"no verdict yet (look-back {found.look_back})"
    )  # fmt: skip


def _attempts(found: Explanation) -> None:
    _heading("Attempts")
    for one in found.attempts:
        tokens = f", {one.prompt_tokens:,} tokens read, {one.completion_tokens:,} written" if one.prompt_tokens else ""
        _say(f"  {one.number}. {one.seconds:.2f} s{tokens}, {one.at}" + (f": {one.error}" if one.error else ""))


def _parsed(found: Explanation) -> None:
    candidate = found.parsed
    assert candidate is not None
    if candidate.fault:
        _say(f"  nothing: {candidate.fault}")
    if candidate.text:
        _block(candidate.text)
    for name, value in candidate.fields.items():
        _say(f"  {name}:")
        _block(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1), 4)
    if candidate.logprob is not None:
        _say(f"  mean log-probability of a token: {candidate.logprob:.4f}")
    if not candidate.finished:
        _say("  cut off at the token limit")


def _gate(look: GateLook) -> None:
    limits = ", ".join(f"{key} {json.dumps(value)}" for key, value in look.thresholds.items())
    mark = "passed" if look.passed else "FAILED, and decided" if look.decided else "failed"
    _say(f"  {look.gate}: {mark}" + (f": {look.reason}" if look.reason else "") + (f"  [{limits}]" if limits else ""))
    if look.measured is not None:
        value = f"{look.measured:.4g}" if isinstance(look.measured, float) else look.measured
        _say(f"    measured {value}")
    if look.rival is not None:
        _block(f"rival {_text(look.rival)}", 4)


def _remarks(found: Explanation) -> None:
    if found.changed:
        note(
            f"  These settings are not those of the run: {', '.join(found.changed)}. The prompt and the gates shown "
            "may not be those that the row met."
        )
    if found.differs:
        note(f"  Judged again now, the verdict is another: {'; '.join(found.differs)}.")
        if not found.changed:
            note("  The settings are the same, so a library's version is not.")
    elif found.again is not None:
        note("  Judged again now, the verdict is the same.")


def _text(shown: Shown) -> str:
    return f"{shown.id}: {shown.text or '(no longer there)'}"


def _raw(reply: dict[str, Any]) -> str:
    text = reply.get("text")
    if isinstance(text, str) and set(reply) <= {"text", "finished"}:
        return text + ("" if reply.get("finished", True) else "\n(cut off at the token limit)")
    return json.dumps(reply, ensure_ascii=False, indent=1)


def _heading(title: str) -> None:
    _say(f"\n{title}")


def _block(text: str, indent: int = 2) -> None:
    _say(textwrap.indent(text, " " * indent, lambda _: True))


def _say(text: str) -> None:
    coding = sys.stdout.encoding or "utf-8"  # what a model wrote may hold what the terminal cannot show
    print(plain(text).encode(coding, "backslashreplace").decode(coding))
