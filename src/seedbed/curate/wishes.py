"""What a person wants done with a seed: its form. Whether it can be done is weighed against what stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from seedbed.curate.curation import Use
from seedbed.curate.typed import check_words
from seedbed.errors import UsageError

__all__ = ["HandAct", "Wish", "check_form"]

HandAct = Literal[
    "include", "exclude", "retag", "select", "edit", "merge", "return", "use", "nuanced", "dismiss", "undo"
]
_ACTS: tuple[str, ...] = get_args(HandAct)
_NO_REASON = ("nuanced", "select", "use")  # marks that a curator sets as they read; their page may still ask why


@dataclass(frozen=True, slots=True)
class Wish:
    """One act on one seed. Beside `subject`, `act` and `reason`, an act takes

    retag    topic, question_type (a question) or values (a triple)
    select   chosen: pinned among the examples, or out of them
    edit     fields: new words by field, text|persona|scenario or prompt|misaligned|critique|aligned
    merge    into: the seed that stays
    use      use: "train", "test", "rephrase", or None to take the mark off
    nuanced  nuanced: whether it is
    dismiss  rule: the rule whose remark is set aside

    and nothing else. `seen` is the number of the newest act on that place that the person knew of (0: none), or None
    not to ask.
    """

    subject: str
    act: HandAct
    reason: str = ""
    topic: str | None = None
    question_type: str | None = None
    values: tuple[str, ...] = ()
    chosen: bool | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    into: str | None = None
    use: Use | None = None
    nuanced: bool | None = None
    rule: str | None = None
    seen: int | None = None

    def given(self) -> set[str]:
        """The names of what is given beside subject, act, reason and seen."""
        extra = {
            "topic": self.topic, "question_type": self.question_type, "values": self.values or None,
            "chosen": self.chosen, "fields": dict(self.fields) or None, "into": self.into, "use": self.use,
            "nuanced": self.nuanced, "rule": self.rule,
        }  # fmt: skip
        return {name for name, value in extra.items() if value is not None}


# what each act takes beside its subject and its reason, and how to say so
_TAKES: Mapping[str, frozenset[str]] = {
    "retag": frozenset({"topic", "question_type", "values"}),
    "select": frozenset({"chosen"}),
    "edit": frozenset({"fields"}),
    "merge": frozenset({"into"}),
    "use": frozenset({"use"}),
    "nuanced": frozenset({"nuanced"}),
    "dismiss": frozenset({"rule"}),
}
_HINTS = {
    "retag": "Give a topic or a question type to a question, values to a triple.",
    "select": "Say whether it is pinned in or out.",
    "edit": 'Give new words by field, as in {"text": "…"}.',
    "merge": "Name the seed that stays.",
    "use": f"One of: {', '.join(get_args(Use))}; or none, to take the mark off.",
    "nuanced": "Say whether it is nuanced or plain.",
    "dismiss": "Name the rule whose remark is set aside.",
}
_OPTIONAL = ("use",)  # None means: take the mark off


def check_form(wish: Wish) -> None:
    """Raises UsageError for what no seed could take, InputError for a reason that is no text or too long."""
    if wish.act not in _ACTS:
        raise UsageError(f"There is no decision {wish.act!r}", hint=f"One of: {', '.join(_ACTS)}")
    if not wish.reason.strip() and wish.act not in _NO_REASON:
        raise UsageError(f"A decision to {wish.act} {wish.subject} needs a reason", hint='Say why: --reason "…"')
    check_words(wish.reason, "The reason")
    takes, given = _TAKES.get(wish.act, frozenset()), wish.given()
    if foreign := given - takes:
        owners = [act for act, names in _TAKES.items() if foreign & names]
        what = "labels" if foreign <= _TAKES["retag"] else ", ".join(sorted(foreign))
        raise UsageError(f"{wish.act} takes no {what}", hint=f"That belongs to: {', '.join(owners)}.")
    if takes and not given and wish.act not in _OPTIONAL:
        needs = "is to give a topic, a question type or values" if wish.act == "retag" else f"needs: {', '.join(takes)}"
        raise UsageError(f"To {wish.act} {needs}", hint=_HINTS[wish.act])
