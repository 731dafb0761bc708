"""The look: what is named once, what can be read, and what never comes from elsewhere."""

from __future__ import annotations

import re
from itertools import product

import pytest

from tests.frontend.pages import FRONTEND, source

TOKENS = (FRONTEND / "src" / "look" / "tokens.css").read_text(encoding="utf-8")
PAIRS = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), #[0-9a-f]{6}\)", TOKENS))
DARK = dict(re.findall(r"--([\w-]+): light-dark\(#[0-9a-f]{6}, (#[0-9a-f]{6})\)", TOKENS))
LOOKS = {"light": PAIRS, "dark": DARK}
PEOPLE = [f"person-{number}" for number in range(1, 9)]

# What is written in the first stands on each of the second.
TEXTS = [
    *product(["ink", "quiet", "accent", "accent-strong", "warn", "error"], ["ground", "paper"]),
    *product(["ink", "quiet"], ["sunken", "accent-wash", "warn-wash", "error-wash"]),
    ("accent", "accent-wash"), ("warn", "warn-wash"), ("error", "error-wash"),
    ("on-accent", "accent"), ("on-accent", "accent-strong"),
    *product(["on-person"], PEOPLE),
]  # fmt: skip
SHAPES = list(product(["edge", "accent"], ["ground", "paper"]))


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`: WCAG 2.2."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio, 1 to 21: WCAG 2.2."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", LOOKS)
def test_every_text_can_be_read(look: str) -> None:
    weak = {
        pair: round(contrast(LOOKS[look][pair[0]], LOOKS[look][pair[1]]), 2)
        for pair in TEXTS
        if contrast(LOOKS[look][pair[0]], LOOKS[look][pair[1]]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("look", LOOKS)
def test_every_edge_and_focus_ring_can_be_seen(look: str) -> None:
    weak = [pair for pair in SHAPES if contrast(LOOKS[look][pair[0]], LOOKS[look][pair[1]]) < 3]
    assert weak == []


def test_colours_are_named_in_one_file_only() -> None:
    # a camera needs black on white, whatever the look
    elsewhere = {
        name: text for name, text in source().items() if name not in {"look/tokens.css", "pages/workshop/Qr.svelte"}
    }
    found = []
    for name, text in elsewhere.items():
        styles = text if name.endswith(".css") else "\n".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
        found += [
            f"{name}: {value}"
            for value in re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\([^)]*\)|\b(?:white|black|red|green)\b(?!-)", styles)
        ]
    assert found == []


def test_there_are_five_sizes_of_text() -> None:
    assert len(re.findall(r"--size-\w+:", TOKENS)) == 5
    sizes = {value.strip() for text in source().values() for value in re.findall(r"font-size:\s*([^;]+);", text)}
    assert {value for value in sizes if not value.startswith("var(--size-")} == set()


def test_people_have_eight_hues() -> None:
    assert set(PEOPLE) <= set(PAIRS)
    assert len({PAIRS[name] for name in PEOPLE}) == 8
    classes = (FRONTEND / "src" / "look" / "people.css").read_text(encoding="utf-8")
    assert re.findall(r"\.hue-(\d) \{ --hue: var\(--person-(\d)\)", classes) == [(str(n), str(n)) for n in range(1, 9)]


def test_nothing_is_fetched_from_elsewhere() -> None:
    files = {**source(), "index.html": (FRONTEND / "index.html").read_text(encoding="utf-8")}
    # an SVG's namespace is a name, not an address
    links = {
        name: found
        for name, text in files.items()
        if (found := [link for link in re.findall(r"https?://[^\s\"')]+", text) if "w3.org" not in link])
    }
    assert links == {}
