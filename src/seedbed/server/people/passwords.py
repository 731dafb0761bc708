"""Passwords: argon2id, one at a time, so that a flood of sign-ins can stop neither the loop nor the memory.

Parameters after RFC 9106 and the OWASP password storage guidance, chosen for a small server: 32 MiB, 3 passes, one
lane, about 60 ms on one core. argon2 releases the interpreter's lock.
"""

from __future__ import annotations

import asyncio
import unicodedata
from typing import TYPE_CHECKING

from seedbed.errors import MissingExtra

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["LONGEST", "SHORTEST", "Passwords", "TooBusy"]

SHORTEST, LONGEST = 12, 1000  # characters

_WAITING = 20  # at 60 ms each the last of them waits little more than a second


class TooBusy(Exception):
    """More sign-ins wait than this server will hold."""


class Passwords:
    """Hashes and checks passwords. The methods with `a` in front are for the event loop."""

    def __init__(self, *, memory_kib: int = 32 * 1024, passes: int = 3) -> None:
        self._hasher = _hasher(memory_kib, passes)
        self._one = asyncio.Semaphore(1)
        self._waiting = 0
        # a name that no account has is checked against this, so that it costs what a known one costs
        self._nobody = self.hash("the password of no account")

    def hash(self, password: str) -> str:
        return self._hasher.hash(_form(password))

    def check(self, stored: str | None, password: str) -> tuple[bool, str | None]:
        """Whether `password` is the one of `stored` (None: of an unknown name, so never), at the same cost for both.

        The second value is a new hash to store when today's parameters differ from those of `stored`.
        """
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            self._hasher.verify(stored or self._nobody, _form(password))
        except (VerificationError, InvalidHashError):
            return False, None
        if stored is None:
            return False, None
        return True, self.hash(password) if self._hasher.check_needs_rehash(stored) else None

    async def ahash(self, password: str) -> str:
        async with _Turn(self):
            return await asyncio.to_thread(self.hash, password)

    async def acheck(self, stored: str | None, password: str) -> tuple[bool, str | None]:
        """`check` in a thread, one at a time. Raises TooBusy when 20 wait already."""
        async with _Turn(self):
            return await asyncio.to_thread(self.check, stored, password)


class _Turn:
    def __init__(self, of: Passwords) -> None:
        self._of = of

    async def __aenter__(self) -> None:
        if self._of._waiting >= _WAITING:
            raise TooBusy
        self._of._waiting += 1
        try:
            await self._of._one.acquire()
        except BaseException:
            self._of._waiting -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self._of._one.release()
        self._of._waiting -= 1


def _form(password: str) -> bytes:
    # one form for what two keyboards write differently (RFC 8265, OpaqueString)
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _hasher(memory_kib: int, passes: int) -> PasswordHasher:
    try:
        from argon2 import PasswordHasher, Type
    except ImportError:
        raise MissingExtra("Accounts need the package argon2-cffi", hint="pip install 'seedbed[serve]'") from None
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1, type=Type.ID)
