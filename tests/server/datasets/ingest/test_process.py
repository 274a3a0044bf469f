"""The subprocess: results and errors come back, limits hold, and nothing survives a cancel or a kill."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from maestro_ml.server.datasets.ingest import IngestError, IngestLimits, ingest_file
from maestro_ml.server.datasets.ingest.errors import MemoryLimit, RaggedRow, TimeLimit
from maestro_ml.server.datasets.ingest.limits import MIB

TITANIC = Path(__file__).parents[4] / "examples" / "data" / "titanic.csv"
INGEST = [sys.executable, "-m", "maestro_ml.server.datasets.ingest"]
MEASURE = """
import asyncio, resource, sys
from pathlib import Path
from maestro_ml.server.datasets.ingest import ingest_file
asyncio.run(ingest_file(*map(Path, sys.argv[1:])))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


# A limit on file sizes is the full disk that needs no rights to set up.
WITHOUT_SPACE = """
import resource, runpy
resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
runpy.run_module("maestro_ml.server.datasets.ingest", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV of some 110 MB in which one column's type changes in the last row."""
    chance = random.Random(11)
    path = tmp_path_factory.mktemp("large") / "large.csv"
    tails = [
        f"{chance.gauss(0, 1):.9f},{chance.randint(0, 10**9)},{chance.choice('abc')},"
        f"2024-01-{chance.randint(1, 28):02},text number {chance.randint(0, 10**9)}\n"
        for _ in range(100_000)
    ]
    with path.open("w") as file:
        file.write("id,x,n,class,day,note\n")
        for start in range(0, 1_700_000, len(tails)):
            file.writelines(f"{start + i},{tail}" for i, tail in enumerate(tails))
        file.write("last,0,0.5,a,2024-01-01,end\n")
    return path


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def half_written(folder: Path) -> bool:
    """Whether an ingestion has begun to write its table somewhere below the folder."""
    return any(folder.rglob("table.parquet"))


def subprocesses() -> list[psutil.Process]:
    """The ingesting children of this process; tests next door may have others."""
    return [child for child in psutil.Process().children() if INGEST[-1] in child.cmdline()]


async def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition of the outside world, ten seconds at most."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_titanic(tmp_path: Path) -> None:
    first = await ingest_file(TITANIC, tmp_path / "a.parquet")
    second = await ingest_file(TITANIC, tmp_path / "b.parquet")
    assert first == second
    assert (first.source_format, first.rows, len(first.columns)) == ("csv", 2207, 8)
    assert {c.name: str(c.type) for c in first.columns} == {
        "gender": "categorical",
        "age": "float",
        "class": "categorical",
        "embarked": "categorical",
        "fare": "float",
        "sibsp": "integer",
        "parch": "integer",
        "survived": "integer",
    }
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 2207
    assert first.content_bytes == (tmp_path / "a.parquet").stat().st_size
    assert left_in(tmp_path) == ["a.parquet", "b.parquet"]


async def test_an_error_comes_back_as_itself(tmp_path: Path) -> None:
    source = tmp_path / "bad.csv"
    source.write_text("a,b\n1,2\n1\n")
    with pytest.raises(RaggedRow) as caught:
        await ingest_file(source, tmp_path / "t.parquet")
    assert (caught.value.row, caught.value.column) == (3, "b")
    assert left_in(tmp_path) == ["bad.csv"]


@pytest.mark.parametrize(
    ("limits", "error"),
    [(IngestLimits(memory_bytes=MIB), MemoryLimit), (IngestLimits(seconds=0.3), TimeLimit)],
)
async def test_limits_end_it(
    tmp_path: Path, large: Path, limits: IngestLimits, error: type[IngestError]
) -> None:
    with pytest.raises(error):
        await ingest_file(large, tmp_path / "t.parquet", limits=limits)
    assert left_in(tmp_path) == []
    assert subprocesses() == []


async def test_cancelling_leaves_nothing(tmp_path: Path, large: Path) -> None:
    task = asyncio.create_task(ingest_file(large, tmp_path / "t.parquet"))
    await until(lambda: half_written(tmp_path))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left_in(tmp_path) == []
    assert subprocesses() == []


async def test_a_killed_subprocess_is_an_error(tmp_path: Path, large: Path) -> None:
    task = asyncio.create_task(ingest_file(large, tmp_path / "t.parquet"))
    await until(lambda: half_written(tmp_path))
    for child in subprocesses():
        child.kill()
    with pytest.raises(IngestError, match="unexpectedly"):
        await task
    assert left_in(tmp_path) == []


async def test_it_ends_when_its_parent_is_gone(tmp_path: Path, large: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    command = [*INGEST, str(large), str(workspace / "t.parquet"), "--supervised"]
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    await until(lambda: half_written(workspace))
    assert process.stdin is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), timeout=10) == 3
    assert left_in(tmp_path) == []


def test_memory_stays_bounded(tmp_path: Path, large: Path) -> None:
    target = tmp_path / "t.parquet"
    command = [sys.executable, "-c", MEASURE, str(large), str(target)]
    measured = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    assert int(measured.stdout) < 400 * MIB
    table = pq.ParquetFile(target)
    assert table.metadata.num_rows == 1_700_001
    assert [str(field.type) for field in table.schema_arrow] == [
        "string", "double", "double", "string", "date32[day]", "string"
    ]  # fmt: skip


def test_running_out_of_space_leaves_nothing(tmp_path: Path, large: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_SPACE, str(large), str(tmp_path / "t.parquet")]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["code"] == "dataset.storage_full"
    assert left_in(tmp_path) == []


def test_the_command_prints_one_line_of_json(tmp_path: Path) -> None:
    good = subprocess.run(
        [*INGEST, TITANIC, tmp_path / "t.parquet"], capture_output=True, check=True
    )
    assert json.loads(good.stdout)["rows"] == 2207
    (tmp_path / "bad.csv").write_text("")
    bad = subprocess.run(
        [*INGEST, tmp_path / "bad.csv", tmp_path / "u"], capture_output=True, check=False
    )
    assert bad.returncode == 2
    assert json.loads(bad.stdout)["code"] == "dataset.empty_file"
