"""Paths of artifacts as clients send them, and the headers that tell what a file is."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote, unquote, urlsplit

from maestro_ml.server.protocols.mlflow.errors import InvalidParameter

_ROUNDS = 10
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~\w]+\Z", re.ASCII)
_TEXTS = re.compile(
    r"(txt|log|err|cfg|conf|cnf|cf|ini|properties|prop|hocon|toml|yaml|yml|xml|json|js|py|py3|csv|tsv"
    r"|md|rst|ipynb|MLmodel|mlproject)\Z"
)
"""Endings, and names without one, that MLflow shows as plain text."""


def safe_path(path: str) -> str:
    """`path` decoded, without empty parts; what leads elsewhere in any encoding is refused.

    Raises InvalidParameter.
    """
    for _ in range(_ROUNDS):
        decoded = unquote(path)
        if decoded == path:
            break
        path = decoded
    else:
        raise InvalidParameter("Invalid path")
    absolute = PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()
    if (
        absolute
        or PureWindowsPath(path).drive
        or ".." in re.split(r"[/\\]", path)
        or any(char in path for char in "#\\\0")
        or urlsplit(path).scheme == "file"
    ):
        raise InvalidParameter("Invalid path")
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def safe_file(path: str) -> str:
    """The safe path of a file, which has a name. Raises InvalidParameter."""
    safe = safe_path(path)
    if not safe:
        raise InvalidParameter("Invalid path")
    return safe


def media_type(path: str) -> str:
    """What a browser is told of the file: nothing that it would run."""
    name = PurePosixPath(path).name
    ending = PurePosixPath(path).suffix.removeprefix(".") or name
    if _TEXTS.match(ending):
        return "text/plain"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def attachment(path: str) -> str:
    """The Content-Disposition of a download, with a name for clients that read ASCII alone."""
    name = PurePosixPath(path).name
    if name.isascii():
        return f"attachment; filename={_quoted(name)}"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or "download"
    return (
        f"attachment; filename={_quoted(plain)}; filename*=UTF-8''{quote(name, safe='!$&+-.^_`|~')}"
    )


def _quoted(name: str) -> str:
    if _TOKEN.match(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
