"""How alike two tasks are, from their meta-features."""

import math
from collections.abc import Mapping

# Standard deviations over the public tables that ship with the package (of figures that only some
# kinds of task have, over those).
SCALES: Mapping[str, float] = {
    "log_rows": 0.85,
    "log_columns": 0.72,
    "log_rows_per_column": 1.1,
    "categorical_share": 0.26,
    "log_most_levels": 1.8,
    "log_levels": 0.89,
    "missing_share": 0.041,
    "columns_with_missing": 0.17,
    "skew": 0.49,
    "log_kurtosis": 0.84,
    "correlation": 0.16,
    "distinct": 0.25,
    "binary": 0.23,
    "log_classes": 0.58,
    "balance": 0.26,
    "minority_share": 0.14,
    "target_skew": 0.47,
    "target_kurtosis": 0.47,
    "target_distinct": 0.26,
    "landmark_linear": 0.29,
    "landmark_neighbours": 0.31,
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
