"""The settings of a process: complete under a supervisor, else from an installation it opens itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from typing import NoReturn

from pydantic import ValidationError

from maestro_ml.server.installation import Installation, InstallationError, open_installation
from maestro_ml.server.kernel.migrate import DatabaseUnsuitable
from maestro_ml.server.kernel.postgres import PostgresError
from maestro_ml.server.kernel.process import PortUnavailable, follow_supervisor, inherited, listen
from maestro_ml.server.kernel.settings import Settings, read_settings
from maestro_ml.server.kernel.telemetry import configure_logging

FAILED = 1
_EXPECTED = (InstallationError, PostgresError, DatabaseUnsuitable, PortUnavailable)


@contextmanager
def process_settings(name: str, *, supervised: bool = False) -> Iterator[Settings]:
    """Settings for the process `name`, for as long as the block lasts.

    supervised: the parent has opened the installation and passed everything in the environment; the
    process ends with it.
    """
    if supervised:
        settings = read_settings()
        configure_logging(settings, name)
        follow_supervisor()
        yield settings
    else:
        with installed(name) as installation:
            yield installation.settings


@contextmanager
def serving_process(name: str, purpose: str, *, port: int) -> Iterator[tuple[Settings, socket]]:
    """Settings and a listening socket for `maestro <name>`, as its arguments say.

    Under a supervisor the socket is inherited as `--fd`, and the settings are complete.
    """
    parser = argparse.ArgumentParser(prog=f"maestro {name}", description=purpose)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=port, help="port to listen on")
    parser.add_argument("--fd", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    supervised = chosen.fd is not None
    with process_settings(name, supervised=supervised) as settings:
        yield settings, inherited(chosen.fd) if supervised else listen(chosen.host, chosen.port)


@contextmanager
def installed(name: str) -> Iterator[Installation]:
    """The installation, opened for the process `name` for as long as the block lasts.

    What is expected to go wrong ends the process with one clear line.
    """
    try:
        settings = read_settings()
        configure_logging(settings, name)
        installation = open_installation(settings)
        try:
            yield installation
        finally:
            installation.close()
    except _EXPECTED as error:
        fail(str(error))
    except ValidationError as error:
        fail(_explain(error))


def fail(message: str) -> NoReturn:
    """End the process with `message` on stderr."""
    sys.stderr.write(f"maestro: {message}\n")
    sys.exit(FAILED)


def _explain(error: ValidationError) -> str:
    wrong = [
        f"MAESTRO_{'_'.join(str(part) for part in each['loc']).upper()}: {each['msg']}"
        for each in error.errors()
    ]
    return "these settings cannot be used:\n  " + "\n  ".join(wrong)
