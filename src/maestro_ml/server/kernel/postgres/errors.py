"""What can go wrong with the embedded PostgreSQL; every message says what to do next."""

from pathlib import Path

EXTERNAL = "or set MAESTRO_DATABASE_URL to a PostgreSQL 15 or newer that you run yourself"


class PostgresError(Exception):
    """Anything that keeps the embedded PostgreSQL from doing what was asked."""


class UnsupportedPlatformError(PostgresError):
    def __init__(self, platform: str) -> None:
        super().__init__(
            f"the embedded PostgreSQL runs on Linux and macOS only, not on {platform}: "
            f"use WSL 2, {EXTERNAL}"
        )


class BinariesNotFoundError(PostgresError):
    """No usable PostgreSQL programs on this machine."""


class HomeNotWritableError(PostgresError):
    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(
            f"cannot write to {path} ({reason}): make it writable for the user you run as, "
            "or set MAESTRO_HOME to a folder that is"
        )


class HomeUnreachableError(PostgresError):
    """Root only: the service account cannot enter the folder that holds the data."""

    def __init__(self, path: Path, account: str) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root, and the account {account!r} that it runs as "
            f"cannot enter {path}: set MAESTRO_HOME to a folder that it can reach "
            "(for example /var/lib/maestro), or run as a normal user"
        )


class AccountError(PostgresError):
    """Root only: there is no unprivileged account to run PostgreSQL as."""


class DataVersionError(PostgresError):
    def __init__(self, data: Path, found: str, wanted: int) -> None:
        super().__init__(
            f"{data} was written by PostgreSQL {found}, the programs here are version {wanted}; "
            f"nothing was changed. Point MAESTRO_PG_BIN at the bin folder of PostgreSQL {found} "
            "and dump the database with it, then start with a new MAESTRO_HOME and restore there"
        )


class DiskFullError(PostgresError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"no space left on the disk of {path}: free some (an empty database needs 50 MB), "
            "or set MAESTRO_HOME to a folder on a larger disk"
        )


class InitError(PostgresError):
    """`initdb` failed; the message holds the end of its output. No data folder is left behind."""


class StartError(PostgresError):
    """The server ended while it started; the message holds the end of its log."""


class StartTimeoutError(StartError):
    """The server did not accept connections in time; the message holds the end of its log."""


class StopError(PostgresError):
    """The server did not end in time."""


class SocketFolderError(PostgresError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"refusing to put the database socket into {path}: {reason}. "
            "Remove that folder, or set MAESTRO_HOME to a shorter path"
        )


class NotStartedError(PostgresError):
    def __init__(self) -> None:
        super().__init__("the embedded PostgreSQL is not in use yet: call start() first")


class PasswordMissingError(PostgresError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the database password file {path} is missing or unreadable: put it back from your "
            "backup; without it the database cannot be opened"
        )


class InvalidNameError(PostgresError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is no name for a database or role: use up to 63 small letters, digits and "
            "underscores, beginning with a letter"
        )


class DatabaseError(PostgresError):
    """A database or role could not be created or changed; the message holds the server's words."""


class BackupError(PostgresError):
    """A dump or a restore failed; what was there before is unchanged."""
