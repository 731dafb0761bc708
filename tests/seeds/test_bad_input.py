"""A bad file imports nothing and says where; with `skip_bad` it says what was left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.seeds import import_file, load
from seedbed.study import Folder
from tests.seeds.studies import events, make_study

Write = Callable[[str, str | bytes], Path]

BAD = [
    ("q.csv", "id,question\nq1,Why?\nq2,\n", r"q\.csv: line 3: the question is empty"),
    ("q.csv", f"id,question\nq1,Why?\nq2,{'x' * 100_000}\n", r"line 3: the cell 'question' has 100,000 characters"),
    ("q.csv", "id,question\nq1,Why?\nq1,How?\n", r"line 3: the id 'q1' already names a question with another text"),
    ("q.csv", "id,question,topic\nold,Is it so?,Travel\n", r"line 2: the id 'old' already .* with another topic\."),
    ("q.csv", "id,question\nq1,Why?\nq2,a,b,c\n", r"line 3: it has 4 cells and the header 2"),
    ("q.csv", "id,question,written_by\nq1,Why?,human\nq2,How?,a ghost\n", r"line 3: written_by is 'a ghost'"),
    ("t.jsonl", '{"prompt": "Why?", "chosen": "a", "rejected": "b"}\n{"prompt": "How?", "chosen": "a"}\n',
     r"t\.jsonl: line 2: the misaligned is empty"),
    ("t.csv", "id,prompt,chosen,rejected\nold,Why?,a,b\n", r"line 2: the id 'old' already names a question with other"),
    ("r.csv", "subject,rater,scale,value\nold,bo,fit,3\nq9,bo,fit,3\n", r"line 3: there is no row 'q9' in the study"),
    ("r.csv", "subject,rater,scale,value\nold,bo,fit,\n", r"line 2: the value is empty"),
    ("l.csv", "question_id,reader,topic\nold,bo,Travel\nq9,bo,Travel\n", r"line 3: there is no question 'q9'"),
    ("l.csv", "question_id,reader,topic\nold,bo,\n", r"line 2: the row has neither a topic nor a question type"),
    ("p.csv", "id,role\nana,participant\n,moderator\n", r"line 3: the id is empty"),
    ("p.csv", "id,role\nana,participant\nana,moderator\n", r"line 3: the id 'ana' already names a person"),
    ("q.jsonl", '{"question": "Why?"}\n{"question": {"text": "How?"}}\n', r"line 2: the cell 'question' holds dict"),
    ("q.jsonl", '{"question": "Why?"}\n{"question": "half \\ud800"}\n', r"line 2: the cell 'question' holds half"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "said"), BAD, ids=lambda value: value[:40] if isinstance(value, str) else ""
)
def test_a_bad_row_refuses_the_whole_file(study: Folder, file: Write, name: str, content: str, said: str) -> None:
    import_file(study, file("old.csv", "id,question\nold,Is it so?\n"))
    before = events(study)
    with pytest.raises(InputError, match=said) as caught:
        import_file(study, file(name, content))
    assert "Nothing was imported" in str(caught.value)
    assert "--skip-bad" in caught.value.hint
    assert events(study) == before


@pytest.mark.parametrize(
    ("name", "content", "said"), BAD, ids=lambda value: value[:40] if isinstance(value, str) else ""
)
def test_bad_rows_can_be_left_out_and_are_reported(
    study: Folder, file: Write, name: str, content: str, said: str
) -> None:
    import_file(study, file("old.csv", "id,question\nold,Is it so?\n"))
    report = import_file(study, file(name, content), skip_bad=True)
    assert len(report.bad) == 1
    assert report.rows_in == report.added + report.skipped + 1


def test_many_bad_rows_are_counted_not_listed(study: Folder, file: Write) -> None:
    with pytest.raises(InputError, match=r"line 6: the question is empty; and 15 more"):
        import_file(study, file("q.csv", "id,question\n" + "".join(f"q{n},\n" for n in range(20))))


def test_a_withdrawn_id_or_broken_file_leaves_no_trace(study: Folder, file: Write) -> None:
    before = events(study)
    for name, content in (("q.csv", b"question\n\xff\n"), ("q.jsonl", b"{"), ("q.csv", b"mood\nfine\n")):
        with pytest.raises(InputError, match=name.replace(".", r"\.")):
            import_file(study, file(name, content))
    assert events(study) == before
    assert not study.seeds.exists()


_cell = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@given(rows=st.lists(st.tuples(_cell, _cell, _cell), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_whatever_the_cells_hold_the_counts_add_up(
    rows: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    import csv

    root = tmp_path_factory.mktemp("any")
    folder = make_study(root / "study")
    path = root / "q.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "topic", "question"])
        writer.writerows(rows)
    report = import_file(folder, path, skip_bad=True)
    assert report.rows_in == report.added + report.skipped + len(report.bad)
    assert report.added == len(load(folder).questions)
    again = import_file(folder, path, skip_bad=True)
    assert (again.added, len(again.bad)) == (0, len(report.bad))
