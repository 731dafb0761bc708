"""Whether a copy of a release is what was published: every file by its checksum, none missing, none beside them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from seedbed.errors import InputError
from seedbed.publish.copies import SIGNATURE, SUMS, members
from seedbed.publish.signing import Signer, signed_by

__all__ = ["Verified", "verify"]

_LINE = re.compile(r"([0-9a-f]{64})  ([^\s/][^\n]{0,500})")
_MANIFEST = "manifest.json"
_MOST = 4 << 20  # bytes of the checksums, the signature, the manifest
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Verified:
    """A copy that holds. `sums` is the SHA-256 of SHA256SUMS, by which a release is known; `size` in bytes. `signer` is
    None for a copy without a signature."""

    version: str
    created: str
    files: int
    size: int
    sums: str
    signer: Signer | None


def verify(
    path: Path,
    *,
    signers: Path | None = None,
    key: Path | None = None,
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Verified:
    """Hold the copy at `path` (a folder, .zip or .tar.gz) against its own checksums and its signature.

    `signers` is a file of allowed signers as SSH knows it, `key` one public key; with either a copy without a
    signature is refused. Memory is a piece of a file at a time. Raises InputError that names what is wrong.
    """
    found, kept, size = dict[str, str](), dict[str, bytes](), 0
    for number, member in enumerate(members(path)):
        listen("checking", number, 0)
        taken, keep = hashlib.sha256(), member.name.rpartition("/")[2] in (SUMS, SIGNATURE, _MANIFEST)
        if keep and member.size > _MOST:
            raise InputError(f"{path}: {member.name} is larger than any release's")
        pieces = []
        for piece in member.pieces:
            taken.update(piece)
            if keep:
                pieces.append(piece)
        if keep:
            kept[member.name] = b"".join(pieces)
        found[member.name] = taken.hexdigest()
        size += member.size
    around = _around(path, found)
    found = {name.removeprefix(around): digest for name, digest in found.items()}
    kept = {name.removeprefix(around): content for name, content in kept.items()}
    _hold(
        path, _said(path, kept[SUMS]), {name: digest for name, digest in found.items() if name not in (SUMS, SIGNATURE)}
    )
    signer = None
    if SIGNATURE in kept:
        signer = signed_by(kept[SUMS], kept[SIGNATURE], signers=signers, key=key)
    elif signers is not None or key is not None:
        raise InputError(f"{path} is not signed", hint="Ask whoever published it for a signed copy.")
    version, created = _about(path, kept.get(_MANIFEST, b""))
    return Verified(version, created, len(found), size, found[SUMS], signer)


def _around(path: Path, found: Collection[str]) -> str:
    """The folder that an archive has around all its files, with its stroke; "" without one."""
    if SUMS in found:
        return ""
    around = [name.removesuffix(SUMS) for name in found if name.count("/") == 1 and name.endswith(f"/{SUMS}")]
    if len(around) != 1 or not all(name.startswith(around[0]) for name in found):
        raise InputError(f"{path} has no {SUMS}", hint="It is no copy of a release, or not the whole of one.")
    return around[0]


def _said(path: Path, sums: bytes) -> dict[str, str]:
    said: dict[str, str] = {}
    for number, line in enumerate(sums.decode(errors="replace").splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in said:
            raise InputError(f"{path}: line {number} of {SUMS} is no checksum of a file")
        said[match[2]] = match[1]
    return said


def _hold(path: Path, said: dict[str, str], found: dict[str, str]) -> None:
    wrong = {
        "changed": sorted(name for name in said.keys() & found.keys() if said[name] != found[name]),
        "missing": sorted(said.keys() - found.keys()),
        "not of the release": sorted(found.keys() - said.keys()),
    }
    told = [f"{what}: {_some(names)}" for what, names in wrong.items() if names]
    if told:
        raise InputError(
            f"{path} is not what was published. {'; '.join(told)}", hint="Get it anew from whoever published it."
        )


def _about(path: Path, manifest: bytes) -> tuple[str, str]:
    try:
        about = json.loads(manifest)
        return str(about["version"]), str(about.get("created", ""))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError(f"{path}: its manifest.json does not say which release it is") from None


def _some(names: list[str]) -> str:
    shown = ", ".join(name[:200] for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
