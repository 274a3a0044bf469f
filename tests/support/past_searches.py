"""Past searches as they are remembered, without having been run."""

from __future__ import annotations

from maestro_ml.contracts.automl import SearchArm
from maestro_ml.server.automl.repository import EvaluationRecord
from maestro_ml.server.automl.tables import AutoMLSearchRow
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.ids import new_id


def evaluation(position: int, score: float | None, *, status: str = "scored") -> EvaluationRecord:
    """The configuration at a position; each takes two seconds."""
    return EvaluationRecord(
        position=position,
        name=f"lightgbm-{position}",
        family="lightgbm",
        params={"learning_rate": 0.1, "num_leaves": position},
        status=status,
        reason=None if status == "scored" else "it was not done after its 2.0 s",
        score=score,
        standard_error=None if score is None else 0.01,
        fit_seconds=None if score is None else 1.5,
        ended_at=None if status == "skipped" else 2.0 * position,
    )


def past_search(
    dataset: str,
    records: list[EvaluationRecord],
    *,
    version: int = 1,
    arm: SearchArm | None = None,
    propensity: float | None = None,
) -> AutoMLSearchRow:
    """A search for `y` of a data set that evaluated `records`."""
    scores = [each.score for each in records if each.score is not None]
    started = [each for each in records if each.status != "skipped"]
    return AutoMLSearchRow(
        id=new_id(),
        dataset=dataset,
        version=version,
        target="y",
        task="binary",
        metric="roc_auc",
        group_column=None,
        time_column=None,
        row_count=1000,
        column_count=10,
        meta_features={"log_rows": 6.9},
        time_budget=60,
        max_trials=None,
        seed=0,
        seconds=60.0,
        cancelled=False,
        start={"source": "history", "note": "", "reasons": []},
        source="defaults" if arm is SearchArm.COLD else "history",
        eligible=arm is not None,
        arm=None if arm is None else arm.value,
        propensity=propensity,
        draw_seed=None if arm is None else 1,
        evaluations=len(started),
        best_score=max(scores, default=None),
        best_standard_error=0.01 if scores else None,
        finished_at=now(),
    )
