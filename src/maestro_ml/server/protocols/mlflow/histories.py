"""All points of a metric: of one run by pages, of many runs, and thinned out for charts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from itertools import chain, repeat
from math import isfinite, nan
from operator import lt
from typing import Any
from uuid import UUID

import msgspec
import orjson

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.documents import metric_value
from maestro_ml.server.protocols.mlflow.errors import DoesNotExist, InvalidParameter
from maestro_ml.server.protocols.mlflow.outcomes import as_run, run_missing
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import DOCS, Fields, json_response, missing, read
from maestro_ml.server.tracking import SeriesPiece, TrackingFunctions

MAX_RUNS = 100
MAX_POINTS = 25_000
MAX_SAMPLE = 2500
_INTERVAL = (
    "/api/2.0/mlflow/",
    "/ajax-api/2.0/mlflow/",
    "/api/2.11/mlflow/",
    "/ajax-api/2.11/mlflow/",
)


def history_endpoints(calls: Calls) -> list[Endpoint]:
    """The endpoints that read points."""
    histories = _Histories(calls)
    reads = Permission.EXPERIMENT_READ
    return [
        Endpoint("GET", "metrics/get-history", histories.get, reads),
        Endpoint("GET", "metrics/get-history-bulk", histories.get_bulk, reads),
        Endpoint(
            "GET", "metrics/get-history-bulk-interval", histories.sample, reads, prefixes=_INTERVAL
        ),
    ]


class _Histories:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def get(self, request: HotRequest) -> HotResponse:
        """The history of a metric, whole or by pages."""
        fields = await read(request)
        run_id = fields.run_id()
        key = fields.required_text("metric_key")
        size = fields.whole("max_results")
        if size is not None and size <= 0:
            raise InvalidParameter(
                f"Invalid value {size} for parameter 'max_results' supplied. It must be a positive "
                "integer."
            )
        start = _offset(fields.text("page_token"))
        points = (await self._read(request, [run_id], key))[run_id]
        end = len(points.steps) if size is None else start + size
        page = SeriesPiece(
            points.steps[start:end], points.timestamps[start:end], points.values[start:end]
        )
        if end >= len(points.steps):
            return HotResponse(render(key, page))
        token = base64.b64encode(orjson.dumps({"offset": end})).decode()
        return HotResponse(render(key, page, token))

    async def get_bulk(self, request: HotRequest) -> HotResponse:
        """The histories of a metric in many runs, run by run."""
        fields = await read(request)
        run_ids = fields.items("run_id")
        if not run_ids:
            raise InvalidParameter("GetMetricHistoryBulk request must specify at least one run_id.")
        if len(run_ids) > MAX_RUNS:
            raise InvalidParameter(
                f"GetMetricHistoryBulk request cannot specify more than {MAX_RUNS} run_ids. "
                f"Received {len(run_ids)} run_ids."
            )
        if not fields.has("metric_key"):
            raise InvalidParameter("GetMetricHistoryBulk request must specify a metric_key.")
        key = fields.text("metric_key")
        most = min(fields.whole("max_results", MAX_POINTS) or 0, MAX_POINTS)
        found = await self._read(request, run_ids, key, strict=False)
        shown: list[dict[str, Any]] = []
        for run_id in sorted(found):
            points = found[run_id]
            shown += _documents(key, run_id, points, range(len(points.steps))[: most - len(shown)])
        return json_response({"metrics": shown})

    async def sample(self, request: HotRequest) -> HotResponse:
        """Evenly spread points of a metric in many runs, the first and the last among them."""
        fields = await read(request)
        run_ids = fields.texts("run_ids") or [missing("run_ids")]
        if len(run_ids) > MAX_RUNS:
            raise InvalidParameter(
                f"GetMetricHistoryBulkInterval request must specify at most {MAX_RUNS} run_ids. "
                f"Received {len(run_ids)} run_ids."
            )
        key = fields.required_text("metric_key")
        first, last = _interval(fields)
        most = fields.whole("max_results", MAX_SAMPLE) or 0
        if not 1 <= most <= MAX_SAMPLE:
            raise InvalidParameter(f"max_results must be between 1 and {MAX_SAMPLE}.{DOCS}")
        found = await self._read(request, run_ids, key)
        shown: list[dict[str, Any]] = []
        for run_id in run_ids:
            points = found[run_id]
            chosen = [
                i
                for i, step in enumerate(points.steps)
                if first is None or last is None or first <= step <= last
            ]
            chosen.sort(key=lambda i: (points.steps[i], points.timestamps[i]))
            shown += _documents(key, run_id, points, spread(chosen, most))
        return json_response({"metrics": shown} if shown else {})

    async def _read(
        self, request: HotRequest, run_ids: Sequence[str], key: str, *, strict: bool = True
    ) -> dict[str, SeriesPiece]:
        """Histories by run; unless `strict`, runs that are not there are left out."""
        ids: dict[UUID, str] = {}
        for run_id in run_ids:
            try:
                ids[as_run(run_id)] = run_id
            except DoesNotExist:
                if strict:
                    raise
        functions = TrackingFunctions(self._calls, request.context.tenant_id)
        found = await functions.metric_series(list(ids), key)
        for run, run_id in ids.items():
            if strict and run not in found:
                raise run_missing(run_id)
        return {ids[run]: history(pieces) for run, pieces in found.items()}


def history(pieces: Sequence[SeriesPiece]) -> SeriesPiece:
    """The points of `pieces`, each once, in MLflow's order: by time, step and value."""
    if len(pieces) > 1:
        pieces = sorted(pieces, key=lambda piece: piece.timestamps[0])
    steps, timestamps, values = (
        [*chain.from_iterable(column)]
        for column in (zip(*pieces, strict=True) if pieces else ((),) * 3)
    )
    if all(map(lt, timestamps, timestamps[1:])):
        return SeriesPiece(steps, timestamps, values)
    # One and the same NaN is equal to itself, as the others are not.
    values = [nan if value != value else value for value in values]
    points = sorted(dict.fromkeys(zip(timestamps, steps, values, strict=True)))
    return SeriesPiece(
        [step for _, step, _ in points], [at for at, _, _ in points], [v for _, _, v in points]
    )


def spread(places: Sequence[int], most: int) -> Sequence[int]:
    """At most `most` of `places`: the first of each of as many even stretches, and the last of all."""
    total = len(places)
    if total <= most:
        return places
    size, longer = divmod(total, most)
    starts = [number * size + min(number, longer) for number in range(most - 1)]
    return [*(places[start] for start in starts), places[-1]]


class _Point(msgspec.Struct, gc=False):
    key: str
    value: float | str
    timestamp: int
    step: int


class _History(msgspec.Struct, omit_defaults=True):
    metrics: list[_Point] = []
    next_page_token: str | None = None


_histories = msgspec.json.Encoder()


def render(key: str, points: SeriesPiece, token: str | None = None) -> bytes:
    """The answer for a history; its thousands of points are structs, not dicts: half the time."""
    values: Sequence[float | str] = points.values
    if not all(map(isfinite, points.values)):
        values = [metric_value(value) for value in points.values]
    shown = [*map(_Point, repeat(key), values, points.timestamps, points.steps)]
    return _histories.encode(_History(shown, token))


def _documents(
    key: str, run_id: str, points: SeriesPiece, chosen: Sequence[int]
) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "value": metric_value(points.values[i]),
            "timestamp": points.timestamps[i],
            "step": points.steps[i],
            "run_id": run_id,
        }
        for i in chosen
    ]


def _interval(fields: Fields) -> tuple[int | None, int | None]:
    first, last = fields.whole("start_step"), fields.whole("end_step")
    if (first is None) != (last is None):
        raise InvalidParameter(
            "If either start step or end step are specified, both must be specified."
        )
    if first is not None and last is not None and first > last:
        raise InvalidParameter(
            "end_step must be greater than start_step. "
            f"Found start_step={first} and end_step={last}."
        )
    return first, last


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        offset = orjson.loads(base64.b64decode(token, validate=True))["offset"]
    except (binascii.Error, ValueError, TypeError, KeyError) as error:
        raise InvalidParameter("Invalid page token, could not base64-decode") from error
    if not isinstance(offset, int) or offset < 0:
        raise InvalidParameter(f"Invalid page token, parsed value={offset!r}")
    return offset
