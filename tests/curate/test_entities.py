from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.curate import Bulk, Desk, Filter, apply, curate, load, preview
from seedbed.curate.entities import Slots, Word, expand, forbidden
from seedbed.curate.expanding import expand_study, slots_of
from seedbed.curate.finding import occurrences
from seedbed.errors import InputError, UsageError
from seedbed.records import Pool, Question
from seedbed.study import Folder
from seedbed.workshop.template import Template
from tests.curate.planted import PLAIN, crowd, plant, question

SLOTS = Slots(
    ("Brazil", "United Kingdom", "United States"),
    (
        Word("country", "Brazil"),
        Word("country", "United Kingdom"),
        Word("country", "United States"),
        Word("medicine", "paracetamol", frozenset({"Brazil", "United Kingdom"})),
        Word("medicine", "acetaminophen", frozenset({"United States"})),
        Word("medicine", "dipyrone", forbidden=frozenset({"United Kingdom", "United States"})),
        Word("medicine", "ibuprofen"),
    ),
)
ASKED = question(
    "g1-q1",
    "Is dipyrone sold in Brazil, and what does Dipyrone cost?",
    entities=(("country", "Brazil"), ("Medicine", "dipyrone")),
    pool=Pool.EVALUATION,
)


def test_an_expansion_is_the_question_for_another_region() -> None:
    made = expand(ASKED, SLOTS, ["United States"], 50, seed=1)
    texts = {item.text for item in made}
    # a United States medicine may stand beside no other country that forbids it
    assert texts == {
        "Is ibuprofen sold in Brazil, and what does ibuprofen cost?",
        "Is ibuprofen sold in United Kingdom, and what does ibuprofen cost?",
        "Is ibuprofen sold in United States, and what does ibuprofen cost?",
        "Is acetaminophen sold in United States, and what does acetaminophen cost?",
    }
    for number, item in enumerate(made, 1):
        assert item.id == f"g1-q1~united-states-{number}"
        assert item.parents == ("g1-q1",)
        assert (item.source, item.pool, item.authors) == ("expanded", Pool.EVALUATION, ("ana",))
        assert all(value in item.text for _, value in item.entities)
        assert [kind for kind, _ in item.entities] == ["country", "Medicine"]


def test_ids_follow_from_what_was_asked_alone() -> None:
    alone = expand(ASKED, SLOTS, ["brazil"], 3, seed=1)
    beside = expand(ASKED, SLOTS, ["United Kingdom", "Brazil"], 6, seed=1)
    known = {item.id: item.text for item in alone}
    shared = [item for item in beside if item.id in known]
    assert shared
    assert all(item.text == known[item.id] for item in shared)
    assert [item.id for item in beside][:2] == ["g1-q1~united-kingdom-1", "g1-q1~brazil-1"]
    assert expand(ASKED, SLOTS, ["Brazil"], 3, seed=2) != alone
    assert len(expand(ASKED, SLOTS, ["Brazil", "United States"], 3, seed=1)) == 3


def test_what_cannot_be_expanded_gives_nothing() -> None:
    assert expand(question("a", "Why do I sneeze?"), SLOTS, ["Brazil"], 3, 1) == []
    named_in_part = question("a", "Are Brazilians tall?", entities=(("country", "Brazil"),))
    assert expand(named_in_part, SLOTS, ["Brazil"], 3, 1) == []
    made = expand(ASKED, SLOTS, ["Brazil"], 1, 1)
    assert expand(made[0], SLOTS, ["Brazil"], 3, 1) == []
    only = Slots(("Brazil",), (Word("medicine", "dipyrone"),))
    assert expand(ASKED, only, ["Brazil"], 3, 1) == []  # there is no other word
    with pytest.raises(InputError, match="No region 'Peru'"):
        expand(ASKED, SLOTS, ["Peru"], 3, 1)


def test_words_that_nobody_marked_are_checked_too() -> None:
    said = question(
        "a", "In the United Kingdom, is ibuprofen stronger than dipyrone?", entities=(("medicine", "ibuprofen"),)
    )
    assert forbidden(said, SLOTS, "Brazil") == [("dipyrone", "United Kingdom")]
    assert expand(said, SLOTS, ["Brazil"], 9, 1) == []
    scene = question("b", "Is ibuprofen safe?", scenario="A visit to Brazil", entities=(("medicine", "ibuprofen"),))
    assert [item.text for item in expand(scene, SLOTS, ["United States"], 9, 1)] == []  # acetaminophen, not in Brazil


def test_two_entities_of_a_kind_stay_two() -> None:
    pair = question(
        "a", "Is Brazil larger than the United States?", entities=(("country", "Brazil"), ("country", "United States"))
    )
    made = expand(pair, SLOTS, ["Brazil"], 50, 1)
    assert len(made) == 5
    assert all(len(set(item.entities)) == 2 for item in made)


@pytest.mark.parametrize(
    ("value", "text", "found"),
    [
        ("Brazil", "In Brazil, brazil and BRAZIL; not Brazilian.", ["Brazil", "brazil", "BRAZIL"]),
        ("New York", "new\n york is not newyork", ["new\n york"]),
        ("café", "a cafe\u0301, a café, a cafe", ["cafe\u0301", "café"]),
        ("cafe", "a cafe\u0301, a café", []),
        ("Straße", "die STRASSE", ["STRASSE"]),
        ("巴西", "我住在巴西吗", ["巴西"]),
        ("ana", "banana ana", ["ana"]),
        ("½", "1/2 or ½ cup", ["½"]),
        ("", "anything", []),
    ],
)
def test_words_are_found_whole_as_people_write_them(value: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in occurrences(value, text)] == found


_NAMES = st.sampled_from(["Aland", "Bor", "Cey", "New Bor", "Ünland", "E2"])
_WORDS = st.sampled_from(["aland", "Bor", "new bor", "salt", "sea salt", "rice", "Tee", "tea", "ünland"])
_KINDS = st.sampled_from(["country", "food"])


@st.composite
def slots_and_question(draw: st.DrawFn) -> tuple[Slots, Question]:
    regions = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    some = st.frozensets(st.sampled_from(regions), max_size=3)
    words = tuple(
        Word(kind, value, allowed, barred - allowed)
        for kind, value, allowed, barred in draw(
            st.lists(st.tuples(_KINDS, _WORDS, some, some), max_size=9, unique_by=lambda word: word[:2])
        )
    )
    parts = draw(
        st.lists(
            st.one_of(_WORDS, _NAMES, st.sampled_from(["in", "and", "x;", "\u0301", "of the"])), min_size=1, max_size=9
        )
    )
    text = draw(st.sampled_from([" ", "  ", "\n", ", "])).join(parts)
    entities = tuple(draw(st.lists(st.tuples(_KINDS, _WORDS), max_size=3, unique=True)))
    scenario = draw(st.one_of(st.just(""), _NAMES))
    return Slots(tuple(regions), words), question("q", text, entities=entities, scenario=scenario)


def plainly_stands(value: str, text: str) -> bool:
    """A second way to look for a word, looser than ours would have to be: between any two signs that are no letters."""
    padded = "".join(sign if sign.isalnum() else " " for sign in f" {text} ".casefold())
    return f" {' '.join(value.casefold().split())} " in f" {' '.join(padded.split())} "


@given(made=slots_and_question(), per_seed=st.integers(1, 12), seed=st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_no_expansion_holds_a_forbidden_pair(made: tuple[Slots, Question], per_seed: int, seed: int) -> None:
    slots, asked = made
    names = {item.id: item for item in expand(asked, slots, slots.regions, per_seed, seed)}
    assert len(names) <= per_seed
    texts = [item.text for item in names.values()]
    assert len(set(texts)) == len(texts)
    assert asked.text not in texts
    for region in slots.regions:
        for item in expand(asked, slots, [region], per_seed, seed):
            said = f"{item.text}\n{item.scenario}"
            here = {region, *(name for name in slots.regions if plainly_stands(name, said))}
            for word in slots.words:
                if plainly_stands(word.value, said):
                    assert all(word.allowed_in(name) for name in here), (word, here, item.text)


@given(made=slots_and_question(), seed=st.integers(0, 3))
@settings(max_examples=80, deadline=None)
def test_outside_the_slots_every_code_point_stays(made: tuple[Slots, Question], seed: int) -> None:
    slots, asked = made
    marked = {value for _, value in asked.entities}
    for item in expand(asked, slots, slots.regions, 6, seed):
        spans = sorted({span for value in marked for span in occurrences(value, asked.text)})
        outside = [asked.text[: spans[0][0]], asked.text[max(end for _, end in spans) :]]
        assert item.text.startswith(outside[0])
        assert item.text.endswith(outside[1])


# --- in a study --------------------------------------------------------------------------------------------------


def expanded(study: Folder, **more: object) -> list[Question]:
    expand_study(study, SLOTS, "carla", per_seed=4, **more)  # type: ignore[arg-type]
    return [item for item in load(study).questions if item.source == "expanded"]


def test_expanded_questions_are_seeds_in_their_parents_pool_and_one_of_a_family_is_chosen(study: Folder) -> None:
    plant(study, ASKED, question("g1-q2"), question("g1-q3"))
    curate(study, PLAIN)
    made = expanded(study)
    assert len(made) == 4
    report = curate(study, PLAIN)
    curation = load(study)
    assert all(item.id in curation.included for item in made)
    assert {curation.pools[item.id] for item in made} == {curation.pools["g1-q1"]}
    family = {"g1-q1", *(item.id for item in made)}
    assert len(family & set(report.selected_questions)) == 1
    outside = [curation.choice[id].reason for id in family - set(report.selected_questions)]
    assert all("is of its family" in reason for reason in outside)
    assert curate(study, PLAIN).appended == 0
    assert expand_study(study, SLOTS, "carla", per_seed=4).made == ()


def test_where_the_parent_is_excluded_its_expansions_are_no_examples(study: Folder) -> None:
    from seedbed.curate import decide

    plant(study, ASKED, question("g1-q2"))
    curate(study, PLAIN)
    expanded(study)
    decide(study, "g1-q1", "exclude", "Off topic.", "carla")
    assert curate(study, PLAIN).selected_questions == ("g1-q2",)


def test_the_log_holds_no_words_of_the_question_and_what_changed_falls_away(study: Folder) -> None:
    from seedbed.curate import decide
    from seedbed.study.events import EventStore

    plant(study, ASKED)
    curate(study, PLAIN)
    made = expanded(study)
    with EventStore.of(study) as store:
        events = [event for event in store.read("curate") if event.kind == "expansion"]
    assert len(events) == len(made) == 4
    assert "sold" not in json.dumps([event.data for event in events])
    decide(study, "g1-q1", "edit", "Shorter.", "carla", fields={"text": "Is dipyrone sold in Brazil?"})
    assert [item for item in load(study).questions if item.source == "expanded"] == []
    again = expand_study(study, SLOTS, "carla", per_seed=4)
    assert len(again.collapsed) == 4
    assert not set(again.made) & {item.id for item in made}  # an id never names two texts
    texts = [item.text for item in load(study).questions if item.source == "expanded"]
    assert len(texts) == 4
    assert all(text.endswith("?") and "cost" not in text for text in texts)


def test_versions_that_came_since_go_to_a_pool_with_all_others_of_their_family(study: Folder) -> None:
    plant(study, ASKED, *crowd(25))
    curate(study, PLAIN)
    desk = Desk(study)
    bulk = Bulk("use", Filter(), detail={"use": "test"})
    assert preview(desk, bulk).changes == 26  # what belongs together is known by now, of many at once
    made = {item.id for item in expanded(study)}
    curate(study, PLAIN)
    apply(study, bulk, preview(desk, bulk).token, "To test.", "mia", desk=desk)
    pools = load(study).pools
    assert {pools[id] for id in made} == {pools["g1-q1"]} == {Pool.EVALUATION}
    assert desk.look().curation == load(study)


def test_a_pair_that_is_forbidden_since_is_taken_back(study: Folder) -> None:
    plant(study, ASKED)
    curate(study, PLAIN)
    expanded(study)
    stricter = Slots(
        SLOTS.regions,
        tuple(
            Word(w.kind, w.value, w.regions, w.forbidden | ({"Brazil"} if w.value == "ibuprofen" else set()))
            for w in SLOTS.words
        ),
    )
    expand_study(study, stricter, "carla", per_seed=4)
    for item in load(study).questions:
        if item.source == "expanded":
            assert forbidden(item, stricter, "Brazil" if "~brazil-" in item.id else "United States") == []


def test_the_words_are_the_workshops_unless_a_profile_has_its_own(study: Folder) -> None:
    default = Template.default("en").entities
    assert slots_of(study).regions == default.regions
    assert "dipyrone" in slots_of(study).allowed("medicine", "Brazil")
    assert "dipyrone" not in slots_of(study).allowed("Medicine", "United States")
    own = slots_of(study, default.kinds[:1], ["Peru"])
    assert own.regions == ("Peru",)
    assert own.kinds == {"country"}


def test_erasing_the_author_takes_the_expansions_too(study: Folder) -> None:
    from seedbed.seeds.erasing import erase
    from seedbed.study.events import EventStore

    plant(study, ASKED, question("g1-q2", authors=("ben",)))
    curate(study, PLAIN)
    assert expanded(study)
    with EventStore.of(study) as store:
        erase(store, "ana", study)
    assert [item.id for item in load(study).questions] == ["g1-q2"]
    found = b"".join(path.read_bytes() for path in Path(study.root).rglob("*") if path.is_file())
    assert b"what does" not in found


@pytest.mark.parametrize("actor", ["rule", " ", "a\nb"])
def test_versions_are_made_by_somebody(study: Folder, actor: str) -> None:
    with pytest.raises((InputError, UsageError)):
        expand_study(study, SLOTS, actor)
