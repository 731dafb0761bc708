"""The bridge over HTTP: every group gets its prompts once, whatever comes between."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from seedbed import Study
from seedbed.bridge import read_plan, write_plan
from seedbed.seeds import load
from seedbed.seeds.erasing import erase
from seedbed.server.road import bridging
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.testing import Latency, MockEndpoint
from tests.seeds.boards import ANA, BO, CLO, Workshop, tell
from tests.server.road import API, has_made, job, make_study, over, until
from tests.server.served import Browser, Served, serving
from tests.studies import configure


@pytest.fixture
def served(curated: Path, tmp_path: Path) -> Iterator[Served]:
    with MockEndpoint() as mock:
        make_study(curated, tmp_path, mock)
        with serving(tmp_path, "pilot") as served:
            yield served


def build(browser: Browser, **asked: Any) -> dict[str, Any]:
    """A bridge that was asked for, once it stands."""
    answer = browser.post(f"{API}/bridge", asked)
    assert answer.status_code == 201, answer.text
    done = over(browser, answer.json()["id"], within=90)
    assert done["state"] == "done", done
    return done


def bridge(browser: Browser) -> dict[str, Any]:
    answer = browser.get(f"{API}/bridge")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def given(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [prompt for prompts in shown["groups"].values() for prompt in prompts]


def once(shown: Mapping[str, Any], per_group: int) -> None:
    """Every group has its number, and no two prompts are one."""
    assert {len(prompts) for prompts in shown["groups"].values()} == {per_group}
    everything = [*given(shown), *shown["spare"]]
    assert len({prompt["from"] for prompt in everything}) == len(everything)
    assert len({prompt["text"].casefold() for prompt in everything}) == len(everything)


def test_prompts_grow_from_seeds_and_reach_the_boards(served: Served, tmp_path: Path) -> None:
    olga = served.organiser()
    assert bridge(olga)["groups"] == {"A": [], "B": []}
    ana = served.joined("pilot", "Ana", group="A", by=olga)
    served.joined("pilot", "Bo", group="B", by=olga)
    done = build(olga, per_group=4)
    shown = bridge(olga)
    once(shown, 4)
    assert (shown["run"], shown["source"], shown["job"]["id"]) == ("bridge-1", "grown", done["id"])
    assert {prompt["source"] for prompt in given(shown)} == {"grown"}
    seeds = load(Folder(tmp_path / "pilot"))
    for prompt in given(shown):
        assert prompt["parents"]
        for parent in prompt["parents"]:
            assert parent == {k: getattr(seeds.question(parent["id"]), k) for k in ("id", "text", "group")}
    parents = ana.get(f"{API}/boards/A/triples/parents").json()
    assert parents == {prompt["row"]: prompt["parents"] for prompt in shown["groups"]["A"]}
    # the act is of the study, as on the command line
    run = Study.open(tmp_path / "pilot").runs()[0]
    assert (run.name, run.state, run.target) == ("bridge-1", "complete", 16)


def test_asked_again_it_gives_what_is_lacking_and_nothing_twice(served: Served) -> None:
    olga = served.organiser()
    build(olga, source="seeds", per_group=3)
    before = bridge(olga)
    once(before, 3)
    assert build(olga, source="seeds", per_group=3)["result"]["groups"] == {}
    assert given(bridge(olga)) == given(before)
    build(olga, source="seeds", per_group=5)
    after = bridge(olga)
    once(after, 5)
    assert {prompt["row"] for prompt in given(before)} < {prompt["row"] for prompt in given(after)}


def test_a_group_in_which_nobody_takes_part_gets_no_prompts(served: Served) -> None:
    olga = served.organiser()
    served.joined("pilot", "Ana", group="A", by=olga)
    served.joined("pilot", "Obe", group="B", role="observer", by=olga)
    done = build(olga, source="seeds", per_group=3)
    assert done["result"]["groups"] == {"A": 3}
    before = bridge(olga)
    assert {group: len(prompts) for group, prompts in before["groups"].items()} == {"A": 3}
    # who comes late gets theirs, and nothing that another group has
    served.joined("pilot", "Bo", group="B", by=olga)
    assert bridge(olga)["groups"] == {**before["groups"], "B": []}
    build(olga, source="seeds", per_group=3)
    after = bridge(olga)
    once(after, 3)
    assert after["groups"]["A"] == before["groups"]["A"]


def test_a_seed_goes_first_to_those_who_did_not_write_it(curated: Path, tmp_path: Path) -> None:
    path = make_study(curated, tmp_path)
    known = sorted({item.group for item in Study.open(path).curation().questions})
    with serving(tmp_path, "pilot") as served:
        olga = served.organiser()
        for group in known:
            served.link("pilot", group=group, by=olga)
        build(olga, source="seeds", per_group=4)
        shown = bridge(olga)
    assert len(known) > 1
    for group in known:
        written_by = {parent["group"] for prompt in shown["groups"][group] for parent in prompt["parents"]}
        assert written_by
        assert group not in written_by


def test_a_server_that_ended_in_the_middle_gives_the_rest(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = served.organiser()
    whole = bridging._command
    calls = 0

    def breaks(*arguments: Any) -> dict[str, Any]:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise OSError("the power goes")
        return whole(*arguments)

    monkeypatch.setattr(bridging, "_command", breaks)
    id = olga.post(f"{API}/bridge", {"per_group": 4}).json()["id"]
    assert over(olga, id)["state"] == "failed"
    monkeypatch.undo()
    half = given(bridge(olga))
    assert len(half) == 3
    plan = read_plan(Folder(tmp_path / "pilot"))
    assert plan is not None
    assert not plan.given
    olga.post(f"{API}/jobs/{id}/resume")
    assert over(olga, id)["state"] == "done"
    shown = bridge(olga)
    once(shown, 4)
    assert {prompt["from"] for prompt in given(shown)} == {ref.id for refs in plan.groups.values() for ref in refs}
    assert {prompt["row"] for prompt in half} < {prompt["row"] for prompt in given(shown)}
    # and once more, for which there is nothing to do; the agenda has it once
    build(olga, per_group=4)
    assert len(given(bridge(olga))) == 8
    with EventStore.of(Folder(tmp_path / "pilot")) as store:
        told = [event.data for event in store.read("agenda") if event.kind == "bridge.give"]
    assert [(data["run"], data["source"]) for data in told] == [("bridge-1", "grown")]


def test_given_but_not_noted_is_given_once(served: Served, tmp_path: Path) -> None:
    olga = served.organiser()
    build(olga, source="seeds", per_group=3)
    folder = Folder(tmp_path / "pilot")
    plan = read_plan(folder)
    assert plan is not None
    before = given(bridge(olga))
    write_plan(folder, type(plan)(**{**_fields(plan), "given": False}))  # as a kill before the last write leaves it
    build(olga, source="seeds", per_group=3)
    assert given(bridge(olga)) == before


def _fields(plan: Any) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in plan.__dataclass_fields__}


def test_too_few_grown_are_made_up_with_seeds_and_it_says_so(curated: Path, tmp_path: Path) -> None:
    # a cap ends the run long before it has what is wanted
    with MockEndpoint() as mock:
        path = make_study(curated, tmp_path, mock)
        text = (path / "study.toml").read_text()
        (path / "study.toml").write_text(text.replace("[generate]\n", "[generate]\nmax_tokens = 3000\n", 1))
        with serving(tmp_path, "pilot") as served:
            olga = served.organiser()
            done = build(olga, per_group=15)
            shown = bridge(olga)
    once(shown, 15)
    assert {"stopped_by", "seeds_instead"} <= {note["code"] for note in shown["notes"]}
    instead = sum(note["count"] for note in shown["notes"] if note["code"] == "seeds_instead")
    assert instead == sum(prompt["source"] == "seed" for prompt in given(shown)) > 0
    assert done["result"]["notes"] == shown["notes"]


def test_what_is_interrupted_goes_on_in_the_same_run(curated: Path, tmp_path: Path) -> None:
    with MockEndpoint(latency=Latency(median_s=1.0)) as mock:
        path = make_study(curated, tmp_path, mock)
        with serving(tmp_path, "pilot") as served:
            olga = served.organiser()
            id = olga.post(f"{API}/bridge", {"per_group": 15}).json()["id"]
            until(olga, id, lambda found: has_made(3)(found) and found["progress"]["what"] == "generating")
            olga.post(f"{API}/jobs/{id}/pause")
            assert over(olga, id)["state"] == "paused"
            assert given(bridge(olga)) == []
        mock.latency = Latency()
        with serving(tmp_path, "pilot") as served:
            olga = served.organiser()
            olga.post(f"{API}/jobs/{id}/resume")
            assert over(olga, id, within=90)["state"] == "done"
            once(bridge(olga), 15)
    assert [run.name for run in Study.open(path).runs()] == ["bridge-1"]


def test_the_plan_on_disk_holds_no_words(served: Served, tmp_path: Path) -> None:
    olga = served.organiser()
    build(olga, source="seeds", per_group=3)
    shown = bridge(olga)
    written = "".join((tmp_path / "pilot" / name).read_text() for name in ("bridge.json", "jobs.json"))
    for prompt in [*given(shown), *shown["spare"]]:
        assert json.dumps(prompt["text"])[1:-1] not in written


def test_who_may_bridge_and_who_sees_parents(served: Served) -> None:
    olga = served.organiser()
    mona = served.joined("pilot", "Mona", role="moderator", by=olga)
    ana = served.joined("pilot", "Ana", group="A", by=olga)
    served.joined("pilot", "Bo", group="B", by=olga)
    done = build(mona, source="seeds", per_group=2)
    assert done["act"] == "bridge"
    assert len(given(bridge(mona))) == 4
    # a moderator steers the bridge and no other job
    assert mona.get(f"{API}/jobs").json()["code"] == "not_yours"
    assert job(mona, done["id"])["state"] == "done"
    assert ana.get(f"{API}/bridge").json()["code"] == "not_yours"
    assert ana.post(f"{API}/bridge", {}).json()["code"] == "not_yours"
    assert ana.get(f"{API}/jobs/{done['id']}").json()["code"] == "not_yours"
    assert len(ana.get(f"{API}/boards/A/triples/parents").json()) == 2
    assert ana.get(f"{API}/boards/B/triples/parents").json()["code"] == "not_yours"
    assert olga.get(f"{API}/boards/Z/triples/parents").json()["code"] == "unknown_document"


def test_without_seeds_it_says_what_is_missing(tmp_path: Path) -> None:
    with serving(tmp_path, "pilot") as served:
        olga = served.organiser()
        id = olga.post(f"{API}/bridge", {}).json()["id"]
        failed = over(olga, id)
    assert failed["state"] == "failed"
    assert "no seeds" in failed["error"]["message"]


def test_a_damaged_plan_is_named(served: Served, tmp_path: Path) -> None:
    olga = served.organiser()
    (tmp_path / "pilot" / "bridge.json").write_text('{"schema": 1, "groups": 3}')
    answer = olga.get(f"{API}/bridge")
    assert (answer.status_code, answer.json()["code"]) == (409, "unreadable")
    assert "Move it away" in answer.json()["detail"]


def test_what_people_wrote_on_the_boards_becomes_prompts_with_no_step_between(tmp_path: Path) -> None:
    path = tmp_path / "pilot"
    Study.new(path)
    configure(path, "parser", "false")
    asked = {
        ANA: ("Who pays when a guide falls ill abroad?", "What may a landlord ask me about my children?",
              "When should a clinic call a patient back?", "How do I say no to a gift from a client?"),
        CLO: ("Why do some markets close at noon in summer?", "Which papers does my aunt need for a visa?",
              "May a school film the lessons of my son?", "Where can farmers learn about cheap credit?"),
        BO: ("What does nobody know about the silver key?",),
    }  # fmt: skip

    async def story(shop: Workshop) -> None:
        await shop.join(ANA, CLO)
        await shop.join(BO, training=False)
        for who, questions in asked.items():
            page = await shop.page(who, f"board/{who.group}/questions")
            for words in questions:
                await shop.write(page, question=words, topic="Travels", question_type="giving advice")

    tell(Folder(path), story)
    with serving(tmp_path, "pilot") as served:
        olga = served.organiser()
        build(olga, source="seeds", per_group=2)
        shown = bridge(olga)
    once(shown, 2)
    for group, others in (("A", asked[CLO]), ("B", asked[ANA])):
        for prompt in shown["groups"][group]:
            assert prompt["text"] in others
            assert [(one["text"], one["group"] != group) for one in prompt["parents"]] == [(prompt["text"], True)]
    assert "silver key" not in json.dumps(shown)  # who did not agree to it gave no seed

    with EventStore.of(Folder(path)) as store:
        erase(store, CLO.id, Folder(path))
    with serving(tmp_path, "pilot") as served:
        olga = served.organiser()
        after = bridge(olga)
        ana = served.joined("pilot", "Ana", group="A", by=olga)
        parents = ana.get(f"{API}/boards/A/triples/parents").json()
    assert not [words for words in asked[CLO] if words in json.dumps([after, parents])]
    assert [prompt["text"] for prompt in after["groups"]["B"]] == [prompt["text"] for prompt in shown["groups"]["B"]]
