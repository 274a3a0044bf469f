"""The embedded PostgreSQL: one server per folder, shared by processes, safe against any crash.

Used when no external database is configured. Owns the programs, the data folder, the server's
life and its passwords; knows nothing of what is stored in it, and nothing of the other rooms.
"""

from .errors import (
    AccountError,
    BackupError,
    BinariesNotFoundError,
    DatabaseError,
    DataVersionError,
    DiskFullError,
    HomeNotWritableError,
    HomeUnreachableError,
    InitError,
    InvalidNameError,
    NotStartedError,
    PasswordMissingError,
    PostgresError,
    SocketFolderError,
    StartError,
    StartTimeoutError,
    StopError,
    UnsupportedPlatformError,
)
from .server import LocalPostgres

__all__ = [
    "AccountError",
    "BackupError",
    "BinariesNotFoundError",
    "DataVersionError",
    "DatabaseError",
    "DiskFullError",
    "HomeNotWritableError",
    "HomeUnreachableError",
    "InitError",
    "InvalidNameError",
    "LocalPostgres",
    "NotStartedError",
    "PasswordMissingError",
    "PostgresError",
    "SocketFolderError",
    "StartError",
    "StartTimeoutError",
    "StopError",
    "UnsupportedPlatformError",
]
