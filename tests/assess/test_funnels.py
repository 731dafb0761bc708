from __future__ import annotations

from pathlib import Path

from seedbed import curate, seeds
from seedbed.assess.material import gather
from seedbed.measures.definition import Value
from seedbed.records import Ask, State, Verdict
from tests.assess.demo import new_study, write_run


def test_a_funnel_reads_as_in_the_paper_and_falls_into_slices(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "study")
    first, second, third = (q for q in curate.load(folder).questions[:39:13])
    asks = [
        Ask("a0000000", 0, 3, "travel", None, "giving-advice", values=("fairness",), examples=(first.id, second.id)),
        Ask("a0000003", 3, 1, "health", None, "giving-advice", examples=(first.id, third.id)),
    ]
    write_run(
        folder, "questions",
        [
            (asks[0], Verdict(0, State.KEPT, text="Where is it?")),
            (asks[0], Verdict(1, State.REJECTED, "novelty", "too close", 0.9, "questions.000000", "Where is it now?")),
            (asks[0], Verdict(2, State.FAILED, "", "no reply")),
            (asks[1], Verdict(3, State.KEPT, text="Who is it?")),
        ],
    )  # fmt: skip
    (funnel,) = gather(folder, curate.load(folder), seeds.current_taxonomy(folder)).funnels
    assert funnel.in_words == "2 of 3 = 66.7 %"
    by_seed = {part.key: part for part in funnel.by("seed")}
    assert {key: (part.kept, part.rejected, part.failed) for key, part in by_seed.items()} == {
        first.id: (2, 1, 1),
        second.id: (1, 1, 1),
        third.id: (1, 0, 0),
    }
    assert by_seed[second.id].in_words == "1 of 2 = 50.0 %"
    assert by_seed[second.id].gates == (("", 1), ("novelty", 1))
    topics = {part.key: part for part in funnel.by("topic")}
    assert (topics["travel"].label, topics["travel"].generated, topics["health"].generated) == ("Travel", 2, 1)
    assert [part.key for part in funnel.by("value")] == ["fairness"]
    groups = {part.key: part.generated for part in funnel.by("group")}
    assert groups[first.group] == 3
    for part in funnel.slices:
        assert part.generated == part.kept + part.rejected
        assert isinstance(part.accepted, Value)


def test_nothing_generated_is_no_rate(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "study", sample=False)
    write_run(folder, "questions", [(Ask("a0000000", 0, 1, "travel"), Verdict(0, State.FAILED, "", "no reply"))])
    (funnel,) = gather(folder, curate.load(folder), seeds.current_taxonomy(folder)).funnels
    assert funnel.in_words == "none of none"
    assert funnel.by("topic")[0].failed == 1
