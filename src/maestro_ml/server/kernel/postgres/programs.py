"""Running PostgreSQL's own programs: as the right account, with a clean environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .account import ServiceAccount
from .errors import AccountError


@dataclass(frozen=True, slots=True)
class Outcome:
    ok: bool
    output: str

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.output.strip().splitlines()[-lines:])


def run_program(
    argv: Sequence[str | Path],
    *,
    account: ServiceAccount | None = None,
    environment: Mapping[str, str] | None = None,
    keep_fd: int | None = None,
    new_session: bool = False,
) -> Outcome:
    """Run to the end and return the merged output.

    Nothing of our own environment is passed on: PG* variables would steer the programs, and
    our secrets are no business of the service account. `keep_fd` stays open in the program.
    """
    path = os.environ.get("PATH", os.defpath)
    try:
        done = subprocess.run(
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            env={"PATH": path, "LC_ALL": "C", "TZ": "UTC", **(environment or {})},
            pass_fds=() if keep_fd is None else (keep_fd,),
            start_new_session=new_session,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
    except OSError as error:
        if account is None:
            return Outcome(ok=False, output=f"{argv[0]}: {error}")
        raise AccountError(
            f"cannot run {argv[0]} as the account {account.name!r} ({error}): "
            "run as a normal user instead"
        ) from error
    return Outcome(ok=done.returncode == 0, output=done.stdout)
