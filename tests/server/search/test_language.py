"""Filters and orders are read with MLflow's parser; whatever is wrong with one is an error of the input."""

from __future__ import annotations

import subprocess
import sys

import pytest

from maestro_ml.server.search import (
    Condition,
    Entity,
    Order,
    SearchInvalid,
    SearchLanguage,
    Subject,
)

LANGUAGE = SearchLanguage()


@pytest.mark.parametrize(
    ("subject", "text", "wanted"),
    [
        (Subject.RUNS, "metrics.loss > 0.5", (Entity.METRIC, "loss", ">", 0.5)),
        (Subject.RUNS, "parameter.`the key` = 'x'", (Entity.PARAM, "the key", "=", "x")),
        (Subject.RUNS, 'tags."a.b" ILIKE "%c"', (Entity.TAG, "a.b", "ILIKE", "%c")),
        (Subject.RUNS, "tags.a is null", (Entity.TAG, "a", "IS NULL", None)),
        (Subject.RUNS, "created >= 12", (Entity.ATTRIBUTE, "start_time", ">=", 12)),
        (Subject.RUNS, "`Run name` LIKE 'a%'", (Entity.ATTRIBUTE, "run_name", "LIKE", "a%")),
        (
            Subject.RUNS,
            "run_id not in ('a', 'b')",
            (Entity.ATTRIBUTE, "run_id", "NOT IN", ("a", "b")),
        ),
        (Subject.RUNS, "dataset.context = 'train'", (Entity.DATASET, "context", "=", "train")),
        (
            Subject.EXPERIMENTS,
            "creation_time < 5",
            (Entity.ATTRIBUTE, "creation_time", "<", 5),
        ),
        (Subject.MODELS, "name IN ('a')", (Entity.ATTRIBUTE, "name", "IN", ("a",))),
        (
            Subject.VERSIONS,
            "version_number > '3'",
            (Entity.ATTRIBUTE, "version_number", ">", 3),
        ),
        (
            Subject.LOGGED_MODELS,
            "creation_time != 7",
            (Entity.ATTRIBUTE, "creation_timestamp", "!=", 7),
        ),
    ],
)
async def test_a_filter_is_read(
    subject: Subject, text: str, wanted: tuple[Entity, str, str, object]
) -> None:
    (condition,) = await LANGUAGE.conditions(subject, text)
    assert condition == Condition(*wanted)  # type: ignore[arg-type]


async def test_conditions_are_joined_by_and() -> None:
    found = await LANGUAGE.conditions(
        Subject.RUNS, "metrics.a > 1 AND params.b != '2' and tags.c='d'"
    )
    assert [each.key for each in found] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (Subject.RUNS, "foo.a = 1"),
        (Subject.RUNS, "name = 'x'"),
        (Subject.RUNS, "metrics.a > 1 OR metrics.a < 0"),
        (Subject.RUNS, "metrics.a > 'x'"),
        (Subject.RUNS, "metrics.a LIKE 1"),
        (Subject.RUNS, "params.a > '1'"),
        (Subject.RUNS, "params.a = 1"),
        (Subject.RUNS, "status = 'FINISHED"),
        (Subject.RUNS, "status IN ('FINISHED')"),
        (Subject.RUNS, "run_id = ('a', 'b')"),
        (Subject.RUNS, "run_id IN ()"),
        (Subject.RUNS, "start_time IS NULL"),
        (Subject.RUNS, "start_time > 'noon'"),
        (Subject.RUNS, "dataset.size = '1'"),
        (Subject.RUNS, "tags.a = 'x'; DROP TABLE run"),
        (Subject.RUNS, "tags.a = '\x00'"),
        (Subject.RUNS, "tags.a = '" + "x" * 20_000 + "'"),
        (Subject.EXPERIMENTS, "experiment_id > '1'"),
        (Subject.EXPERIMENTS, "artifact_location = 'x'"),
        (Subject.MODELS, "name = 1"),
        (Subject.MODELS, "description = 'x'"),
        (Subject.MODELS, "tags.a IS NULL"),
        (Subject.VERSIONS, "source_path IN ('a')"),
        (Subject.LOGGED_MODELS, "name > 'a'"),
    ],
)
async def test_a_filter_that_is_none_is_refused(subject: Subject, text: str) -> None:
    with pytest.raises(SearchInvalid):
        await LANGUAGE.conditions(subject, text)


@pytest.mark.parametrize(
    ("subject", "clauses", "wanted"),
    [
        (
            Subject.RUNS,
            ["metrics.`a b` desc", "Created"],
            [(Entity.METRIC, "a b", False), (Entity.ATTRIBUTE, "start_time", True)],
        ),
        (Subject.EXPERIMENTS, ["name ASC"], [(Entity.ATTRIBUTE, "name", True)]),
        (
            Subject.MODELS,
            ["timestamp DESC", "name"],
            [(Entity.ATTRIBUTE, "last_updated_timestamp", False), (Entity.ATTRIBUTE, "name", True)],
        ),
        (Subject.VERSIONS, ["version_number"], [(Entity.ATTRIBUTE, "version_number", True)]),
    ],
)
async def test_an_order_is_read(
    subject: Subject, clauses: list[str], wanted: list[tuple[Entity, str, bool]]
) -> None:
    assert await LANGUAGE.orders(subject, clauses) == tuple(Order(*each) for each in wanted)


@pytest.mark.parametrize(
    ("subject", "clause"),
    [
        (Subject.RUNS, "foo.a"),
        (Subject.RUNS, "dataset.name"),
        (Subject.RUNS, "metrics.a sideways"),
        (Subject.RUNS, "metrics.a DESC NULLS LAST"),
        (Subject.EXPERIMENTS, "tags.a"),
        (Subject.EXPERIMENTS, "lifecycle_stage"),
        (Subject.MODELS, "description"),
        (Subject.VERSIONS, "stage"),
    ],
)
async def test_an_order_that_is_none_is_refused(subject: Subject, clause: str) -> None:
    with pytest.raises(SearchInvalid):
        await LANGUAGE.orders(subject, [clause])


async def test_a_key_stands_in_an_order_once() -> None:
    with pytest.raises(SearchInvalid, match="duplicate fields"):
        await LANGUAGE.orders(Subject.RUNS, ["metrics.a", "metrics.a DESC"])


def test_the_parser_comes_without_ml_libraries() -> None:
    """And it comes with the first search, not with the process."""
    program = """
import asyncio, sys
from maestro_ml.server.search import SearchLanguage, Subject
assert "mlflow" not in sys.modules
asyncio.run(SearchLanguage().conditions(Subject.RUNS, "metrics.a > 1"))
assert "mlflow" in sys.modules
print(sorted({"numpy", "pandas", "pyarrow", "sklearn"} & set(sys.modules)))
import numpy
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"
