"""One copy of the encoded table that the search and all trial processes read."""

import mmap
import os
import tempfile

import numpy as np

from maestro_ml.engine.automl.tasks import FloatArray

_Shape = tuple[int, int]


def share(matrix: FloatArray) -> tuple[int, FloatArray]:
    """A file descriptor whose pages hold the matrix, and the matrix on them.

    The memory is given back when the descriptor is closed and the last array on it is gone.
    """
    descriptor = _anonymous_file()
    os.ftruncate(descriptor, max(1, matrix.nbytes))
    pages = mmap.mmap(descriptor, max(1, matrix.nbytes))
    shared = _on_pages(pages, matrix.shape)
    shared[:] = matrix
    return descriptor, shared


def attach(descriptor: int, shape: _Shape) -> FloatArray:
    """The matrix behind a descriptor of `share`, to be read only."""
    size = max(1, 8 * shape[0] * shape[1])
    return _on_pages(mmap.mmap(descriptor, size, prot=mmap.PROT_READ), shape)


def _on_pages(pages: mmap.mmap, shape: tuple[int, ...]) -> FloatArray:
    return np.frombuffer(pages, dtype=np.float64, count=int(np.prod(shape))).reshape(shape)


def _anonymous_file() -> int:
    # Linux has files that are memory; elsewhere one without a name is mapped.
    if hasattr(os, "memfd_create"):
        return os.memfd_create("maestro-table", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
