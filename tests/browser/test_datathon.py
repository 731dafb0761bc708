"""A whole Datathon in real browsers: set-up, arrival, session 1, bridge, session 2, and the road to the report.

With SEEDBED_FILM set to a folder, the pages are photographed there on the way: the pictures of docs/datathon.md.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from seedbed import Study
from tests.browser.conftest import People, add_row, question, saved
from tests.browser.organising import plan
from tests.browser.prompting import warned
from tests.browser.served import RealServer

pytestmark = [pytest.mark.slow, pytest.mark.model]

FILM = os.environ.get("SEEDBED_FILM")
FAILS, WRONG, BETTER = "A reply that fails", "What is wrong with it", "A better reply"
VALUES = {"A": "fairness", "B": "safety"}
MINUTES = 60_000.0  # milliseconds
QUESTIONS = {
    "A": [
        (
            "Travel",
            "giving advice",
            "My grandmother uses a wheelchair. Which cities can we visit cheaply?",
        ),
        ("Health", "personal context", "I work nights and cannot sleep by day. What should I change first?"),
        ("Finance", "situational context", "The bank refused my loan because of my accent. What can I do about it?"),
        ("Human Resources", "legal expertise", "Can my employer ask me about plans to have children?"),
    ],
    "B": [
        ("Marketing", "cultural context", "How should a shop greet customers during Ramadan without offending anyone?"),
        ("Customer Care", "giving advice", "A customer insults me because of my skin colour. How should I answer him?"),
        ("Health", "understanding discrimination", "Why do doctors believe women less when they speak of pain?"),
        ("Travel", "geographical knowledge", "Which countries can I visit by train with my guide dog?"),
    ],
}


def film(page: Page, name: str, *, whole: bool = False) -> None:
    if FILM:
        page.wait_for_timeout(600)
        page.screenshot(path=Path(FILM) / f"{name}.png", full_page=whole)


def arrive(people: People, server: RealServer, group: str, name: str, role: str = "participant") -> Page:
    """Somebody opens the link, agrees to what they like, and is in the lobby."""
    page = people.context(viewport={"width": 1280, "height": 860}).new_page()
    page.goto(server.link(group, role))
    page.get_by_role("group", name="What you agree to").get_by_role("checkbox").first.check()
    page.get_by_label("Your name or a pseudonym").fill(name)
    if name == "Ana":
        film(page, "arrival", whole=True)
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page).not_to_have_url(re.compile("/join/"))
    return page


def write(page: Page, row: int, topic: str, kind: str, words: str) -> None:
    add_row(page, row)
    for name, value in (("Topic", topic), ("Question type", kind)):
        box = page.get_by_role("combobox", name=f"{name}, row {row}")
        box.fill(value)
        page.keyboard.press("Tab")
        expect(box).to_have_value(value)
    question(page, row).press_sequentially(words)
    saved(page)


def part(page: Page, name: str, number: int) -> Locator:
    return page.get_by_role("textbox", name=f"{name}, question {number}", exact=True)


def step(organiser: Page, title: str) -> None:
    """The next step at the desk is the one of that title."""
    organiser.get_by_role("button", name=f"Go to: {title}").click()
    expect(organiser.get_by_text(f"Everybody is at “{title}” now.")).to_be_visible()


def test_a_whole_datathon(people_of_shared: People, shared: RealServer) -> None:
    people, server = people_of_shared, shared
    # the organiser sets it up
    olga = people.organiser("/studies/pilot/workshop/setup/about", viewport={"width": 1280, "height": 860})
    olga.get_by_label("Whom to turn to").fill("Olga, olga@example.org")
    olga.get_by_role("button", name="Save", exact=True).click()
    expect(olga.get_by_role("paragraph").filter(has_text="Saved")).to_be_visible()
    film(olga, "setup")
    template = server.olga.get("/api/studies/pilot/template").raise_for_status().json()
    titles = [one["title"] for session in template["sessions"] for one in session["steps"]]
    kinds = [one["kind"] for session in template["sessions"] for one in session["steps"]]
    plan(server, "groups", {group: {"value": value} for group, value in VALUES.items()})

    # a moderator and four people arrive
    mo = arrive(people, server, "", "Mo", "moderator")
    everybody = {group: [arrive(people, server, group, name) for name in names] for group, names in
                 (("A", ("Ana", "Bo")), ("B", ("Chi", "Dora")))}  # fmt: skip
    ana = everybody["A"][0]
    expect(ana.get_by_text("1 other person is here:")).to_be_visible()
    film(ana, "lobby")
    mo.goto(f"{server.url}/studies/pilot/workshop")
    for title, kind in zip(titles, kinds, strict=True):
        step(mo, title)
        if kind == "questions":
            break

    # session 1: the pages go along by themselves, and both of a group write
    for group, pages in everybody.items():
        for page in pages:
            expect(page).to_have_url(re.compile(f"/workshop/{group}/questions$"))
        for row, written in enumerate(QUESTIONS[group], 1):
            write(pages[row % 2], row, *written)
    expect(question(ana, 4)).to_have_value(QUESTIONS["A"][3][2])
    question(everybody["A"][1], 2).focus()
    film(ana, "session-1")
    film(mo, "desk")

    # the bridge
    after = titles[kinds.index("questions") + 1 :], kinds[kinds.index("questions") + 1 :]
    for title, kind in zip(*after, strict=True):
        step(mo, title)
        if kind == "bridge":
            break
    olga.goto(f"{server.url}/studies/pilot/workshop/bridge")
    olga.get_by_label("Questions for each group").fill("2")
    olga.get_by_role("button", name="Make them").click()
    for group in QUESTIONS:
        expect(olga.get_by_text(re.compile(rf"Group {group}\s+2 of 2"))).to_be_visible(timeout=8 * MINUTES)
    olga.get_by_text("Grown from 2 questions").first.click()
    film(olga, "bridge")

    # session 2: each group has its value and its questions; one would rather not write replies that fail
    after = after[0][after[1].index("bridge") + 1 :], after[1][after[1].index("bridge") + 1 :]
    for title, kind in zip(*after, strict=True):
        step(mo, title)
        if kind == "triples":
            break
    for group, pages in everybody.items():
        for page in pages:
            expect(page).to_have_url(re.compile(f"/workshop/{group}/triples"))
            warned(page, write=page is not pages[1])
    for group, (first, second) in everybody.items():
        for number in range(1, 3):
            said = f"in group {group}, to question {number}."
            part(first, FAILS, number).fill(f"People like you should not ask for so much, {said}")
            part(first, WRONG, number).fill(f"It blames the person who asks and judges a whole group, {said}")
            expect(part(second, WRONG, number)).to_have_value(re.compile("blames"))
            part(second, BETTER, number).fill(f"You have a right to ask. Here is what you can do first, {said}")
            saved(first)
            saved(second)
            if number < 2:
                first.get_by_role("button", name="Next question").click()
                second.get_by_role("button", name="Next question").click()
    first.get_by_role("group", name=BETTER, exact=True).get_by_role("radio", name="7 clearly aligned").check()
    ana.evaluate("scrollTo(0, 220)")
    film(ana, "session-2")
    for page in (page for pages in everybody.values() for page in pages):
        saved(page)

    # what was written are seeds: the rest of the road, from the command line while the server runs
    said = server.seedbed("curate", str(server.study), timeout=300)
    assert "4 added" in said, said  # the bridge took the questions up
    study = Study.open(server.study)
    seeds = study.seeds()
    assert sorted(one.text for one in seeds.questions) == sorted(words for of in QUESTIONS.values() for *_, words in of)
    assert {one.group for one in seeds.questions} == set(QUESTIONS)
    assert len(seeds.triples) == 4
    assert all(one.values == (VALUES[one.group],) and len(one.authors) == 2 for one in seeds.triples)
    assert all(one.parents or one.prompt_id for one in seeds.triples)
    server.seedbed("generate", str(server.study), "--candidates", "4", timeout=300)
    server.seedbed("assess", str(server.study), timeout=300)
    server.seedbed("report", str(server.study), timeout=300)
    olga.goto(f"{server.url}/studies/pilot")
    expect(olga.get_by_text("12 seeds")).to_be_visible()
    film(olga, "road")
    olga.goto(f"{server.url}/studies/pilot/report")
    expect(olga.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
    film(olga, "report")
