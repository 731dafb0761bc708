"""Growing rows: stage 1 makes questions from seed questions, stage 2 makes triples from seed pairs."""

from __future__ import annotations

from seedbed.generate.questions import QuestionStage
from seedbed.generate.run import generate_questions, generate_triples
from seedbed.generate.session import EMBEDDED, Listener, RunSummary, Writer
from seedbed.generate.settings import GenerateSettings, QuestionSettings, TripleSettings
from seedbed.generate.triples import TripleStage

__all__ = [
    "EMBEDDED",
    "GenerateSettings",
    "Listener",
    "QuestionSettings",
    "QuestionStage",
    "RunSummary",
    "TripleSettings",
    "TripleStage",
    "Writer",
    "generate_questions",
    "generate_triples",
]
