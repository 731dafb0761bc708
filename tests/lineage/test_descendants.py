"""Whatever a study looks like, nothing that grew from a person's words is missed, and nothing else is found."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedbed.acts import Study
from seedbed.lineage import Descendants
from seedbed.lineage.slots import row_id, row_of
from seedbed.records import State
from tests.lineage.worlds import Made, Run, World, walked, write_release, write_run, write_world

# a hundred small databases, each forced to the disk: 20 s of waiting
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
PEOPLE = ("P1", "P2", "P3")
# the last is a seed that is called like a row
SEEDS = ("s1", "s2", "s3", "s4", "questions.000001")
PAIRS = ("t1", "t2")
ROWS = tuple(row_id(run, slot) for run in ("topics", "questions", "more", "triples") for slot in range(4))
ANY = st.sampled_from((*SEEDS, *PAIRS, *ROWS, "nobody", "gone.000001"))
SOME_SEEDS = st.lists(st.sampled_from((*SEEDS, *PAIRS, "s1~br-1")), max_size=3, unique=True).map(tuple)
ROW = st.none() | st.sampled_from(ROWS)
FATE = st.none() | st.tuples(st.sampled_from(list(State)), st.lists(ANY, max_size=2).map(tuple))
ASK = st.builds(
    Made, examples=SOME_SEEDS, prompt_id=st.none() | ANY, grown_from=ROW,
    persona_from=st.none() | st.sampled_from(SEEDS), fates=st.lists(FATE, min_size=1, max_size=3).map(tuple),
    settled=st.booleans(),
)  # fmt: skip
JUDGED = st.builds(
    Made, prompt_id=ANY.map(lambda id: f"{id}#aligned/0"), fates=st.just(((State.KEPT, ()),)), settled=st.booleans()
)
JUDGEMENTS = st.lists(JUDGED, max_size=4).map(tuple)


def runs(name: str, stage: str) -> st.SearchStrategy[Run]:
    asks = st.lists(ASK, max_size=4).map(tuple)
    return st.builds(Run, st.just(name), st.just(stage), asks, with_seeds=st.booleans(), planned=SOME_SEEDS)


WORLD = st.builds(
    World,
    authors=st.fixed_dictionaries(
        dict.fromkeys(
            (*SEEDS, *PAIRS), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True).map(tuple)
        )
    ),
    answers=st.fixed_dictionaries(dict.fromkeys(PAIRS, ANY)),
    grown=st.dictionaries(st.sampled_from(PAIRS), SOME_SEEDS),
    edits=st.lists(st.tuples(st.sampled_from(SEEDS), st.sampled_from(PEOPLE)), max_size=2),
    merges=st.lists(st.tuples(st.sampled_from(SEEDS), st.sampled_from(SEEDS)), max_size=2),
    expansions=st.just([("s1~br-1", "s1")]),
    runs=st.tuples(
        runs("topics", "topics"),
        runs("questions", "questions"),
        runs("more", "questions"),
        runs("triples", "triples"),
        st.builds(Run, st.just("j"), st.just("judging"), JUDGEMENTS, st.just("judgements")),
    ).map(list),
    releases=st.dictionaries(st.sampled_from(("1.0", "2.0")), st.lists(ANY, max_size=4, unique=True).map(tuple)),
    tasks=st.dictionaries(st.sampled_from(("first", "second")), st.lists(ANY, max_size=4, unique=True).map(tuple)),
)  # fmt: skip


def ids(found: Descendants) -> set[str]:
    rows = {row_id(run, slot) for run, slots in found.rows.items() for slot in slots}
    judged = {f"judgements/{row_id(run, slot)}" for run, slots in found.judgements.items() for slot in slots}
    return set(found.seeds) | rows | judged


def check(study: Study, world: World, text: str, start: set[str]) -> None:
    found = study.lineage.descendants(text)
    # a seed that is called like a row is told apart by its kind alone
    expected = walked(study.folder.root, world, start)
    rows = {id for id in expected if row_of(id.removeprefix("judgements/"))} - set(SEEDS)
    of_seeds = {id for id in expected if id in world.authors or "~" in id}
    shared = {"questions.000001"}
    assert ids(found) - shared == (rows | of_seeds) - shared
    held = {
        version: set(seeds) | {row_id(run, slot) for run, slots in by_run.items() for slot in slots}
        for version, (seeds, by_run) in found.releases.items()
    }
    assert held == {version: there for version, of in world.releases.items() if (there := set(of) & expected)}
    tasked = {task: set(items) for task, items in found.tasks.items()}
    assert tasked == {task: there for task, of in world.tasks.items() if (there := set(of) & expected)}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world=WORLD, later=runs("questions", "questions"))
def test_none_is_missed_whatever_a_study_looks_like(world: World, later: Run) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as home:
        study = write_world(Path(home) / "s", world)
        study.lineage.refresh()
        for person in PEOPLE:
            theirs = {id for id, authors in world.authors.items() if person in authors}
            theirs |= {seed for seed, by in world.edits if by == person}
            if theirs:
                check(study, world, f"person:{person}", theirs)
        for seed in (*SEEDS, *PAIRS):
            check(study, world, f"seed:{seed}", {seed})
        # a run that was made anew in its place, and another process that reads what the first one kept
        for part in (study.folder.run("questions")).iterdir():
            part.unlink()
        write_run(study.folder, later)
        for other in (study, Study.open(study.folder.root)):
            other.lineage.refresh()
            for seed in SEEDS:
                check(other, world, f"seed:{seed}", {seed})


def test_a_release_tells_of_rows_whose_run_is_gone(tmp_path: Path) -> None:
    study = write_world(tmp_path / "s", World(authors={"s1": ("P1",), "s2": ("P2",)}))
    grown = {"seed_ids": ["s1"], "prompt_id": None}
    write_release(study.folder, "1.0", ["old.000001"], grown)
    assert ids(study.descendants("P1")) == {"s1", "old.000001"}
    assert set(study.descendants("P1").releases) == {"1.0"}
    assert study.descendants("P2").releases == {}
