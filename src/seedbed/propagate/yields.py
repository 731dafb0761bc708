"""What each seed and each author gave, and what the next workshop should ask for. Advice, with its numbers.

A row counts for every example that its prompt showed: with two examples a prompt, a seed's share of accepted rows is
partly its neighbour's. So it describes; what seeds do as such is the tests' question.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import NormalDist
from typing import Any, Literal, TypeAlias

from seedbed import curate, seeds
from seedbed.assess.settings import AssessSettings
from seedbed.engine import read_run
from seedbed.measures.clusters import clustered_mean, clustered_rate
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.parser import Parser
from seedbed.measures.similarity import CUT, lcs_len
from seedbed.measures.tokens import tokenise
from seedbed.propagate.bases import base_run
from seedbed.propagate.examining import UNKNOWN_EXAMPLES
from seedbed.propagate.material import Gathered, Measured, RunRows, gathered
from seedbed.records import Question, Triple
from seedbed.study import Folder, write_json

__all__ = ["Cell", "Part", "Yields", "as_plain", "seed_yields"]

SCHEMA = "seedbed/yield/1"
FEW_REQUESTS = 10
"""Prompts under which nothing is advised: with 10, a share of one half has an interval of some .3 on either side."""
_COPIES = 0.1  # share of offspring that nearly repeat the seed, from which on it is said

Number: TypeAlias = Value[float] | NotApplicable
_Fate: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A seed or an author: rows whose prompt showed it (or one of theirs), and what became of them.

    `share` is accepted of judged rows with its 95 % interval by requests; `rejected` names the gates. `nearest` is the
    greatest ROUGE-L F1 of a row to the seed, `mean_likeness` the mean, with its interval; `cosine` the same in
    meaning, None where nothing was embedded. `copies` counts rows at or over the novelty cut.
    """

    kind: Literal["seed", "author"]
    id: str
    group: str
    topic: str | None
    question_type: str | None
    requests: int
    rows: int
    accepted: int
    rejected: dict[str, int]
    share: Number
    nearest: float | None
    mean_likeness: Number
    cosine: Number
    copies: int
    advice: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A topic and type that the run asked for: seeds there, rows and accepted rows, and how many more to ask for."""

    topic: str
    question_type: str
    seeds: int
    rows: int
    accepted: int
    share: Number
    wanted: int
    why: str


@dataclass(frozen=True, slots=True)
class Yields:
    """The yield of one run. `ask_for` has the cells that want seeds, the emptiest first."""

    made_at: str
    run: str
    fingerprint: str
    overall: Number
    parts: tuple[Part, ...]
    ask_for: tuple[Cell, ...]
    cells: int
    remarks: tuple[str, ...] = ()
    schema: str = SCHEMA


def as_plain(found: Yields) -> dict[str, Any]:
    """As it stands in propagation/yield.json."""
    return asdict(found)


def seed_yields(
    folder: Folder,
    assessing: AssessSettings,
    *,
    run: str | None = None,
    language: str = "en",
    embedder: TextEmbedder | None = None,
    parser: Parser | None = None,
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Yields:
    """Count what every seed that a run showed came to, write propagation/yield.json, and say what to do.

    A seed is to be dropped where the whole interval of its share of accepted rows, widened for the number of seeds,
    lies under the run's share, and to be written more of where it lies over it; under 10 requests nothing is advised.
    A cell wants a seed where the run asked for it and no included seed stands there, and one more where fewer than
    half as many of its rows were accepted as in the whole run. Of an imported run, whose examples are not known, there
    are no parts and no cells, and a remark says why. Raises what `propagate` raises.
    """
    base = base_run(folder, run)
    curation = curate.load(folder)
    found = gathered(
        folder, curation, seeds.current_taxonomy(folder), assessing, language=language, embedder=embedder,
        parser=parser, listen=listen,
    )  # fmt: skip
    counted = _Counted(found, found.runs[base.name])
    cells, asked = counted.cells() if base.stage == "questions" else ([], 0)
    made = Yields(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        run=base.name,
        fingerprint=read_run(folder.run(base.name)).fingerprints.get("ask", ""),
        overall=counted.overall,
        parts=(*counted.seeds(), *counted.authors()),
        ask_for=tuple(cells),
        cells=asked,
        remarks=tuple(counted.remarks()),
    )
    write_json(folder.propagation / "yield.json", as_plain(made))
    return made


class _Counted:
    """The rows of a run by the examples that their prompts showed."""

    def __init__(self, found: Gathered, run: RunRows) -> None:
        self._found, self._run = found, run
        self._rows: dict[str, list[Measured]] = defaultdict(list)  # by request
        self._fates: dict[str, list[_Fate]] = defaultdict(list)
        for row in run.rows:
            self._rows[row.cluster].append(row)
        for fate in run.fates:
            self._fates[fate[0]].append(fate)
        self._asks: dict[str, list[str]] = defaultdict(list)  # requests that showed a seed
        for id, ask in run.asks.items():
            for example in dict.fromkeys(ask.examples):
                self._asks[example].append(id)
        self.overall = self._share(run.fates)

    def seeds(self) -> list[Part]:
        made = [self._part("seed", id, {id}) for id in self._run.shown]
        return sorted(made, key=lambda part: (-part.accepted, part.id))

    def authors(self) -> list[Part]:
        whose: dict[str, set[str]] = defaultdict(set)
        for id in self._run.shown:
            for author in getattr(self._found.curation.seed(id), "authors", ()):
                whose[author].add(id)
        made = [self._part("author", author, ids) for author, ids in sorted(whose.items())]
        return sorted(made, key=lambda part: (-part.accepted, part.id))

    def cells(self) -> tuple[list[Cell], int]:
        """Cells that want seeds, and how many cells the run asked for."""
        curation = self._found.curation
        there = Counter((item.topic, item.question_type) for item in curation.questions if item.id in curation.included)
        fates: dict[tuple[str, str], list[_Fate]] = defaultdict(list)
        for id, ask in self._run.asks.items():
            if ask.topic and ask.question_type:
                fates[ask.topic, ask.question_type] += self._fates[id]
        made = []
        for (topic, type_), some in sorted(fates.items()):
            seeds_there, share = there[topic, type_], self._share(some)
            poor = (
                isinstance(share, Value)
                and isinstance(self.overall, Value)
                and len({request for request, _, _ in some}) >= FEW_REQUESTS
                and share.high is not None
                and share.high < self.overall.value / 2
            )
            why = "no included seed stands there" if not seeds_there else "its rows are seldom accepted" if poor else ""
            if why:
                accepted = sum(state == "kept" for _, state, _ in some)
                made.append(Cell(topic, type_, seeds_there, len(some), accepted, share, 1, why))
        made.sort(key=lambda cell: (cell.seeds, cell.accepted, cell.topic, cell.question_type))
        return made, len(fates)

    def remarks(self) -> Iterable[str]:
        if self._run.imported:
            yield f"The run {self._run.name} was imported, and {UNKNOWN_EXAMPLES}: nothing can be said of any seed."
            return
        if self._run.raw:
            yield "No gate judged these rows, so nothing can be said of acceptance."
        few = sum(len(requests) < FEW_REQUESTS for requests in self._asks.values())
        if advised := len(self._asks) - few:
            yield f"Advice is corrected for the {advised} seeds with enough prompts."
        if few:
            yield f"{few} of {len(self._asks)} seeds stood in fewer than {FEW_REQUESTS} prompts: no advice on these."

    def _part(self, kind: Literal["seed", "author"], id: str, ids: set[str]) -> Part:
        seed: Question | Triple | None = self._found.curation.seed(id)
        requests = list(dict.fromkeys(request for one in sorted(ids) for request in self._asks.get(one, ())))
        fates = [fate for request in requests for fate in self._fates[request]]
        likeness, cosines = self._likeness(ids, [row for request in requests for row in self._rows[request]])
        share = self._share(fates)
        advice, why = self._advice(share, len(requests))
        top, bottom = CUT
        copies = sum(value * bottom >= top for value, _ in likeness)
        if kind == "seed" and len(requests) >= FEW_REQUESTS and likeness and copies / len(likeness) >= _COPIES:
            why = "; ".join(filter(None, (why, f"{copies} of {len(likeness)} rows nearly repeat it")))
            advice = advice or "look at it"
        return Part(
            kind=kind,
            id=id,
            group=getattr(seed, "group", ""),
            topic=getattr(seed, "topic", None),
            question_type=getattr(seed, "question_type", None),
            requests=len(requests),
            rows=len(fates),
            accepted=sum(state == "kept" for _, state, _ in fates),
            rejected=dict(Counter(gate for _, state, gate in fates if state == "rejected").most_common()),
            share=share,
            nearest=round(max(likeness)[0], 4) if likeness else None,
            mean_likeness=_mean(likeness) or NotApplicable("no row to compare"),
            cosine=_mean(cosines) or NotApplicable("no row was embedded"),
            copies=copies,
            advice=advice,
            why=why,
        )

    def _advice(self, share: Number, requests: int) -> tuple[str, str]:
        if not isinstance(share, Value) or not isinstance(self.overall, Value) or requests < FEW_REQUESTS:
            return "", ""
        said = f"{share.value:.0%} of its rows are accepted, {self.overall.value:.0%} of all"
        low, high = self._at_once(share)
        if high < self.overall.value:
            return "drop", said
        if low > self.overall.value:
            return "write more like it", said
        return "", ""

    def _at_once(self, share: Value[float]) -> tuple[float, float]:
        """The interval of `share` widened so that 95 in 100 studies have none of their seeds outside (Bonferroni)."""
        seeds = max(1, sum(len(requests) >= FEW_REQUESTS for requests in self._asks.values()))
        wider = NormalDist().inv_cdf(1 - 0.025 / seeds) / NormalDist().inv_cdf(0.975)
        low, high = (share.value if end is None else end for end in (share.low, share.high))
        return share.value - wider * (share.value - low), share.value + wider * (high - share.value)

    def _share(self, fates: Sequence[_Fate]) -> Number:
        if self._run.raw:
            return NotApplicable("no gate judged the rows")
        if not fates:
            return NotApplicable("no row")
        return clustered_rate([state == "kept" for _, state, _ in fates], [request for request, _, _ in fates])

    def _likeness(
        self, ids: set[str], rows: Sequence[Measured]
    ) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """ROUGE-L F1, and cosine, of each row to the nearest of the seeds `ids` that its prompt showed; its request."""
        texts, vectors = self._found.texts, self._found.vectors
        words: Mapping[str, list[str]] = {id: tokenise(texts[id]) for id in ids if id in texts}
        likeness: list[tuple[float, str]] = []
        cosines: list[tuple[float, str]] = []
        for row in rows:
            shown = [id for id in self._run.asks[row.cluster].examples if id in words]
            if row.id not in texts or not shown:
                continue
            own = tokenise(texts[row.id])
            near = max(2 * lcs_len(own, words[id]) / max(1, len(own) + len(words[id])) for id in shown)
            likeness.append((near, row.cluster))
            if vectors is not None and all(texts[id] in vectors for id in (row.id, *shown)):
                found = vectors.of([texts[row.id], *(texts[id] for id in shown)])
                cosines.append((float((found[1:] @ found[0]).max()), row.cluster))
        return likeness, cosines


def _mean(found: Sequence[tuple[float, str]]) -> Number | None:
    """The mean with its interval, in which whole requests vary; None of nothing."""
    return clustered_mean([value for value, _ in found], [request for _, request in found]) if found else None
