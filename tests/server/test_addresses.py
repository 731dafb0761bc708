"""Every address that the pages can make is answered with the page when it is opened directly."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.frontend.pages import FRONTEND, node
from tests.server.served import serving

_MADE = """
import { address, route, STOPS, CURATE_TABS } from "./src/addresses.ts";
const doors = ["/", "/setup", "/login", "/account", "/mine", "/join/c1", "/device/c1"];
const words = { stop: STOPS, curate: CURATE_TABS };
const made = Object.entries(address).filter(([name]) => name !== "login").flatMap(([name, make]) =>
  (words[name] ?? ["w1"]).map((word) => make("one", word, "questions")));
console.log(JSON.stringify([...doors, ...made].map((each) => [each, route(each.split("?")[0]).page])));
"""


def test_every_address_of_a_page_can_be_opened_directly(tmp_path: Path) -> None:
    done = node("--no-warnings", "--input-type=module", "--experimental-strip-types", "--eval", _MADE)
    assert done.returncode == 0, done.stdout
    made: dict[str, str] = dict(json.loads(done.stdout))
    known = re.findall(r"^    (\w+): \(\) => import", (FRONTEND / "src/App.svelte").read_text(encoding="utf-8"), re.M)
    assert set(made.values()) == {"home", *known}
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<!doctype html>")
    wide = {"session_rate": (1000, 10_000), "address_rate": (1000, 10_000), "past_rate": (1000, 10_000)}
    with serving(tmp_path, "one", pages=pages, **wide) as served:
        guest = served.browser()
        assert {path: guest.get(path).status_code for path in made} == dict.fromkeys(made, 200)
