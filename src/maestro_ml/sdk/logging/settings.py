"""How runs are logged on this machine, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maestro_ml.sdk.credentials import maestro_home
from maestro_ml.sdk.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class LoggingSettings:
    """`folder` holds one folder per run that the server has not got whole.

    `capture` tells whether code, packages and machine are recorded, `system_seconds` how often the
    machine is measured (0 for never), `finish_seconds` how long the end of a run may wait for the
    server.
    """

    folder: Path
    offline: bool = False
    capture: bool = True
    system_seconds: float = 15.0
    finish_seconds: float = 60.0


def read_logging_settings(environ: Mapping[str, str] = os.environ) -> LoggingSettings:
    """MAESTRO_RUN_DIR, MAESTRO_MODE, MAESTRO_CAPTURE, MAESTRO_SYSTEM_SECONDS, MAESTRO_FINISH_SECONDS.

    Raises ConfigurationError, which names the variable.
    """
    folder = environ.get("MAESTRO_RUN_DIR")
    return LoggingSettings(
        folder=Path(folder).expanduser() if folder else maestro_home(environ) / "runs",
        offline=_choice(environ, "MAESTRO_MODE", "online", "offline") == "offline",
        capture=_choice(environ, "MAESTRO_CAPTURE", "on", "off") == "on",
        system_seconds=_seconds(environ, "MAESTRO_SYSTEM_SECONDS", 15.0),
        finish_seconds=_seconds(environ, "MAESTRO_FINISH_SECONDS", 60.0),
    )


def _choice(environ: Mapping[str, str], name: str, usual: str, other: str) -> str:
    value = (environ.get(name) or usual).lower()
    if value not in (usual, other):
        raise ConfigurationError(f"{name} is {value!r}.", f"Set it to {usual} or {other}.")
    return value


def _seconds(environ: Mapping[str, str], name: str, usual: float) -> float:
    text = environ.get(name) or str(usual)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ConfigurationError(f"{name} is {text!r}.", "Set it to a number of seconds, from 0.")
    return seconds
