"""Signatures of SHA256SUMS, made and held by OpenSSH: a key that people have, and a check that needs no Seedbed.

    ssh-keygen -Y verify -f allowed_signers -I WHO -n seedbed-release -s SHA256SUMS.sig < SHA256SUMS

The private key is read by ssh-keygen alone, which asks for its passphrase or has an agent sign.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from seedbed.errors import InputError, MissingExtra

__all__ = ["NAMESPACE", "Signer", "sign", "signed_by"]

NAMESPACE = "seedbed-release"
_PATIENCE = 300  # seconds, in which a passphrase can be typed
_ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed: `who` as a file of allowed signers names the key, "" where none was given; `key` is its
    fingerprint."""

    who: str
    key: str


def sign(sums: Path, key: Path) -> bytes:
    """The signature of the file `sums` by the SSH key at `key`, of which the public half is enough with an agent.

    Raises InputError when ssh-keygen refuses, MissingExtra when there is none.
    """
    if not key.is_file():
        raise InputError(f"There is no key {key}", hint='Make one: ssh-keygen -t ed25519 -C "who publishes"')
    done = _ssh_keygen("-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE, given=sums.read_bytes())
    if done.returncode or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        raise InputError(
            f"ssh-keygen did not sign: {_said(done)}",
            hint="A key with a passphrase needs a terminal, or an agent that holds it (ssh-add).",
        )
    return done.stdout


def signed_by(sums: bytes, signature: bytes, *, signers: Path | None = None, key: Path | None = None) -> Signer:
    """Who signed `sums`, by a file of allowed signers or by one public key.

    With neither it is only seen that the signature fits, not whose it is: `who` is "". Raises InputError for a
    signature that does not fit, or is not by one of those.
    """
    with tempfile.TemporaryDirectory(prefix="seedbed-") as folder:
        held, allowed = Path(folder) / "sig", Path(folder) / "signers"
        held.write_bytes(signature)
        fits = _ssh_keygen("-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(held), given=sums)
        if fits.returncode:
            raise InputError(
                f"The signature does not fit SHA256SUMS: {_said(fits)}",
                hint="One of the two was changed. Get both anew from whoever published them.",
            )
        fingerprint = next((word for word in fits.stdout.decode(errors="replace").split() if word[:7] == "SHA256:"), "")
        if signers is None and key is None:
            return Signer("", fingerprint)
        if key is not None:
            allowed.write_text(f"{_ANYBODY} {_public(key)}\n", encoding="utf-8")
        who = _principal(held, allowed if key is not None else signers)
        told = _ssh_keygen(
            *("-Y", "verify", "-f", str(allowed if key is not None else signers), "-I", who, "-n", NAMESPACE),
            *("-s", str(held)), given=sums,
        )  # fmt: skip
        if not who or told.returncode:
            raise InputError(
                f"SHA256SUMS is signed by {fingerprint}, which is none of those you trust",
                hint="Ask whoever published it for their public key, by another way than the copy came.",
            )
        return Signer("" if who == _ANYBODY else who, fingerprint)


def _principal(signature: Path, allowed: Path | None) -> str:
    found = _ssh_keygen("-Y", "find-principals", "-f", str(allowed), "-s", str(signature))
    return found.stdout.decode(errors="replace").splitlines()[0] if found.stdout and not found.returncode else ""


def _public(key: Path) -> str:
    try:
        words = key.read_text(encoding="utf-8").split()
    except (OSError, UnicodeError) as error:
        raise InputError(f"Cannot read the key {key}: {error}") from None
    if len(words) < 2 or not words[0].startswith(("ssh-", "ecdsa-", "sk-")):
        raise InputError(f"{key} is no public key of SSH", hint="It is the file that ends in .pub.")
    return " ".join(words[:2])


def _ssh_keygen(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", *words], input=given, capture_output=True, timeout=_PATIENCE, check=False)
    except FileNotFoundError:
        raise MissingExtra("Signatures need ssh-keygen", hint="On Debian: apt-get install openssh-client") from None
    except subprocess.TimeoutExpired:
        raise InputError("ssh-keygen did not answer", hint="Is it waiting for a passphrase or a token?") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
    return lines[-1][:300]
