"""One search in the process of its job: load, search, record, package, register."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from maestro_ml.contracts.automl import (
    AutoMLResults,
    BestModel,
    LeaderboardEntry,
    ScorePoint,
    SkippedCandidate,
    TaskType,
)
from maestro_ml.contracts.explain import GlobalRequest
from maestro_ml.contracts.jobs import JobId, JobState
from maestro_ml.contracts.model_report import REPORT_FILE, ModelReport
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.contracts.tracking import RunId
from maestro_ml.engine.automl import (
    AutoMLEngine,
    AutoMLError,
    AutoMLResult,
    Prior,
    Task,
    infer_task,
    split_by,
)
from maestro_ml.engine.automl.evaluation import out_of_fold_diagnostics, out_of_fold_metrics
from maestro_ml.engine.automl.input_values import input_values
from maestro_ml.engine.inference.packaging import save_model
from maestro_ml.server.automl.errors import SearchFailed
from maestro_ml.server.automl.history import SearchHistory
from maestro_ml.server.automl.recording import Recorder
from maestro_ml.server.automl.remembering import to_origin, to_prior, to_records, to_row
from maestro_ml.server.automl.service import SearchPayload
from maestro_ml.server.automl.unfinished import trial_folder
from maestro_ml.server.datasets import DatasetService, TableService
from maestro_ml.server.explain import EXPLAINING, ExplainService
from maestro_ml.server.jobs import JobContext
from maestro_ml.server.registry import RegistryService
from maestro_ml.server.tracking import TrackingService

# What the job itself needs beside its trials: libraries, the table, the final model.
_OWN_SHARE = 0.3
_EXAMPLE_ROWS = 3


@dataclass(frozen=True)
class Search:
    """A search's attempt; `run` is called once."""

    job: JobContext
    payload: SearchPayload
    datasets: DatasetService
    tables: TableService
    tracking: TrackingService
    registry: RegistryService
    explain: ExplainService
    history: SearchHistory
    trials: Path

    async def run(self) -> dict[str, Any]:
        """Search, and register the winner; the results as they are stored with the job.

        Raises SearchFailed with the engine's reason when the table cannot be learned from.
        """
        run_id = RunId(self.payload.run_id)
        async with self.job.unit() as unit:
            experiment_id = (await self.tracking.get_run(unit, run_id)).experiment_id
        recorder = Recorder(
            self.job,
            self.tracking,
            experiment_id,
            run_id,
            asyncio.get_running_loop(),
            self.payload.start,
        )
        if self.job.attempt > 1:
            await recorder.discard_earlier_attempt()
        with (
            tempfile.TemporaryDirectory(prefix="maestro-automl-") as folder,
            trial_folder(self.trials, self.job.job_id, self.job.attempt) as log,
        ):
            try:
                table = await self._load(Path(folder))
                features, target = _split(table, self.payload.request.target)
                result = await self._search(features, target, recorder, log)
                metrics = out_of_fold_metrics(result, target)
                await recorder.finish(result, metrics)
                await self._remember(result, features.shape[1], recorder)
                report = self._report(result, features, target)
                version = await self._register(result, features, metrics, report, Path(folder))
            except AutoMLError as error:
                await recorder.fail()
                raise SearchFailed(str(error)) from error
            except BaseException:
                await recorder.fail()
                raise
        recorder.conclude(f"registered {version.model} version {version.version}")
        return self._results(result, metrics, version, recorder).model_dump(mode="json")

    async def _load(self, folder: Path) -> pd.DataFrame:
        async with self.job.unit() as unit:
            version = await self.datasets.get_version(
                unit, self.payload.dataset_name, self.payload.version
            )
        path = await self.tables.materialize(self.job.context.tenant_id, version, folder)
        return await asyncio.to_thread(lambda: pq.read_table(path).to_pandas())

    async def _search(
        self, features: pd.DataFrame, target: pd.Series, recorder: Recorder, log: Path
    ) -> AutoMLResult:
        request = self.payload.request
        engine = AutoMLEngine(
            request.time_budget,
            metric=request.metric,
            task=_task(request.task_type, target),
            seed=request.seed,
            max_trials=request.max_trials,
            memory_limit=self.job.limits.memory_mb * (1 - _OWN_SHARE),
            split=split_by(request.group_column, request.time_column),
            engine="auto" if request.refine else "portfolio",
            prior=await self._prior(),
        )
        writing = asyncio.create_task(recorder.write_trials())
        try:
            result = await asyncio.to_thread(
                engine.fit,
                features,
                target,
                callbacks=[recorder.on_event],
                should_stop=lambda: self.job.should_stop,
                log=log,
            )
        finally:
            recorder.close()
            await writing
        return result

    async def _prior(self) -> Prior:
        if not self.payload.start.uses_history:
            return to_prior(None)
        async with self.job.unit() as unit:
            return to_prior(await self.history.recall(unit))

    async def _remember(self, result: AutoMLResult, columns: int, recorder: Recorder) -> None:
        row = to_row(self.job.job_id, self.payload, result, columns)
        async with self.job.unit() as unit:
            await self.history.remember(unit, row, to_records(result, recorder.failed_at))

    async def _register(
        self,
        result: AutoMLResult,
        features: pd.DataFrame,
        metrics: dict[str, float],
        report: ModelReport,
        folder: Path,
    ) -> ModelVersion:
        request = self.payload.request
        package = folder / "model"
        await asyncio.to_thread(
            save_model, package, result.model, features.head(_EXAMPLE_ROWS), most_probable=True
        )
        (package / REPORT_FILE).write_text(report.model_dump_json())
        async with self.job.unit() as unit:
            version = await self.registry.register_version(
                unit,
                self.payload.model_name,
                package,
                source_run_id=self.payload.run_id.hex,
                description=f"AutoML: the best of {len(result.leaderboard)} for {request.target}",
                tags={"maestro.algorithm": result.best.name},
                metrics=metrics,
                params={
                    "dataset": f"{self.payload.dataset_name}@{self.payload.version}",
                    "target": request.target,
                    "metric": result.metric,
                },
            )
            # A job of its own: whoever waits for the search need not wait for this.
            if unit.context.permissions >= EXPLAINING:
                await self.explain.ask_global(unit, version, GlobalRequest())
        return version

    def _report(
        self, result: AutoMLResult, features: pd.DataFrame, target: pd.Series
    ) -> ModelReport:
        found = out_of_fold_diagnostics(result, target)
        kind = "classification" if result.task.is_classification else "regression"
        return ModelReport.model_validate(
            {
                "target": self.payload.request.target,
                "task_type": result.task.value,
                "metric": result.metric,
                "dataset": f"{self.payload.dataset_name}@{self.payload.version}",
                kind: asdict(found),
                "inputs": [asdict(each) for each in input_values(features)],
            }
        )

    def _results(
        self,
        result: AutoMLResult,
        metrics: dict[str, float],
        version: ModelVersion,
        recorder: Recorder,
    ) -> AutoMLResults:
        best = result.best
        return AutoMLResults(
            job_id=JobId(self.job.job_id),
            status=JobState.CANCELLED if result.stopped else JobState.SUCCEEDED,
            task_type=TaskType(result.task.value),
            metric=result.metric,
            seconds=result.seconds,
            leaderboard=[
                LeaderboardEntry(
                    **{**asdict(row), "params": dict(row.params)},
                    run_id=recorder.run_ids.get(row.name),
                )
                for row in result.leaderboard
            ],
            skipped=[SkippedCandidate(**asdict(each)) for each in result.skipped],
            warnings=list(result.warnings),
            best_model=BestModel(
                name=version.model,
                version=version.version,
                algorithm=best.name,
                score=best.score,
                standard_error=best.standard_error,
            ),
            metrics={**metrics},
            feature_importances=dict(result.model.feature_importances),
            experiment_id=str(recorder.experiment_id),
            run_id=recorder.run_id,
            history=_history(result),
            start=to_origin(result.start, self.payload.start),
        )


def _history(result: AutoMLResult) -> list[ScorePoint]:
    rows = {row.name: row for row in result.leaderboard}
    return [
        ScorePoint(
            name=each.name,
            at=each.finished_at,
            score=each.score,
            best=each.best_score,
            family=rows[each.name].family,
            fit_seconds=rows[each.name].fit_seconds,
        )
        for each in result.history
    ]


def _split(table: pd.DataFrame, target: str) -> tuple[pd.DataFrame, pd.Series]:
    return table.drop(columns=target), table[target]


def _task(wanted: TaskType, target: pd.Series) -> Task | None:
    """The engine's task; `classification` becomes what the target's number of classes makes it."""
    if wanted is TaskType.AUTO:
        return None
    if wanted is TaskType.CLASSIFICATION:
        inferred = infer_task(target)
        if inferred.is_classification:
            return inferred
        return Task.BINARY if target.nunique() <= 2 else Task.MULTICLASS
    return Task(wanted.value)
