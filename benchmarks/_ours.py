"""Seedbed as the benchmarks run it: the sample study with every gate off and one question a request."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from _bench import ROOT, configure

sys.path.insert(0, str(ROOT / "src"))

__all__ = ["generate", "make_study", "sample_body"]


QUICK = {"curate.parser": "false", "generate.questions.gates.order": "[]", "generate.questions.per_ask": "1"}


def make_study(path: Path) -> None:
    """The sample study at `path`, curated without the parser."""
    from seedbed.acts import Study

    Study.new(path)
    configure(path, QUICK)
    study = Study.open(path)
    assert study.settings.generate.questions.gates.order == ()
    assert study.settings.generate.questions.per_ask == 1
    study.import_sample()
    study.curate()


def generate(study: Path | str, endpoint: Any, number: int, **more: Any) -> Any:
    """A run of exactly `number` questions, whatever becomes of them; its summary."""
    from seedbed.acts import Study

    return Study.open(study).generate(endpoint=endpoint, candidates=number, **more)


def sample_body(study: Path, folder: Path) -> dict[str, Any]:
    """One request as a run of this study sends it."""
    from seedbed.testing import MockEndpoint

    copy = folder / "one"
    shutil.copytree(study, copy)
    with MockEndpoint(keep=True) as mock:
        generate(copy, mock.settings(), 1)
        return mock.received[0][0]
