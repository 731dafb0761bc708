"""Growing rows: stage 1 makes questions from seed questions, stage 2 makes triples from seed pairs."""

from __future__ import annotations

from seedbed.generate.models import EMBEDDED, Models, Roles
from seedbed.generate.questions.run import prepare_questions
from seedbed.generate.questions.stage import QuestionStage
from seedbed.generate.session import Listener, Prepared, RunSummary, Workers, conduct
from seedbed.generate.settings import GenerateSettings, QuestionSettings, TripleSettings
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
    "TripleSettings",
    "TripleStage",
    "Workers",
    "conduct",
    "prepare_questions",
    "prepare_triples",
]
