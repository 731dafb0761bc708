"""A release given away: the copy holds, whatever its shape; whoever changes it is found out; nothing half-written."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError, SeedbedError, StorageError, UsageError
from seedbed.publish import SIGNATURE, SUMS, publications, publish, verify
from seedbed.release.taken import HeldRelease, Record, write_record
from seedbed.study import Folder
from tests.cli.command import call
from tests.release.made import grown, make

SHAPES = ("copy", "copy.zip", "copy.tar.gz")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = grown(tmp_path_factory.mktemp("released") / "pilot")
    make(folder, "1.0")
    return folder


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "ana"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ana", "-f", path], check=True)
    return path


@pytest.fixture
def study(released: Folder, tmp_path: Path) -> Folder:
    return Folder(shutil.copytree(released.root, tmp_path / "study"))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_copy_of_any_shape_holds_and_is_remembered(study: Folder, tmp_path: Path, shape: str, key: Path) -> None:
    made = publish(study, "1.0", tmp_path / shape, key=key)
    held = verify(made.place)
    sums = (study.release("1.0") / SUMS).read_bytes()
    assert held.sums == made.sums == hashlib.sha256(sums).hexdigest()
    assert held.version == "1.0"
    assert held.signer == made.signer
    assert held.files == sums.count(b"\n") + 2
    [one] = publications(study)
    assert (one.version, one.place, one.sums, one.signed) == ("1.0", str(made.place), made.sums, made.signer.key)
    assert not list(tmp_path.glob(".publishing-*"))
    assert SIGNATURE not in {path.name for path in study.release("1.0").iterdir()}  # the release itself never changes
    with pytest.raises(UsageError, match="there already"):
        publish(study, "1.0", made.place)


@pytest.mark.parametrize("kind", [".zip", ".tar.gz"])
def test_an_archive_is_the_same_bytes_wherever_it_is_made(released: Folder, tmp_path: Path, kind: str) -> None:
    made = []
    for name in ("one", "other"):
        folder = Folder(tmp_path / name)
        shutil.copytree(released.root, folder.root, copy_function=shutil.copyfile)  # other times than the release has
        made.append(publish(folder, "1.0", tmp_path / f"{name}{kind}").place.read_bytes())
    assert made[0] == made[1]
    with (
        zipfile.ZipFile(io.BytesIO(made[0])) if kind == ".zip" else tarfile.open(fileobj=io.BytesIO(made[0]))
    ) as opened:
        opened.extractall(tmp_path / "out", **({} if kind == ".zip" else {"filter": "data"}))
    subprocess.run(["sha256sum", "-c", "--quiet", SUMS], cwd=tmp_path / "out" / "1.0", check=True)


def test_a_signature_is_held_against_whom_one_trusts(study: Folder, tmp_path: Path, key: Path) -> None:
    signed = publish(study, "1.0", tmp_path / "signed", key=key).place
    public = key.with_suffix(".pub")
    signers = tmp_path / "signers"
    signers.write_text(f"ana@example.org {public.read_text()}")
    assert verify(signed, key=public).signer == verify(signed).signer
    told = verify(signed, signers=signers).signer
    assert told is not None
    assert told.who == "ana@example.org"
    ours = [
        *("ssh-keygen", "-Y", "verify", "-f", signers, "-I", told.who, "-n", "seedbed-release"),
        "-s",
        signed / SIGNATURE,
    ]
    subprocess.run(ours, input=(signed / SUMS).read_bytes(), check=True)  # as the docs say it is done without us
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    with pytest.raises(InputError, match="none of those you trust"):
        verify(signed, key=other.with_suffix(".pub"))
    with pytest.raises(InputError, match="no public key"):
        verify(signed, key=key)
    unsigned = publish(study, "1.0", tmp_path / "unsigned").place
    assert verify(unsigned).signer is None
    with pytest.raises(InputError, match="not signed"):
        verify(unsigned, signers=signers)
    # whoever changes a row has to change the checksums, and those are signed
    (signed / "README.md").write_text("mine")
    lines = [line.split("  ") for line in (signed / SUMS).read_text().splitlines()]
    new = {"README.md": hashlib.sha256(b"mine").hexdigest()}
    (signed / SUMS).write_text("".join(f"{new.get(name, digest)}  {name}\n" for digest, name in lines))
    with pytest.raises(InputError, match="does not fit"):
        verify(signed)


def test_what_was_changed_taken_away_or_added_is_named(study: Folder, tmp_path: Path) -> None:
    copy = publish(study, "1.0", tmp_path / "copy").place
    (copy / "README.md").write_text("mine")
    (copy / "taxonomy.json").unlink()
    (copy / "more.txt").write_text("more")
    with pytest.raises(InputError) as refused:
        verify(copy)
    assert "changed: README.md; missing: taxonomy.json; not of the release: more.txt" in str(refused.value)


def test_a_release_that_was_changed_or_holds_withdrawn_rows_is_not_published(study: Folder, tmp_path: Path) -> None:
    write_record(study, Record(releases={"1.0": HeldRelease("1.0", 3, "2026-01-01T00:00:00+00:00")}))
    with pytest.raises(InputError, match="3 rows that were withdrawn"):
        publish(study, "1.0", tmp_path / "copy")
    write_record(study, Record())
    (study.release("1.0") / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match=r"changed: manifest\.json"):
        publish(study, "1.0", tmp_path / "copy.zip")
    assert not [path for path in tmp_path.iterdir() if path.name != "study"]
    assert publications(study) == ()


@pytest.mark.parametrize(
    ("version", "target", "raises", "says"),
    [
        ("2.0", "copy", UsageError, "no release"),
        ("../1.0", "copy", UsageError, "1.0"),
        ("1.0", "study/copy", UsageError, "inside the study"),
        ("1.0", "nowhere/copy", UsageError, "no folder"),
    ],
)
def test_what_cannot_be_published_is_refused(
    study: Folder, tmp_path: Path, version: str, target: str, raises: type[SeedbedError], says: str
) -> None:
    with pytest.raises(raises, match=says):
        publish(study, version, tmp_path / target)
    assert {path.name for path in tmp_path.iterdir()} == {"study"}


def test_a_full_disk_leaves_nothing(study: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for shape in SHAPES:
        with pytest.raises(StorageError):
            publish(study, "1.0", tmp_path / shape)
    assert {path.name for path in tmp_path.iterdir()} == {"study"}


def test_a_kill_leaves_nothing_at_the_place(study: Folder, tmp_path: Path) -> None:
    big = study.release("1.0") / "big.bin"
    big.write_bytes(os.urandom(30_000_000))  # a second of packing
    with (study.release("1.0") / SUMS).open("a") as sums:
        sums.write(f"{hashlib.sha256(big.read_bytes()).hexdigest()}  big.bin\n")
    target = tmp_path / "copy.tar.gz"
    words = [sys.executable, "-m", "seedbed", "publish", str(study.root), "1.0", "--to", str(target)]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    while process.poll() is None and not any(
        part.stat().st_size > 100_000 for part in tmp_path.glob(".publishing-*/made")
    ):
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not target.exists()
    assert publications(study) == ()
    assert publish(study, "1.0", target).place == target
    assert verify(target).version == "1.0"


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info, content in members:
            info.size = len(content) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(content))
    return path


def linked(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([(tarfile.TarInfo("../up"), b"x")], "leads out"),
        ([(tarfile.TarInfo("/root"), b"x")], "leads out|no SHA256SUMS"),
        ([(tarfile.TarInfo("a\\b"), b"x")], "leads out"),
        ([(tarfile.TarInfo("a"), b"x"), (tarfile.TarInfo("a"), b"y")], "twice"),
        ([(linked("a", tarfile.SYMTYPE), b"")], "a link or a device"),
        ([(linked("a", tarfile.LNKTYPE), b"")], "a link or a device|broken"),
        ([(linked("a", tarfile.FIFOTYPE), b"")], "a link or a device"),
        ([(tarfile.TarInfo("a"), b"x")], "no SHA256SUMS"),
        ([(tarfile.TarInfo("r/SHA256SUMS"), b""), (tarfile.TarInfo("s/a"), b"")], "no SHA256SUMS"),
        ([(tarfile.TarInfo("SHA256SUMS"), b"nonsense\n")], "line 1"),
        ([(tarfile.TarInfo("SHA256SUMS"), b"")], "manifest.json"),
    ],
)
def test_a_hostile_archive_is_refused(tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        verify(tar_of(tmp_path / "bad.tar.gz", *members))


def test_a_zip_that_holds_a_link_or_more_than_it_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="a link"):
        verify(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * 1_000_000)
    lie = path.read_bytes().replace((1_000_000).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    path.write_bytes(lie)
    with pytest.raises(InputError, match=r"not as long|broken"):
        verify(path)


def test_something_behind_the_end_of_an_archive_is_refused(study: Folder, tmp_path: Path) -> None:
    made = publish(study, "1.0", tmp_path / "copy.tar.gz").place
    whole = made.read_bytes()
    made.write_bytes(whole + gzip.compress(b"and more"))
    with pytest.raises(InputError, match="behind the end"):
        verify(made)
    made.write_bytes(whole[:-9])
    with pytest.raises(InputError, match="broken"):
        verify(made)


@pytest.fixture(scope="module")
def whole(released: Folder, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    folder = tmp_path_factory.mktemp("whole")
    study = Folder(shutil.copytree(released.root, folder / "study"))
    made = {kind: publish(study, "1.0", folder / f"copy{kind}").place.read_bytes() for kind in (".zip", ".tar.gz")}
    return lambda kind: made[kind]


@settings(max_examples=120, deadline=None)
@given(kind=st.sampled_from([".zip", ".tar.gz"]), at=st.floats(0, 1), bit=st.integers(0, 7), cut=st.booleans())
def test_no_changed_bit_and_no_cut_goes_unseen_or_crashes(
    whole: Callable[[str], bytes], tmp_path_factory: pytest.TempPathFactory, kind: str, at: float, bit: int, cut: bool
) -> None:
    content = bytearray(whole(kind))
    place = min(int(at * len(content)), len(content) - 1)
    if cut:
        del content[place:]
    else:
        content[place] ^= 1 << bit
    path = tmp_path_factory.getbasetemp() / f"mutant{kind}"
    path.write_bytes(content)
    try:
        held = verify(path)
    except InputError:
        return
    # bits that say nothing of a file: a time, a mode, the name of the system that packed it
    path.write_bytes(whole(kind))
    assert (held.sums, held.files, held.size) == ((sound := verify(path)).sums, sound.files, sound.size)


def test_the_commands(study: Folder, tmp_path: Path, key: Path) -> None:
    target = tmp_path / "pilot-1.0.zip"
    made = call("publish", study.root, "1.0", "--to", target, "--sign", key, "--json").json
    told = call("verify", target, "--key", key.with_suffix(".pub"), "--json").json
    assert (told["sums"], told["signed"]["key"], told["signed"]["trusted"]) == (made["sums"], made["signed"], True)
    assert "whose key that is was not asked" in call("verify", target).err
    target.write_bytes(target.read_bytes()[:-1])
    broken = call("verify", target)
    assert (broken.code, "Get it anew" in broken.err) == (3, True)
