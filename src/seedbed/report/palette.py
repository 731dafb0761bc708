"""The three roles and their colours, the same in every figure, table, file and theme.

Seeds green, synthetic indigo, control orange. On white and on the dark page each has a contrast of at least 3
(WCAG 1.4.11), and any two stay 25 (CIE76) apart for readers with protanopia, deuteranopia or tritanopia; a test
computes both. Kept rows are filled, generated rows are a pale fill with an outline, so that colour never
carries that difference alone.
"""

from __future__ import annotations

from seedbed.assess.document import Role

__all__ = ["DARK", "GRID", "INK", "LIGHT", "MUTED", "PAGE_DARK", "PAGE_LIGHT", "PALE"]

LIGHT: dict[Role, str] = {"seeds": "#0b8a62", "synthetic": "#3b4cc0", "control": "#c75b00"}
DARK: dict[Role, str] = {"seeds": "#3cc394", "synthetic": "#8fa2ff", "control": "#f59a4a"}

# What figures are drawn with. The page's style sheet maps each of these, wherever it stands as a fill or a stroke,
# to a variable of its theme; a figure saved as a file keeps them, on white.
INK = "#1c2321"
MUTED = "#5d6864"
GRID = "#dfe5e2"
PAGE_LIGHT = "#ffffff"
PAGE_DARK = "#141917"
PALE = 0.22
