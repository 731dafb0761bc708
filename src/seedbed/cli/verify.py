"""seedbed verify"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import AsJson
from seedbed.cli.console import framed, note, working


def verify(
    copy: Annotated[Path, typer.Argument(metavar="COPY", help="The folder of a release, or its .zip or .tar.gz.")],
    signers: Annotated[
        Path | None,
        typer.Option("--signers", metavar="FILE", help="Whom you trust, as SSH keeps them: a name and a key a line."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE.pub", help="The one public key that has to have signed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold a copy of a release against its checksums, and its signature against those you trust.

    Every file is read, none may be missing, and none may stand beside them. Nothing is unpacked, no study is needed.
    Without --signers or --key a signature is only seen to fit: it says that one key signed, not whose it is.

    Exit code 0 when the copy holds, 3 when it does not, with what is wrong.
    """
    from seedbed.errors import UsageError
    from seedbed.publish import verify as held

    if signers is not None and key is not None:
        raise UsageError("One of --signers and --key")
    with working("Checking") as listen:
        found = held(copy, signers=signers, key=key, listen=listen)
    signer = found.signer
    if as_json:
        framed(version=found.version, created=found.created, files=found.files, bytes=found.size, sums=found.sums,
               signed=signer and {"key": signer.key, "who": signer.who, "trusted": bool(signers or key)})  # fmt: skip
        return
    note(f"Release {found.version} of {found.created[:10]}: {found.files} files, {found.size / 1e6:.1f} MB, unchanged")
    note(f"The SHA-256 of its SHA256SUMS: {found.sums}")
    if signer is None:
        note("It is not signed: the checksums say that nothing broke, not from whom it is.")
    elif signers or key:
        note(f"Signed by {f'{signer.who}, ' if signer.who else ''}{signer.key}, whom you trust")
    else:
        note(f"Signed by {signer.key}; whose key that is was not asked: --signers FILE or --key FILE.pub")
