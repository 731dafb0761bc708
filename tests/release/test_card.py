from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import SettingsError
from seedbed.records import Person
from seedbed.release import COLUMNS, ReleaseSettings
from seedbed.release.documents.header import size_category
from seedbed.release.documents.markdown import of
from seedbed.release.funnel import THRESHOLDS, parameters, threshold
from seedbed.release.sources import public_model
from seedbed.study import parse_settings
from tests.release import made

pytest.importorskip("polars")


def card(report: Any) -> str:
    return str((report.path / "README.md").read_text())


def header(report: Any) -> dict[str, Any]:
    srsly = pytest.importorskip("srsly")
    _, yaml, _ = card(report).split("---\n", 2)
    found: dict[str, Any] = srsly.yaml_loads(yaml)
    return found


def test_the_header_is_what_a_hub_reads(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path), pretty_name='Seeds: "a" study # 1', languages=["en", "pt-BR"])
    found = header(report)
    assert found["language"] == ["en", "pt-BR"]
    assert found["license"] == "cc-by-4.0"
    assert found["pretty_name"] == 'Seeds: "a" study # 1'
    assert {"synthetic", "human"} <= set(found["tags"])
    assert found["size_categories"] == ["n<1K"]
    assert found["task_categories"] == ["text-generation", "text-classification"]
    assert "wrong on purpose" in found["extra_gated_prompt"]
    assert [config["config_name"] for config in found["configs"]] == list(COLUMNS)
    assert [config["config_name"] for config in found["configs"] if config.get("default")] == ["questions"]
    for config in found["configs"]:
        (files,) = config["data_files"]
        assert (report.path / files["path"]).is_file()
        assert files["split"] == ("test" if config["config_name"] == "evaluation" else "train")


def test_a_configuration_without_rows_is_not_promised(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    report = made.make(folder, made=made.sources(folder, triples=()), license="LicenseRef-Ours")
    found = header(report)
    assert [config["config_name"] for config in found["configs"]] == ["seeds", "evaluation"]
    assert "extra_gated_prompt" not in found
    assert found["license"] == "other"
    assert found["license_name"] == "licenseref-ours"
    assert "license_link" not in found  # there is no page of it
    assert "synthetic" not in found["tags"]
    assert "Without rows in this release" in card(report)


def test_an_empty_study_gives_an_honest_card(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    nothing = made.sources(folder, questions=(), triples=(), people=(), decisions=(), pools={}, excluded={})
    text = card(made.make(folder, made=nothing))
    assert "Nothing of this study could be released yet" in text
    assert "no record of who took part" in text


def test_counts_are_told_as_n_of_m_with_the_gates_and_their_thresholds(tmp_path: Path) -> None:
    text = card(made.make(made.grown(tmp_path)))
    assert "**Questions: 6 of 8 = 75.0 % passed every gate.**" in text
    assert "**Triples: 2 of 3 = 66.7 % passed every gate.**" in text
    assert "| `length` | min_words 4, max_words 45 | 1 | 12.5 % |" in text
    assert "| `novelty` | rouge_l 7/10 | 1 | 12.5 % |" in text
    assert "| questions | rejected by a gate | 2 |" in text
    assert "| triples | proposals of the embedded model, which await a person | 1 |" in text
    assert "`recorded-writer`" in text
    assert "temperature 0.7" in text
    assert of(58_295, 66_609) == "58,295 of 66,609 = 87.5 %"
    assert of(0, 0) == "0 of 0"


def test_contributions_are_told_by_group(tmp_path: Path) -> None:
    text = card(made.make(made.grown(tmp_path)))
    assert "| 1 | 3 | 2 | 1 | 1 |" in text
    assert "| 2 | 2 | 2 | 1 | 1 |" in text
    assert "| **All** | 5 | 4 | 2 | 2 |" in text
    assert "| paper, Table 1 | 2 |" in text
    assert "| `aligned` | model-edited-by-human | 2 of 2 = 100.0 % |" in text
    assert "| exclude | `near-duplicate` | rule | 1 |" in text
    assert "Curation chose 2 questions and 0 pairs" in text


def test_people_are_told_in_large_numbers_only(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    text = card(made.make(folder))
    assert "12 people took part." in text
    assert "| Location | BR | 6 |" in text
    small = made.sources(folder, people=(*made.PEOPLE, Person("amber-elk-7", location="CH")))
    text = card(made.make(folder, "v2", made=small))
    section = text.split("## The people")[1].split("## What was not")[0]
    assert "CH" not in section
    assert all(int(number) >= 5 for number in re.findall(r"\| (\d+) \|$", section, re.MULTILINE))
    few = card(made.make(folder, "v3", made=made.sources(folder, people=made.PEOPLE[:4])))
    assert "Fewer than 5 people took part" in few
    assert "4 people" not in few


def test_the_card_warns_limits_and_says_how_to_load_and_to_check(tmp_path: Path) -> None:
    text = card(made.make(made.grown(tmp_path), contact="us@example.org", description="From a Datathon."))
    for part in (
        "Content warning",
        "## Hazards",
        "## Limitations",
        "Not meant for",
        "From a Datathon.",
        "us@example.org",
    ):
        assert part in text
    for name, columns in COLUMNS.items():
        assert f'load_dataset("PATH", "{name}"' in text
        for column in columns:
            assert f"| `{column.name}` | {column.kind} |" in text
    assert "sha256sum -c SHA256SUMS" in text


def test_labels_that_people_made_up_cannot_break_a_table(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    questions = (made.question("q1", "Why?", group="a|b\n| c", source="x | <b>y</b>"),)
    text = card(made.make(folder, made=made.sources(folder, questions=questions)))
    assert "| a\\|b \\| c | 1 | 1 | 0 | 0 |" in text
    assert "<b>" not in text


def test_a_threshold_is_shown_only_where_the_run_has_one() -> None:
    assert threshold("novelty", {"rouge_l": [7, 10]}) == "rouge_l 7/10"
    assert threshold("form", {"must_ask": None}) == ""
    assert threshold("repetition", {"min_words": 3}) == ""


def test_every_number_of_the_gates_settings_is_the_threshold_of_some_gate() -> None:
    from seedbed.generate import settings as gates

    for model in (gates.QuestionGates, gates.TripleGates):
        fields = set(model.model_fields) - {"order"}
        order = model().order
        covered = {name for gate in order for name in THRESHOLDS.get(gate, ())}
        assert fields <= covered, fields - covered


def test_parameters_are_told_without_addresses_keys_paths_and_examples() -> None:
    asked = {
        "temperature": 0.7, "url": "http://10.0.0.1/v1", "key_env": "KEY", "examples": ["q1"], "style": "chat",
        "note": "/srv/model.gguf", "api_key": "x", "weights_path": "w",
        "sampling": {"top_p": 1.0, "base_url": "x"}, "stops": ["\n", "http://a"],
    }  # fmt: skip
    assert parameters(asked) == {"temperature": 0.7, "style": "chat", "sampling": {"top_p": 1.0}}


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("meta/llama-3-8b", "meta/llama-3-8b"), ("smollm2:135m", "smollm2:135m"), ("/srv/models/x.gguf", "x.gguf"),
        ("C:\\models\\x.gguf", "x.gguf"), ("~/x", "x"), ("file:///srv/x", "x"), ("", ""),
    ],
)  # fmt: skip
def test_of_a_models_path_only_the_last_part_is_public(name: str, public: str) -> None:
    assert public_model(name) == public


@pytest.mark.parametrize(("rows", "size"), [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (58_295, "10K<n<100K")])
def test_size_categories_are_the_hubs(rows: int, size: str) -> None:
    assert size_category(rows) == size


@pytest.mark.parametrize(
    "line",
    [
        'license = "see below"',
        'license = "CC-BY-5.0"',
        'url = "example.org"',
        'creator = "a\\nb"',
        "k = 1",
        'languages = ["English"]',
        'pretty_name = "a\\nb"',
        "languages = []",
    ],
)
def test_settings_that_make_no_card_are_refused(line: str) -> None:
    with pytest.raises(SettingsError):
        parse_settings(line, ReleaseSettings, path=Path("study.toml"))


def test_a_licence_is_spelt_as_spdx_has_it_and_an_unknown_one_is_refused_with_the_nearest() -> None:
    def read(name: str) -> ReleaseSettings:
        return parse_settings(f'license = "{name}"', ReleaseSettings, path=Path("study.toml"))

    assert read("cc-by-sa-4.0").license == "CC-BY-SA-4.0"
    assert read("LicenseRef-Ours").license == "LicenseRef-Ours"
    with pytest.raises(SettingsError) as caught:
        read("CC-BY-4")
    assert "CC-BY-4.0?" in str(caught.value) + caught.value.hint
    assert "LicenseRef-NAME" in str(caught.value) + caught.value.hint
