"""What a run keeps of its surroundings, and what it does not."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import maestro_ml
from maestro_ml import MaestroClient
from maestro_ml.sdk.logging.capture.git import MOST_DIFF, find_git_state
from maestro_ml.sdk.logging.capture.gpu import gpu_reader, parse_line
from maestro_ml.sdk.logging.capture.redaction import redact, redact_arguments
from maestro_ml.sdk.logging.capture.system import SystemMetrics


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def work_tree(tmp_path: Path) -> Path:
    """A repository with a commit and, since then, changes to code and to a secret."""
    tree = tmp_path / "tree"
    tree.mkdir()
    git(tree, "init", "-q", "-b", "feature/x")
    git(tree, "remote", "add", "origin", "https://ada:hunter2@example.org/code.git")
    (tree / "train.py").write_text("lr = 0.1\n")
    (tree / "deploy.PEM").write_text("old\n")
    (tree / ".env").write_text("old\n")
    git(tree, "add", ".")
    git(tree, "commit", "-q", "-m", "first")
    (tree / "train.py").write_text("lr = 0.2\npassword = 'hunter2-in-code'\n")
    (tree / "deploy.PEM").write_text("private-key-bytes\n")
    (tree / ".env").write_text("ANYTHING=classified\n")
    return tree


def test_a_run_knows_its_code_packages_and_machine(
    server: MaestroClient, work_tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_CAPTURE", "on")
    monkeypatch.setenv("MAESTRO_SYSTEM_SECONDS", "0.01")
    monkeypatch.chdir(work_tree)
    monkeypatch.setattr(sys, "orig_argv", ["python", "train.py", "--api-key", "abc", "--lr=3"])
    with maestro_ml.run("captured") as run, maestro_ml.run(name="child") as child:
        child.log(loss=1.0)
    found = server.runs.get(run.id)
    tags = found.info.tags
    assert tags["mlflow.source.git.commit"] == git(work_tree, "rev-parse", "HEAD")
    assert tags["mlflow.source.git.branch"] == "feature/x"
    assert tags["mlflow.source.git.repoURL"] == "https://***@example.org/code.git"
    assert tags["maestro.git.dirty"] == "true"
    assert tags["maestro.command"] == "python train.py --api-key '***' --lr=3"
    assert tags["maestro.directory"] == str(work_tree)
    assert {"maestro.python", "maestro.host", "maestro.cpus", "maestro.memory"} <= set(tags)
    found.download_artifact("maestro/code.diff", tmp_path / "diff")
    diff = (tmp_path / "diff").read_text()
    assert "+lr = 0.2" in diff
    assert not {word for word in ("hunter2", "private-key-bytes", "classified") if word in diff}
    found.download_artifact("maestro/requirements.txt", tmp_path / "requirements.txt")
    assert "pytest==" in (tmp_path / "requirements.txt").read_text()
    assert 0 <= found.info.metrics["system/cpu_utilization_percentage"] <= 100
    assert found.info.metrics["system/process_memory_megabytes"] > 10
    assert server.runs.get(child.id).info.tags == {"mlflow.parentRunId": run.id.hex}


def test_nothing_is_captured_that_was_switched_off(
    server: MaestroClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_CAPTURE", "on")
    with maestro_ml.run("bare", capture=False) as run:
        run.log(loss=1.0)
    found = server.runs.get(run.id)
    assert (found.info.tags, found.info.metrics, [*found.artifacts()]) == ({}, {"loss": 1.0}, [])


def test_without_git_or_a_commit_there_is_no_state(tmp_path: Path) -> None:
    assert find_git_state([tmp_path]) is None
    git(tmp_path, "init", "-q")
    assert find_git_state([tmp_path]) is None


def test_the_script_may_lie_elsewhere_and_a_diff_has_an_end(
    work_tree: Path, tmp_path: Path
) -> None:
    (work_tree / "train.py").write_text("x = 1\n" * 400_000)
    found = find_git_state([tmp_path, work_tree])
    assert found is not None
    assert found.root == work_tree
    assert len(found.diff) < MOST_DIFF + 100
    assert "cut off" in found.diff


@pytest.mark.parametrize(
    "text",
    [
        'api_key = "SECRET1"',
        "DB_PASSWORD=SECRET1x",
        '{"client_secret": "SECRET1"}',
        "postgresql://user:SECRET1@host/db",
        "Authorization: Bearer SECRET1-token",
        "key AKIASECRET1AAAAAAAA9",
        "-----BEGIN RSA PRIVATE KEY-----\nSECRET1\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nSECRET1 cut off",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    assert "SECRET1" not in redact(text)
    assert "***" in redact(text)


def test_a_line_without_an_end_is_masked_in_time() -> None:
    text = "token" * 200_000 + "://" * 1000 + "a" * 100_000
    begin = time.process_time()
    redact(text)
    assert time.process_time() - begin < 20  # not the hours of a pattern that goes back and back


@pytest.mark.parametrize(
    "text",
    [
        "def f(token: str) -> None:",
        "max_tokens: 100000",
        "tokenizer='bert-base'",
        "lr = 0.1",
        "a: 1",
    ],
)
def test_code_stays_readable(text: str) -> None:
    assert redact(text) == text


def test_options_that_name_a_secret_lose_its_value() -> None:
    given = ["t.py", "--password", "x", "--token=y", "MY_SECRET=z", "--db-passwd", "--lr", "0.1"]
    shown = [
        "t.py",
        "--password",
        "***",
        "--token=***",
        "MY_SECRET=***",
        "--db-passwd",
        "--lr",
        "0.1",
    ]
    assert redact_arguments(given) == shown


def test_gpus_are_read_from_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "nvidia-smi"
    command.write_text(
        "#!/bin/sh\n"
        'echo "NVIDIA H200, 37, 1000, 140000, 120.50"\n'
        'echo "NVIDIA A100, MIG 1g, [N/A], 500, 1000, [N/A]"\n'
    )
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setitem(sys.modules, "pynvml", None)
    gpus = gpu_reader()()
    assert [gpu.name for gpu in gpus] == ["NVIDIA H200", "NVIDIA A100, MIG 1g"]
    read = SystemMetrics(lambda: gpus).read()
    assert read["system/gpu_0_utilization_percentage"] == 37
    assert read["system/gpu_0_memory_usage_megabytes"] == pytest.approx(1048.576)
    assert read["system/gpu_0_power_usage_watts"] == 120.5
    assert "system/gpu_1_utilization_percentage" not in read
    assert read["system/gpu_1_memory_usage_percentage"] == 50
    assert parse_line("NVIDIA-SMI has failed") is None
    command.write_text("#!/bin/sh\nexit 9\n")
    assert gpu_reader()() == []
