"""Searches for runs and experiments, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.tracking import View
from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.documents import experiment_document
from maestro_ml.server.protocols.mlflow.errors import InvalidParameter
from maestro_ml.server.protocols.mlflow.fragments import RunFragments
from maestro_ml.server.protocols.mlflow.outcomes import as_experiment
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import (
    Fields,
    invalid_value,
    json_response,
    read,
    wrong_type,
)
from maestro_ml.server.search import SearchLanguage, Subject
from maestro_ml.server.tracking import (
    ExperimentQuery,
    ExperimentSearchRepository,
    FoundRun,
    InputFunctions,
    RunQuery,
    RunSearchRepository,
    TrackingFunctions,
)

MOST_RESULTS = 50_000
USUAL_RESULTS = 1000
MOST_EXPERIMENTS = 20
MOST_DATASETS = 1000
_VIEWS = {
    "ACTIVE_ONLY": View.ACTIVE,
    "DELETED_ONLY": View.DELETED,
    "ALL": View.ALL,
    "1": View.ACTIVE,
    "2": View.DELETED,
    "3": View.ALL,
}


def search_endpoints(calls: Calls, language: SearchLanguage) -> list[Endpoint]:
    """The endpoints that find runs, experiments and the datasets that runs read."""
    searches = _Searches(calls, language)
    reads = Permission.EXPERIMENT_READ
    return [
        Endpoint("POST", "runs/search", searches.runs, reads),
        Endpoint("POST", "experiments/search", searches.experiments, reads),
        Endpoint("GET", "experiments/search", searches.experiments, reads),
        Endpoint("POST", "experiments/search-datasets", searches.datasets, reads),
    ]


class _Searches:
    def __init__(self, calls: Calls, language: SearchLanguage) -> None:
        self._calls = calls
        self._language = language
        self._fragments = RunFragments()

    async def runs(self, request: HotRequest) -> HotResponse:
        """A page of the runs of some experiments."""
        fields = await read(request)
        experiments = [as_experiment(each) for each in fields.texts("experiment_ids")]
        orders = fields.texts("order_by")
        most = fields.whole("max_results", USUAL_RESULTS) or 0
        if most > MOST_RESULTS:
            raise wrong_type("max_results", most)
        _check_most(most)
        query = RunQuery(
            tuple(dict.fromkeys(experiments)),
            _view(fields, "run_view_type"),
            await self._language.conditions(Subject.RUNS, fields.text("filter")),
            await self._language.orders(Subject.RUNS, orders),
        )
        repository = RunSearchRepository(self._calls, request.context.tenant_id)
        found, token = await repository.page(
            query, limit=most, token=fields.text("page_token") or None
        )
        shown = await self._render(request, found)
        return HotResponse(_page(b"runs", shown, token))

    async def _render(self, request: HotRequest, found: Sequence[FoundRun]) -> list[bytes]:
        """The runs as JSON: what has ended and was shown before is not read again."""
        tenant_id = request.context.tenant_id
        known = self._fragments.known(tenant_id, found)
        unknown = [run.id for run in found if run.id not in known]
        if unknown:
            records = await TrackingFunctions(self._calls, tenant_id).find_runs(unknown)
            known |= self._fragments.render(tenant_id, records)
        return [known[run.id] for run in found if run.id in known]

    async def experiments(self, request: HotRequest) -> HotResponse:
        """A page of experiments."""
        fields = await read(request)
        most = fields.whole("max_results", 0) or 0
        _check_most(most)
        query = ExperimentQuery(
            _view(fields, "view_type"),
            await self._language.conditions(Subject.EXPERIMENTS, fields.text("filter")),
            await self._language.orders(Subject.EXPERIMENTS, fields.texts("order_by")),
        )
        repository = ExperimentSearchRepository(self._calls, request.context.tenant_id)
        found, token = await repository.page(
            query, limit=most, token=fields.text("page_token") or None
        )
        shown = [orjson.dumps(experiment_document(each)) for each in found]
        return HotResponse(_page(b"experiments", shown, token))

    async def datasets(self, request: HotRequest) -> HotResponse:
        """The datasets that the runs of some experiments read."""
        sent = (await read(request)).texts("experiment_ids")
        if not sent:
            raise InvalidParameter(
                "SearchDatasets request must specify at least one experiment_id."
            )
        if len(sent) > MOST_EXPERIMENTS:
            raise InvalidParameter(
                f"SearchDatasets request cannot specify more than {MOST_EXPERIMENTS} "
                f"experiment_ids. Received {len(sent)} experiment_ids."
            )
        functions = InputFunctions(self._calls, request.context.tenant_id)
        found = await functions.list_datasets([as_experiment(each) for each in sent], MOST_DATASETS)
        summaries: list[dict[str, Any]] = [
            {
                "experiment_id": str(each.experiment_id),
                "name": each.name,
                "digest": each.digest,
                **({} if each.context is None else {"context": each.context}),
            }
            for each in found
        ]
        return json_response({"dataset_summaries": summaries} if summaries else {})


def _page(name: bytes, shown: list[bytes], token: str | None) -> bytes:
    if not shown:
        return b"{}"
    rest = b"" if token is None else b',"next_page_token":"%b"' % token.encode()
    return b'{"%b":[%b]%b}' % (name, b",".join(shown), rest)


def _check_most(most: int) -> None:
    told = f"Invalid value {most} for parameter 'max_results' supplied. It must be"
    if most < 1:
        raise InvalidParameter(f"{told} a positive integer")
    if most > MOST_RESULTS:
        raise InvalidParameter(f"{told} at most {MOST_RESULTS}")


def _view(fields: Fields, name: str) -> View:
    sent = fields.raw(name)
    if isinstance(sent, list):
        sent = sent[-1]
    if sent is None:
        return View.ACTIVE
    view = _VIEWS.get(str(sent))
    if view is None:
        raise invalid_value(name, sent, "One of ACTIVE_ONLY, DELETED_ONLY, ALL is needed.")
    return view
