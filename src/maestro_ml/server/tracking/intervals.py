"""Student's t for means of groups, without a library for it."""

from __future__ import annotations

import math

# Two-sided 95 % quantiles for 1 to 30 degrees of freedom.
_T = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
_NORMAL = 1.959964


def t_quantile(freedom: int) -> float:
    """The value that |t| stays below in 95 % of samples; good to 0.001."""
    if freedom <= len(_T):
        return _T[freedom - 1]
    # The first terms of the expansion of Cornish and Fisher.
    return _NORMAL + (_NORMAL**3 + _NORMAL) / (4 * freedom)


def half_width(size: int, deviation: float | None) -> float | None:
    """Half of the 95 % interval of a mean; None for fewer than two values."""
    if size < 2 or deviation is None:
        return None
    return t_quantile(size - 1) * deviation / math.sqrt(size)
