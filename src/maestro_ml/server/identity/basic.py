"""HTTP's Basic scheme: a user's name with their password, or with an API key in its place."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable

from maestro_ml.server.identity.errors import LoginFailed, TokenInvalid
from maestro_ml.server.identity.passwords import Passwords
from maestro_ml.server.identity.repository import Grant, IdentityRepository
from maestro_ml.server.kernel.db import UnitsOfWork

_REMEMBERED = 10_000


class BasicCredentials:
    """Finds whose name and password these are.

    A password is put through its slow hash once, not with every request: the process remembers, under
    a key that it never tells, which credentials fitted which stored hash. What the account may do, and
    whether its password is still that one, is asked of the database each time.
    """

    def __init__(self, units: UnitsOfWork, passwords: Passwords) -> None:
        self._units = units
        self._passwords = passwords
        self._key = secrets.token_bytes(32)
        self._fitted: OrderedDict[str, str] = OrderedDict()
        self._checking = asyncio.Lock()

    def digest(self, encoded: str) -> str:
        """What stands for the credentials in memory, where they must not be found."""
        return hmac.digest(self._key, encoded.encode(), hashlib.sha256).hex()

    @staticmethod
    def decode(encoded: str) -> tuple[str, str]:
        """The name and the secret. Raises TokenInvalid."""
        try:
            name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise TokenInvalid("This is not 'user:password' in base64.") from error
        if not colon or "\x00" in name:
            raise TokenInvalid("This is not 'user:password' in base64.")
        return name, secret

    async def grant(self, encoded: str, on_guess: Callable[[], None]) -> Grant:
        """What the credentials stand for: the user, in their oldest tenant.

        `on_guess` is called before a password goes through its hash, and may raise. Raises
        TokenInvalid or LoginFailed.
        """
        email, password = self.decode(encoded)
        async with self._units.system(reason="a login finds its tenant") as unit:
            repository = IdentityRepository(unit.session)
            account = await repository.find_account(email)
            tenants = [] if account is None else await repository.memberships(account.id)
            user = (
                await repository.find_user(tenants[0].id, account.id)
                if account is not None and tenants
                else None
            )
        stored = None if account is None else account.password_hash
        fits = await self._fits(self.digest(encoded), password, stored, on_guess)
        if user is None or not fits:
            raise LoginFailed(
                "The user name or the password is wrong. Check them, or ask an administrator whether "
                "your account is active."
            )
        return Grant(user, tenants[0].id, scopes=None, expires_at=None, revoked=False)

    async def _fits(
        self, digest: str, password: str, stored: str | None, on_guess: Callable[[], None]
    ) -> bool:
        # One at a time, so that the threads of one client do not all hash the same password.
        async with self._checking:
            if stored is not None and self._fitted.get(digest) == stored:
                self._fitted.move_to_end(digest)
                return True
            on_guess()
            fits = await self._passwords.verify(password, stored)
            if fits and stored is not None:
                self._fitted[digest] = stored
                if len(self._fitted) > _REMEMBERED:
                    self._fitted.popitem(last=False)
            return fits
