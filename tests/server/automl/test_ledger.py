"""The statistics of the value ledger, on simulated histories whose truth is known."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from maestro_ml.contracts.automl import SearchArm
from maestro_ml.contracts.value_ledger import LedgerState, ValueLedger, Verdict
from maestro_ml.server.automl import ledger
from maestro_ml.server.automl.ledger import Outcome, measure_value

COLD_MEAN = 16.0
SIMULATIONS = 200


def history(
    seed: int,
    *,
    effect: float,
    searches: int = 300,
    datasets: int = 12,
    shares: Sequence[float] = (0.15,),
    effects: Sequence[float] | None = None,
) -> list[Outcome]:
    """Searches that take `COLD_MEAN` evaluations on average, warm ones `effect` times as many.

    Tables differ by a factor, searches of a table again; the share of cold starts, and with `effects`
    what a warm start is worth, go through their values one after the other.
    """
    lot = random.Random(seed)
    tables = [lot.choice((0.5, 0.8, 1.2, 1.5)) for _ in range(datasets)]
    made = []
    for number in range(searches):
        share = shares[number * len(shares) // searches]
        now = effect if effects is None else effects[number * len(effects) // searches]
        cold = lot.random() < share
        table = lot.randrange(datasets)
        mean = COLD_MEAN * tables[table] * (1 if cold else now)
        evaluations = max(1, round(lot.gammavariate(4, mean / 4)))
        made.append(
            Outcome(
                dataset=f"table {table}",
                arm=SearchArm.COLD if cold else SearchArm.WARM,
                propensity=share if cold else 1 - share,
                reached=evaluations < 30,
                evaluations=evaluations,
                seconds=2.0 * evaluations,
            )
        )
    return made


def measured(outcomes: Sequence[Outcome]) -> ValueLedger:
    return measure_value(outcomes, cold_share=0.15, left_out=0)


@pytest.fixture
def fewer_replicates(monkeypatch: pytest.MonkeyPatch) -> None:
    """400 instead of 2,000, so that hundreds of simulations take seconds."""
    monkeypatch.setattr(ledger, "_REPLICATES", 400)


@pytest.mark.usefixtures("fewer_replicates")
@pytest.mark.parametrize(("effect", "datasets"), [(0.6, 12), (1.0, 12), (0.6, 6)])
def test_the_interval_holds_the_truth_as_often_as_it_says(effect: float, datasets: int) -> None:
    held = 0
    for seed in range(SIMULATIONS):
        evaluations = measured(history(seed, effect=effect, datasets=datasets)).effects[0]
        held += evaluations.ratio.low <= effect <= evaluations.ratio.high
    assert held / SIMULATIONS >= 0.88


@pytest.mark.usefixtures("fewer_replicates")
def test_what_makes_no_difference_is_not_claimed_to() -> None:
    verdicts = [measured(history(s, effect=1.0)).effects[0].verdict for s in range(SIMULATIONS)]
    assert verdicts.count(Verdict.NO_DIFFERENCE) / SIMULATIONS >= 0.9


@pytest.mark.usefixtures("fewer_replicates")
def test_a_real_effect_is_found_in_both_measures_and_directions() -> None:
    for effect, verdict in ((0.5, Verdict.WARM_SOONER), (1.8, Verdict.COLD_SOONER)):
        found = [measured(history(seed, effect=effect)).effects for seed in range(40)]
        for measure in (0, 1):
            hits = sum(effects[measure].verdict is verdict for effects in found)
            assert hits >= 36, (effect, measure)


@pytest.mark.usefixtures("fewer_replicates")
def test_a_share_that_was_changed_does_not_bend_the_comparison() -> None:
    """Early searches were hard and often drawn cold: without weights that alone would look like gain."""
    errors = []
    for seed in range(60):
        early = history(seed, effect=1.0, searches=300, shares=(0.5,))
        late = history(seed, effect=1.0, searches=300, shares=(0.1,))
        hard = [_slower(each, 4) for each in early]
        errors.append(measured([*hard, *late]).effects[0].ratio.estimate - 1)
    assert abs(sum(errors) / len(errors)) < 0.08


def _slower(outcome: Outcome, times: int) -> Outcome:
    return Outcome(
        dataset=outcome.dataset,
        arm=outcome.arm,
        propensity=outcome.propensity,
        reached=outcome.reached,
        evaluations=outcome.evaluations * times,
        seconds=outcome.seconds * times,
    )


def test_the_same_history_gives_the_same_answer() -> None:
    outcomes = history(1, effect=0.7)
    assert measured(outcomes) == measured(history(1, effect=0.7))
    effect = measured(outcomes).effects[0]
    assert effect.ratio.low < effect.ratio.estimate < effect.ratio.high
    assert effect.difference.estimate == pytest.approx(effect.warm - effect.cold)
    assert "times the evaluations" in measured(outcomes).summary


@pytest.mark.parametrize(
    ("warm", "cold", "datasets", "words"),
    [
        (120, 7, 9, "Too early: 7 of 20 cold starts."),
        (3, 0, 1, "Too early: 0 of 20 cold starts, 3 of 20 warm starts, 1 of 5 data sets."),
        (60, 25, 4, "Too early: 4 of 5 data sets."),
    ],
)
def test_it_abstains_until_there_is_enough(warm: int, cold: int, datasets: int, words: str) -> None:
    arms = [SearchArm.WARM] * warm + [SearchArm.COLD] * cold
    outcomes = [
        Outcome(f"table {n % datasets}", arm, 0.5, True, 3 + n % 5, 10.0)
        for n, arm in enumerate(arms)
    ]
    told = measure_value(outcomes, cold_share=0.15, left_out=4)
    assert (told.state, told.effects, told.summary) == (LedgerState.TOO_EARLY, [], words)
    assert (told.warm.searches, told.cold.searches, told.left_out) == (warm, cold, 4)


def test_nothing_at_all_is_too_early_and_names_a_share_of_zero() -> None:
    told = measure_value([], cold_share=0, left_out=0)
    assert told.warm.evaluations is None
    assert "the share is set to 0" in told.summary


@pytest.mark.parametrize(("clusters", "t"), [(5, 2.776), (10, 2.262), (30, 2.045), (121, 1.980)])
def test_few_clusters_widen_as_student_does(clusters: int, t: float) -> None:
    assert ledger._t_quantile(clusters - 1) == pytest.approx(t, abs=0.01)
