from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seedbed.assess import AssessSettings, assess
from seedbed.report import ReportSettings, render, report
from seedbed.study import Folder
from tests.assess.demo import demo
from tests.assess.parts import BagOfWords, NoParser

SETTINGS = ReportSettings(title="Pilot")


def assessed(folder: Folder) -> Folder:
    assess(folder, AssessSettings(draws=200, samples=2, grammar_sample=20), embedder=BagOfWords(), parser=NoParser())
    return folder


def read(folder: Folder, **settings: object) -> str:
    return report(folder, SETTINGS.model_copy(update=settings)).read_text(encoding="utf-8")


class DrawnOnce:
    """The real converter, which draws each picture once: a drawing depends on its specification alone, and a report
    of nearly the same study has nearly the same figures (2 s of CPU each). Pixels are as fine as on a page only while
    `fine`: an eighth of them costs a third, and is as good where nobody looks at them."""

    def __init__(self, converter: Any) -> None:
        self.fine = False
        self._drawn_fine: set[str] = set()
        self._svg = functools.cache(lambda kind, text: getattr(converter, kind)(json.loads(text)))
        self._other = functools.cache(lambda kind, svg, options: getattr(converter, kind)(svg, **dict(options)))

    def __getattr__(self, kind: str) -> Any:
        if kind.startswith("vega"):
            return lambda spec: self._svg(kind, json.dumps(spec))
        return lambda svg, **options: self._drawn(kind, svg, options)

    def _drawn(self, kind: str, svg: str, options: dict[str, Any]) -> Any:
        if kind == "svg_to_png":
            # what was drawn fine for the page need not be drawn again
            options["scale"] = options["scale"] if self.fine or svg in self._drawn_fine else 0.25
            if self.fine:
                self._drawn_fine.add(svg)
        return self._other(kind, svg, tuple(options.items()))


@pytest.fixture(scope="session", autouse=True)
def drawn_once() -> Iterator[DrawnOnce]:
    with pytest.MonkeyPatch.context() as patch:
        once = DrawnOnce(render._converter())
        patch.setattr(render, "_converter", lambda: once)
        yield once


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The demo study with its assessment. Shared: those that change something copy it first."""
    root: Path = tmp_path_factory.mktemp("study") / "pilot"
    return assessed(demo(root))


@pytest.fixture(scope="session")
def page(study: Folder, drawn_once: DrawnOnce) -> str:
    drawn_once.fine = True
    made = read(study)
    drawn_once.fine = False
    return made


@pytest.fixture
def copied(study: Folder, tmp_path: Path) -> Callable[[], Folder]:
    def copy() -> Folder:
        shutil.copytree(study.root, tmp_path / "pilot")
        return Folder(tmp_path / "pilot")

    return copy
