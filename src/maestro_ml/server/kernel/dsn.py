"""Connection URLs in the forms that different drivers want."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def plain_dsn(url: str) -> str:
    """`url` with the scheme that libpq and asyncpg know, whatever driver suffix it came with."""
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql"))
