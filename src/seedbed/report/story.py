"""The first screen: the study in one line, five sentences with numbers, the road, and where rows were turned away.

Each sentence gives counts that can be checked in the tables below it. The fifth says what tests found. Where nothing
was tested it describes a control beside its run, with the interval of the difference; without a control it says that
nothing can be said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from seedbed.assess.document import Assessment, Funnel
from seedbed.curate import Curation
from seedbed.measures.definition import NotApplicable, Value
from seedbed.report.evidence import figures_of
from seedbed.report.gates import gate_words, rule_words
from seedbed.report.markup import Markup
from seedbed.report.view import Arms
from seedbed.report.words import count, interval, join, measured, percent, plural
from seedbed.seeds import Seeds

__all__ = ["CONTROL_COMMAND", "Stop", "StorySource", "control_commands", "one_line", "road", "sentences"]

CONTROL_COMMAND = (
    "seedbed generate {folder} --raw --candidates 60 --run with-seeds",
    "seedbed generate {folder} --raw --candidates 60 --run without-seeds --without-seeds --control-of with-seeds",
)


@dataclass(frozen=True, slots=True)
class StorySource:
    """What the first screen is told from."""

    assessment: Assessment
    seeds: Seeds
    curation: Curation
    questions: Arms
    responses: Arms
    releases: tuple[str, ...]
    verdicts: Markup | None = None
    """What equivalence tests said, in a sentence; None where there were none."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the road: its name, its count, and one line under it."""

    name: str
    count: str
    note: str


def one_line(source: StorySource) -> str:
    """The study in one line, where nobody wrote one."""
    people, groups = _writers(source.seeds), _groups(source.seeds)
    by = f"{plural(people, 'person', 'people')}" if people else "people"
    where = f" in {plural(groups, 'group')}" if groups else ""
    return f"Seed examples written by {by}{where}, grown into synthetic data, and what became of them."


def sentences(source: StorySource) -> list[Markup]:
    """Five sentences, plain enough to be read aloud."""
    return [_people(source), _chosen(source), _made(source), _survived(source), source.verdicts or _control(source)]


def road(source: StorySource) -> list[Stop]:
    """Seeds, chosen, generated, kept, released: the counts at each stop."""
    seeds, curation, run = source.seeds, source.curation, source.questions.run
    pairs = len(seeds.triples)
    chosen = len(curation.selected_questions)
    both = f", and {plural(pairs, 'pair')}" if pairs else ""
    return [
        Stop("Seeds", count(len(seeds.questions)), f"questions{both}"),
        Stop("Chosen", count(chosen), "shown as examples" if chosen else "none chosen yet"),
        Stop("Generated", count(run.generated) if run else "0", _whence(run) if run else "nothing yet"),
        Stop("Kept", count(run.kept) if run else "0", _accepted(run) if run else "nothing yet"),
        Stop("Released", source.releases[-1] if source.releases else "–", _released(source.releases)),
    ]  # fmt: skip


def control_commands(folder: str) -> tuple[str, ...]:
    """How to make the control that is missing."""
    return tuple(command.format(folder=folder) for command in CONTROL_COMMAND)


# --- the five sentences --------------------------------------------------------------------------------------


def _people(source: StorySource) -> Markup:
    seeds = source.seeds
    wrote = _strong(plural(len(seeds.questions), "question"))
    pairs = len(seeds.triples)
    both = Markup("{} and {}").format(wrote, _strong(plural(pairs, "pair") + " of answers")) if pairs else wrote
    people, groups = _writers(seeds), _groups(seeds)
    if people:
        where = f" in {plural(groups, 'group')}" if groups else ""
        return Markup("{}{} wrote {}.").format(_strong(plural(people, "person", "people")), where, both)
    if not seeds.questions and not pairs:
        return Markup("Nobody has written anything yet.")
    return Markup("People wrote {}; who they are is not on record.").format(both)


def _chosen(source: StorySource) -> Markup:
    curation = source.curation
    chosen = len(curation.selected_questions)
    out = Counter(decision.rule for decision in curation.excluded.values())
    aside = ""
    if out:
        why = join([f"{n:,} {rule_words(rule)}" for rule, n in out.most_common(3)])
        aside = f"; {plural(out.total(), 'seed')} {'was' if out.total() == 1 else 'were'} set aside ({why})"
    if not chosen:
        return Markup("None of them has been chosen as an example for the model yet{}.").format(aside)
    return Markup("{} were chosen to be shown to a model as examples{}.").format(
        _strong(plural(chosen, "question")), aside
    )


def _made(source: StorySource) -> Markup:
    run = source.questions.run
    if run is None:
        if source.questions.with_ is None:
            return Markup("No model has written anything yet.")
        return Markup("A model has written comparison rows only; no run with checks has been made.")
    triples = source.responses.run
    more = Markup("")
    if triples is not None:
        what = "proposed triples" if triples.proposals else "triples"
        more = Markup(", and {}{}").format(
            _strong(f"{count(triples.generated)} {what}"), ", which await a person" if triples.proposals else ""
        )
    if run.imported:
        return Markup("{} by the model {} were imported{}; which examples it was shown is not known.").format(
            _strong(plural(run.generated, "question")), model_name(run.model), more
        )
    return Markup("With these examples the model {} wrote {}{}.").format(
        model_name(run.model), _strong(plural(run.generated, "new question")), more
    )


def _survived(source: StorySource) -> Markup:
    run = source.questions.run
    if run is None or not run.generated:
        return Markup("So nothing was kept, and nothing was turned away.")
    if run.imported:
        return Markup("No check judged them: all {} are taken as they came.").format(_strong(count(run.generated)))
    share = measured(run.accepted)
    around = interval(run.accepted)
    head = Markup("{} ({}{}) passed every check").format(
        _strong(f"{count(run.kept)} of the questions"), share, f", 95% interval {around}" if around else ""
    )
    gates = [gate for gate in run.gates if gate.gate not in ("", "failed")][:3]
    if not gates:
        return head + Markup(".")
    why = join([f"{gate_words(gate.gate, many=True)} ({gate.count:,})" for gate in gates], "or")
    return head + Markup("; the others were turned away, most often because {}.").format(why)


def _control(source: StorySource) -> Markup:
    arms = source.questions
    if not arms.with_ or not arms.without:
        return Markup(
            "What the examples did to the model is {}: nothing was made without them to compare with."
        ).format(_strong("not known"))
    one, other = (figures_of(source.assessment, arm).question_mark for arm in (arms.with_, arms.without))
    if isinstance(one, NotApplicable) or isinstance(other, NotApplicable):
        return Markup("Rows made with and without the examples lie side by side below.")
    found = source.assessment.compare("question_mark", "rate_difference", arms.with_.key, arms.without.key)
    gap = found.value if found else None
    around = ""
    if isinstance(gap, Value) and gap.low is not None and gap.high is not None:
        low, high = sorted((abs(gap.low), abs(gap.high))) if gap.low * gap.high > 0 else (-gap.high, -gap.low)
        around = (
            f", a difference of {abs(gap.value) * 100:.0f} points, 95% interval {low * 100:.0f} to {high * 100:.0f}"
        )
    return Markup(
        "Shown the examples, the model ended {} of its questions with a question mark; shown none, {} "
        "({} and {} rows without checks{}). That describes two runs; it tests nothing."
    ).format(_strong(percent(one.value, one.n)), _strong(percent(other.value, other.n)), one.n, other.n, around)


def model_name(model: str) -> str:
    """The model without the folder it lies in."""
    return model.rstrip("/").rsplit("/", 1)[-1] or "that was used"


def _writers(seeds: Seeds) -> int:
    """How many people wrote seeds: the authors; all participants where no seed names one."""
    named = [seed.authors for seed in seeds.questions] + [seed.authors for seed in seeds.triples]
    authors = {person for people in named for person in people}
    return len(authors) or sum(person.role == "participant" for person in seeds.people)


def _groups(seeds: Seeds) -> int:
    found = {person.group for person in seeds.people if person.group} or {q.group for q in seeds.questions if q.group}
    return len(found)


def _strong(text: str) -> Markup:
    return Markup("<strong>{}</strong>").format(text)


def _whence(run: Funnel) -> str:
    return f"imported, “{run.run}”" if run.imported else f"run “{run.run}”"


def _accepted(run: Funnel) -> str:
    if run.imported:
        return "no check judged them"
    return f"{measured(run.accepted)} of the generated" if run.generated else "nothing yet"


def _released(releases: tuple[str, ...]) -> str:
    if not releases:
        return "nothing released yet"
    return "released" if len(releases) == 1 else f"the newest of {len(releases)} versions"
