"""Means of fold scores and how sure they are."""

from collections.abc import Sequence

import numpy as np


def mean_score(fold_scores: Sequence[float]) -> float:
    """Mean over the folds that could be scored; minus infinity when none could."""
    known = [score for score in fold_scores if np.isfinite(score)]
    return float(np.mean(known)) if known else float("-inf")


def standard_error(fold_scores: Sequence[float]) -> float:
    """Standard error of the mean over folds, NaN for fewer than two.

    Folds share training rows, so this is somewhat too small; it serves to compare, not to test.
    """
    known = [score for score in fold_scores if np.isfinite(score)]
    if len(known) < 2:
        return float("nan")
    return float(np.std(known, ddof=1) / np.sqrt(len(known)))
