"""Naming, references and the reading of a model's history; no input or output."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from maestro_ml.contracts.registry import (
    ModelComparison,
    ModelEvent,
    ModelEventKind,
    ModelVersion,
    Stage,
)
from maestro_ml.server.registry.errors import (
    AliasInvalid,
    ModelNameInvalid,
    ReferenceInvalid,
    VersionInvalid,
)

MAX_NAME = 256
ORPHANED_AFTER = timedelta(days=1)
"""Longer than any registration lasts: files without a version are left over from a crash by then."""
_ALIAS = re.compile(r"^[A-Za-z0-9_\-]{1,255}$")
_LIKE_A_VERSION = re.compile(r"^v?\d+$", re.IGNORECASE)
_REFERENCE = re.compile(
    r"^(?:models:/)?(?P<name>[^/:]+)(?:/v?(?P<version>\d+)|@(?P<alias>[^/@]+))$"
)


def check_model_name(name: str) -> str:
    """`name`, trimmed. Raises ModelNameInvalid."""
    name = name.strip()
    forbidden = sorted({char for char in name if char in "/:" or not char.isprintable()})
    if forbidden:
        shown = ", ".join(repr(char) for char in forbidden)
        raise ModelNameInvalid(
            f"The model name {name!r} holds {shown}, which separates names from versions and aliases "
            "in 'models:/name/3' and 'models:/name@alias'. Use a dash instead."
        )
    if not name or name in (".", ".."):
        raise ModelNameInvalid("A model needs a name. Give it one of letters, digits and dashes.")
    if len(name) > MAX_NAME:
        raise ModelNameInvalid(
            f"A model name has at most {MAX_NAME} characters, this one {len(name)}. Shorten it and "
            "put the rest into the description."
        )
    return name


def check_alias(alias: str) -> str:
    """`alias` as it is. Raises AliasInvalid."""
    if not _ALIAS.match(alias) or _LIKE_A_VERSION.match(alias) or alias.lower() == "latest":
        raise AliasInvalid(
            f"{alias!r} is no alias: use up to 255 letters, digits, dashes and underscores, and not "
            "'latest' or something like a version number."
        )
    return alias


def parse_version(text: int | str) -> int:
    """3 from 3, "3" or "v3". Raises VersionInvalid."""
    if isinstance(text, str) and not _LIKE_A_VERSION.match(text):
        raise VersionInvalid(f"{text!r} is no version. Give its number, such as 3 or v3.")
    number = int(str(text).lstrip("vV"))
    if not 0 < number < 2**31:
        raise VersionInvalid(f"{text!r} is no version. Versions count from 1.")
    return number


def with_tag(tags: dict[str, str], key: str, value: str | None) -> dict[str, str]:
    """`tags` with another value of `key`, or without it."""
    others = {name: kept for name, kept in tags.items() if name != key}
    return others if value is None else {**others, key: value}


@dataclass(frozen=True, slots=True)
class Reference:
    """A version of a model by its number or an alias."""

    name: str
    version: int | None
    alias: str | None


def parse_reference(text: str) -> Reference:
    """The parts of `name/3`, `name/v3` or `name@alias`, `models:/` before it or not.

    Raises ReferenceInvalid.
    """
    match = _REFERENCE.match(text)
    if match is None:
        raise ReferenceInvalid(
            f"{text!r} names no version of a model. Write name/3 for version 3, or name@alias."
        )
    number = match["version"]
    return Reference(match["name"], int(number) if number else None, match["alias"])


@dataclass
class Standing:
    """How a model stood at some time."""

    exists: bool = False
    versions: list[int] = field(default_factory=list)
    aliases: dict[str, int] = field(default_factory=dict)
    stages: dict[int, Stage] = field(default_factory=dict)

    def follow(self, event: ModelEvent) -> None:
        """Apply the next change."""
        self.exists = event.kind is not ModelEventKind.MODEL_DELETED
        match event:
            case ModelEvent(kind=ModelEventKind.VERSION_REGISTERED, version=int(version)):
                self.versions.append(version)
                self.stages[version] = Stage.NONE
            case ModelEvent(kind=ModelEventKind.VERSION_DELETED, version=int(version)):
                self._drop(version)
            case ModelEvent(kind=ModelEventKind.ALIAS_SET, version=int(version), alias=str(alias)):
                self.aliases[alias] = version
            case ModelEvent(kind=ModelEventKind.ALIAS_REMOVED, alias=str(alias)):
                self.aliases.pop(alias, None)
            case ModelEvent(
                kind=ModelEventKind.STAGE_CHANGED, version=int(version), stage=Stage() as stage
            ):
                self.stages[version] = stage
            case ModelEvent(kind=ModelEventKind.MODEL_DELETED):
                for version in [*self.versions]:
                    self._drop(version)

    def _drop(self, version: int) -> None:
        self.versions.remove(version)
        self.stages.pop(version, None)
        self.aliases = {alias: at for alias, at in self.aliases.items() if at != version}


def standing_after(events: Iterable[ModelEvent]) -> Standing:
    """How a model stood after `events`, the oldest first."""
    standing = Standing()
    for event in events:
        standing.follow(event)
    return standing


def compare(versions: list[ModelVersion]) -> ModelComparison:
    """Versions side by side."""
    metrics = sorted({name for version in versions for name in version.metrics})
    params = sorted({name for version in versions for name in version.params})
    columns: dict[str, dict[int, str | None]] = {}
    for side in ("inputs", "outputs"):
        for name in sorted({name for version in versions for name in _columns(version, side)}):
            columns[f"{side}.{name}"] = {
                each.version: _columns(each, side).get(name) for each in versions
            }
    return ModelComparison(
        versions=versions,
        metrics={
            name: {each.version: each.metrics.get(name) for each in versions} for name in metrics
        },
        params=_differing(
            {name: {each.version: each.params.get(name) for each in versions} for name in params}
        ),
        columns=_differing(columns),
    )


def _columns(version: ModelVersion, side: Literal["inputs", "outputs"] | str) -> dict[str, str]:
    if version.signature is None:
        return {}
    columns = version.signature.inputs if side == "inputs" else version.signature.outputs
    return {column.name: column.type for column in columns}


def _differing(table: dict[str, dict[int, str | None]]) -> dict[str, dict[int, str | None]]:
    return {name: row for name, row in table.items() if len(set(row.values())) > 1}
