"""A search without a server: a CSV file in; a leaderboard, predictions and a model file out.

    python -m maestro_ml.engine.automl --train train.csv --target y --budget 60
                                       [--test new.csv --out predictions.csv] [--model model.pkl]

Predictions are a row for each row of `--test`: `prediction`, and `proba_<class>` for a
classification. Beside them `<out>.json` says what was found and how long it took. Ends with 1 and a
sentence on standard error when the table cannot be learned from.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import cloudpickle
import pandas as pd

from maestro_ml.engine.automl.engine import ENGINES, AutoMLEngine
from maestro_ml.engine.automl.errors import AutoMLError
from maestro_ml.engine.automl.events import SearchEvent, TrialFinished
from maestro_ml.engine.automl.model import AutoMLModel
from maestro_ml.engine.automl.result import AutoMLResult
from maestro_ml.engine.automl.splits import split_by
from maestro_ml.engine.automl.tasks import Task


def main() -> int:
    """Read, search, print the leaderboard, and write what was asked for."""
    options = _options()
    try:
        table, y = _read(options.train, options.target, options.task)
        new_rows = None if options.test is None else pd.read_csv(options.test)
        began = time.perf_counter()
        result = AutoMLEngine(
            options.budget,
            metric=options.metric,
            task=options.task,
            seed=options.seed,
            n_jobs=options.cores,
            split=split_by(options.group_column, options.time_column),
            engine=options.engine,
        ).fit(table, y, callbacks=[] if options.quiet else [_tell], log=options.log)
        seconds = time.perf_counter() - began
        if new_rows is not None:
            _predictions(result.model, new_rows).to_csv(options.out, index=False)
    except (AutoMLError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.model is not None:
        options.model.write_bytes(cloudpickle.dumps(result.model))
    summary = _summary(result, seconds)
    if new_rows is not None:
        Path(f"{options.out}.json").write_text(json.dumps(summary, default=str))
    if options.json:
        print(json.dumps(summary, default=str))
    elif not options.quiet:
        _show(result)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="maestro automl run",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--train", type=Path, required=True, help="CSV file with the target")
    parser.add_argument("--target", required=True, help="the column to predict")
    parser.add_argument("--task", choices=[task.value for task in Task], help="default: inferred")
    parser.add_argument("--metric", help="a scikit-learn scorer, or log_loss, rmse, mae")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds to search")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cores", type=int, help="default: all that this process may use")
    parser.add_argument("--engine", choices=ENGINES, default="portfolio")
    split = parser.add_mutually_exclusive_group()
    split.add_argument("--group-column", help="validate rows of one value together")
    split.add_argument("--time-column", help="validate rows by earlier ones")
    parser.add_argument("--test", type=Path, help="CSV file with rows to predict")
    parser.add_argument("--out", type=Path, help="where their predictions go")
    parser.add_argument("--log", type=Path, help="keep trials in this folder, and go on from there")
    parser.add_argument("--model", type=Path, help="where the model goes, pickled")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    options = parser.parse_args()
    if (options.test is None) != (options.out is None):
        parser.error("--test and --out belong together")
    return options


def _read(path: Path, target: str, task: str | None) -> tuple[pd.DataFrame, pd.Series]:
    # Labels keep the text they have in the file: 01 stays 01.
    text = {target: str} if task is not None and Task(task).is_classification else None
    table = pd.read_csv(path, dtype=text)
    if target not in table:
        columns = ", ".join(map(str, table.columns))
        raise ValueError(f"{path} has no column '{target}'. It has: {columns}.")
    return table.drop(columns=target), table[target]


def _predictions(model: AutoMLModel, rows: pd.DataFrame) -> pd.DataFrame:
    if model.classes_ is None:
        return pd.DataFrame({"prediction": model.predict(rows)})
    shares = model.predict_proba(rows)
    columns = {f"proba_{label}": shares[:, i] for i, label in enumerate(model.classes_)}
    return pd.DataFrame({"prediction": model.classes_[shares.argmax(axis=1)], **columns})


def _summary(result: AutoMLResult, seconds: float) -> dict[str, object]:
    return {
        "fit_s": seconds,
        "task": result.task.value,
        "metric": result.metric,
        "best": asdict(result.best),
        "ensemble": dict(result.ensemble),
        "leaderboard": [asdict(row) for row in result.leaderboard],
        "skipped": [asdict(each) for each in result.skipped],
        "warnings": list(result.warnings),
    }


def _tell(event: SearchEvent) -> None:
    if isinstance(event, TrialFinished):
        print(
            f"{event.elapsed:6.1f} s  {event.name:24} {event.score:.5g}   best {event.best_score:.5g}",
            file=sys.stderr,
        )


def _show(result: AutoMLResult) -> None:
    for warning in result.warnings:
        print(warning, file=sys.stderr)
    shown = ["rank", "name", "score", "standard_error", "fit_seconds", "weight", "status"]
    print(f"{result.task.value}, {result.metric}, {result.seconds:.1f} s")
    print(result.to_frame()[shown].to_string(index=False, float_format="{:.5g}".format))


if __name__ == "__main__":
    sys.exit(main())
