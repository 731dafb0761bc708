"""Text that people type together: reading, judging and redacting Yjs updates. Knows persons, clients, text names."""

from __future__ import annotations

from seedbed.sync.checks import Checked, Known, Limits, Span
from seedbed.sync.encoding import Refused
from seedbed.sync.redaction import redact
from seedbed.sync.update import Update, parse, write

__all__ = ["Checked", "Known", "Limits", "Refused", "Span", "Update", "parse", "redact", "write"]
