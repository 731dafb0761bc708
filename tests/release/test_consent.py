"""Consent that was taken back holds for the next release, whoever had no time to let it hold before."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed import Study
from tests.seeds.boards import ANA, BO, Workshop, study, tell

pytest.importorskip("polars")
HERS, HIS = "May I call my landlord a thief?", "Should a nurse earn what a surgeon earns?"


def test_a_release_holds_nothing_of_who_took_consent_back_since_the_seeds_were_settled(tmp_path: Path) -> None:
    async def write(shop: Workshop) -> None:
        await shop.join(ANA, BO)
        for who, words in ((ANA, HERS), (BO, HIS)):
            page = await shop.page(who)
            row = await shop.write(page, question=words)
            await page.command("row.set", row=row, field="topic", value="Travel")
            await page.command("row.set", row=row, field="question_type", value="giving advice")

    async def refuse(shop: Workshop) -> None:
        await shop.consent(BO, training=False)

    folder, _ = study(tmp_path / "pilot", write)
    made = Study.open(folder.root)
    made.curate()
    with folder.settings.open("a") as lines:  # nothing here is to be compared by its meaning
        lines.write('\n[release.leaks]\nrules = ["exact"]\n')
    before = _words(Study.open(folder.root).release("v1").path)
    assert HERS in before
    assert HIS in before
    tell(folder, refuse)  # on record, and nothing else: whoever took it down died then
    after = _words(Study.open(folder.root).release("v2").path)
    assert HERS in after
    assert HIS not in after


def _words(released: Path) -> str:
    return "\n".join(path.read_text() for path in sorted(released.rglob("*.jsonl")))
