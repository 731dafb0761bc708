"""Bytes to text: which encoding, and exactly where it does not hold."""

from __future__ import annotations

import codecs
from pathlib import Path

from seedbed.errors import InputError

__all__ = ["decode"]

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, path: Path, encoding: str | None = None) -> str:
    """`data` as text, without a byte-order mark.

    Without `encoding`: what the byte-order mark says, else UTF-8. Nothing is guessed, because a wrong guess changes
    people's names and words silently. Raises InputError that names line and byte, also for a NUL byte.
    """
    chosen = encoding or next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        text = data.decode(chosen)
    except LookupError:
        raise InputError(
            f"{path}: there is no encoding called {chosen!r}", hint="Common ones: utf-8, cp1252, latin-1, utf-16."
        ) from None
    except UnicodeDecodeError as error:
        seen = bytes(error.object)  # without the mark, where the codec took one off
        line = seen.count(b"\n", 0, error.start) + 1
        name = chosen.removesuffix("-sig")
        at = error.start + len(data) - len(seen)
        raise InputError(
            f"{path}: line {line}: byte 0x{seen[error.start]:02x} at position {at} is not {name}",
            hint="Save the file as UTF-8, or name its encoding, for example: --encoding cp1252",
        ) from None
    nul = text.find("\0")
    if nul >= 0:
        raise InputError(
            f"{path}: line {text.count(chr(10), 0, nul) + 1}: the file holds NUL bytes, so it is no plain text",
            hint="Export it again as CSV in UTF-8; a UTF-16 file without a byte-order mark needs --encoding utf-16-le.",
        )
    return text.removeprefix("\ufeff")
