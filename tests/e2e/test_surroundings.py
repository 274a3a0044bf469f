"""What `maestro up` says when the machine is not as it should be, and that it touches nothing then."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.up import free_port, maestro, running_up


def test_a_port_in_use_is_named(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = maestro(home, "up", "--port", str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_is_a_file_is_refused(home: Path) -> None:
    home.write_text("not a folder")
    done = maestro(home, "up", "--port", str(free_port()))
    assert done.returncode == 1
    assert "MAESTRO_HOME" in done.stderr
    assert "Traceback" not in done.stderr
    assert home.read_text() == "not a folder"


@pytest.fixture
def unwritable(home: Path) -> Iterator[Path]:
    """A home that we may not write to; root may write anywhere but to a read-only file system."""
    home.mkdir(mode=0o555)
    if os.geteuid() != 0:
        yield home
        return
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", home], check=False)
    if mounted.returncode != 0:
        pytest.skip("root without the right to mount cannot make a folder unwritable")
    yield home
    subprocess.run(["umount", home], check=True)


def test_a_home_without_write_permission_is_refused(unwritable: Path) -> None:
    done = maestro(unwritable, "up", "--port", str(free_port()))
    assert done.returncode == 1, done.stderr
    assert str(unwritable) in done.stderr
    assert "MAESTRO_HOME" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(unwritable.iterdir()) == []


def test_production_refuses_to_start_without_its_own_secrets(home: Path) -> None:
    done = maestro(home, "up", MAESTRO_ENV="production")
    assert done.returncode == 1
    assert "MAESTRO_AUTH_SECRET_KEY" in done.stderr
    assert "MAESTRO_DATABASE_URL" in done.stderr
    assert not home.exists()


def test_production_refuses_a_short_secret(home: Path) -> None:
    done = maestro(
        home,
        "up",
        MAESTRO_ENV="production",
        MAESTRO_AUTH_SECRET_KEY="changeme",
        MAESTRO_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none",
    )
    assert done.returncode == 1
    assert "32 characters" in done.stderr


def test_a_wrong_setting_is_named(home: Path) -> None:
    done = maestro(home, "up", MAESTRO_AUTH_ACCESS_MINUTES="soon")
    assert done.returncode == 1
    assert "MAESTRO_AUTH_ACCESS_MINUTES" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_named(home: Path) -> None:
    done = maestro(home, "up", MAESTRO_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert done.returncode == 1
    assert "MAESTRO_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_operator_commands_work_while_the_server_runs_and_while_it_does_not(home: Path) -> None:
    first = maestro(home, "admin", "create-tenant", "Acme", "--print-token")
    assert first.returncode == 0, first.stderr
    key = first.stdout.strip()
    assert first.stdout == f"{key}\n"
    assert key.startswith("mml_")
    again = maestro(home, "admin", "create-tenant", "Acme")
    assert again.returncode == 1
    assert "Acme" in again.stderr
    with running_up(home) as up:
        token = maestro(home, "admin", "token", "--tenant", "Acme", "--role", "viewer")
        assert token.returncode == 0, token.stderr
        who = maestro(
            home, "whoami", "--json", MAESTRO_URL=up.url, MAESTRO_API_KEY=token.stdout.strip()
        )
        assert '"viewer"' in who.stdout, who.stderr
        assert up.stop() == 0
    verified = maestro(home, "admin", "verify-audit")
    assert verified.returncode == 0
    assert "Acme: " in verified.stdout
    assert "whole" in verified.stdout


def test_the_first_start_keeps_its_secrets_private(home: Path) -> None:
    with running_up(home) as up:
        announced = up.log.read_text()
    password = (home / "secrets" / "admin_password").read_text().strip()
    assert password in announced
    for name in ("credentials.json", "secrets/admin_password", "secrets/jwt"):
        assert (home / name).stat().st_mode & 0o077 == 0
    with running_up(home) as up:
        assert password not in up.log.read_text()
        assert maestro(home, "whoami").returncode == 0
