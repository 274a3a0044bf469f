"""`maestro up`: the whole platform on one machine, under one supervisor.

It opens the installation, listens, starts the API, the gateway and the worker, brings back whichever
dies (PostgreSQL included), and ends them all together.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import sys
from pathlib import Path

from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.process import listen
from maestro_ml.server.processes import fail, installed
from maestro_ml.server.supervisor import Program, Supervisor, wait_until_ready
from maestro_ml.server.wiring import wire

ADMINISTRATOR = "admin@localhost"


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
        first = asyncio.run(_first_start(installation, address))
        supervisor = Supervisor(
            _programs(installation, front, back, max(1, arguments.workers)),
            keep_database=installation.restart_database_if_dead,
        )
        with supervisor.started():
            if not wait_until_ready(front.getsockname()[:2], supervisor.stopping):
                fail("the platform did not get ready; the messages above say why.")
            sys.stderr.write(_banner(address, installation.settings.home, first))
            supervisor.run()


def _programs(
    installation: Installation, front: socket.socket, back: socket.socket, workers: int
) -> list[Program]:
    environment = {
        **os.environ,
        "MAESTRO_HOME": str(installation.settings.home),
        "MAESTRO_DATABASE_URL": installation.database_url,
        "MAESTRO_AUTH_SECRET_KEY": installation.secret_key,
        "MAESTRO_SERVING_URL": f"http://127.0.0.1:{back.getsockname()[1]}",
    }
    return [
        *(
            Program(
                f"server {number + 1}", "app", ["--fd", str(front.fileno())], front, environment
            )
            for number in range(workers)
        ),
        Program("gateway", "gateway", ["--fd", str(back.fileno())], back, environment),
        Program("worker", "worker", ["--supervised"], None, environment),
    ]


async def _first_start(installation: Installation, address: str) -> str | None:
    """Make the first tenant and administrator; their password if this was the first start."""
    platform = wire(installation.settings)
    try:
        made = await platform.tenants.bootstrap(email=ADMINISTRATOR)
    finally:
        await platform.close()
    if made is None:
        return None
    password, api_key = made
    home = installation.settings.home
    write_private(home / "secrets" / "admin_password", password + "\n")
    stored = {"url": address, "api_key": api_key, "email": ADMINISTRATOR}
    write_private(home / "credentials.json", json.dumps(stored, indent=2) + "\n")
    return password


def write_private(path: Path, text: str) -> None:
    """Write `text` to a file that only its owner can read."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _banner(address: str, home: Path, password: str | None) -> str:
    lines = ["", f"  Maestro is ready at {address}", ""]
    if password is not None:
        lines += [
            f"  First start. Log in as {ADMINISTRATOR} with the password {password}",
            f"  (shown once; kept in {home / 'secrets' / 'admin_password'})",
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
