"""Model directories as archives: unpacked with suspicion, packed while they are sent."""

from __future__ import annotations

import errno
import stat
import tarfile
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from maestro_ml.contracts.registry import ModelFile
from maestro_ml.server.kernel.errors import MaestroError, StorageFull
from maestro_ml.server.registry.errors import ArchiveInvalid, PackageTooLarge
from maestro_ml.server.registry.package import DESCRIPTION_FILE, MAX_FILES

_CHUNK = 1 << 20
# Trained models shrink to a tenth at best; a bomb shrinks to a thousandth.
_MAX_RATIO = 200
_ALWAYS_ALLOWED = 100 * 1024**2
_UNREADABLE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    ordinary: bool
    folder: bool
    open: IO[bytes] | None


def unpack(archive: Path, target: Path, *, max_bytes: int) -> Path:
    """Unpack a zip or tar archive into the empty folder `target`; the model's folder in it.

    Raises ArchiveInvalid for what is no archive, for links, for names that lead out of the folder and
    for too many files, and PackageTooLarge beyond `max_bytes` or for a suspicious compression.
    """
    allowed = min(max_bytes, max(_ALWAYS_ALLOWED, archive.stat().st_size * _MAX_RATIO))
    try:
        for count, member in enumerate(_members(archive)):
            if count >= MAX_FILES:
                raise ArchiveInvalid(
                    f"The archive has more than {MAX_FILES} members. Pack only the model's files."
                )
            allowed -= _write(member, target, allowed)
    except _UNREADABLE as error:
        raise ArchiveInvalid(
            f"The archive cannot be read: {error}. Send a zip, tar or tar.gz of the model's folder."
        ) from error
    except OSError as error:
        raise _disk_error(error) from error
    return _model_folder(target)


def _disk_error(error: OSError) -> MaestroError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(
            "The server has no disk space left to unpack this; nothing was kept. Free some space "
            "there, or ask your administrator to, and try again."
        )
    return ArchiveInvalid(
        f"The archive cannot be unpacked ({error.strerror or error}); a name in it may come twice or "
        "be too long. Pack the model's folder again."
    )


def _members(archive: Path) -> Iterator[_Member]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            for info in zipped.infolist():
                mode = info.external_attr >> 16
                ordinary = not stat.S_IFMT(mode) or stat.S_ISREG(mode) or stat.S_ISDIR(mode)
                with zipped.open(info) as file:
                    yield _Member(info.filename, ordinary, info.is_dir(), file)
    else:
        with tarfile.open(archive) as tarred:
            for entry in tarred:
                ordinary = entry.isreg() or entry.isdir()
                content = tarred.extractfile(entry) if entry.isreg() else None
                yield _Member(entry.name, ordinary, entry.isdir(), content)


def _write(member: _Member, target: Path, allowed: int) -> int:
    """Write one member of at most `allowed` bytes below `target`; its bytes."""
    path = _safe_path(member, target)
    if member.folder or member.open is None:
        path.mkdir(parents=True, exist_ok=True)
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("xb") as file:
        while chunk := member.open.read(_CHUNK):
            written += len(chunk)
            if written > allowed:
                raise PackageTooLarge(
                    "The archive unpacks to more bytes than a model may have here. Leave out what the "
                    "model does not need."
                )
            file.write(chunk)
    return written


def _safe_path(member: _Member, target: Path) -> Path:
    name = PurePosixPath(member.name)
    outside = name.is_absolute() or ".." in name.parts or "\\" in member.name or "\0" in member.name
    if outside or not member.ordinary:
        raise ArchiveInvalid(
            f"The archive's member {member.name!r} is a link or leads out of the folder. Pack the "
            "model's folder again, with ordinary files alone."
        )
    return target.joinpath(*name.parts)


def _model_folder(target: Path) -> Path:
    """Where the file MLmodel lies: at the top, or in the only folder there."""
    inside = [path for path in target.iterdir() if path.name not in ("__MACOSX", ".DS_Store")]
    nested = len(inside) == 1 and (inside[0] / DESCRIPTION_FILE).is_file()
    return inside[0] if nested else target


class _Sink:
    """A file that a zip is written to and that is emptied while it grows."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._position = 0

    def write(self, chunk: bytes) -> int:
        self._chunks.append(bytes(chunk))
        self._position += len(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self._chunks = b"".join(self._chunks), []
        return taken


async def zip_stream(
    files: AsyncIterator[tuple[ModelFile, AsyncIterator[bytes]]],
) -> AsyncIterator[bytes]:
    """A zip of `files`, made in constant memory while it is read."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as zipped:  # type: ignore[call-overload]
        async for file, chunks in files:
            info = zipfile.ZipInfo(file.path)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            with zipped.open(info, "w", force_zip64=file.size >= 2**31) as entry:
                async for chunk in chunks:
                    entry.write(chunk)
                    if ready := sink.take():
                        yield ready
    yield sink.take()
