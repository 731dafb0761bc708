"""seedbed offers: what there is, decided by hand, and taken back."""

from __future__ import annotations

from pathlib import Path

from seedbed import seeds
from seedbed.study import Folder
from seedbed.workshop.afterwards import Offered, record
from seedbed.workshop.afterwards.deciding import offer
from tests.cli.command import call, refused


def test_offers_are_listed_decided_and_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "study"
    assert call("new", path).code == 0
    assert "Nobody has offered anything" in call("offers", path).err
    folder = Folder(path)
    record(folder, "p_ana", offer("p_ana", "key-one-1", "aaaa", Offered("question", "May I?", topic="health")))
    record(folder, "p_bo", offer("p_bo", "key-one-1", "bbbb", Offered("triple", "Must I?", "No.", "", "It depends.")))
    listed = call("offers", path, "--json").json["offers"]
    assert [(one["id"], one["state"], one["by"], one["form"]) for one in listed] == [
        ("aaaa", "open", "p_ana", "question"), ("bbbb", "open", "p_bo", "triple"),
    ]  # fmt: skip
    refused(call("offers", path, "accept", "aaaa"), 2, "somebody who makes it", hint="--by")
    refused(call("offers", path, "decline", "aaaa", "--by", "Cui"), 3, "needs a reason", hint="--reason")
    refused(call("offers", path, "accept", "zzzz", "--by", "Cui"), 3, "no offer 'zzzz'", hint="listed")
    refused(call("offers", path, "burn", "aaaa"), 2, "no act 'burn'", hint="decline")
    done = call("offers", path, "accept", "aaaa", "bbbb", "--by", "Cui", "--json").json["offers"]
    assert [one["seed"] for one in done] == ["offer-aaaa", "offer-bbbb"]
    have = seeds.load(folder)
    assert ([one.id for one in have.questions], [one.id for one in have.triples]) == (["offer-aaaa"], ["offer-bbbb"])
    assert call("offers", path, "undo", "bbbb", "--by", "Cui").code == 0
    assert call("offers", path, "decline", "aaaa", "--by", "Cui", "--reason", "Asked before.").code == 0
    have = seeds.load(folder)
    assert (have.questions, have.triples) == ((), ())
    assert [one["reason"] for one in call("offers", path, "--state", "declined", "--json").json["offers"]] == [
        "Asked before."
    ]
