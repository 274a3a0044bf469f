"""The program starts light, lists everything and imports only what is used."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.cli.conftest import Maestro

from maestro_ml.cli.lazy import load
from maestro_ml.cli.nouns import NOUNS

HEAVY = {"fastapi", "numpy", "pandas", "sqlalchemy", "uvicorn"}
CLIENT = {"httpx", "pydantic"}


def imported_by(*args: str) -> set[str]:
    """The modules that `maestro args` has imported at its end."""
    program = (
        f"import atexit, sys; sys.argv = ['maestro', *{args!r}]\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from maestro_ml.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_help_imports_neither_the_client_nor_the_server() -> None:
    loaded = imported_by("--help")
    assert loaded & (HEAVY | CLIENT) == set()
    assert {name for name in loaded if name.startswith("maestro_ml.server")} == set()


def test_a_noun_imports_no_other_noun_and_no_server() -> None:
    loaded = imported_by("users", "list", "--help")
    assert loaded & HEAVY == set()
    assert "maestro_ml.cli.users" in loaded
    assert "maestro_ml.cli.keys" not in loaded


def test_help_lists_every_noun(maestro: Maestro) -> None:
    shown = maestro("--help")
    assert shown.code == 0
    for name, noun in NOUNS.items():
        assert name in shown.out
        assert noun.help in shown.out


@pytest.mark.parametrize("name", NOUNS)
def test_every_noun_loads_and_every_verb_has_a_help(name: str) -> None:
    command = load(name)
    assert command.name in (name, "", None)
    verbs = getattr(command, "commands", {})
    assert all(verb.help for verb in verbs.values())
    if not verbs and NOUNS[name].panel != "Run the platform on this machine":
        assert (command.help or "").splitlines()[0] == NOUNS[name].help


def test_a_typing_mistake_is_a_usage_error_with_a_suggestion(maestro: Maestro) -> None:
    failed = maestro("usrs")
    assert failed.code == 2
    assert failed.out == ""
    assert "Did you mean 'users'?" in failed.err
    assert maestro("users", "list", "--nonsense").code == 2
    assert maestro("users", "set-role", "no-id", "viewer").code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_completion_script(maestro: Maestro, shell: str) -> None:
    script = maestro("completion", shell)
    assert script.code == 0
    assert f"complete_{shell}" in script.out
    assert "maestro" in script.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("maestro us", ["users"]),
        ("maestro experiments d", ["delete"]),
        ("maestro keys create x --sc", ["--scope"]),
        ("maestro keys list --j", ["--json"]),
    ],
)
def test_nouns_verbs_and_options_complete(
    maestro: Maestro, words: str, expected: list[str]
) -> None:
    position = str(len(words.split(" ")) - 1)
    completed = maestro(_MAESTRO_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=position)
    assert completed.out.split() == expected


def test_the_version_is_told_in_every_form(maestro: Maestro) -> None:
    plain = maestro("--version").out.strip()
    assert maestro("version").out.startswith(f"maestro {plain} ")
    assert maestro("version", "--json").json["version"] == plain


@pytest.mark.parametrize("missing", ["fastapi", "maestro_ml.server.up"])
def test_without_the_server_its_commands_say_what_to_install(
    maestro: Maestro, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    failed = maestro("up", "--port", "5001")
    assert failed.code == 1
    assert "pip install 'maestro-ml[platform]'" in failed.err
