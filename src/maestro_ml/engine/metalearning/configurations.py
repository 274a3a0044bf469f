"""The identity of a configuration, and the way back from what is stored to a candidate."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from maestro_ml.engine.automl import Candidate


def configuration_key(family: str, params: Mapping[str, Any]) -> str:
    """The same for the same family and parameters, also after a way through JSON."""
    written = json.dumps(params, sort_keys=True, default=str)
    return f"{family}:{hashlib.blake2b(written.encode(), digest_size=6).hexdigest()}"


def rebuild(
    family: str, params: Mapping[str, Any], defaults: Sequence[Candidate]
) -> Candidate | None:
    """A candidate from what was stored of it; None when this task's defaults rule it out.

    Families that the defaults leave out (kernel machines on many rows) are left out here, too, and
    so are parameters that no default of the family has a use for. A default is found by itself.
    """
    siblings = [candidate for candidate in defaults if candidate.family == family]
    if not siblings or (params.get("exact_values") and not _any_exact(defaults)):
        return None
    key = configuration_key(family, params)
    for candidate in siblings:
        if configuration_key(family, candidate.params) == key:
            return candidate
    nearest = max(siblings, key=lambda candidate: _shared(candidate.params, params))
    return replace(nearest, name=key.replace(":", "-"), params=dict(params), instant=False)


def _any_exact(defaults: Sequence[Candidate]) -> bool:
    return any(candidate.params.get("exact_values") for candidate in defaults)


def _shared(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    return sum(name in other and other[name] == value for name, value in one.items())
