"""Memory that processes share is there once, and is counted once."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from maestro_ml.engine.automl.memory import MemoryWatch, proportional_mb, resident_mb
from maestro_ml.engine.automl.shared_matrix import attach, share

SHAPE = (100_000, 100)
MEGABYTES = 8 * SHAPE[0] * SHAPE[1] / 1024 / 1024
READER = f"""
import sys
from maestro_ml.engine.automl.shared_matrix import attach
matrix = attach(int(sys.argv[1]), {SHAPE})
print(matrix.sum(), flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells how pages are shared"
)


def test_a_shared_matrix_is_the_same_numbers_and_cannot_be_written_to() -> None:
    matrix = np.random.default_rng(0).normal(size=(50, 3))
    descriptor, shared = share(matrix)
    attached = attach(descriptor, (50, 3))
    np.testing.assert_array_equal(shared, matrix)
    np.testing.assert_array_equal(attached, matrix)
    assert not attached.flags.writeable


def test_an_empty_matrix_can_be_shared() -> None:
    descriptor, shared = share(np.empty((5, 0)))
    assert shared.shape == attach(descriptor, (5, 0)).shape == (5, 0)


def test_pages_that_processes_share_count_once() -> None:
    descriptor, shared = share(np.ones(SHAPE))
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(descriptor)],
            pass_fds=[descriptor],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    pids = [reader.pid for reader in readers]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert float(reader.stdout.readline()) == shared.sum()
        counted_twice = sum(map(resident_mb, pids))
        counted_once = sum(map(proportional_mb, pids))
        assert counted_once < counted_twice - MEGABYTES
        between = (counted_once + counted_twice) / 2
        assert MemoryWatch(between).excess(pids) == {}
        assert MemoryWatch(counted_once / 2).excess(pids).keys() == set(pids)
    finally:
        for reader in readers:
            reader.communicate()


def test_a_process_that_is_gone_has_no_memory() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert proportional_mb(gone.pid) == resident_mb(gone.pid) == 0.0
