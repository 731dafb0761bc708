"""Signing in by name and password: the same cost, answer and wait for a name that exists and for one that does not.

Guessing is slowed by name and by address. A browser that signed in before carries a *device* mark, and is slowed by
that mark alone: so whoever hammers on a name from elsewhere cannot keep its owner out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from seedbed.server.limits import Backoff
from seedbed.server.people.accounts import Account, checked_password
from seedbed.server.people.home import Home
from seedbed.server.people.names import clean_name, name_key
from seedbed.server.people.passwords import LONGEST, Passwords, TooBusy
from seedbed.server.refusals import Refusal

__all__ = ["Login"]


class Login:
    """The one place where passwords are checked."""

    def __init__(self, home: Home, passwords: Passwords) -> None:
        self._home = home
        self._passwords = passwords
        self._names = Backoff(free=5, longest=60)
        # an address may be a whole university's, so it has more attempts
        self._addresses = Backoff(free=20, longest=300)
        self._devices = Backoff(free=5, longest=60)

    async def enter(self, name: str, password: str, address: str, device: str | None) -> Account:
        """The account of that name and password. Raises Refusal wrong_login, try_later, busy."""
        found = self._home.accounts.named(name[:1000])
        account, stored = found or (None, None)
        if account is not None and device is not None and self._marked(device, account):
            keys = [(self._devices, device)]
        else:
            keys = [(self._names, name_key(clean_name(name[:1000]))), (self._addresses, address)]
        Backoff.check(keys)
        fits, better = await self._check(stored, password)
        if account is None or not fits:
            raise Refusal("wrong_login")
        # the address keeps its count: whoever has an account could clear it at will
        for backoff, key in keys:
            if backoff is not self._addresses:
                backoff.forgive(key)
        if better is not None:
            self._home.accounts.set_password(account.id, better, was=stored)
        return account

    async def confirm(self, account: str, password: str) -> None:
        """That somebody signed in knows their own password. Raises Refusal wrong_login, try_later, busy."""
        keys = [(self._devices, account)]
        Backoff.check(keys)
        found = self._home.accounts.named(self._home.accounts.get(account).name)
        fits, _ = await self._check(found[1] if found else None, password)
        if not fits:
            raise Refusal("wrong_login")
        self._devices.forgive(account)

    async def hash(self, password: str) -> str:
        """The hash of a new password. Raises Refusal bad_password, busy."""
        checked_password(password)
        try:
            return await self._passwords.ahash(password)
        except TooBusy:
            raise Refusal("busy", retry_after=2) from None

    async def _check(self, stored: str | None, password: str) -> tuple[bool, str | None]:
        try:
            return await self._passwords.acheck(stored, password[: LONGEST + 1])
        except TooBusy:
            raise Refusal("busy", retry_after=2) from None

    def mark(self, account: Account) -> str:
        """A mark for the browser that has just signed in."""
        nonce = secrets.token_hex(16)
        return f"{nonce}.{self._sign(nonce, account)}"

    def _marked(self, mark: str, account: Account) -> bool:
        nonce, _, signed = mark.partition(".")
        return mark.isascii() and hmac.compare_digest(signed, self._sign(nonce, account))

    def _sign(self, nonce: str, account: Account) -> str:
        return hmac.new(self._home.device_key, f"{nonce}.{account.id}".encode(), hashlib.sha256).hexdigest()
