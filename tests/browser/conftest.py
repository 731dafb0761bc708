"""Real Chromium against the real server."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from seedbed.server.door.pages import BUILT
from tests.browser.served import PASSWORD, RealServer

expect.set_options(timeout=30_000)  # as long as an act may take: both are for busy machines
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Chromium draws its address bar's menu with pages of its own, two processes for every window: 0.6 s of CPU each time,
# and nobody sees them. The last switch of a name counts, so what Playwright turns off by it is repeated.
FEATURES_OFF = [
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]  # fmt: skip
FLAGS.append(f"--disable-features={','.join(FEATURES_OFF)}")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # the same engine without the windows around the pages, which take a third of all the CPU
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "These tests need a browser: apt-get install chromium-headless-shell (or chromium)"
    assert (BUILT / "index.html").is_file(), "The pages are not built: make pages"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    made = RealServer(tmp_path)
    made.account()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """One server for the stories of a module, each with a group of its own."""
    made = RealServer(tmp_path_factory.mktemp("served"))
    made.account()
    made.start()
    yield made
    made.stop()


class People:
    """Browsers of people, each with cookies and storage of their own; what their pages threw fails the test."""

    def __init__(self, browser: Browser, server: RealServer) -> None:
        self._browser = browser
        self._server = server
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def context(self, **more: Any) -> BrowserContext:
        made = self._browser.new_context(**{"locale": "en-GB", **more})
        made.on("weberror", lambda error: self.faults.append(str(error.error)))
        self._contexts.append(made)
        return made

    def join(self, name: str, group: str = "A", role: str = "participant", **more: Any) -> Page:
        """A person who opened a fresh link and gave a name."""
        page = self.context(**more).new_page()
        page.goto(self._server.link("" if role == "moderator" else group, role))
        page.get_by_label("Your name or a pseudonym").fill(name)
        page.get_by_role("button", name="Join", exact=True).click()
        expect(page).not_to_have_url(re.compile("/join/"))
        return page

    def arrived(self, name: str, group: str = "A", role: str = "participant", **more: Any) -> Page:
        """A person as `join` leaves them, on no page yet.

        What the page of the link would send is sent without it: it and the one that follows cost 1 s of CPU.
        """
        page = self.context(**more).new_page()
        way = f"/api/join/{self._server.link('' if role == 'moderator' else group, role).rpartition('/')[2]}"
        asked = page.request.get(self._server.url + way).json()["consent"]
        self._send(page, way, {"name": name, "anonymous": False, "consent": {item["id"]: False for item in asked}})
        return page

    def board(self, name: str, group: str = "A", activity: str = "questions", **more: Any) -> Page:
        """A person at a board, saved and ready."""
        page = self.arrived(name, group, **more)
        self.to_board(page, group, activity)
        return page

    def organiser(self, where: str = "/studies/pilot/workshop", **more: Any) -> Page:
        """The organiser in a browser of her own, signed in as the page would."""
        page = self.context(**more).new_page()
        self._send(page, "/api/login", {"name": "Olga", "password": PASSWORD})
        page.goto(self._server.url + where)
        return page

    def _send(self, page: Page, way: str, body: object) -> None:
        """As the browser of `page` would, whose cookies it gets."""
        answer = page.request.post(self._server.url + way, data=body, headers={"Origin": self._server.url})
        assert answer.ok, answer.text()

    def to_board(self, page: Page, group: str = "A", activity: str = "questions") -> None:
        page.goto(f"{self._server.url}/studies/pilot/workshop/{group}/{activity}")
        saved(page)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def people_of_shared(chromium: Browser, shared: RealServer) -> Iterator[People]:
    made = People(chromium, shared)
    yield made
    made.close()
    assert made.faults == []


@pytest.fixture
def people(chromium: Browser, server: RealServer) -> Iterator[People]:
    made = People(chromium, server)
    yield made
    made.close()
    assert made.faults == []


def question(page: Page, row: int) -> Locator:
    return page.get_by_role("textbox", name=f"Question, row {row}", exact=True)


def add_row(page: Page, number: int) -> None:
    page.get_by_role("button", name="Add a question").click()
    expect(question(page, number)).to_be_visible()


def sign_in(page: Page) -> None:
    page.get_by_label("Name").fill("Olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/login"))


def saved(page: Page) -> None:
    """The word that is seen; what is read out follows it by a second."""
    expect(page.locator(".saved > [aria-hidden]").last).to_have_text("Saved")
