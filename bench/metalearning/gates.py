"""What must hold for the memory to be used, with intervals over data sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.metalearning import replay
from bench.metalearning.lookup import Floats
from bench.metalearning.replay import EVALUATIONS, Curves

_DRAWS = 4_000
_TPE_SHARE = 0.5
_TOLERATED = 0.02


@dataclass(frozen=True)
class Gate:
    """A claim that a figure is at most 0, with the figure's 95 % interval: all of it must be."""

    claim: str
    mean: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """PASS or FAIL."""
        return "PASS" if self.high <= 0 else "FAIL"

    def __str__(self) -> str:
        return f"{self.verdict}  {self.claim}: {self.mean:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"


class _InTheMean(Gate):
    """A claim of the mean alone; the interval tells how far it is from shown."""

    @property
    def verdict(self) -> str:
        """PASS or FAIL."""
        return "PASS" if self.mean <= 0 else "FAIL"


class _NoBetter(Gate):
    """A claim that a figure is not below 0: all but an interval below 0 is in keeping with it."""

    @property
    def verdict(self) -> str:
        return "PASS" if self.high >= 0 else "FAIL"


def gates(curves: Curves) -> list[Gate]:
    """The claims of the memory, on the scores that a search goes by."""
    return list(_gates(curves))


def _gates(curves: Curves) -> Iterator[Gate]:
    at8 = {arm: _at(rows, 8) for arm, rows in curves.chosen.items()}
    last = {arm: _at(rows, EVALUATIONS[-1]) for arm, rows in curves.chosen.items()}
    bases = curves.bases

    yield _InTheMean(
        "regret@8 of the warm start less half that of cold TPE (the mean)",
        *interval(at8[replay.WARM] - _TPE_SHARE * at8[replay.TPE], bases),
    )
    yield Gate(
        "regret@8 of the warm start less that of the libraries' defaults",
        *interval(at8[replay.WARM] - at8[replay.LIBRARY], bases),
    )
    yield _NoBetter(
        "regret@8 of shuffled history alone less that of random (not below 0)",
        *interval(at8[replay.SHUFFLED] - at8[replay.RANDOM], bases),
    )
    for arm, history in ((replay.MISLED, "reversed"), (replay.UNLIKE, "unlike")):
        yield Gate(
            f"final regret with {history} history less a cold start's and {_TOLERATED}",
            *interval(last[arm] - last[replay.DEFAULTS] - _TOLERATED, bases),
        )


def further(curves: Curves, arm: str = replay.WARM) -> list[str]:
    """What is no gate and worth knowing: against our own defaults, and on held-back rows."""
    lines = []
    for name, arms in (("chosen by", curves.chosen), ("held-back", curves.held_back)):
        for other in (replay.DEFAULTS, replay.LIBRARY, replay.TPE):
            for count in (4, 8, 16):
                difference = _at(arms[arm], count) - _at(arms[other], count)
                mean, low, high = interval(difference, curves.bases)
                lines.append(
                    f"{name:10} @{count:<2} {arm} - {other:22} "
                    f"{mean:+.4f} [{low:+.4f}, {high:+.4f}]"
                )
    return lines


def table(curves: Curves) -> str:
    """Mean regrets in percent."""
    parts = []
    for rows, arms in (
        ("the rows that configurations are chosen by", curves.chosen),
        ("held-back rows, of the configuration chosen by the others", curves.held_back),
    ):
        means = pd.DataFrame(
            {arm: 100 * np.mean(values, axis=0) for arm, values in arms.items()},
            index=[f"@{count}" for count in EVALUATIONS],
        ).T
        parts.append(f"Mean regret in % on {rows}:\n{means.round(2).to_string()}")
    return "\n\n".join(parts)


def interval(values: Floats, bases: Sequence[str]) -> tuple[float, float, float]:
    """Mean over tables, and 95 % of the means when whole data sets are drawn with replacement."""
    names = sorted(set(bases))
    groups = [values[[base == name for base in bases]] for name in names]
    sums = np.array([group.sum() for group in groups])
    counts = np.array([len(group) for group in groups])
    drawn = np.random.default_rng(0).integers(0, len(names), (_DRAWS, len(names)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(values.mean()), float(low), float(high)


def _at(rows: Sequence[Floats], count: int) -> Floats:
    return np.array(rows)[:, EVALUATIONS.index(count)]
