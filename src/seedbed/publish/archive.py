"""A release as one file, .zip or .tar.gz: the same bytes whenever and wherever it is made of the same release.

Files stand sorted, in a folder named after the version, with one time and one mode, so that two people can compare the
archives they made by a checksum. Parquet is packed already; it is stored as it is in a .zip.
"""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

__all__ = ["pack"]

_LEVEL = 6
_YEAR_ZERO = (1980, 1, 1, 0, 0, 0)  # the first that a .zip can say


def pack(release: Path, added: Mapping[str, bytes], into: IO[bytes], *, kind: str) -> None:
    """Write the files of `release` and those `added` beside them to `into`; `kind` is ".zip", ".tar.gz" or ".tgz".

    One file at a time is read, a piece at a time. Raises OSError as the disk does.
    """
    files: dict[str, Path | bytes] = {
        file.relative_to(release).as_posix(): file for file in release.rglob("*") if file.is_file()
    }
    files |= added
    around = release.name
    if kind == ".zip":
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            for name in sorted(files):
                about = zipfile.ZipInfo(f"{around}/{name}", _YEAR_ZERO)
                about.external_attr = 0o100644 << 16
                about.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
                with _content(files[name]) as content, archive.open(about, "w", force_zip64=True) as written:
                    shutil.copyfileobj(content, written, 1 << 20)
        return
    with (
        gzip.GzipFile(filename="", fileobj=into, mode="wb", compresslevel=_LEVEL, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in sorted(files):
            source = files[name]
            member = tarfile.TarInfo(f"{around}/{name}")
            member.size = source.stat().st_size if isinstance(source, Path) else len(source)
            with _content(source) as content:
                archive.addfile(member, content)


def _content(source: Path | bytes) -> IO[bytes]:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)
