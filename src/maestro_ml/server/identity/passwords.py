"""Argon2id password hashes (RFC 9106), computed off the event loop."""

from __future__ import annotations

import asyncio

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher


class Passwords:
    """Hashes and verifies; a missing account costs the same time as a wrong password."""

    def __init__(self) -> None:
        self._hash = PasswordHash((Argon2Hasher(),))
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """The salted hash of `password`."""
        return await asyncio.to_thread(self._hash.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether `password` fits `stored`; with None it takes its time and says no."""
        if stored is None:
            if self._decoy is None:
                self._decoy = await self.hash("decoy")
            await asyncio.to_thread(self._hash.verify, password, self._decoy)
            return False
        return await asyncio.to_thread(self._hash.verify, password, stored)
