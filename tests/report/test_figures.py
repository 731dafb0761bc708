from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from seedbed.assess.document import VerbNounCell
from seedbed.report.figure import Table, to_csv
from seedbed.report.palette import DARK, GRID, INK, LIGHT, MUTED, PAGE_DARK, PAGE_LIGHT
from seedbed.report.verbs import top_cells
from seedbed.study import Folder
from tests.assess.demo import new_study
from tests.report.conftest import assessed, read
from tests.report.parsed import parse

SLUGS = (
    "figure-1-question-marks",
    "figure-2-openness",
    "figure-3-question-types",
    "figure-4-topics",
    "figure-5-verbs-and-nouns",
    "figure-6-misaligned-length",
    "figure-7-aligned-length",
)
OURS = ("figure-novelty",)


def rows(folder: Folder, slug: str) -> list[dict[str, str]]:
    text = (folder.report / "figures" / f"{slug}.csv").read_bytes().decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_papers_seven_figures_in_its_order(page: str, study: Folder) -> None:
    articles = [a for a in parse(page).find("article") if a.attributes.get("class") == "figure"]
    assert tuple(article.attributes["id"] for article in articles) == SLUGS + OURS
    assert [next(a.find("h3")).text.split()[:2] for a in articles] == [["Figure", str(n)] for n in range(1, 9)]
    names = {path.name for path in (study.report / "figures").iterdir()}
    # without a parser there are no verbs to draw; their table is there all the same
    drawn = [slug for slug in SLUGS + OURS if "verbs" not in slug]
    beside = {f"{s}-distances.csv" for s in SLUGS if "verbs" not in s}
    assert names == beside | {f"{s}.csv" for s in SLUGS + OURS} | {
        f"{s}.{kind}" for s in drawn for kind in ("svg", "png")
    }


def test_every_figure_says_what_it_shows(page: str) -> None:
    for article in parse(page).find("article"):
        if article.attributes.get("class") != "figure":
            continue
        (title,) = article.find("h3")
        assert len(title.text) > 20
        headings = [heading.text for heading in article.find("h4")]
        assert [h for h in headings if h in ("How to read it", "So what", "Numbers, with n and 95% interval")] == [
            "How to read it", "So what", "Numbers, with n and 95% interval",
        ]  # fmt: skip
        assert list(article.find("table"))
        assert list(article.find("summary"))


def test_titles_say_the_finding(page: str) -> None:
    titles = [a.text for article in parse(page).find("article") for a in article.find("h3")]
    assert titles[0] == (
        "Figure 1 97% of the seeds shown as examples end in a question mark, 100% of the kept questions"
    )
    assert titles[5] == (
        "Figure 6 100% of people’s misaligned responses are shorter than 100 tokens, "
        "100% of the model’s 4 proposals shorter than 150"
    )


def test_generated_stands_beside_kept_in_every_figure(study: Folder, page: str) -> None:
    for slug in SLUGS:
        if "verbs" in slug:
            continue
        text = (study.report / "figures" / f"{slug}.svg").read_text()
        assert re.search(r"kept|proposed", text), slug
        assert "generated" in text, slug


def test_figures_have_the_roles_colours_and_no_others(study: Folder, page: str) -> None:
    known = {*LIGHT.values(), INK, MUTED, GRID, PAGE_LIGHT, "#ffffff"}
    for path in (study.report / "figures").glob("*.svg"):
        used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]+)"', path.read_text()))
        assert used <= known, path.name
        assert LIGHT["seeds"] in used or path.stem in OURS
        assert LIGHT["synthetic"] in used
    assert LIGHT["control"] in (study.report / "figures" / f"{SLUGS[0]}.svg").read_text()


def test_the_page_maps_every_colour_to_its_theme(page: str) -> None:
    drawn = " ".join(re.findall(r'<svg class="picture".*?</svg>', page, re.DOTALL))
    for colour in set(re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]+)"', drawn)):
        assert f'[fill="{colour}"]' in page
        assert f'[stroke="{colour}"]' in page
    assert not re.findall(r'(?:fill|stroke)="(?:black|white|#000|#fff)"', drawn)


def test_the_table_holds_the_numbers(study: Folder, page: str) -> None:
    found = {(row["category"], row["rows"]): row for row in rows(study, SLUGS[0])}
    seeds = found[("ends in “?”", "All seeds")]
    assert (seeds["count"], seeds["of"], seeds["share"]) == ("88", "94", "0.9362")
    assert float(seeds["low"]) < 0.9362 < float(seeds["high"])
    assert found[("does not", "All seeds")]["count"] == "6"


def test_requested_stands_beside_observed(study: Folder, page: str) -> None:
    found = [row for row in rows(study, SLUGS[3]) if row["rows"] == "Generated"]
    assert len(found) == 8
    assert sum(float(row["given or asked for"]) for row in found) == pytest.approx(1, abs=1e-3)
    assert any(row["given or asked for"] != row["share"] for row in found)


def test_histograms_hold_every_text_once(study: Folder, page: str) -> None:
    for slug in SLUGS[5:]:
        counts: dict[str, int] = {}
        for row in rows(study, slug):
            counts[row["set"]] = counts.get(row["set"], 0) + int(row["texts"])
        assert counts == {"Shown as examples": 30, "All seeds": 40, "Proposed": 4, "Generated": 6}


def test_the_papers_thresholds_are_drawn(study: Folder, page: str) -> None:
    for slug, thresholds in ((SLUGS[5], ("100", "150")), (SLUGS[6], ("120", "200"))):
        text = (study.report / "figures" / f"{slug}.svg").read_text()
        assert text.count("stroke-dasharray") >= 4
        assert all(f">{threshold}<" in text for threshold in thresholds)


def test_pictures_are_twice_as_large_in_png(study: Folder, page: str) -> None:
    for path in (study.report / "figures").glob("*.png"):
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        width = re.search(r'<svg[^>]* width="([\d.]+)"', path.with_suffix(".svg").read_text())
        assert width is not None
        assert int.from_bytes(data[16:20], "big") == pytest.approx(2 * float(width[1]), abs=2)


def test_figures_of_an_earlier_report_do_not_stay(tmp_path: Path) -> None:
    folder = assessed(new_study(tmp_path / "pilot", sample=False))
    old = folder.report / "figures" / "figure-0-old.svg"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    read(folder)
    assert not old.exists()


def test_csv_quotes_what_a_spreadsheet_would_run() -> None:
    table = Table(("category", "count"), (("=HYPERLINK(1)", "-3"), ("a, b", "4")), frozenset({1}))
    assert to_csv(table).splitlines() == ["category,count", "'=HYPERLINK(1),-3", '"a, b",4']


def test_rare_verbs_are_gathered_and_never_dropped() -> None:
    cells = [VerbNounCell(f"v{n}", f"n{m}", 10 - n, 0.01) for n in range(9) for m in range(3)]
    cells.append(VerbNounCell("other", "other", 4, 0.02))
    found = top_cells(cells, verbs=2, nouns=2)
    assert sum(cell.count for cell in found) == sum(cell.count for cell in cells)
    assert [(cell.verb, cell.noun) for cell in found] == [
        ("v0", "n0"), ("v0", "n1"), ("v0", "other"), ("v1", "n0"), ("v1", "n1"), ("v1", "other"), ("other", "other"),
    ]  # fmt: skip


# --- colours, computed ---------------------------------------------------------------------------------------

# Machado, Oliveira & Fernandes 2009, severity 1: linear RGB to linear RGB
_SEEN = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> tuple[float, ...]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)


def contrast(a: str, b: str) -> float:
    one, other = sorted(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (a, b))
    return (other + 0.05) / (one + 0.05)


def lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    clipped = [min(1.0, max(0.0, c)) for c in rgb]
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.95047, 1.0, 1.08883)
    xyz = [sum(m * c for m, c in zip(row, clipped, strict=True)) / w for row, w in zip(to_xyz, white, strict=True)]
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize(("colours", "ground"), [(LIGHT, PAGE_LIGHT), (DARK, PAGE_DARK)])
def test_roles_stand_out_from_the_page(colours: dict[str, str], ground: str) -> None:
    assert min(contrast(colour, ground) for colour in colours.values()) >= 3


@pytest.mark.parametrize("eyes", _SEEN)
def test_roles_are_told_apart_by_all_eyes(eyes: str) -> None:
    for colours, least in ((LIGHT, 25), (DARK, 15)):
        seen = [
            lab(tuple(sum(m * c for m, c in zip(row, linear(colour), strict=True)) for row in _SEEN[eyes]))
            for colour in colours.values()
        ]
        gaps = [sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5 for a in seen for b in seen if a < b]
        assert min(gaps) >= least


def test_text_is_legible_in_both_themes(page: str) -> None:
    style = next(parse(page).find("style")).inside[0]
    assert isinstance(style, str)
    themes = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    for theme in themes:
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", theme))
        for text in ("ink", "muted", "accent", "warn"):
            for ground in ("page", "soft"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        assert contrast(colours["ink"], colours["accent-soft"]) >= 4.5
        assert contrast(colours["ink"], colours["warn-soft"]) >= 4.5
