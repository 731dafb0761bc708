"""Seedbed: from seed examples that people write together to a measured, documented synthetic dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from seedbed.acts import Study
    from seedbed.errors import SeedbedError

__all__ = ["SeedbedError", "Study", "__version__"]


def __getattr__(name: str) -> Any:
    # imported at first use, so that `import seedbed` stays light
    if name == "Study":
        from seedbed.acts import Study

        return Study
    if name == "SeedbedError":
        from seedbed.errors import SeedbedError

        return SeedbedError
    raise AttributeError(f"module 'seedbed' has no attribute {name!r}")
