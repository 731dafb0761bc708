"""Secrets that are shown once and kept only as a hash, and ids that are no secret.

A token has 256 bits, so its plain SHA-256 cannot be searched: no salt and no slow hash are needed, and finding it by
its hash tells an attacker's clock nothing about the token.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

__all__ = ["digest", "new_id", "new_token", "valid_token"]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """256 random bits as 43 characters that may stand in an address."""
    return secrets.token_urlsafe(32)


def valid_token(text: str) -> bool:
    """Whether `text` has the form of a token; anything else need not be looked up."""
    return _TOKEN.fullmatch(text) is not None


def digest(token: str) -> bytes:
    """What is stored of a token: SHA-256, 32 bytes."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def new_id(prefix: str) -> str:
    """`prefix`, an underscore and 10 base32 characters (50 bits): `p_` a person, `a_` an account, `s_` a session."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10]}"
