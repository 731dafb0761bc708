"""Judging as a stage of the engine: one ask a unit, one slot an ask, and the label that its reply holds.

A reply without a label is no reason to ask again: it is what this judge answered, and counts as its failure. Only
what never came (a time-out, a refusal) is tried anew, by the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seedbed.judges.model.prompts import Form, schema_of, version_of, written
from seedbed.judges.model.reading import label_in
from seedbed.judges.model.spec import JudgeSpec, labels_of
from seedbed.judges.model.units import Unit
from seedbed.records import Ask, Candidate, Reply, State, Verdict
from seedbed.taxonomy import Taxonomy

if TYPE_CHECKING:
    from seedbed.llm.endpoint import Endpoint

__all__ = ["OUT_OF_LABEL", "JudgingStage", "LabelJudge", "Panel"]

OUT_OF_LABEL = "out-of-label"


@dataclass(frozen=True, slots=True)
class Panel:
    """What the stage needs at run time: the open endpoint."""

    judge: Endpoint

    async def probe(self, turn: int) -> None:
        await self.judge.alive(turn)


class JudgingStage:
    """Asks about `units`; `known` are the replies of earlier runs to the same words by the same judge, by key."""

    name = "judging"

    def __init__(
        self, spec: JudgeSpec, units: Mapping[str, Unit], taxonomy: Taxonomy, form: Form,
        known: Mapping[str, dict[str, Any]],
    ) -> None:  # fmt: skip
        self.version = version_of(spec.judge)
        self._spec, self._units, self._taxonomy, self._form, self._known = spec, units, taxonomy, form, known

    async def run(self, asks: Sequence[Ask], context: Panel) -> list[Reply]:
        return [await self._one(ask, context) for ask in asks]

    async def _one(self, ask: Ask, context: Panel) -> Reply:
        unit = self._units[str(ask.prompt_id)]
        if (earlier := self._known.get(unit.key)) is not None:
            return Reply({**earlier, "cached": True})
        completion = await context.judge.chat(
            written(self._spec.judge, unit.row, unit.view, self._taxonomy, self._form),
            max_tokens=self._spec.max_tokens,
            temperature=self._spec.drawn_at,
            json_schema=schema_of(self._spec.judge, unit.row.kind) if self._form == "schema" else None,
            seed=ask.seed,
        )
        choice = completion.choices[0]
        return Reply({"text": choice.text, "finished": choice.finished, "key": unit.key}, completion.usage)

    def parse(self, ask: Ask, reply: Reply) -> list[Candidate]:
        kind = self._units[str(ask.prompt_id)].row.kind
        label = label_in(reply.data["text"], labels_of(self._spec.judge, kind))
        return [Candidate(label or "", finished=bool(reply.data["finished"]), fault="" if label else OUT_OF_LABEL)]


class LabelJudge:
    """The engine's judge of one reply: it holds a label, or it does not. Remembers nothing."""

    heavy = False

    def judge(self, ask: Ask, candidates: Sequence[Candidate]) -> list[tuple[Verdict, bytes | None]]:
        (found,) = candidates
        if found.fault:
            said = "the reply was cut off" if not found.finished else "the reply holds none of the labels offered"
            return [(Verdict(ask.first, State.REJECTED, OUT_OF_LABEL, said), None)]
        return [(Verdict(ask.first, State.KEPT, fields={"says": found.text}), None)]

    def restore(self, verdict: Verdict, vector: bytes | None) -> None:
        return None
