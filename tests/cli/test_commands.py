"""The commands against a real server: what they do, say and end with."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from uuid import uuid4

import pytest
from tests.cli.conftest import Maestro

from maestro_ml.server.kernel.ids import new_id

PASSWORD = "a long enough password"


def new_email() -> str:
    return f"user-{new_id()}@example.org"


def create_user(admin: Maestro, role: str = "viewer") -> tuple[str, str]:
    """The address and id of a new person with PASSWORD."""
    email = new_email()
    made = admin("users", "create", email, "--role", role, "--password-stdin", "-q", stdin=PASSWORD)
    assert made.code == 0, made.err
    return email, made.out.strip()


def test_users_are_created_listed_changed_and_deleted(admin: Maestro) -> None:
    email, user = create_user(admin)
    listed = {each["id"]: each for each in admin("users", "list", "--json").json}
    assert listed[user]["email"] == email
    assert listed[user]["role"] == "viewer"
    assert user in admin("--quiet", "users", "list").out.split()
    changed = admin("users", "set-role", user, "ml_engineer", "--json").json
    assert changed["role"] == "ml_engineer"
    refused = admin("users", "delete", user)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert admin("users", "delete", user, "--yes", "--json").json == {"id": user}
    table = admin("users", "list").out
    assert re.search(rf"{user}  {email} .* no ", table)
    assert "\x1b" not in table


def test_refusals_end_with_their_code_and_keep_stdout_empty(admin: Maestro) -> None:
    email, _ = create_user(admin)
    again = admin("users", "create", email, "--password-stdin", "--json", stdin=PASSWORD)
    assert (again.code, again.out) == (6, "")
    assert json.loads(again.err)["error"]["exit_code"] == 6
    assert admin("users", "set-role", str(uuid4()), "viewer").code == 5
    assert admin("users", "create", "no address", "--service").code == 7
    assert admin("whoami", MAESTRO_API_KEY="mml_wrong").code == 3


def test_nobody_answers(maestro: Maestro) -> None:
    failed = maestro.process("whoami", MAESTRO_URL="http://127.0.0.1:9")
    assert (failed.code, failed.out) == (8, "")
    assert "http://127.0.0.1:9" in failed.err
    assert "maestro up" in failed.err


def test_keys_are_made_used_and_revoked(admin: Maestro) -> None:
    secret = admin("keys", "create", "ci", "--scope", "user:read", "--quiet").out.strip()
    listed = admin("keys", "list", "--json")
    key = next(each for each in listed.json if each["name"] == "ci")
    assert secret.startswith(key["prefix"])
    assert secret not in listed.out
    assert admin("users", "list", MAESTRO_API_KEY=secret).code == 0
    assert admin("users", "create", new_email(), "--service", MAESTRO_API_KEY=secret).code == 4
    assert admin("keys", "revoke", key["id"], "--yes", "-q").out.strip() == key["id"]
    assert admin("users", "list", MAESTRO_API_KEY=secret).code == 3


def test_login_keeps_a_key_that_logout_revokes(admin: Maestro, live: str) -> None:
    email, _ = create_user(admin, "data_scientist")
    person = Maestro(admin.home / "person")
    wrong = person("login", "--url", live, "--email", email, "--password-stdin", stdin="wrong")
    assert wrong.code == 3
    assert not person.home.exists()
    done = person("login", "--url", live, "--email", email, "--password-stdin", stdin=PASSWORD)
    assert done.code == 0, done.err
    stored = person.home / "credentials.json"
    assert stored.stat().st_mode & 0o777 == 0o600
    content = json.loads(stored.read_text())
    assert (content["url"], content["email"]) == (live, email)
    assert person("whoami", "--json").json["user"]["email"] == email
    assert person("logout").code == 0
    assert not stored.exists()
    assert person("whoami", MAESTRO_URL=live, MAESTRO_API_KEY=content["api_key"]).code == 3
    assert person("logout").code == 0


def test_login_with_a_key_checks_it_first(admin: Maestro, live: str) -> None:
    person = Maestro(admin.home / "person")
    assert person("login", "--url", live, "--api-key", "mml_wrong").code == 3
    assert not person.home.exists()
    key = admin.env["MAESTRO_API_KEY"]
    assert person("login", "--url", live, "--api-key", key).code == 0
    assert person("whoami").code == 0
    assert person("login", "--url", live, "--email", "x@example.org").code == 2


def test_doctor_is_content_with_a_good_installation(admin: Maestro) -> None:
    checked = admin("doctor", "--json")
    states = {each["name"]: each["state"] for each in checked.json}
    assert checked.code == 0, checked.out
    assert {"python", "home", "disk", "credentials", "server", "database", "login"} <= set(states)
    assert "fail" not in states.values()


def test_doctor_names_what_is_wrong_and_what_to_do(maestro: Maestro) -> None:
    maestro.home.mkdir(mode=0o777)
    maestro.home.chmod(0o777)
    stored = maestro.home / "credentials.json"
    stored.write_text(json.dumps({"url": "http://127.0.0.1:9", "api_key": "k"}))
    stored.chmod(0o644)
    checked = maestro("doctor")
    assert checked.code == 1
    assert f"chmod 700 {maestro.home}" in checked.out
    assert f"chmod 600 {stored}" in checked.out
    assert "maestro up" in checked.out
    stored.write_text("{")
    states = {each["name"]: each["state"] for each in maestro("doctor", "--json").json}
    assert states["credentials"] == "fail"


@pytest.mark.parametrize("no_color", [True, False])
def test_a_terminal_gets_a_table_and_colours_unless_unwanted(
    admin: Maestro, no_color: bool
) -> None:
    env = admin.environment(TERM="xterm-256color", **({"NO_COLOR": "1"} if no_color else {}))
    controller, terminal = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "maestro_ml.cli", "doctor"],
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.DEVNULL,
        env=env,
    )
    os.close(terminal)
    shown = b""
    while chunk := _read(controller):
        shown += chunk
    os.close(controller)
    assert process.wait() == 0
    coloured = re.search(rb"\x1b\[[0-9;]*3[0-9]", shown) is not None
    assert coloured is not no_color


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says EIO when the last writer has closed its end
        return b""


def test_a_tenant_is_shown_and_changed(admin: Maestro) -> None:
    before = admin("tenant", "get", "--json").json
    changed = admin(
        "tenant", "update", "--name", f"Ours {uuid4().hex}", "--trash-days", "30", "--json"
    )
    assert changed.code == 0, changed.err
    assert changed.json == {**before, "name": changed.json["name"], "trash_days": 30}
    back = admin("tenant", "update", "--name", before["name"], "--trash-days", "0", "--json")
    assert back.json == before
    assert admin("tenant", "update").code == 2
