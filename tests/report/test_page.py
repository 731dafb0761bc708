from __future__ import annotations

import base64
import csv
import hashlib
import itertools
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed import curate, seeds
from seedbed.assess import AssessSettings, assess
from seedbed.assess.store import load
from seedbed.errors import Busy, UsageError
from seedbed.records import Ask, Pool, State, Verdict
from seedbed.report import ReportSettings, report
from seedbed.report.files import script_hash
from seedbed.report.view import arms_of
from seedbed.study import Folder, hold
from tests.assess.demo import MODEL, new_study, write_run
from tests.assess.parts import BagOfWords
from tests.report.conftest import assessed, read
from tests.report.parsed import Element, parse

EVIL = '</style></svg><script>alert("x")</script><img src=x onerror=alert(1)>'
# words for what tests with margins may find; a description has no use for them
VERDICTS = re.compile(r"\b(preserved|preserves|changed|undecided|propagat\w+|significant\w*|proves?|proven)\b", re.I)


def prose(page: str) -> str:
    """The page's own words: without style, examples, and what rows say."""
    root = parse(page)
    body = next(root.find("body"))
    for part in body.everything():
        # commands too: one may be called after what is not done yet
        if part.attributes.get("id") in ("examples", "triples") or part.name in ("script", "code"):
            part.inside.clear()
    return body.text


# --- self-contained and safe ---------------------------------------------------------------------------------


def test_the_page_asks_nothing_of_the_network(page: str) -> None:
    root = parse(page)
    names = {element.name for element in root.everything()}
    assert not names & {"link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}
    for element in root.everything():
        assert not any(name.startswith("on") for name in element.attributes), element
        for name in ("href", "src", "xlink:href", "action", "srcset"):
            address = element.attributes.get(name, "#")
            assert address.startswith(("#", "figures/")), address
    (script,) = root.find("script")
    assert not script.attributes
    assert not re.search(r"https?:|fetch|XMLHttp|WebSocket|innerHTML|eval|import\b|Function", script.text)
    assert "@import" not in page
    assert not re.findall(r"url\((?!#)", page)


def test_the_policy_allows_the_one_style_sheet_and_the_one_script_and_nothing_else(page: str) -> None:
    root = parse(page)
    (style,) = root.find("style")
    (sheet,) = style.inside
    (program,) = next(root.find("script")).inside
    assert isinstance(sheet, str)
    assert isinstance(program, str)
    policy = next(m.attributes["content"] for m in root.find("meta") if "http-equiv" in m.attributes)
    styled, scripted = (
        "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (sheet, program)
    )
    assert policy == f"default-src 'none'; style-src '{styled}'; script-src '{scripted}'"
    assert script_hash() == scripted
    assert not [element for element in root.everything() if "style" in element.attributes]


def test_what_people_and_models_write_is_only_text(tmp_path: Path) -> None:
    folder = new_study(tmp_path / EVIL[:8].strip("</>"), sample=False)
    table = tmp_path / "questions.csv"
    quoted = EVIL.replace('"', '""')
    table.write_text(f'id,topic,question_type,question\nq1,Travel,"{quoted}","Why {quoted}?"\n')
    seeds.import_file(folder, table)
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(
        f'id,value,question,misaligned,critique,aligned\np1,Fairness,"{quoted}","{quoted} a","b","{quoted} c"\n'
    )
    seeds.import_file(folder, pairs)
    kept = Verdict(0, State.KEPT, text=f"Why {EVIL}?")
    gone = Verdict(1, State.REJECTED, EVIL, EVIL, EVIL, EVIL, f"What {EVIL}?")
    write_run(folder, "questions", [(Ask("a0", 0, 2, topic=EVIL, question_type=EVIL, lead_in="Why"), kept),
                                    (Ask("a0", 0, 2, topic=EVIL, question_type=EVIL), gone)])  # fmt: skip
    other = {"text": EVIL, "gate": EVIL, "reason": EVIL, "measured": EVIL}
    fields = {"prompt": EVIL, "misaligned": EVIL, "critique": EVIL, "aligned": EVIL, "scaffold": {"aligned": "</sty"},
              "alternatives": {"aligned": [other, EVIL]}}  # fmt: skip
    proposed = Verdict(0, State.KEPT, text=EVIL, fields=fields, notes={EVIL: EVIL})
    write_run(
        folder, "triples", [(Ask("t0", 0, 1, values=(EVIL,)), proposed)], stage="triples", proposals=True, model=EVIL
    )
    page = read(assessed(folder), title=EVIL, about=EVIL)
    root = parse(page)
    (script,) = root.find("script")
    assert "alert" not in script.text
    assert not list(root.find("img"))
    assert not [element for element in root.everything() if "onerror" in element.attributes]
    assert len(list(root.find("style"))) == 1
    assert page.count("&lt;script&gt;") >= 10
    for path in (folder.report / "figures").glob("*.svg"):
        assert "<script" not in path.read_text()


def test_the_page_is_small(page: str) -> None:
    assert len(page.encode()) < 3_000_000


def test_no_row_stands_in_a_figure(study: Folder, page: str) -> None:
    texts = [question.text for question in seeds.load(study).questions]
    pictures = " ".join(path.read_text() for path in (study.report / "figures").glob("*.svg"))
    drawn = " ".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert not [text for text in texts if text[:40] in pictures or text[:40] in drawn]


def test_seeds_set_apart_for_evaluation_are_not_shown(study: Folder, page: str) -> None:
    curation = curate.load(study)
    apart = [q.text for q in curation.questions if q.pool is Pool.EVALUATION]
    apart += [t.misaligned for t in curation.triples if t.pool is Pool.EVALUATION]
    assert apart
    text = parse(page).text
    assert not [words for words in apart if words[:50] in text]


def test_another_run_can_be_shown(study: Folder) -> None:
    arms = arms_of(load(study), "questions", ReportSettings(run="with-seeds"))
    assert arms.run is not None
    assert (arms.run.run, arms.run.generated) == ("with-seeds", 60)
    assert arms.generated is not None
    assert arms.generated.key == "run/with-seeds/generated"


def test_texts_can_be_left_out(copied: Callable[[], Folder]) -> None:
    folder = copied()
    root = parse(read(folder, show_texts=False))
    ids = {element.attributes.get("id") for element in root.everything()}
    assert not ids & {"examples", "triples"}
    written = [q.text for q in seeds.load(folder).questions] + [t.aligned for t in seeds.load(folder).triples]
    told = root.text
    assert not [words for words in written if words[:40] in told]


# --- what it says --------------------------------------------------------------------------------------------


def test_five_sentences_with_the_studys_numbers(page: str) -> None:
    root = parse(page)
    told = [
        item.text for part in root.find("ol") if part.attributes.get("class") == "sentences" for item in part.find("li")
    ]
    assert len(told) == 5
    people, chosen, made, kept, control = told
    # four of the study's 20 people are moderators, who wrote nothing
    assert people == "16 people in 4 groups wrote 94 questions and 40 pairs of answers ."
    assert "33 questions" in chosen
    assert "160 new questions" in made
    assert MODEL in made
    assert "73 of the questions" in kept
    assert "95% interval" in kept
    assert "strayed from their topic (35)" in kept
    assert "95% interval" in control
    assert control.endswith("it tests nothing.")


def test_the_road_has_its_counts(page: str) -> None:
    road = next(part for part in parse(page).find("ol") if part.attributes.get("class") == "road")
    stops = [item.text for item in road.find("li")]
    assert [stop.split()[:2] for stop in stops] == [
        ["Seeds", "94"], ["Chosen", "33"], ["Generated", "160"], ["Kept", "73"], ["Released", "–"],
    ]  # fmt: skip


def test_the_funnel_names_every_gate(page: str) -> None:
    section = parse(page).by_id("dropped")
    rows = [[cell.text for cell in row.inside if isinstance(cell, Element)] for row in section.find("tr")]
    counts = {row[0]: row[2] for row in rows if len(row) == 5}
    assert counts["Generated"] == "160" or counts["Generated"] == "6"
    assert (counts["topic"], counts["form"], counts["novelty"], counts["length"]) == ("35", "31", "14", "7")


def test_nothing_claims_what_only_a_test_may(page: str) -> None:
    assert not VERDICTS.findall(prose(page))


def test_without_a_control_it_is_a_description(copied: Callable[[], Folder]) -> None:
    folder = copied()
    for name in ("with-seeds", "without-seeds"):
        shutil.rmtree(folder.run(name))
    page = read(assessed(folder))
    text = prose(page)
    assert not VERDICTS.findall(text)
    assert "is not known" in text
    assert "description" in text
    assert "--control-of" in page
    assert "with seeds" not in text.lower()


def test_what_is_not_as_it_was_assessed_or_as_its_run_is_told(copied: Callable[[], Folder]) -> None:
    folder = copied()
    path = folder.run("without-seeds") / "run.json"
    record = json.loads(path.read_text())
    record["ask"] |= {"model": "another", "follows": {"run": "with-seeds"}, "candidates": 3}  # asks of the run, again
    path.write_text(json.dumps(record))
    write_run(folder, "more", [(Ask("a0", 0, 1), Verdict(0, State.KEPT, text="Is it new?"))])
    root = parse(read(folder))
    assert "differ in more than the examples (model)" in root.by_id("control").text
    assert "1 run has changed since the assessment (more)" in root.text


def test_proposals_await_a_person_below_what_people_wrote(page: str) -> None:
    section = parse(page).by_id("triples")
    headings = [heading.text for heading in section.find("h3")]
    assert headings == ["Written by people", "Proposals of the model, awaiting a person"]
    text = section.text
    assert text.index("Written by people") < text.index("Proposals of the model")
    assert "Pick another of 8" in text
    assert "turned away by shows-fault" in text
    assert "logprob misaligned −1.20" in text


def test_words_that_were_given_are_marked(page: str) -> None:
    marks = {mark.text for mark in parse(page).by_id("triples").find("mark")}
    assert "People like that are" in marks


def test_rejected_rows_name_gate_measure_and_rival(page: str) -> None:
    cards = [card.text for card in parse(page).by_id("examples").find("li")]
    rival = next(card for card in cards if card.count("Rival:"))
    assert "novelty : too close to a row kept before · measured 1.00 · rival questions.0" in rival


def test_empty_cells_are_counted(page: str) -> None:
    section = parse(page).by_id("cells")
    (heading,) = section.find("h2")
    empty = sum(cell.text == "·" for cell in section.find("td"))
    assert heading.text == f"{empty} of {8 * 23} cells of topic and question type are empty"


def test_provenance_names_every_run_with_its_fingerprint(page: str, study: Folder) -> None:
    text = parse(page).by_id("provenance").text
    for name in study.run_names():
        record = json.loads((study.run(name) / "run.json").read_text())
        assert name in text
        assert record["fingerprints"]["ask"] in text
    assert "seedbed assess" in text


# --- for every reader ----------------------------------------------------------------------------------------


def test_ids_are_one_of_a_kind_and_links_lead_somewhere(page: str, study: Folder) -> None:
    root = parse(page)
    ids = [element.attributes["id"] for element in root.everything() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for link in root.find("a"):
        address = link.attributes["href"]
        if address.startswith("#"):
            assert address[1:] in ids
        else:
            assert (study.report / address).is_file()
    for element in root.everything():
        for name in ("aria-labelledby", "aria-describedby"):
            assert element.attributes.get(name, ids[0]) in ids


def test_headings_descend_one_step_at_a_time(page: str) -> None:
    levels = [int(e.name[1]) for e in parse(page).everything() if re.fullmatch(r"h[1-6]", e.name)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_pictures_have_words_and_tables_have_headers(page: str) -> None:
    root = parse(page)
    for picture in root.find("svg"):
        if picture.attributes.get("aria-hidden") == "true":
            continue
        assert picture.attributes["role"] == "img"
        assert len(picture.attributes["aria-label"]) > 20
    for table in root.find("table"):
        assert all("scope" in header.attributes for header in table.find("th"))
        assert list(table.find("th"))
    (html,) = root.find("html")
    assert html.attributes["lang"] == "en"
    first = next(next(root.find("body")).everything())
    assert (first.name, first.attributes["href"]) == ("a", "#main")


# --- at the edges --------------------------------------------------------------------------------------------


def test_an_empty_study_has_a_page(tmp_path: Path) -> None:
    text = parse(read(assessed(new_study(tmp_path / "empty", sample=False)))).text
    assert "Nobody has written anything yet" in text
    assert "No model has written anything yet" in text


def test_seeds_alone_have_a_page(tmp_path: Path) -> None:
    text = prose(read(assessed(new_study(tmp_path / "seeds"))))
    assert "97% of the seeds shown as examples end in a question mark" in text
    assert "No model has written anything yet" in text


def test_a_run_that_kept_nothing_has_a_page(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "none", sample=False)
    gone = Verdict(0, State.REJECTED, "length", "too short", 2, None, "Why so?")
    lost = Verdict(1, State.FAILED, "", "no reply")
    write_run(folder, "questions", [(Ask("a0", 0, 1), gone), (Ask("a1", 1, 1), lost)])
    text = parse(read(assessed(folder))).text
    assert "0 of the questions" in text
    assert "1 request place got no reply at all" in text


def test_no_assessment_is_refused_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        report(new_study(tmp_path / "new", sample=False), ReportSettings())
    assert "seedbed assess" in caught.value.hint


def test_a_run_that_is_not_there_is_refused(study: Folder) -> None:
    with pytest.raises(UsageError, match="'nowhere'") as caught:
        report(study, ReportSettings(run="nowhere"))
    assert "questions" in caught.value.hint


def test_two_processes_do_not_report_at_once(study: Folder) -> None:
    with hold(study.report / ".lock", what="it"), pytest.raises(Busy):
        report(study, ReportSettings())


def test_the_folders_name_is_the_title_where_none_is_given(tmp_path: Path) -> None:
    folder = assessed(new_study(tmp_path / "pilot", sample=False))
    assert next(parse(report(folder, ReportSettings()).read_text()).find("h1")).text == "pilot"
    assert next(parse(report(folder, ReportSettings(), title="Ours").read_text()).find("h1")).text == "Ours"
    assert next(parse(read(folder, title="Mine")).find("h1")).text == "Mine"


@pytest.mark.model
@pytest.mark.slow
def test_with_the_packaged_parser_figure_5_is_drawn(copied: Callable[[], Folder]) -> None:
    folder = copied()
    assess(folder, AssessSettings(draws=200, samples=2, grammar_sample=20), embedder=BagOfWords())
    page = read(folder)
    drawn = (folder.report / "figures" / "figure-5-verbs-and-nouns.svg").read_text()
    assert "Shown as examples" in drawn
    assert "Without seeds" in drawn
    assert ">tell<" in drawn
    # and says how far apart the sets are, at equal numbers of pairs, beside what one source would show
    article = parse(page).by_id("figure-5-verbs-and-nouns")
    assert "How far from the seeds" in article.text
    assert re.search(r"Figure 5 Of \d+ verbs each, \d+% in the kept questions are not the seeds’", article.text)
    with (folder.report / "figures" / "figure-5-verbs-and-nouns-distances.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert {row["feature"] for row in rows} == {"Other verbs", "Other pairs", "Repetition"}
    kept = next(row for row in rows if row["set"].startswith("Kept: ") and row["feature"] == "Other verbs")
    assert re.fullmatch(r"Kept: \d+ pairs, \d+% of rows", kept["set"])
    assert float(kept["low"]) <= float(kept["estimate"]) <= float(kept["high"])
    assert 0 < float(kept["chance alone, from"]) < float(kept["to"]) <= 1
