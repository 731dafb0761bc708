"""Growing rows: narrower topics if wanted, questions from seed questions, triples from seed pairs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedbed.generate.models import EMBEDDED, Models, Roles
    from seedbed.generate.questions.run import prepare_questions
    from seedbed.generate.questions.stage import QuestionStage
    from seedbed.generate.session import Listener, Prepared, RunSummary, Workers, conduct
    from seedbed.generate.settings import GenerateSettings, QuestionSettings, TopicSettings, TripleSettings
    from seedbed.generate.topics.run import narrower_of, prepare_topics
    from seedbed.generate.triples.run import prepare_triples
    from seedbed.generate.triples.stage import TripleStage

__all__ = [
    "EMBEDDED",
    "GenerateSettings",
    "Listener",
    "Models",
    "Prepared",
    "QuestionSettings",
    "QuestionStage",
    "Roles",
    "RunSummary",
    "TopicSettings",
    "TripleSettings",
    "TripleStage",
    "Workers",
    "conduct",
    "narrower_of",
    "prepare_questions",
    "prepare_topics",
    "prepare_triples",
]

# Imported at first use: a command that only reads study.toml comes by here for the settings.
_HOMES = {
    "models": ("EMBEDDED", "Models", "Roles"),
    "questions.run": ("prepare_questions",),
    "questions.stage": ("QuestionStage",),
    "session": ("Listener", "Prepared", "RunSummary", "Workers", "conduct"),
    "settings": ("GenerateSettings", "QuestionSettings", "TopicSettings", "TripleSettings"),
    "topics.run": ("narrower_of", "prepare_topics"),
    "triples.run": ("prepare_triples",),
    "triples.stage": ("TripleStage",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if home := _HOME.get(name):
        return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
