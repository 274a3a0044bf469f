"""MLflow's own server, in an environment of its own: `.venv-peers`, made from a locked list."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".venv-peers"
LOCK = ROOT / "requirements" / "peers.txt"


def peer_python() -> Path:
    """The interpreter that has MLflow; the environment is made, or made anew, if it has to be."""
    python, stamp = PLACE / "bin" / "python", PLACE / ".installed"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        print(f"Installing MLflow's server into {PLACE.name} …", flush=True)
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, PLACE], check=True)
        subprocess.run(
            [uv, "pip", "sync", "-q", "--python", python, "--require-hashes", LOCK], check=True
        )
        stamp.write_text(wanted)
    return python
