"""Environments for what we are measured against, each made once from a locked list."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
_UV = Path(sys.executable).with_name("uv")


def environment(place: Path, lock: Path) -> Path:
    """The interpreter of an environment of its own at `place`, made anew when its list changes."""
    python = place / "bin" / "python"

    def install() -> None:
        _run("venv", "--clear", "--python", sys.executable, place)
        _run("pip", "sync", "--python", python, "--require-hashes", lock)

    _once(place, lock, install)
    return python


def packages(place: Path, lock: Path) -> Path:
    """The folder `place` with the files of packages that nobody imports."""

    def install() -> None:
        _run("pip", "install", "--target", place, "--no-deps", "--require-hashes", "-r", lock)

    _once(place, lock, install)
    return place


def _once(place: Path, lock: Path, install: Callable[[], None]) -> None:
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = place / ".installed"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"Installing {lock.stem} into {place.relative_to(ROOT)} …", flush=True)
    install()
    stamp.write_text(wanted)


def _run(*arguments: object) -> None:
    subprocess.run([_UV, "-q", *map(str, arguments)], check=True)
