"""How alike two tasks are, from their meta-features."""

import math
from collections.abc import Mapping

# Standard deviations over 57 public tables: a distance of one is what two tables usually differ by.
SCALES: Mapping[str, float] = {
    "log_rows": 1.5,
    "log_columns": 0.75,
    "log_rows_per_column": 1.6,
    "categorical_share": 0.28,
    "log_most_levels": 1.9,
    "log_levels": 1.0,
    "missing_share": 0.04,
    "columns_with_missing": 0.25,
    "skew": 0.5,
    "log_kurtosis": 0.7,
    "correlation": 0.13,
    "distinct": 0.25,
    "binary": 0.25,
    "log_classes": 0.6,
    "balance": 0.25,
    "minority_share": 0.15,
    "target_skew": 0.8,
    "target_kurtosis": 0.9,
    "target_distinct": 0.35,
    "landmark_linear": 0.3,
    "landmark_neighbours": 0.3,
}


def similarity(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """1 for equal meta-features, about 0.4 for two tables taken at random, towards 0 beyond.

    Only meta-features that both have are compared; 0 when there is none.
    """
    shared = [name for name in SCALES if name in one and name in other]
    if not shared:
        return 0.0
    squares = [((one[name] - other[name]) / SCALES[name]) ** 2 for name in shared]
    return math.exp(-0.5 * math.fsum(squares) / len(shared))
