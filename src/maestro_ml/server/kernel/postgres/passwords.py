"""The random passwords of the database roles: one file each, readable by us alone."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from .errors import PasswordMissingError


@dataclass(frozen=True, slots=True)
class Passwords:
    folder: Path

    def get(self, role: str) -> str:
        """Raises `PasswordMissingError`."""
        path = self.folder / role
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise PasswordMissingError(path) from error

    def get_or_create(self, role: str) -> str:
        """The role's password; of several processes that create it at once, one wins for all."""
        path = self.folder / role
        if not path.exists():
            unfinished = self._write(role, secrets.token_urlsafe(24))
            try:
                path.hardlink_to(unfinished)  # unlike a rename, never replaces the winner's
            except FileExistsError:
                pass
            finally:
                unfinished.unlink()
        return self.get(role)

    def set(self, role: str, password: str) -> None:
        self._write(role, password).replace(self.folder / role)

    def _write(self, role: str, password: str) -> Path:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        path = self.folder / f".{role}.{secrets.token_hex(4)}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(password)
            file.flush()
            os.fsync(descriptor)
        return path
