"""Report: the paper's seven figures and one page that a minister can read and an auditor can check.

report(folder, settings)   reads the assessment, the runs and the seeds; writes report/index.html and report/figures/

Seeds, synthetic rows and controls have the same three colours everywhere, and generated rows stand beside kept ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedbed.report.settings import ReportSettings

if TYPE_CHECKING:
    from seedbed.report.reporting import report

__all__ = ["ReportSettings", "report"]


def __getattr__(name: str) -> Any:
    # settings.py composes every room's section, so importing a room must not bring its drawing along
    if name == "report":
        from seedbed.report.reporting import report

        return report
    raise AttributeError(f"module 'seedbed.report' has no attribute {name!r}")
