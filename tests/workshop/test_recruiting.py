"""Who was wanted and who came, and who leads others."""

from __future__ import annotations

from seedbed.workshop import Template
from seedbed.workshop.recruiting import Attendee, recruited
from seedbed.workshop.sections import Planned


def person(id: str, role: str = "participant", group: str = "A", **told: str) -> Attendee:
    return Attendee(id, role, group, told)


def planned(field: str, value: str, number: int, share: float | None = None) -> Planned:
    return Planned.model_validate({"field": field, "value": value, "planned": number, "deployment_share": share})


def test_people_are_counted_against_the_plan() -> None:
    people = [
        person("a", place="Recife, Brazil", position="Nurse"), person("b", place="BRAZIL"), person("c", place="Zürich"),
        person("d", role="moderator"), Attendee("e", "participant", "B", None),
    ]  # fmt: skip
    plan = [
        planned("place", "Brazil", 3, 0.5), planned("place", "Zurich", 1), planned("place", "Peru", 2, 0.25),
        planned("role", "moderator", 2),
    ]  # fmt: skip
    found = recruited(plan, people, ())
    assert [(one.value, one.planned, one.actual, one.gap, one.share, one.share_gap) for one in found.values] == [
        ("Brazil", 3, 2, 1, 0.6667, 0.1667), ("Zurich", 1, 1, 0, 0.3333, None), ("Peru", 2, 0, 2, 0.0, -0.25),
        ("moderator", 2, 1, 1, 0.2, None),
    ]  # fmt: skip
    assert found.total == 5
    assert found.unsaid == {"position": 4, "background": 5, "place": 2}
    assert found.other == {"position": 1, "background": 0, "place": 0}
    nobody = recruited(plan, [], ())
    assert [one.share for one in nobody.values] == [None] * 4


def test_managers_are_found_by_whole_words() -> None:
    positions = {
        "a": "Sales Manager", "b": "Head of Care", "c": "misleading artist", "d": "Team lead, night shift",
        "e": "Nurse", "f": "directorate clerk", "g": "MANAGER", "h": "",
    }  # fmt: skip
    people = [person(id, position=said) for id, said in positions.items()]
    words = Template.default("en").managers
    assert recruited((), people, words).managers == ("a", "b", "d", "g")
    assert recruited((), [person("x", position="Sócia e diretora")], Template.default("pt").managers).managers == ("x",)
    assert recruited((), people, ()).managers == ()
    assert recruited((), people, ("--",)).managers == ()
