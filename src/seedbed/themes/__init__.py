"""Sources of a thematic analysis: transcripts, notes and boards, each with offsets, speakers and no names."""

from __future__ import annotations

from seedbed.themes.boards import gather
from seedbed.themes.exporting import Exported, export
from seedbed.themes.importing import Draft, Meant, draft, keep, remove
from seedbed.themes.reading import FORMATS, Transcript, read_transcript
from seedbed.themes.sources import KINDS, Segment, Source, sources
from seedbed.themes.speakers import Known, Speaker, read_speakers

__all__ = [
    "FORMATS", "KINDS", "Draft", "Exported", "Known", "Meant", "Segment", "Source", "Speaker", "Transcript", "draft",
    "export", "gather", "keep", "read_speakers", "read_transcript", "remove", "sources",
]  # fmt: skip
