"""Every business outcome has its own stable code, a title and a status."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter

import maestro_ml.server
from maestro_ml.server.kernel.errors import MaestroError


def error_classes() -> set[type[MaestroError]]:
    for module in pkgutil.walk_packages(maestro_ml.server.__path__, "maestro_ml.server."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)

    def below(kind: type[MaestroError]) -> set[type[MaestroError]]:
        return {kind}.union(*(below(each) for each in kind.__subclasses__()))

    return {kind for kind in below(MaestroError) if kind.__module__.startswith("maestro_ml.")}


def test_codes_are_unique_and_well_formed() -> None:
    declared = [kind.__dict__["code"] for kind in error_classes() if "code" in kind.__dict__]
    assert not [code for code, count in Counter(declared).items() if count > 1]
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)?", code) for code in declared)


def test_every_class_has_a_code_of_its_own() -> None:
    assert not [kind.__name__ for kind in error_classes() if "code" not in kind.__dict__]


def test_statuses_are_client_or_server_errors() -> None:
    assert all(400 <= kind.status <= 599 for kind in error_classes())
