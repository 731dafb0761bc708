"""The table of curation, and acts on many of its rows at once."""

from __future__ import annotations

import json

import pytest

from seedbed.curate import (
    Bulk,
    Desk,
    Filter,
    PreviewChanged,
    Table,
    TableRow,
    apply,
    curate,
    decide,
    load,
    preview,
    undo,
)  # fmt: skip
from seedbed.curate.filtering import bits_of, positions
from seedbed.errors import InputError, UsageError
from seedbed.records import Pool, Writer
from seedbed.study import Folder
from tests.curate.planted import PLAIN, crowd, events, plant, question, triple


def table_of(study: Folder) -> Table:
    return Desk(study).table()


def row(study: Folder, id: str) -> TableRow:
    found = table_of(study).row(id)
    assert found is not None
    return found


def a_study_of_all_kinds(study: Folder) -> Folder:
    plant(
        study,
        question("q1", "Where does the river end?", group="1", authors=("ana", "bo"), persona="A nurse"),
        question("q2", "Where does the river end, then?", group="1", authors=("ana",)),
        question("q10", group="2", topic=None, topic_raw="Sternkunde", authors=("cy",)),
        question(
            "q9",
            "Which law lets a guest in?",
            group="2",
            topic="travel",
            question_type="legal-expertise",
            authors=("cy",),
        ),
        question("m", written_by=Writer.MODEL, group="10", topic="finance"),
        triple("t1", group="2", authors=("bo",), values=("fairness", "safety")),
        triple("t2", group="", authors=(), values=(), values_raw=("kindness",)),
    )
    curate(study, PLAIN)
    return study


def test_each_row_says_where_it_stands_and_why(study: Folder) -> None:
    a_study_of_all_kinds(study)
    decide(study, "q9", "return", "Which law is meant?", "mia")
    decide(study, "t1", "nuanced", "", "mia", nuanced=True)
    decide(study, "t1", "edit", "Clearer.", "mia", fields={"critique": "It judges everybody."})
    states = {one.id: (one.state, one.rule, one.decided_by) for one in table_of(study).rows}
    assert states == {
        "m": ("excluded", "written-by-model", "rule"),
        "q1": ("included", "all-rules", "rule"),
        "q2": ("excluded", "near-duplicate", "rule"),
        "q9": ("returned", "person", "mia"),
        "q10": ("held", "unknown-label", "rule"),
        "t1": ("included", "all-rules", "rule"),
        "t2": ("held", "unknown-value", "rule"),
    }
    near = row(study, "q2")
    assert (near.rival, isinstance(near.measured, float), near.reason.startswith("nearly the words of q1")) == (
        "q1", True, True,
    )  # fmt: skip
    assert row(study, "q9").reason == "Which law is meant?"
    t1 = row(study, "t1")
    assert (t1.texts["critique"], t1.edited, t1.nuanced, t1.kind) == (
        "It judges everybody.",
        ("critique",),
        True,
        "triple",
    )
    assert set(t1.seen) == {"nuanced", "edit"}
    (flag,) = row(study, "q10").flags
    assert (flag.rule, flag.effect, flag.dismissed) == ("unknown-label", "holds", False)
    assert flag.suggestion == {"topic": None}
    assert row(study, "q1").chosen.in_
    assert row(study, "q1").chosen.order is not None
    assert not row(study, "m").chosen.in_
    plant(study, question("new"))
    assert (row(study, "new").state, row(study, "new").decided_by) == ("undecided", "")
    json.dumps([one.to_json() for one in table_of(study).rows])
    assert row(study, "q1").to_json()["chosen"]["in"] is True


def test_rows_are_found_by_any_of_a_fields_values_and_by_all_fields(study: Folder) -> None:
    table = table_of(a_study_of_all_kinds(study))
    found = {
        ("q1", "q2"): Filter(group=("1",), kind=("question",)),
        ("q1", "q2", "q9", "q10", "t1"): Filter(group=("1", "2")),
        ("t2",): Filter(author=("",)),
        ("q1", "t1"): Filter(author=("bo",)),
        ("q10", "t1", "t2"): Filter(topic=("",), state=("included", "held")),
        ("q2",): Filter(rule=("near-duplicate",)),
        ("q10", "t2"): Filter(rule=("unknown-label", "unknown-value")),
        ("t1",): Filter(value=("safety",)),
        ("m",): Filter(written_by=("model",)),
        ("q1", "q9"): Filter(chosen=("yes",), kind=("question",)),
        (): Filter(group=("77",)),
    }
    for ids, wanted in found.items():
        assert tuple(table.select(wanted)) == ids, wanted
    for q, ids in {
        "RIVER": ["q1", "q2"], "then river": ["q2"], "a nurse": ["q1"], "stern": ["q10"], "kindness": ["t2"],
        "q9": ["q9"], "river nothing": [], "  ": [one.id for one in table.rows],
    }.items():  # fmt: skip
        assert table.select(Filter(q=q)) == ids
    with pytest.raises(UsageError, match="filter group takes several values"):
        table.select(Filter(group="1"))  # type: ignore[arg-type]


def test_rows_are_sorted_as_people_count_and_what_has_none_comes_last(study: Folder) -> None:
    table = table_of(a_study_of_all_kinds(study))
    assert table.select(Filter()) == ["m", "q1", "q2", "q9", "q10", "t1", "t2"]
    assert table.select(Filter(), "group") == ["q1", "q2", "q9", "q10", "t1", "m", "t2"]
    assert table.select(Filter(), "group", descending=True) == ["m", "q9", "q10", "t1", "q1", "q2", "t2"]
    assert table.select(Filter(kind=("question",)), "topic", descending=True) == ["q9", "q1", "q2", "m", "q10"]
    lengths = [sum(map(len, one.texts.values())) for one in table.page(Filter(), "length").rows]
    assert lengths == sorted(lengths)
    with pytest.raises(UsageError, match="sorted by 'colour'"):
        table.select(Filter(), "colour")


def test_rows_are_sorted_by_what_was_measured_within_each_rule(study: Folder) -> None:
    plant(
        study,
        question("long", "word " * 130 + "?", topic="travel"), question("longer", "word " * 140 + "?", topic="finance"),
        question("q1", "Where does the river end?", group="2"),
        question("q2", "Where does the river end, then?", group="3"),
        question("x1", group="1"), question("x2", group="1"), question("x3", group="1"),
    )  # fmt: skip
    curate(study, PLAIN.model_copy(update={"off": ("exact-duplicate", "not-sensible")}))
    decide(study, "x2", "dismiss", "Fine.", "mia", rule="duplicate-topic-in-group")
    table = table_of(study)
    # ROUGE-L, words and counts have no common unit: never one scale over all
    first = ["x3", "q2", "long", "longer"]
    assert table.select(Filter(), "measured") == [*first, "q1", "x1", "x2"]
    assert table.select(Filter(), "measured", True) == [*first[::-1], "q1", "x1", "x2"]
    assert table.select(Filter(rule=("too-verbose",)), "measured", True) == ["longer", "long"]
    decide(study, "longer", "include", "Long, and good.", "mia")
    assert table_of(study).select(Filter(rule=("too-verbose",)), "measured", True) == ["long"]


def test_facets_count_a_field_as_if_it_were_not_asked_for(study: Folder) -> None:
    table = table_of(a_study_of_all_kinds(study))
    page = table.page(Filter(group=("1",), state=("included",)), limit=1)
    assert (page.total, [one.id for one in page.rows]) == (1, ["q1"])
    assert page.facets["group"] == {"2": 2, "1": 1}  # of all that are included
    assert page.facets["state"] == {"excluded": 1, "included": 1}  # of all of group 1
    assert page.facets["author"] == {"ana": 1, "bo": 1}
    assert table.page(Filter(group=("77",))).facets["group"]["77"] == 0
    for wanted in (Filter(), Filter(kind=("triple",)), Filter(topic=("health",), q="river")):
        page = table.page(wanted)
        rows = [table.row(id) for id in table.select(wanted)]
        for state, count in page.facets["state"].items():
            assert count == sum(one is not None and one.state == state for one in rows)


def test_pages_part_the_rows_and_bad_ones_are_refused(study: Folder) -> None:
    plant(study, *crowd(25))
    table = table_of(study)
    pages = [table.page(Filter(), "author", offset=at, limit=10) for at in (0, 10, 20, 30)]
    assert [len(page.rows) for page in pages] == [10, 10, 5, 0]
    assert [one.id for page in pages for one in page.rows] == table.select(Filter(), "author")
    for offset, limit in ((-1, 10), (0, -1), (0, 1001)):
        with pytest.raises(UsageError, match="0 to 1,000 rows"):
            table.page(Filter(), offset=offset, limit=limit)


def test_sets_of_rows_come_back_as_they_went_in() -> None:
    for rows in ([], [0], [7, 8, 9], [3, 64, 65, 99]):
        assert positions(bits_of(rows, 100)) == rows


def test_hostile_texts_are_rows_like_any_other(study: Folder) -> None:
    strange = ["=HYPERLINK(1)", "<script>x</script>", "\u202eodd\u0301", "a" * 200_000, "'; DROP TABLE events; --"]
    plant(study, *(question(f"h{n}", text, topic=None, topic_raw=text[:50]) for n, text in enumerate(strange)))
    curate(study, PLAIN)
    table = table_of(study)
    assert {one.id: one.texts["text"] for one in table.rows} == {f"h{n}": text for n, text in enumerate(strange)}
    assert table.select(Filter(q="drop table")) == ["h4"]
    assert table.select(Filter(q="x" * 10_000)) == []


# --- acts on many rows -------------------------------------------------------------------------------------------


def test_a_bulk_act_does_what_its_preview_showed_and_is_taken_back_as_one(study: Folder) -> None:
    plant(study, *crowd(30), *(question(f"m{n}", written_by=Writer.MODEL, topic="health") for n in range(3)))
    curate(study, PLAIN)
    decide(study, "m0", "include", "Edited by hand.", "ana")
    bulk = Bulk("exclude", Filter(topic=("health",)))
    desk = Desk(study)
    shown = preview(desk, bulk)
    health = desk.table().select(Filter(topic=("health",)))
    assert list(shown.ids) == health
    assert shown.changes == len(health) == shown.by_topic["health"] == sum(shown.by_group.values())
    assert shown.examples == len(set(health) & set(load(study).selected_questions))
    assert [one.id for one in shown.sample] == health[:10]
    before = events(study)
    done = apply(study, bulk, shown.token, "Enough of health.", "mia", desk=desk)
    assert events(study) == before + len(health)
    curation = load(study)
    assert {id for id, one in curation.excluded.items() if one.actor == "mia"} == set(health)
    assert {one.batch for one in done.logged} == {done.batch}
    again = preview(desk, bulk)
    assert (again.changes, again.unchanged) == (0, len(health))
    with pytest.raises(InputError, match="would change no row"):
        apply(study, bulk, again.token, "Enough.", "mia")
    undo(study, done.batch, "bo", desk=desk)
    curation = load(study)
    assert curation.included["m0"].actor == "ana"
    assert {id for id, one in curation.excluded.items() if one.actor != "rule"} == set()
    assert preview(desk, bulk).ids == shown.ids


def test_a_bulk_act_is_refused_when_it_would_do_something_else_by_now(study: Folder) -> None:
    plant(study, *crowd(12))
    curate(study, PLAIN)
    bulk = Bulk("exclude", Filter(group=("1", "2")))
    shown = preview(Desk(study), bulk)
    decide(study, shown.ids[0], "include", "This one is good.", "bo")
    with pytest.raises(PreviewChanged, match="it would now change") as caught:
        apply(study, bulk, shown.token, "Enough.", "mia")
    assert shown.ids[0] in load(study).included  # what bo did stands
    assert caught.value.preview.token != shown.token
    apply(study, bulk, caught.value.preview.token, "Enough, bo.", "mia")
    assert set(load(study).excluded) == set(shown.ids)
    shown = preview(Desk(study), Bulk("nuanced", Filter(group=("3",)), detail={"nuanced": True}))
    plant(study, question("late", group="3"))
    with pytest.raises(PreviewChanged):
        apply(study, Bulk("nuanced", Filter(group=("3",)), detail={"nuanced": True}), shown.token, "Yes.", "mia")
    with pytest.raises(PreviewChanged):  # another act than the one that was shown
        apply(study, Bulk("exclude", Filter(group=("3",))), shown.token, "Yes.", "mia")


def test_all_that_a_rule_remarks_on_is_one_bulk_act(study: Folder) -> None:
    plant(study, *(question(f"q{n}", topic=None, topic_raw="odd") for n in range(3)), question("good"))
    curate(study, PLAIN)
    decide(study, "q2", "dismiss", "It is fine.", "bo", rule="unknown-label")
    for bulk in (Bulk("exclude", rule="unknown-label"), Bulk("exclude", Filter(rule=("unknown-label",)))):
        assert preview(Desk(study), bulk).ids == ("q0", "q1")
    bulk = Bulk("dismiss", rule="unknown-label", detail={"rule": "unknown-label"})
    apply(study, bulk, preview(Desk(study), bulk).token, "Labels come later.", "mia")
    assert load(study).held == {}


def test_rows_that_cannot_take_the_act_are_named_and_left(study: Folder) -> None:
    near = ("Where is the best old doctor here?", "Where is the best old dentist here?")
    plant(study, question("a", near[0]), question("b", near[1]), question("c"), triple("t"))
    curate(study, PLAIN)
    run = study.root / "runs" / "pilot"
    run.mkdir(parents=True)
    (run / "run.json").write_text(
        json.dumps({"name": "pilot", "stage": "questions", "ask": {"examples": ["a"]}, "verdict": {}})
    )
    bulk = Bulk("use", Filter(), detail={"use": "test"})
    shown = preview(Desk(study), bulk)
    assert shown.ids == ("c", "t")
    assert set(shown.refused) == {"a", "b"}
    assert "run pilot" in shown.refused["b"]
    apply(study, bulk, shown.token, "To test.", "mia")
    assert {id for id, pool in load(study).pools.items() if pool is Pool.EVALUATION} == {"c", "t"}
    retag = preview(Desk(study), Bulk("retag", Filter(), detail={"topic": "travel"}))
    assert (retag.ids, set(retag.refused)) == (("a", "b", "c"), {"t"})


def test_bulk_acts_that_make_no_sense_are_refused(study: Folder) -> None:
    plant(study, question("a"))
    desk = Desk(study)
    for bulk, said in {
        "nothing": (Bulk("exclude"), "needs a filter, ids or a rule"),
        "edit": (Bulk("edit", Filter()), "row by row"),
        "detail": (Bulk("exclude", Filter(), detail={"colour": "red"}), "takes no colour"),
        "form": (Bulk("use", Filter(), detail={"topic": "health"}), "use takes no labels"),
        "ids": (Bulk("exclude", ids=("zz",)), "No seed 'zz'"),
        "act": (Bulk("burn", Filter()), "no decision 'burn'"),  # type: ignore[arg-type]
    }.values():
        with pytest.raises((UsageError, InputError), match=said):
            preview(desk, bulk)
    token = preview(desk, Bulk("exclude", Filter())).token
    with pytest.raises(UsageError, match="needs a reason"):
        apply(study, Bulk("exclude", Filter()), token, " ", "mia")
    with pytest.raises(UsageError, match="needs the person"):
        apply(study, Bulk("exclude", Filter()), token, "Why.", "rule")
    assert events(study) == 0
