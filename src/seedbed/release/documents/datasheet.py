"""datasheet.md: the questions of Gebru et al. (2021), "Datasheets for Datasets", answered from the facts.

What the record does not know is said to be not on record; whoever publishes the release may add to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from seedbed.release.columns import PURPOSES
from seedbed.release.documents import prose
from seedbed.release.documents.card_data import Card
from seedbed.release.documents.card_people import people
from seedbed.release.documents.card_process import judged, process, scope
from seedbed.release.documents.markdown import many, of, one_line, table

__all__ = ["SECTIONS", "render_datasheet"]

_UNKNOWN = "Not on record."
Answer = Callable[[Card], str]


def render_datasheet(card: Card) -> str:
    """The seven sections, question by question."""
    lines = [f"# Datasheet: {one_line(card.facts['title'])}", prose.WARNING if card.harmful else prose.NO_MISALIGNED,
             prose.FACTS]  # fmt: skip
    for section, asked in SECTIONS.items():
        lines.append(f"## {section}")
        for question, answer in asked:
            lines += [f"**{question}**", answer(card).strip() or _UNKNOWN]
    return "\n\n".join(lines) + "\n"


# --- answers -------------------------------------------------------------------------------------------------


def _join(blocks: Iterable[str]) -> str:
    return "\n\n".join(block for block in blocks if block)


def _purpose(card: Card) -> str:
    told = card.facts["description"].strip()
    return _join([told, "To train and test models that notice and mend responses which violate a value, from examples "
                        "that a group of people wrote."])  # fmt: skip


def _creator(card: Card) -> str:
    facts = card.facts
    by = f"Published by {one_line(facts['creator'])}. " if facts["creator"] else ""
    return f"{by}The seeds are by the people of the study, the synthetic rows by the models in the card."


def _instances(card: Card) -> str:
    lines = [(f"`{name}`", f"{count:,}", PURPOSES[name]) for name, count in card.rows.items() if count]
    if not lines:
        return "None yet."
    told = card.facts.told(*(f"rows.{name}" for name, count in card.rows.items() if count))
    return _join([table(("Configuration", "Rows", "Each row"), lines, right=(1,)), told])


def _sample(card: Card) -> str:
    left = card.facts["left_out.total"]
    return (
        "The seeds are what the people of the study wrote, not a sample of what people at large think or ask. "
        f"Synthetic rows are those that passed every gate. {many(left, 'row')} of the study stayed behind; the "
        f"card says why of each kind. {card.facts.told('left_out.total')}"
    )


def _labels(card: Card) -> str:
    topics, types, values = (card.facts[f"taxonomy.{name}"] for name in ("topics", "question_types", "values"))
    return (
        f"Rows name {many(len(topics), 'topic')}, {many(len(types), 'question type')} and "
        f"{many(len(values), 'value')} by id; columns that end in `_requested` say what a model was asked for. "
        "`inspector` has a label for each response."
    )


def _missing(card: Card) -> str:
    return "A column is null, or a list empty, where its meaning does not apply or nobody said. Nothing was imputed."


def _splits(card: Card) -> str:
    return prose.SPLITS


def _errors(card: Card) -> str:
    return (
        "Nobody checked the responses, aligned ones included, for being true. Labels by role say what a response was "
        "written to be, which it may have missed; `label_from` tells them from those that people or a judge gave."
    )


def _offensive(card: Card) -> str:
    return prose.WARNING if card.harmful else prose.NO_MISALIGNED


def _private(card: Card) -> str:
    return prose.RULE_FOR_PEOPLE.format(k=card.facts["k"])


def _acquired(card: Card) -> str:
    return _join(process(card))


def _chosen(card: Card) -> str:
    chosen = card.facts["chosen"]
    if not chosen:
        return "Curation chose no set of examples by itself."
    return (
        f"Curation chose {many(chosen['questions'], 'question')} and {many(chosen['pairs'], 'pair')} from which "
        f"prompts take their examples. {card.facts.told('chosen')}"
    )


def _who(card: Card) -> str:
    return _join(people(card))


def _when(card: Card) -> str:
    held = card.facts["sessions"]
    told = "; ".join(f"{one_line(one['session'])}: {one['began']}" for one in held)
    runs = [run["created"][:10] for run in card.facts["runs"]]
    made = f" The runs were made from {min(runs)} to {max(runs)}." if runs else ""
    return (f"Sessions began: {told}." if told else "No session is on record.") + made


def _consented(card: Card) -> str:
    consents = card.facts["consents"]
    if not consents:
        return _UNKNOWN
    items = ", ".join(f"*{one['item']}*" for one in consents)
    return (
        f"People were asked, each by itself, for: {items}. The words are in `script.md`. What somebody wrote who "
        "did not agree to *training* is no seed, and what grew from seeds that were withdrawn stays behind."
    )


def _cleaned(card: Card) -> str:
    decisions = card.facts["decisions.total"]
    lines = [f"Curation made {many(decisions, 'decision')} on the seeds, each in `decisions.jsonl`."]
    for stage in ("questions", "triples"):
        if made := card.facts[f"funnel.{stage}"]:
            lines.append(f"Of the {stage} that models wrote, {of(made['kept'], made['generated'])} passed every gate.")
    return _join([*lines, card.facts.told("decisions.total", "funnel.questions", "funnel.triples")])


def _labelled(card: Card) -> str:
    return _join(judged(card))


def _raw(card: Card) -> str:
    return (
        "Everything stays in the study's folder, rejected rows too, each with its gate and what was measured. It is "
        "not part of the release."
    )


def _contact(card: Card) -> str:
    return f"Contact: {card.facts['contact']}" if card.facts["contact"] else _UNKNOWN


def _licence(card: Card) -> str:
    return f"{card.facts['license']} (SPDX)."


def _where(card: Card) -> str:
    return card.facts["url"] or "As a folder; whoever publishes it says where."


def _fixed(text: str) -> Answer:
    return lambda card: text


SECTIONS: Mapping[str, Sequence[tuple[str, Answer]]] = {
    "Motivation": (
        ("For what purpose was the dataset created?", _purpose),
        ("Who created the dataset?", _creator),
        ("Who funded the creation of the dataset?", _fixed(_UNKNOWN)),
    ),
    "Composition": (
        ("What do the instances represent, and how many are there of each type?", _instances),
        ("Does the dataset contain all possible instances, or is it a sample?", _sample),
        ("Is there a label or target associated with each instance?", _labels),
        ("Is any information missing from individual instances?", _missing),
        (
            "Are relationships between individual instances made explicit?",
            _fixed("Yes: `lineage` names the seeds, the question and the run that a row grew from."),
        ),
        ("Are there recommended data splits?", _splits),
        ("Are there any errors, sources of noise, or redundancies?", _errors),
        (
            "Is the dataset self-contained?",
            _fixed(
                "Yes. `sft`, `dpo`, `kto`, `inspector`, `aligner` and `identity` repeat the texts of `triples`, under "
                "the same ids."
            ),
        ),
        (
            "Does the dataset contain data that might be offensive, insulting, threatening, or cause anxiety?",
            _offensive,
        ),
        ("Is it possible to identify individuals, directly or indirectly?", _private),
    ),
    "Collection process": (
        ("How was the data associated with each instance acquired?", _acquired),
        ("If the dataset is a sample from a larger set, what was the sampling strategy?", _chosen),
        ("Who was involved in the data collection process?", _who),
        ("Over what timeframe was the data collected?", _when),
        ("Did the individuals in question consent to the collection and use of their data?", _consented),
        (
            "Were the individuals provided with a mechanism to revoke their consent?",
            _fixed("Yes, at any time and without a reason; a later release is made without what they withdrew."),
        ),
        (
            "Were any ethical review processes conducted?",
            _fixed(_UNKNOWN),
        ),
    ),
    "Preprocessing, cleaning, labelling": (
        ("Was any preprocessing, cleaning or labelling of the data done?", _cleaned),
        ("Who labelled, and where did they differ?", _labelled),
        ("Was the raw data saved?", _raw),
        (
            "Is the software that was used available?",
            _fixed("Yes: Seedbed, in the version that manifest.json names."),
        ),
    ),
    "Uses": (
        ("What could the dataset be used for?", _fixed(prose.USES)),
        ("Are there tasks for which the dataset should not be used?", _fixed(prose.OUT_OF_SCOPE)),
        (
            "Is there anything about it that might impact future uses?",
            _fixed(prose.LIMITATIONS + "\n\n" + prose.HAZARDS),
        ),
        ("In which layer did people take part?", lambda card: _join(scope(card))),
    ),
    "Distribution": (
        ("How and where will the dataset be distributed?", _where),
        ("Under which licence?", _licence),
    ),
    "Maintenance": (
        ("Who maintains the dataset, and how can they be contacted?", _contact),
        (
            "Will the dataset be updated?",
            _fixed(
                "A release never changes: corrections and withdrawals of consent make a new version, and older copies "
                "should be replaced."
            ),
        ),
        (
            "If others want to contribute, is there a way?",
            _fixed(
                "Through the study's organisers; every contribution goes through curation and keeps its authorship."
            ),
        ),
    ),
}
"""Section to its questions, each with what answers it."""
