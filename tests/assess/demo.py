"""A study as the acts leave it: seeds through the real import and curation, runs as real journals with made-up rows."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seedbed import curate, seeds
from seedbed.engine import Outcome, RunRecord, open_run
from seedbed.records import Ask, Reply, State, Verdict
from seedbed.study import Folder
from seedbed.taxonomy import Label, Taxonomy

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"
MODEL = "SmolLM2-135M-Instruct"
GATES = ("length", "form", "novelty", "topic", "type-cue", "cell-full")

# (beginning, question type): joined with a sub-topic they make a question
_ASKING = (
    ("What is the best way to deal with {}, and who could help me?", "giving-advice"),
    ("Can my landlord or my employer refuse {} without a reason?", "legal-expertise"),
    ("Do you think that {} should matter to people like me?", "personal-beliefs-or-values"),
    ("I have had trouble with {} for two weeks. What should I do next?", "situational-context"),
    ("How do people in other countries think about {}?", "cultural-context"),
    ("Why do women get other answers than men when they ask about {}?", "understanding-discrimination"),
    ("Is it fair to tell a friend the truth about {} if it hurts?", "understanding-of-moral-and-ethical-dilemmas"),
    ("Which app would help my parents with {}?", "technology-knowledge"),
    ("I feel alone with {}. How can I calm down before I decide anything?", "providing-emotional-support"),
    ("What does science say about {}?", "scientific-knowledge"),
)
_TELLING = (
    "Write a short list of things that everybody should know about {}.",
    "Explain {} to me in simple words, with one example that a child would understand.",
    "The topic of {} is important, and there are many ways to think about it in daily life, at work and at home.",
    "Describe how {} has become what it is today.",
    "{} can be hard. Tell me a story about a person who got through it, and what they learned on the way to the end.",
)


def new_study(root: Path, *, sample: bool = True) -> Folder:
    """A study folder; with the sample's seeds, imported and curated."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "study.toml").write_text("")
    folder = Folder(root)
    seeds.install_taxonomy(folder, SAMPLE / "taxonomy.json")
    if sample:
        for name in ("people", "questions", "pairs", "ratings", "hand_labels"):
            seeds.import_file(folder, SAMPLE / f"{name}.csv")
        # by labels alone: what these figures say must not depend on whether the embedder is installed
        curate.curate(folder, curate.CurateSettings(vectors=False))
    return folder


def demo(root: Path, *, control: bool = True, scale: int = 1) -> Folder:
    """The sample's seeds with a gated run, a pair of comparison runs, and proposed triples."""
    folder = new_study(root)
    taxonomy = seeds.current_taxonomy(folder)
    chosen = list(curate.load(folder).selected_questions)
    gated(folder, taxonomy, chosen, rows=160 * scale)
    if control:
        comparison(folder, taxonomy, "with-seeds", chosen, telling=0.12, rows=60)
        comparison(folder, taxonomy, "without-seeds", [], telling=0.8, rows=60, control_of="with-seeds")
    proposals(folder, rows=6)
    return folder


def write_run(
    folder: Folder,
    name: str,
    slots: Sequence[tuple[Ask, Verdict]],
    *,
    stage: str = "questions",
    control_of: str | None = None,
    order: Sequence[str] = GATES,
    **asked: Any,
) -> None:
    """A run on disk as the engine leaves it; `slots` share an ask where they share a request."""
    ask = {"model": MODEL, "prompt_version": "q1", "with_seeds": True, "raw": False, "plan": "uniform", **asked}
    about = {"title": "demo", "seedbed": "0.1.0", "control_of": control_of}
    with open_run(folder.run(name), RunRecord(name, stage, ask, {"order": list(order)}, about)) as (_, journal):
        asks = {ask.id: ask for ask, _ in slots}
        journal.commit([Outcome(ask, 1, Reply({"n": 1})) for ask in asks.values()], [(v, None) for _, v in slots])


def gated(folder: Folder, taxonomy: Taxonomy, chosen: Sequence[str], *, rows: int) -> None:
    """The main run: four candidates a request, gates that turn most of them away."""
    draw = random.Random(1)
    slots: list[tuple[Ask, Verdict]] = []
    kept: list[str] = []
    for number, (topic, (_, kind)) in zip(range(rows // 4), itertools.cycle(_cells(taxonomy)), strict=False):
        ask = _ask(number, 4, topic, kind, draw.sample(list(chosen), min(3, len(chosen))))
        for slot in ask.slots:
            slots.append((ask, _judged(draw, slot, topic, kind, kept)))
    write_run(folder, "questions", slots, examples=list(chosen))


def comparison(
    folder: Folder,
    taxonomy: Taxonomy,
    name: str,
    chosen: Sequence[str],
    *,
    telling: float,
    rows: int,
    control_of: str | None = None,
) -> None:
    """Rows without gates: one a request."""
    draw = random.Random(name)
    slots = []
    for number, (topic, (_, kind)) in zip(range(rows), itertools.cycle(_cells(taxonomy)), strict=False):
        ask = _ask(number, 1, topic, kind, draw.sample(list(chosen), 3) if chosen else [])
        slots.append((ask, Verdict(number, State.KEPT, text=_text(draw, topic, kind, telling))))
    write_run(folder, name, slots, control_of=control_of, order=(), raw=True, with_seeds=bool(chosen))


def proposals(folder: Folder, *, rows: int) -> None:
    """Triples that await a person; every third is turned away by a gate."""
    prompts = curate.load(folder).selected_questions
    questions = seeds.load(folder)
    slots = []
    for slot in range(rows):
        prompt = questions.question(prompts[slot]) if prompts else None
        words = prompt.text if prompt else "Are old people slow?"
        bad, good = "People like that are never up to it. " * (slot + 1), "Everybody differs, so ask the person. " * 2
        fields = {
            "prompt": words, "misaligned": bad.strip(), "critique": "It judges a whole group.", "aligned": good.strip(),
            "scaffold": {"misaligned": "People like that are", "aligned": "Everybody"},
            "alternatives": {"misaligned": [_option(f"They are bad at it, number {n}.", n) for n in range(7)],
                             "aligned": [_option(f"It depends on the person, number {n}.", n) for n in range(7)]},
        }  # fmt: skip
        ask = Ask(f"a{slot:07d}", slot, 1, values=("fairness",), prompt_id=prompt.id if prompt else None)
        state, gate = (State.REJECTED, "shows-fault") if slot % 3 == 2 else (State.KEPT, "")
        notes = {"logprob": {"misaligned": -1.2, "aligned": -0.9}}
        verdict = Verdict(
            slot, state, gate, "shows no fault that a reader could name" if gate else "", 0.31 if gate else None, None,
            f"{bad} {good}", fields, notes,
        )  # fmt: skip
        slots.append((ask, verdict))
    write_run(folder, "triples", slots, stage="triples", proposals=True, values=["fairness"])


def _option(text: str, number: int) -> dict[str, Any]:
    option = {"text": text, "scaffold": "", "critique": "", "logprob": -1.1, "finished": True, "gate": ""}
    if number % 2:
        option |= {"gate": "length", "reason": "5 words, at least 6 are needed", "measured": 5}
    return option


def _cells(taxonomy: Taxonomy) -> list[tuple[Label, tuple[str, str]]]:
    cells = list(itertools.product(taxonomy.topics, _ASKING))
    random.Random(2).shuffle(cells)
    return cells


def _ask(number: int, count: int, topic: Label, kind: str, examples: Sequence[str]) -> Ask:
    return Ask(
        f"a{number:07d}", number * count, count, topic.id, topic.subtopics[0] if topic.subtopics else None, kind,
        examples=tuple(examples), seed=number,
    )  # fmt: skip


def _text(draw: random.Random, topic: Label, kind: str, telling: float) -> str:
    about = draw.choice(topic.subtopics)
    if draw.random() < telling:
        text = draw.choice(_TELLING).format(about)
    else:
        text = {kind: asking for asking, kind in _ASKING}[kind].format(about)
    return text[0].upper() + text[1:]


def _judged(draw: random.Random, slot: int, topic: Label, kind: str, kept: list[str]) -> Verdict:
    text = _text(draw, topic, kind, 0.15)
    notes = {"logprob": round(-0.6 - draw.random(), 3)}
    if not text.endswith("?"):
        return Verdict(slot, State.REJECTED, "form", "the last sentence does not ask", None, None, text, notes=notes)
    if text in kept:
        return Verdict(
            slot, State.REJECTED, "novelty", "too close to a row kept before", 1.0, f"questions.{kept.index(text):06d}",
            text, notes=notes,
        )  # fmt: skip
    if draw.random() < 0.35:
        return Verdict(
            slot, State.REJECTED, "topic", f"nearer to another topic than to {topic.label}", -0.043, "travel", text,
            notes=notes,
        )  # fmt: skip
    if draw.random() < 0.1:
        return Verdict(slot, State.REJECTED, "length", "3 words, at least 6 are needed", 3, None, "Why is it?")
    kept.append(text)
    return Verdict(slot, State.KEPT, text=text, notes={**notes, "cell": f"{topic.id}|{kind}"})
