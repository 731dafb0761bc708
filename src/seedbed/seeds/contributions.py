"""The rows of a board as contributions: each a seed with whose words it holds, or the reason why it is none yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seedbed.records import Question, Rating, Triple
from seedbed.seeds.boards import ReadBoard, Said, authors_of
from seedbed.seeds.cells import split_values
from seedbed.seeds.codec import Whose
from seedbed.seeds.consents import TAKEN_BACK, Standing
from seedbed.seeds.drafts import TRIPLE_FIELDS, LabelKind
from seedbed.taxonomy import Taxonomy
from seedbed.workshop.places import parse_place

__all__ = ["UNFINISHED", "Contribution", "Taxonomies", "contributions", "ratings", "row_of", "seed_id", "stopped"]

UNFINISHED = "unfinished"
Taxonomies = Callable[[int], Taxonomy]
"""Which taxonomy the version number of a row stands for."""
AuthorsOf = Callable[[str], tuple[str, ...]]
"""Whose words the seed with an id holds."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """A row that people may have meant as a seed. `held` says why it is none yet; `record` is None only then."""

    id: str
    record: Question | Triple | None
    whose: Whose = field(default_factory=dict)
    held: str | None = None


def contributions(
    read: ReadBoard, standing: Standing, taxonomies: Taxonomies, authors_of: AuthorsOf
) -> list[Contribution]:
    """Every row that stands on a board and is begun, in the board's order; a row with two rewrites gives two."""
    state = read.board.snapshot(None)
    make = _questions if read.board.place.activity.name == "questions" else _triples
    found: list[Contribution] = []
    for row in read.board.ordered():
        taxonomy = taxonomies(int(state["rows"][row].get("taxonomy") or 1))
        found += make(_Row(row, read, state, standing, taxonomy, authors_of))
    return found


def ratings(read: ReadBoard, standing: Standing, seeds: Iterable[str]) -> Iterator[Rating]:
    """Everyone's judgement of the rows that are among `seeds`; several labels of one person stand between ";"."""
    place = read.board.place
    known = set(seeds)
    for item in read.items("ratings").values():
        text, dot, what = str(item["scale"]).partition(".")
        second = text == "aligned_2"
        subject = seed_id(place.group, str(item["row"]), place.activity.name, second)
        value = item["value"]
        if value is None or subject not in known or standing.held([str(item["person"])]):
            continue
        said = ";".join(map(str, value)) if isinstance(value, list | tuple) else float(value)
        yield Rating(subject, str(item["person"]), f"aligned{dot}{what}" if second else str(item["scale"]), said)


def seed_id(group: str, row: str, activity: str, second: bool = False) -> str:
    """The id of the seed that a row is; `second` is that of its second rewrite."""
    return f"{'t-' if activity == 'triples' else ''}{group}-{row}{'-2' if second else ''}"


def row_of(seed: str, board: str) -> str | None:
    """The row of the board, named by its stream, that a seed is: the inverse of `seed_id`; None where it is none."""
    place = parse_place(board)
    if place is None:
        return None
    row = seed.removeprefix(seed_id(place.group, "", place.activity.name)).removesuffix("-2")
    return row if seed in (seed_id(place.group, row, place.activity.name, second) for second in (False, True)) else None


def stopped(standing: Standing, seed: str | None, authors: Iterable[str]) -> bool:
    """Whether one of a seed's authors wants it used no more: what answers it then holds their words too."""
    return bool(seed and standing.stopped) and any(
        person in authors and place is not None and seed_id(place.group, row, place.activity.name) == seed
        for place, row, person in ((parse_place(board), row, person) for board, row, person in standing.stopped)
    )


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    read: ReadBoard
    state: Mapping[str, Mapping[str, Mapping[str, Any]]]
    standing: Standing
    taxonomy: Taxonomy
    authors_of: AuthorsOf

    @property
    def group(self) -> str:
        return self.read.board.place.group

    def said(self, text: str) -> Said:
        return self.read.said(f"{text}:{self.id}")

    def field(self, name: str) -> tuple[str, tuple[str, ...]]:
        """A field's words and who set it. Words of someone who did not consent are left out: a label's name is not
        theirs, and stays."""
        words = " ".join(str(self.state["rows"][self.id]["fields"].get(name) or "").replace("\0", " ").split())
        by = self.read.set_by.get((self.id, name))
        people = (by[0],) if by and words else ()
        known = _KINDS.get(name)
        if self.standing.held(people) and not (known and self.match(known, words)):
            return "", ()
        return words, people

    def held(self, people: Iterable[str]) -> str | None:
        return self.standing.row_held(self.read.board.doc, self.id, people)

    def of_row(self, collection: str) -> Iterator[Mapping[str, Any]]:
        return (item for item in self.state[collection].values() if item["row"] == self.id)

    def match(self, kind: LabelKind, raw: str) -> str | None:
        return self.taxonomy.match(kind, raw) if raw else None


_KINDS: dict[str, LabelKind] = {"topic": "topics", "question_type": "question_types", "value": "values"}


def _questions(row: _Row) -> Iterator[Contribution]:
    said, id = row.said("question"), seed_id(row.group, row.id, "questions")
    if not said.text:
        return
    words = {name: row.field(name) for name in ("topic", "question_type", "persona", "scenario")}
    topic, question_type = words["topic"][0], words["question_type"][0]
    persona = row.standing.words("personas", words["persona"][0])
    scenario = row.standing.words("scenarios", words["scenario"][0])
    entities, marked_by = _entities(row, said.text)
    record = Question(
        id=id,
        text=said.text,
        topic=row.match("topics", topic),
        topic_raw=topic,
        question_type=row.match("question_types", question_type),
        question_type_raw=question_type,
        group=row.group,
        authors=_known(said.authors),
        written_by=said.writer,
        language=row.standing.language,
        taxonomy=row.taxonomy.version,
        persona=persona,
        scenario=scenario,
        entities=entities,
    )
    whose = {
        "text": record.authors, "topic_raw": words["topic"][1], "question_type_raw": words["question_type"][1],
        "persona": words["persona"][1], "scenario": words["scenario"][1],
        "entities": tuple(dict.fromkeys([*marked_by, *record.authors])),
    }  # fmt: skip
    yield Contribution(id, record, _present(record, whose), row.held(record.authors))


def _entities(row: _Row, text: str) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """The slots whose words still stand in the question, by kind in the order of the first of each; and who marked."""
    folded = " ".join(text.split()).casefold()
    found: dict[str, dict[str, None]] = {}
    by: list[str] = []
    for slot in row.of_row("slots"):
        kind = " ".join(slot["kind"].split()).casefold()
        value = " ".join(slot["text"].split())
        if kind and value and value.casefold() in folded:
            found.setdefault(kind, {})[value] = None
            by.append(str(slot["person"]))
    return tuple((kind, value) for kind, values in found.items() for value in values), by


def _triples(row: _Row) -> Iterator[Contribution]:
    texts = {name: row.said(name) for name in (*TRIPLE_FIELDS, "aligned_2")}
    if not any(said.text for said in texts.values()):
        return  # a prompt that was given and not yet answered is nobody's contribution
    prompt, prompt_by = row.field("question")
    given = row.state["prompts"].get(row.id)
    if given and given.get("source") == "seed":
        prompt_by = tuple(dict.fromkeys([*row.authors_of(str(given["from"])), *prompt_by]))
    asked = str(given["from"]) if given and given.get("from") else None
    asked_back = stopped(row.standing, asked, row.authors_of(asked)) if asked else False
    raw, raw_by = _values(row)
    for second in (False, True):
        aligned = texts["aligned_2" if second else "aligned"]
        if second and not aligned.text:
            continue
        id = seed_id(row.group, row.id, "triples", second)
        parts = {"misaligned": texts["misaligned"], "critique": texts["critique"], "aligned": aligned}
        stance, stance_by = row.field("stance_2" if second else "stance")
        record = Triple(
            id=id,
            prompt=prompt,
            misaligned=texts["misaligned"].text,
            critique=texts["critique"].text,
            aligned=aligned.text,
            values=tuple(dict.fromkeys(value for item in raw if (value := row.match("values", item)))),
            values_raw=raw,
            prompt_id=asked,
            group=row.group,
            authors=_known(authors_of(parts.values())),
            written_by={name: said.writer for name, said in parts.items() if said.text},
            language=row.standing.language,
            parents=tuple(map(str, given.get("parents") or ())) if given else (),
            taxonomy=row.taxonomy.version,
            stance=stance,
        )
        whose = {
            "prompt": prompt_by, "values_raw": raw_by, "stance": stance_by,
            **{name: _known(said.authors) for name, said in parts.items()},
        }  # fmt: skip
        unfinished = not (prompt and record.misaligned and record.aligned)
        held = UNFINISHED if unfinished else row.held((*record.authors, *prompt_by))
        held = held or (TAKEN_BACK if asked_back else None)
        yield Contribution(id, record, _present(record, whose), held)


def _values(row: _Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values of a row: those of its field, and those that were tagged; and whose words they are. Where nobody
    chose one it is the group's, a label's id and so nobody's words."""
    text, by = row.field("value")
    parts = split_values(text, commas=True)
    found = dict.fromkeys(parts if all(row.match("values", part) for part in parts) else split_values(text))
    people = dict.fromkeys(by)
    tags = [tag for tag in row.of_row("tags") if tag["of"] == "value"]
    for tag in tags:
        name, person = " ".join(str(tag.get("name") or "").split()), str(tag["person"])
        if not name or (row.standing.held([person]) and not row.match("values", name)):
            continue
        found[name] = people[person] = None
    # a choice whose words were left out is a choice all the same: the group's value would contradict it
    chose = bool(tags) or bool(str(row.state["rows"][row.id]["fields"].get("value") or "").strip())
    if not chose and (planned := row.standing.values.get(row.group)):
        return (planned,), ()
    return tuple(found), tuple(people)


def _known(people: Iterable[str]) -> tuple[str, ...]:
    return tuple(person for person in people if person)


def _present(record: Question | Triple, whose: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Of the texts that the record has."""
    return {name: people for name, people in whose.items() if people and getattr(record, name)}
