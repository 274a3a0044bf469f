"""The AutoML engine: one call from a table to a leaderboard and a model, within hard limits."""

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import psutil

from maestro_ml.engine.automl.agenda import Agenda, Refinement
from maestro_ml.engine.automl.assemble import (
    Assembly,
    build_model,
    choose_members,
    leaderboard,
)
from maestro_ml.engine.automl.clock import Clock
from maestro_ml.engine.automl.errors import (
    ClusterUnavailableError,
    InvalidBudgetError,
    UnknownEngineError,
)
from maestro_ml.engine.automl.events import Callback
from maestro_ml.engine.automl.finished import FinishedTrial
from maestro_ml.engine.automl.importance import permutation_importances
from maestro_ml.engine.automl.instant import BASELINE, run_instant, split_instant
from maestro_ml.engine.automl.meta_features import describe
from maestro_ml.engine.automl.metrics import ScoreFunction
from maestro_ml.engine.automl.portfolio import Candidate, starting_portfolio
from maestro_ml.engine.automl.prepare import Prepared, check_table, prepare
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.processes import TrialProcesses
from maestro_ml.engine.automl.progress import Progress
from maestro_ml.engine.automl.result import AutoMLResult
from maestro_ml.engine.automl.runner import TrialRunner
from maestro_ml.engine.automl.scores import mean_score
from maestro_ml.engine.automl.search import Search
from maestro_ml.engine.automl.splits import Split
from maestro_ml.engine.automl.stacking import first_layer_end, stack
from maestro_ml.engine.automl.start import Defaults, Prior, StartingOrder
from maestro_ml.engine.automl.tasks import Task
from maestro_ml.engine.automl.trial_log import LoggedTrials

_MEMORY_SHARE = 0.7
_MB = 1024 * 1024
# Up to here one thread a trial and many trials at once is the fastest use of the cores.
_ONE_THREAD_CELLS = 3_000_000
_THREADS = 4
# Trials that a proposal need not wait for: one number for one core and two.
_LAG = 3
# What proposes candidates once the portfolio is done.
ENGINES: Mapping[str, tuple[str, ...]] = {
    "auto": ("optuna", "flaml"),
    "optuna": ("optuna",),
    "flaml": ("flaml",),
    "portfolio": (),
}


def _never() -> bool:
    return False


class AutoMLEngine:
    """Searches for the best model of a table within `time_budget` seconds.

    `metric` is a scikit-learn scorer's name (default by task: roc_auc, neg_log_loss,
    neg_root_mean_squared_error) or a function of truth and predictions, greater being better;
    `task` is inferred from the target when not given. `n_jobs` cores are used (default: all that
    this process may use). `memory_limit` in MB holds for all trials together (default: 70 % of what
    is free). `max_trials` bounds the candidates; the same seed and
    the same finished candidates give the same result. `split` says which rows belong together or
    come later (GroupSplit, TimeSplit; random otherwise). `portfolio` replaces the default candidates,
    `prior` says in which order they and what past tasks recommend are tried;
    after that, `engine` says who proposes more until time is over: Optuna and FLAML in turn ("auto"),
    one of them ("optuna", "flaml"), or nobody ("portfolio"; the default as long as it is not shown
    on public tables that the rest of the time pays).

    With `ray_address` the trials run on a Ray cluster: "auto" for the one that this machine belongs
    to, "ray://host:10001" for another, "local" for one of its own; `n_jobs` are then all its cores.

    A search ends within 1.05 x time_budget + 2 s: trials run in processes that are killed when they
    pass a limit. Instances hold settings only, so one may be used for many fits.
    """

    def __init__(
        self,
        time_budget: float,
        *,
        metric: str | ScoreFunction | None = None,
        task: Task | str | None = None,
        seed: int = 0,
        n_jobs: int | None = None,
        memory_limit: float | None = None,
        max_trials: int | None = None,
        split: Split | None = None,
        engine: str = "portfolio",
        portfolio: Sequence[Candidate] | None = None,
        prior: Prior | None = None,
        ray_address: str | None = None,
    ) -> None:
        """Raise InvalidBudgetError for a limit that is not positive and finite, UnknownEngineError."""
        if engine not in ENGINES:
            raise UnknownEngineError(
                f"There is no search engine '{engine}'. Choose one of: {', '.join(ENGINES)}."
            )
        _check_positive("time_budget", time_budget, "seconds")
        _check_positive("n_jobs", n_jobs, "cores")
        _check_positive("memory_limit", memory_limit, "MB")
        _check_positive("max_trials", max_trials, "trials")
        self.time_budget = float(time_budget)
        self.metric = metric
        self.task = Task(task) if task is not None else None
        self.seed = seed
        self.n_jobs = n_jobs
        self.memory_limit = memory_limit
        self.max_trials = max_trials
        self.split = split
        self.engine = engine
        self.portfolio = portfolio
        self.prior = prior or Defaults()
        self.ray_address = ray_address

    def fit(
        self,
        X: pd.DataFrame,  # noqa: N803
        y: pd.Series,
        *,
        callbacks: Iterable[Callback] = (),
        should_stop: Callable[[], bool] = _never,
        log: Path | str | None = None,
    ) -> AutoMLResult:
        """Search and return the leaderboard and the final model.

        `callbacks` get every event on this thread; `should_stop` is asked about every 50 ms and
        ends the search with the best so far. In the folder `log` every trial is kept as it ends, and
        those that it has are not run again: a search that was interrupted goes on, to the same result
        for the same number of trials. Only give a folder that you trust. Raises an AutoMLError that
        says what to change when the input cannot be learned from.
        """
        clock = Clock(time.monotonic(), self.time_budget)
        progress = Progress(callbacks, clock.began, self.time_budget)
        check_table(X, y)
        with self._runner(log) as runner:
            prepared = prepare(
                X,
                y,
                task=self.task,
                metric=self.metric,
                seed=self.seed,
                budget=self.time_budget,
                split=self.split,
                require_time=clock.require_time,
            )
            parallel, threads = _plan_cores(self.n_jobs or runner.cores, prepared.problem)
            problem = replace(prepared.problem, threads=threads)
            meta_features = describe(problem)
            order = self._order(problem, meta_features)
            progress.search_started(prepared, order)
            instant, queued = split_instant(order.candidates, problem)
            trials = run_instant(instant, problem, clock, progress)
            problem = runner.load(problem)
            prepared = replace(prepared, problem=problem)
            agenda = self._agenda(queued, order.recalled, trials, problem, parallel)
            end = first_layer_end(problem, clock)
            search = Search(problem, agenda, runner, parallel, end, progress, should_stop)
            search.run()
            trials += search.finished
            trials += stack(search, trials, clock)
        result = _finish(prepared, trials, search, clock, progress)
        return replace(result, start=order.start, meta_features=meta_features)

    def _runner(self, log: Path | str | None) -> TrialRunner:
        runner: TrialRunner
        if self.ray_address is None:
            runner = TrialProcesses(self._memory_limit_mb())
        else:
            runner = _ray_trials(self.ray_address)
        return runner if log is None else LoggedTrials(runner, Path(log))

    def _agenda(
        self,
        queued: Sequence[tuple[int, Candidate]],
        recalled: Collection[str],
        done: Sequence[FinishedTrial],
        problem: Problem,
        parallel: int,
    ) -> Agenda:
        def refinement() -> Refinement:
            # Loads Optuna and FLAML, which small searches never need.
            from maestro_ml.engine.automl.refine import FamilyRefinement  # noqa: PLC0415

            return FamilyRefinement(problem, ENGINES[self.engine])

        agenda = Agenda(
            queued,
            refinement if ENGINES[self.engine] else None,
            folds=len(problem.folds),
            lag=max(_LAG, 2 * parallel - 1),
            last=None if self.max_trials is None else self.max_trials - 1,
            recalled=recalled,
        )
        for trial in done:
            if trial.candidate is not BASELINE:
                agenda.learn(trial.order, trial.candidate, trial.outcome.fold_scores)
        return agenda

    def _order(self, problem: Problem, meta_features: Mapping[str, float]) -> StartingOrder:
        defaults = starting_portfolio(problem) if self.portfolio is None else self.portfolio
        order = self.prior.order(problem, meta_features, defaults)
        return replace(order, candidates=order.candidates[: self.max_trials])

    def _memory_limit_mb(self) -> float:
        if self.memory_limit is not None:
            return float(self.memory_limit)
        return _MEMORY_SHARE * psutil.virtual_memory().available / _MB


def _ray_trials(address: str) -> TrialRunner:
    try:
        # Only a search on a cluster needs the `ray` extra.
        from maestro_ml.engine.automl.ray_trials import RayTrials  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ClusterUnavailableError(
            "Ray is not installed. Run `pip install 'maestro-ml[ml,ray]'`, or leave ray_address out."
        ) from error
    return RayTrials(address)


def _check_positive(name: str, value: float | None, unit: str) -> None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise InvalidBudgetError(
            f"{name} is {value}; it must be a positive number of {unit}. "
            "A minute (time_budget=60) is enough for a first look at most tables."
        )


def _plan_cores(n_jobs: int, problem: Problem) -> tuple[int, int]:
    """How many trials run at once, and the threads of each."""
    if problem.X.size <= _ONE_THREAD_CELLS or n_jobs < 2 * _THREADS:
        return n_jobs, 1
    return n_jobs // _THREADS, _THREADS


def _finish(
    prepared: Prepared,
    trials: Sequence[FinishedTrial],
    search: Search,
    clock: Clock,
    progress: Progress,
) -> AutoMLResult:
    assembly: Assembly = choose_members(trials, prepared.problem, clock.ends)
    score = mean_score(assembly.fold_scores)
    progress.ensemble_built(score, assembly.weights)
    model = build_model(assembly, prepared)
    rows = leaderboard(trials, assembly)
    if not search.stopped:
        importances = permutation_importances(model, prepared.problem, clock.ends)
        model = replace(model, feature_importances=importances)
    best = next(row for row in rows if row.status == "final")
    progress.search_finished(best.name, best.score, stopped=search.stopped)
    return AutoMLResult(
        task=prepared.problem.task,
        metric=prepared.problem.metric.name,
        leaderboard=rows,
        skipped=tuple(search.without_score),
        warnings=prepared.warnings,
        model=model,
        ensemble=assembly.weights,
        predictions=assembly.predictions,
        history=tuple(progress.history),
        seconds=progress.elapsed,
        stopped=search.stopped,
    )
