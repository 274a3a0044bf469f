"""MLflow's own server, in an environment of its own: `.venv-peers`, made from a locked list."""

from __future__ import annotations

from pathlib import Path

from bench.environments import ROOT, environment


def peer_python() -> Path:
    """The interpreter that has MLflow; the environment is made, or made anew, if it has to be."""
    return environment(ROOT / ".venv-peers", ROOT / "requirements" / "peers.txt")
