"""How params and a metric go together: rank statistics with intervals, which abstain when runs are few."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from maestro_ml.contracts.importance import ParamImportance, ParamImportances

FEWEST_RUNS = 10
MOST_WORDS = 20
_Z = 1.959964


def importances(
    metric: str, samples: Sequence[tuple[float, Mapping[str, str]]]
) -> ParamImportances:
    """The params by the strength of their association with `metric`, the strongest first."""
    if len(samples) < FEWEST_RUNS:
        told = (
            f"{len(samples)} of these runs have a number for {metric}; it takes {FEWEST_RUNS} to "
            "say which params matter."
        )
        return ParamImportances(metric=metric, runs=len(samples), items=[], abstained=told)
    keys = Counter(key for _, params in samples for key in params)
    found = [_importance(key, samples) for key, runs in keys.items() if runs >= FEWEST_RUNS]
    items = sorted((each for each in found if each), key=lambda each: (-each.strength, each.key))
    if items:
        return ParamImportances(metric=metric, runs=len(samples), items=items, abstained=None)
    told = "No param differs enough between these runs to say which matter."
    return ParamImportances(metric=metric, runs=len(samples), items=[], abstained=told)


def _importance(
    key: str, samples: Sequence[tuple[float, Mapping[str, str]]]
) -> ParamImportance | None:
    pairs = [(params[key], value) for value, params in samples if key in params]
    texts, values = [text for text, _ in pairs], [value for _, value in pairs]
    distinct = len(set(texts))
    if distinct < 2 or len(set(values)) < 2:
        return None
    numbers = [_number(text) for text in texts]
    known = [number for number in numbers if number is not None]
    if len(known) == len(numbers):
        return _spearman(key, known, values, distinct)
    return _kruskal(key, texts, values, distinct) if distinct <= MOST_WORDS else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _spearman(
    key: str, numbers: Sequence[float], values: Sequence[float], distinct: int
) -> ParamImportance:
    rho = _correlation(ranks(numbers), ranks(values))
    # Fisher's transformation with the variance of Bonett and Wright (2000) for rank correlations.
    width = _Z * math.sqrt((1 + rho**2 / 2) / (len(values) - 3))
    middle = math.atanh(max(min(rho, 1 - 1e-12), -1 + 1e-12))
    return ParamImportance(
        key=key,
        method="spearman",
        strength=abs(rho),
        correlation=rho,
        low=math.tanh(middle - width),
        high=math.tanh(middle + width),
        runs=len(values),
        values=distinct,
    )


def _kruskal(
    key: str, texts: Sequence[str], values: Sequence[float], distinct: int
) -> ParamImportance | None:
    """Epsilon squared of Kruskal and Wallis, less what chance alone explains."""
    size, placed = len(values), ranks(values)
    if size - distinct < 3:
        return None
    groups: dict[str, list[float]] = {}
    for text, rank in zip(texts, placed, strict=True):
        groups.setdefault(text, []).append(rank)
    mean = (size + 1) / 2
    between = sum(len(each) * (sum(each) / len(each) - mean) ** 2 for each in groups.values())
    whole = sum((rank - mean) ** 2 for rank in placed)
    share = between / whole
    share = max(0.0, 1 - (1 - share) * (size - 1) / (size - distinct))
    # Of a share the square root behaves as a correlation does.
    strength = math.sqrt(share)
    width = _Z / math.sqrt(size - 3)
    middle = math.atanh(min(strength, 1 - 1e-12))
    return ParamImportance(
        key=key,
        method="kruskal",
        strength=strength,
        correlation=None,
        low=math.tanh(max(0.0, middle - width)) ** 2,
        high=math.tanh(middle + width) ** 2,
        runs=size,
        values=distinct,
    )


def ranks(values: Sequence[float]) -> list[float]:
    """The place of each value, counted from 1; equal ones share the mean of their places."""
    order = sorted(range(len(values)), key=values.__getitem__)
    placed = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for position in order[start : end + 1]:
            placed[position] = (start + end) / 2 + 1
        start = end + 1
    return placed


def _correlation(xs: Sequence[float], ys: Sequence[float]) -> float:
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    together = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    apart = sum((x - x_mean) ** 2 for x in xs) * sum((y - y_mean) ** 2 for y in ys)
    return together / math.sqrt(apart) if apart > 0 else 0.0
