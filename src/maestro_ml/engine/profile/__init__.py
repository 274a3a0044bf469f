"""Profiles of tables: per column its distribution, per table what to look at first; constant memory."""

from maestro_ml.engine.profile.figures import (
    ColumnProfile,
    Correlations,
    Histogram,
    ProfileWarning,
    Quantiles,
    TableProfile,
    TextLength,
    TopValue,
)
from maestro_ml.engine.profile.parquet import profile_parquet

__all__ = [
    "ColumnProfile",
    "Correlations",
    "Histogram",
    "ProfileWarning",
    "Quantiles",
    "TableProfile",
    "TextLength",
    "TopValue",
    "profile_parquet",
]
