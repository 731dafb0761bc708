"""What is set for everybody, as the fold of the stream `agenda`: template, step, time, labels, bridge, lessons.

    template.set        subject section {cmd} and the text `value`, which is JSON
    step.go                             {cmd, step, step_kind, minutes}
    timer.set                           {cmd, action, minutes}
    break.begin, break.end              {cmd, minutes} {cmd}
    announcement.add    subject announcement {cmd, groups} and the text `text`
    announcement.remove subject announcement {cmd}
    taxonomy.set                        {cmd, version}
    bridge.give                         {cmd, run, source}
    lesson.*            see `lessons.folding`

Collections: `template/<section>` {value, at, by}, `about/main` {version, script}, `now/main` {step, at, by, timer,
break, working} (see `timing`), `announcements/<id>` {text, at, by, groups}, `taxonomy/main` {version, at}, and
`bridge/main` {run, at, source} once it was given. `at` and `by` are None for what nobody set yet: the template is
complete from the start. `script` is the version of the template in which the moderators' script was last set.

What is for those who run the workshop (`OF_FACILITATORS` of the template), and what is announced to other groups, a
participant does not see, nor the lessons.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

from seedbed.errors import InputError
from seedbed.workshop import timing
from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Fold, Happened
from seedbed.workshop.commands import BridgeGive, Command, StepGo, TaxonomySet, TemplateSet
from seedbed.workshop.commands.agenda import AnnouncementAdd, AnnouncementRemove, BreakBegin, BreakEnd, TimerSet
from seedbed.workshop.lessons import folding as lessons
from seedbed.workshop.places import AGENDA
from seedbed.workshop.roles import EVERYWHERE, Member
from seedbed.workshop.template import OF_FACILITATORS, SECTIONS, Step, Template

__all__ = ["TURNING", "Agenda", "decide"]

TURNING = frozenset({"step.go", "break.begin", "break.end"})  # events for which boards open or close
_MOST_ANNOUNCEMENTS = 200


class Agenda(Fold):
    """The agenda of a workshop, from its first event on.

    `language` is that of the default template, `taxonomy` the version of the labels that the study stood at before the
    first `taxonomy.set`.
    """

    GUARDED = frozenset({"template", "announcements", "lessons"})
    doc = AGENDA
    phase = "open"  # it never closes

    def __init__(self, language: str = "en", *, taxonomy: int = 1) -> None:
        default = Template.default(language).sections()
        nothing = {"step": None, "at": None, "by": None, "timer": None, "break": None, "working": None}
        super().__init__(
            {
                "template": {name: {"value": value, "at": None, "by": None} for name, value in default.items()},
                "about": {"main": {"version": 0, "script": 0}},
                "now": {"main": nothing},
                "announcements": {},
                "lessons": {},
                "taxonomy": {"main": {"version": taxonomy, "at": None}},
                "bridge": {},
            }
        )
        self._template: Template | None = None
        self._default = default
        self.turned = 0
        """The number of the newest event for which boards open or close."""
        self.last_break: tuple[int, str] | None = None
        """The number of the newest event that began a break, and who gave it."""
        self.last_step = 0
        """The number of the newest event that went to a step."""
        self._kind = ""  # of the step, as it was when everybody went there

    # --- what it says ---------------------------------------------------------------------------------------------

    @property
    def template(self) -> Template:
        """The template as it stands. A section that this version cannot read is the default's."""
        if self._template is None:
            sections = {name: self._readable(name) for name in SECTIONS}
            self._template = Template.of(sections)
        return self._template

    @property
    def template_version(self) -> int:
        """How often a section was set."""
        version: int = self._state["about"]["main"]["version"]
        return version

    @property
    def taxonomy(self) -> int:
        """The version of the labels now."""
        version: int = self._state["taxonomy"]["main"]["version"]
        return version

    @property
    def now(self) -> Mapping[str, Any]:
        """{step, at, by, timer, break, working}: the id of the step everybody is at, or None; and its time."""
        return self._state["now"]["main"]

    @property
    def step(self) -> Step | None:
        """The step everybody is at; None before the first, between sessions, and where the template lost it."""
        return self.template.step(self.now["step"])

    @property
    def bridge(self) -> Mapping[str, Any] | None:
        """{run, at, source} of the prompts that the groups were given last; None before."""
        return self._state["bridge"].get("main")

    # --- who sees what --------------------------------------------------------------------------------------------

    def shown(self, viewer: Member, collection: str, id: str, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if viewer.role in EVERYWHERE:
            return value
        if collection == "template":
            return None if id in OF_FACILITATORS else value
        if collection == "lessons":
            return None
        return value if not value["groups"] or viewer.group in value["groups"] else None

    def misses(self, viewer: Member, collection: str, id: str) -> bool:
        return collection != "lessons" or viewer.role in EVERYWHERE

    def sight(self, viewer: Member) -> Hashable:
        return "" if viewer.role in EVERYWHERE else (viewer.group,)

    # --- what changes it ------------------------------------------------------------------------------------------

    def _changes(self, event: Happened) -> list[Change]:
        data = event.data
        match event.kind:
            case "template.set":
                about = {**self._state["about"]["main"], "version": self.template_version + 1}
                if event.subject == "script":
                    about["script"] = about["version"]
                if data["value"] is None or not event.subject:
                    return [("about", "main", about)]  # erased: what stood before it stands
                value = json.loads(data["value"])
                self._template = None
                return [
                    ("template", event.subject, {"value": value, "at": event.at, "by": event.actor}),
                    ("about", "main", about),
                ]
            case "step.go" | "timer.set" | "break.begin" | "break.end":
                now = self._timed(event)
                if event.kind in TURNING and now != self.now:
                    self.turned = event.seq
                return [] if now == self.now else [("now", "main", now)]
            case "announcement.add":
                if not event.subject or not data["text"] or event.subject in self._state["announcements"]:
                    return []
                groups = [group for group in data["groups"] if isinstance(group, str)]
                said = {"text": data["text"], "at": event.at, "by": event.actor, "groups": groups}
                return [("announcements", event.subject, said)]
            case "announcement.remove":
                known = event.subject in self._state["announcements"]
                return [("announcements", event.subject, None)] if known else []
            case "taxonomy.set":
                return [("taxonomy", "main", {"version": int(data["version"]), "at": event.at})]
            case "bridge.give":
                given = {"run": data["run"], "at": event.at, "source": data["source"]}
                return [("bridge", "main", given)]
            case kind if kind.startswith("lesson."):
                return lessons.changes(self._state["lessons"], event)
        return []

    def _timed(self, event: Happened) -> dict[str, Any]:
        """`now` after an event of the step or of its time."""
        data, now, at = event.data, self.now, event.at
        match event.kind:
            case "step.go":
                kind, minutes = self._step_kind(data), int(data.get("minutes", self._minutes(data["step"])))
                self.last_step, self._kind = event.seq, kind
                return {
                    "step": data["step"], "at": at, "by": event.actor, **timing.at_step(kind, minutes, now, at),
                }  # fmt: skip
            case "timer.set":
                return timing.set_timer(now, str(data["action"]), data["minutes"], at)
            case "break.begin":
                begun = timing.in_break(now, int(data["minutes"]), at, event.actor)
                if now["break"] is None:  # one that goes on longer has closed its boards already
                    self.last_break = (event.seq, event.actor)
                return begun
        return timing.after_break(now, self._kind, at) if now["break"] else dict(now)

    # an event has both with it: a template that is changed, or erased, later changes nothing of what was
    def _step_kind(self, data: Mapping[str, Any]) -> str:
        step = self.template.step(data["step"])
        return str(data.get("step_kind", step.kind if step else ""))

    def _minutes(self, id: str | None) -> int:
        step = self.template.step(id)
        return step.minutes if step else 0

    def _readable(self, name: str) -> Any:
        try:
            return Template.section(name, self._state["template"][name]["value"])
        except InputError:
            return self._default[name]


def decide(agenda: Agenda, member: Member, command: Command, fresh: str = "") -> Decided:
    """What comes of a command that `member` may give. `fresh` is an id for what it makes."""
    match command:
        case TemplateSet():
            try:
                value = Template.section(command.section, json.loads(command.value))
            except (ValueError, RecursionError, InputError):
                return Refusal("bad_template")
            return done(command, command.section, {"value": json.dumps(value, ensure_ascii=False)})
        case StepGo():
            step = agenda.template.step(command.step)
            if command.step is not None and step is None:
                return Refusal("unknown_step")
            known = {"step_kind": step.kind, "minutes": step.minutes} if step else {"step_kind": "", "minutes": 0}
            return done(command, "", {"step": command.step, **known})
        case TimerSet():
            if agenda.now["timer"] is None and (command.action != "add" or (command.minutes or 0) < 0):
                return Refusal("no_timer")
            return done(command, "", {"action": command.action, "minutes": command.minutes})
        case BreakBegin():
            return done(command, "", {"minutes": command.minutes})
        case BreakEnd():
            return done(command) if agenda.now["break"] else Refusal("no_break")
        case AnnouncementAdd():
            if len(agenda.items("announcements")) >= _MOST_ANNOUNCEMENTS:
                return Refusal("document_full")
            if not fresh or fresh in agenda.items("announcements"):
                raise ValueError("an announcement needs a fresh id")
            return done(command, fresh, {"text": command.text, "groups": list(command.groups)})
        case AnnouncementRemove():
            known_one = command.announcement in agenda.items("announcements")
            return done(command, command.announcement) if known_one else Refusal("unknown_item")
        case TaxonomySet():
            if command.version <= agenda.taxonomy:
                return Refusal("bad_command")
            return done(command, "", {"version": command.version})
        case BridgeGive():
            return done(command, "", {"run": command.run, "source": command.source})
    if isinstance(command, lessons.LessonCommand):
        return lessons.decide(agenda.items("lessons"), agenda.template, member, command, fresh)
    return Refusal("bad_command")
