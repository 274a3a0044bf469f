"""Where the address and the key come from, and how they are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.credentials import (
    DEFAULT_URL,
    Credentials,
    CredentialsFile,
    maestro_home,
    resolve,
)
from maestro_ml.sdk.errors import ConfigurationError

STORED = Credentials("http://stored:1", "stored-key", "ada@example.org")


def test_without_anything_it_is_this_machine_without_a_key() -> None:
    assert resolve(None, None) == Credentials(DEFAULT_URL, None, None)


def test_arguments_go_before_the_environment_before_the_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CredentialsFile(home).save(STORED)
    assert resolve(None, None) == STORED
    monkeypatch.setenv("MAESTRO_API_KEY", "env-key")
    assert resolve(None, None) == Credentials("http://stored:1", "env-key", "ada@example.org")
    monkeypatch.setenv("MAESTRO_URL", "http://env:2/")
    assert resolve(None, None) == Credentials("http://env:2", "env-key")
    assert resolve("http://argument:3", "argument-key").url == "http://argument:3"
    assert resolve("http://argument:3", "argument-key").api_key == "argument-key"
    assert MaestroClient(api_key="x").url == "http://env:2"


def test_a_stored_key_never_goes_to_another_server(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CredentialsFile(home).save(STORED)
    assert resolve("http://other:1", None).api_key is None
    assert resolve("http://stored:1/", None).api_key == "stored-key"
    monkeypatch.setenv("MAESTRO_URL", "http://other:1")
    assert resolve(None, None).api_key is None


def test_the_file_and_its_folder_are_the_owners_alone(home: Path) -> None:
    file = CredentialsFile(home)
    file.save(STORED)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    file.path.chmod(0o644)
    file.save(STORED)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in home.iterdir()] == ["credentials.json"]
    file.delete()
    file.delete()
    assert file.find() is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"api_key": "x"}', "\x00"])
def test_a_damaged_file_says_what_to_do(home: Path, text: str) -> None:
    home.mkdir()
    (home / "credentials.json").write_text(text)
    with pytest.raises(ConfigurationError, match=r"maestro login"):
        resolve(None, None)
    assert resolve("http://a", "b").api_key == "b"


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"MAESTRO_HOME"):
        CredentialsFile(tmp_path / "file" / "home").save(STORED)


def test_the_home_defaults_to_the_users() -> None:
    assert maestro_home({}) == Path.home() / ".maestro"
    assert maestro_home({"MAESTRO_HOME": "~/x"}) == Path.home() / "x"


def test_a_key_is_not_shown_by_accident() -> None:
    assert "stored-key" not in repr(STORED)
    assert "k1" not in repr(MaestroClient("http://a", "k1"))
