"""Arriving, and going along with the programme: what a participant meets, from the link to the break."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People, add_row, question, saved
from tests.browser.organising import go_to, move, plan
from tests.browser.served import RealServer
from tests.browser.test_axe import AXE, accessible
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_step(shared: RealServer) -> None:
    go_to(shared, None)


def person(page: Page) -> dict[str, object]:
    """What the server knows of who is at the page."""
    said: dict[str, object] = page.evaluate(
        "fetch('/api/studies/pilot/guide').then((it) => it.json()).then((it) => it.me)"
    )
    return said


def at_board(page: Page, group: str = "A", activity: str = "questions") -> None:
    expect(page).to_have_url(re.compile(f"/workshop/{group}/{activity}$"))
    saved(page)


def test_consent_is_asked_item_by_item_and_nothing_is_ticked_beforehand(
    people_of_shared: People, shared: RealServer
) -> None:
    page = people_of_shared.context().new_page()
    page.goto(shared.link("arrive"))
    agreed = page.get_by_role("group", name="What you agree to")
    boxes = agreed.get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    for box in boxes.all():
        expect(box).not_to_be_checked()
        expect(box).to_have_accessible_description(re.compile("If you do not agree"))
    boxes.nth(0).check()
    boxes.nth(2).check()
    page.get_by_role("button", name=re.compile("^Call me ")).click()
    page.get_by_text("A few words about you").click()
    page.get_by_label("What you do", exact=True).fill("Nurse")
    page.get_by_role("radio", name=re.compile("As “Someone”")).check()
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("^Hello, "), level=1)).to_be_visible()
    me = person(page)
    assert me["anonymous"] is True
    assert me["consent"] == {"training": True, "recording": False, "quoting": True, "demographics": False}
    assert me["profile"] == {"position": "Nurse", "background": "", "place": "", "positionality": ""}

    bo = people_of_shared.join("Bo", "arrive")
    expect(bo.get_by_text("1 other person is here:")).to_be_visible()
    expect(bo.get_by_role("listitem").get_by_text("Someone", exact=True)).to_be_visible()
    expect(bo.get_by_text(str(me["name"]))).to_have_count(0)


def test_the_lobby_says_who_is_here_what_comes_first_and_where_the_call_is(
    people_of_shared: People, shared: RealServer
) -> None:
    usual = {"value": "", "goal_questions": 10, "goal_triples": 10}
    plan(shared, "groups", {"lobby": {**usual, "call_url": "https://meet.example.org/lobby"}})
    ana = people_of_shared.join("Ana", "lobby")
    expect(ana.get_by_role("heading", name="Group lobby")).to_be_visible()
    expect(ana.get_by_text("Nobody else of your group is here yet.")).to_be_visible()
    expect(ana.get_by_role("region", name="Now").get_by_role("listitem").first).to_contain_text("Welcome")
    call = ana.get_by_role("link", name="Join your group’s video call")
    expect(call).to_have_attribute("href", "https://meet.example.org/lobby")
    people_of_shared.join("Bo", "lobby")
    expect(ana.get_by_role("listitem").get_by_text("Bo", exact=True)).to_be_visible()
    go_to(shared, "welcome-1")
    expect(ana.get_by_role("heading", name="Welcome", level=2)).to_be_visible()
    expect(ana.get_by_role("timer")).to_have_accessible_name("8 minutes left")
    expect(ana.get_by_text("Next: Write questions.")).to_be_visible()


def test_pages_follow_the_programme_and_tear_nobody_from_a_sentence(
    people_of_shared: People, shared: RealServer
) -> None:
    ana, bo = people_of_shared.join("Ana", "follow"), people_of_shared.join("Bo", "follow")
    go_to(shared, "questions")
    for page in (ana, bo):
        at_board(page, "follow")
        expect(page.get_by_role("heading", name="Write questions", level=1)).to_be_focused()
    at_board(people_of_shared.join("Late", "follow"), "follow")

    add_row(ana, 1)
    question(ana, 1).press_sequentially("What of a sentence that is")
    saved(ana)
    go_to(shared, "break-1")
    expect(bo.get_by_role("heading", name="Break", level=1)).to_be_focused()
    band = ana.get_by_text("Your group is at “Break” now.")
    expect(band).to_be_visible()
    expect(question(ana, 1)).to_be_focused()
    expect(ana).to_have_url(re.compile("/follow/questions$"))
    ana.get_by_role("button", name="Go there").click()
    expect(ana.get_by_role("heading", name="Break", level=1)).to_be_focused()

    # who looks back on purpose is told, and left there
    ana.goto(f"{shared.url}/studies/pilot/workshop/follow/questions")
    expect(band).to_be_visible()
    expect(question(ana, 1)).to_have_value("What of a sentence that is")


def test_whoever_stops_writing_is_taken_along(people_of_shared: People, shared: RealServer) -> None:
    go_to(shared, "questions")
    ana = people_of_shared.join("Ana", "idle")
    at_board(ana, "idle")
    add_row(ana, 1)
    question(ana, 1).press_sequentially("Why?")
    saved(ana)
    go_to(shared, "break-1")
    expect(ana.get_by_text("Your group is at “Break” now.")).to_be_visible()
    ana.evaluate("document.activeElement.blur()")
    expect(ana.get_by_role("heading", name="Break", level=1)).to_be_visible()


def test_who_is_moved_is_told_and_finds_the_new_group(people_of_shared: People, shared: RealServer) -> None:
    people_of_shared.arrived("Bo", "to")
    ana = people_of_shared.board("Ana", "from")
    move(shared, str(person(ana)["person"]), "to")
    expect(ana.get_by_text("You were moved from group from to group to.")).to_be_visible()
    ana.get_by_role("button", name="Go to group to").click()
    expect(ana.get_by_role("heading", name="Group to")).to_be_visible()
    expect(ana.get_by_text("You were moved")).to_have_count(0)
    ana.reload()
    expect(ana.get_by_role("heading", name="Group to")).to_be_visible()
    expect(ana.get_by_text("You were moved")).to_have_count(0)


def test_a_second_device_is_the_same_person_and_its_address_works_once(
    people_of_shared: People, shared: RealServer
) -> None:
    ana = people_of_shared.join("Dora", "devices")
    ana.get_by_role("banner").locator("summary").click()
    ana.get_by_role("button", name="Use another device").click()
    dialog = ana.get_by_role("dialog", name="Use another device")
    expect(dialog.get_by_role("img", name="QR code of")).to_be_visible()
    address = dialog.get_by_text("/device/").inner_text()
    phone = people_of_shared.context(viewport={"width": 390, "height": 844}).new_page()
    phone.goto(address)
    phone.get_by_role("button", name="Go on as Dora").click()
    expect(phone.get_by_role("heading", name="Hello, Dora")).to_be_visible()
    assert person(phone)["person"] == person(ana)["person"]
    again = people_of_shared.context().new_page()
    again.goto(address)
    expect(again.get_by_role("heading", name="This address does not open")).to_be_visible()


def test_all_of_it_by_the_keys_alone(people_of_shared: People, shared: RealServer) -> None:
    page = people_of_shared.context().new_page()
    page.goto(shared.link("keys"))
    expect(page.get_by_role("button", name="Join", exact=True)).to_be_visible()
    tab_to(page, "Your name or a pseudonym")
    page.keyboard.type("Ana")
    tab_to(page, "By this name")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("Someone"))).to_be_checked()
    tab_to(page, "What I write may become.*", 3)
    page.keyboard.press("Space")
    tab_to(page, "A few words about you.*", 6)
    page.keyboard.press("Enter")
    tab_to(page, "What you do", 2)
    page.keyboard.type("Teacher")
    tab_to(page, "Join", 6)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hello, Ana")).to_be_focused()
    assert person(page)["anonymous"] is True
    go_to(shared, "questions")
    expect(page.get_by_role("heading", name="Write questions", level=1)).to_be_focused()


def test_portuguese_throughout(people_of_shared: People, shared: RealServer) -> None:
    page = people_of_shared.context(locale="pt-BR").new_page()
    page.goto(shared.link("pt"))
    page.get_by_label("Seu nome ou um pseudônimo").fill("Rita")
    expect(page.get_by_role("group", name="Com o que você concorda")).to_be_visible()
    page.get_by_role("button", name="Entrar na oficina").click()
    expect(page.get_by_role("heading", name="Olá, Rita")).to_be_visible()
    expect(page.get_by_role("heading", name="Começamos em breve")).to_be_visible()
    go_to(shared, "break-1")
    expect(page.get_by_role("timer")).to_have_accessible_name("Faltam 5 minutos")


def test_axe_finds_nothing(people_of_shared: People, shared: RealServer) -> None:
    axe = AXE.read_text(encoding="utf-8")
    page = people_of_shared.context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(shared.link("axes"))
    page.get_by_text("A few words about you").click()
    accessible(page, axe)
    page.get_by_label("Your name or a pseudonym").fill("Ana")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", name="Hello, Ana")).to_be_visible()
    people_of_shared.join("Bo", "axes")
    expect(page.get_by_text("1 other person is here:")).to_be_visible()
    accessible(page, axe)
    page.set_viewport_size({"width": 1280, "height": 800})
    accessible(page, axe)
    for step, name in (("break-1", "Break"), ("questions", "Write questions")):
        go_to(shared, step)
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        accessible(page, axe)
