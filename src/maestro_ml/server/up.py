"""`maestro up`: the whole platform on one machine, under one supervisor.

It opens the installation, listens, starts the API, the gateway and the worker, brings back whichever
dies (PostgreSQL included), and ends them all together.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from maestro_ml.server.first_start import ADMINISTRATOR, first_start, password_file
from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.process import listen
from maestro_ml.server.processes import fail, installed
from maestro_ml.server.supervisor import Program, Supervisor, wait_until_ready


def main() -> None:
    """Serve the platform until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="maestro up", description="Serve the whole platform.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5000, help="port to listen on")
    parser.add_argument("--workers", type=int, default=1, help="API processes")
    parser.add_argument("--no-ui", action="store_true", help="serve the API alone")
    arguments = parser.parse_args()
    with installed("up") as installation:
        front = listen(arguments.host, arguments.port)
        # The gateway stays behind the API on loopback: one address, one port for users.
        back = listen("127.0.0.1", 0)
        address = f"http://{arguments.host}:{front.getsockname()[1]}"
        environment = _environment(installation, back, web=not arguments.no_ui)
        password = first_start(installation.settings.home, address, environment)
        supervisor = Supervisor(
            _programs(front, back, max(1, arguments.workers), environment),
            keep_database=installation.restart_database_if_dead,
        )
        with supervisor.started():
            if not wait_until_ready(front.getsockname()[:2], supervisor.stopping):
                fail("the platform did not get ready; the messages above say why.")
            sys.stderr.write(_banner(address, installation.settings.home, password))
            supervisor.run()


def _environment(installation: Installation, back: socket.socket, *, web: bool) -> dict[str, str]:
    """What the children need to know; secrets travel in the environment, never in arguments."""
    return {
        **os.environ,
        "MAESTRO_HOME": str(installation.settings.home),
        "MAESTRO_DATABASE_URL": installation.database_url,
        "MAESTRO_AUTH_SECRET_KEY": installation.secret_key,
        **({} if web else {"MAESTRO_WEB_ENABLED": "false"}),
        "MAESTRO_SERVING_URL": f"http://127.0.0.1:{back.getsockname()[1]}",
    }


def _programs(
    front: socket.socket, back: socket.socket, workers: int, environment: dict[str, str]
) -> list[Program]:
    servers = [
        Program(f"server {number}", "app", ["--fd", str(front.fileno())], front, environment)
        for number in range(1, workers + 1)
    ]
    return [
        *servers,
        Program("gateway", "gateway", ["--fd", str(back.fileno())], back, environment),
        Program("worker", "worker", ["--supervised"], None, environment),
    ]


def _banner(address: str, home: Path, password: str | None) -> str:
    lines = ["", f"  Maestro is ready at {address}", ""]
    if password is not None:
        lines += [
            f"  First start. Log in as {ADMINISTRATOR} with the password {password}",
            f"  (shown once; kept in {password_file(home)})",
            "",
        ]
    lines += [
        f"  API reference  {address}/docs",
        "  First model    maestro automl train data.csv --target y",
        f"  Home           {home}",
        "",
        "  Ctrl-C stops everything.",
        "",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
