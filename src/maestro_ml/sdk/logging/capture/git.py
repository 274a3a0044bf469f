"""Which code is running: commit, branch, and what has been changed since."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from maestro_ml.sdk.logging.capture.redaction import SECRET_FILES, redact

MOST_DIFF = 1 << 20
"""Bytes of a diff that are kept."""

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class GitState:
    """The work tree that the script belongs to; `diff` is against the commit, without secrets."""

    root: Path
    commit: str
    branch: str
    remote: str
    diff: str


def find_git_state(folders: list[Path]) -> GitState | None:
    """The state of the first of `folders` that lies in a work tree with a commit."""
    for folder in folders:
        root = _git(folder, "rev-parse", "--show-toplevel")
        commit = _git(folder, "rev-parse", "HEAD") if root else None
        if root and commit:
            top = Path(root.strip())
            return GitState(
                root=top,
                commit=commit.strip(),
                branch=(_git(top, "symbolic-ref", "--short", "-q", "HEAD") or "").strip(),
                remote=redact((_git(top, "remote", "get-url", "origin") or "").strip()),
                diff=_diff(top),
            )
    return None


def code_folders() -> list[Path]:
    """Where the code may be: the working directory, then the script's folder."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    return [Path.cwd(), *([Path(script).resolve().parent] if script else [])]


def _diff(root: Path) -> str:
    excluded = [f":(exclude,top,icase,glob)**/{pattern}" for pattern in SECRET_FILES]
    diff = _git(root, "diff", "HEAD", "--no-ext-diff", "--no-color", "--", ":/", *excluded) or ""
    cut = "\n… cut off: the diff is longer.\n" if len(diff.encode()) >= MOST_DIFF else ""
    return redact(diff) + cut


def _git(folder: Path, *arguments: str) -> str | None:
    """The first megabyte of what git says, None if it fails, is missing or takes too long."""
    try:
        with subprocess.Popen(
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # It must not take the lock of an index that the user is working with.
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        ) as process:
            assert process.stdout is not None
            impatience = Timer(_SECONDS, process.kill)
            impatience.start()
            said = process.stdout.read(MOST_DIFF)
            whole = len(said) < MOST_DIFF
            if not whole:
                process.kill()
            failed = process.wait() != 0
            impatience.cancel()
    except OSError:
        return None
    return None if whole and failed else said.decode(errors="replace")
