"""seedbed publish"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, hint, note, working


def publish(
    folder: StudyFolder,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="A release: releases/VERSION.")],
    target: Annotated[
        Path, typer.Option("--to", metavar="PLACE", help="A new folder, or a file ending in .zip or .tar.gz.")
    ],
    key: Annotated[
        Path | None,
        typer.Option("--sign", metavar="KEY", help="An SSH key, such as ~/.ssh/id_ed25519; signs the checksums."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give a release away: a copy, byte for byte, as a folder or one file, signed if you like.

    First the release is held against its own checksums, so a changed one never leaves, nor one with rows that were
    withdrawn since. An archive is the same bytes whoever makes it. Where it went stands in publications.json, so that a
    withdrawal can name the copies.

    Whoever gets the copy checks it: seedbed verify COPY, or without Seedbed: sha256sum -c SHA256SUMS.

    Examples: seedbed publish pilot 1.0 --to pilot-1.0.tar.gz · seedbed publish pilot 1.0 --to pilot-1.0.zip --sign
    ~/.ssh/id_ed25519
    """
    from seedbed.acts import Study

    with working("Publishing") as listen:
        made = Study.open(folder).publish(version, target, key=key, listen=listen)
    if as_json:
        data({"schema": 1, "version": made.version, "place": str(made.place), "sums": made.sums, "bytes": made.size,
              "signed": made.signer.key if made.signer else None})  # fmt: skip
        return
    note(f"Release {made.version}: {made.place} ({made.size / 1e6:.1f} MB)")
    note(f"It is known by the SHA-256 of its SHA256SUMS: {made.sums}")
    if made.signer is not None:
        note(f"Signed by {made.signer.key}. Give your public key by another way than the copy.")
    hint(command("verify", made.place))
