"""What the script runs on: command line, Python, packages, machine."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Iterable
from importlib.metadata import distributions

import psutil

from maestro_ml.sdk.logging.capture.redaction import redact_arguments

_LONGEST = 2000
"""Characters of a command line that are kept: some carry a whole script."""


def describe_process() -> dict[str, str]:
    """Tags that tell how the script was started; MLflow's names where it has one."""
    command = shlex.join(redact_arguments(sys.orig_argv))
    script = sys.argv[0] if sys.argv and sys.argv[0] else "interactive"
    return {
        "mlflow.source.name": script,
        "mlflow.source.type": "LOCAL",
        "maestro.command": command[:_LONGEST],
        "maestro.directory": os.getcwd(),  # noqa: PTH109 - a string is asked for
        "maestro.python": platform.python_version(),
    }


def describe_machine(gpus: Iterable[str]) -> dict[str, str]:
    """Tags that tell on which machine the script runs."""
    described = {
        "maestro.host": platform.node(),
        "maestro.os": platform.platform(),
        "maestro.cpus": str(_cpus()),
        "maestro.memory": f"{psutil.virtual_memory().total / 1e9:.1f} GB",
    }
    named = ", ".join(gpus)
    return {**described, "maestro.gpus": named} if named else described


def _cpus() -> int:
    """The processors that this process may use, which in a container are not all."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def list_packages() -> str:
    """The installed packages as a requirements file."""
    found = {
        f"{each.name}=={each.version}" for each in distributions() if each.name and each.version
    }
    return "\n".join(sorted(found, key=str.lower)) + "\n"
