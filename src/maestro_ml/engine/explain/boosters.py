"""Exact contributions to boosted trees, as the three libraries compute them themselves.

They follow the paths of the trees (Lundberg et al. 2018): what is absent is averaged over the training
rows that came to the same node. Everything is in the space of the sum of trees: numbers, or log-odds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from maestro_ml.engine.explain.subject import Contributions, FloatArray


def lightgbm_contributions(booster: Any, rows: Any) -> Contributions:
    """Contributions of the columns of `rows` to a lightgbm.Booster."""
    found = np.asarray(booster.predict(rows, pred_contrib=True), dtype=np.float64)
    return _split(found.reshape(len(rows), booster.num_model_per_iteration(), -1))


def xgboost_contributions(booster: Any, rows: Any) -> Contributions:
    """Contributions of the columns of `rows` to an xgboost.Booster, which computes in float32."""
    import xgboost as xgb  # noqa: PLC0415 - only where such a model is explained

    data = xgb.DMatrix(rows, feature_names=booster.feature_names)
    found = np.asarray(booster.predict(data, pred_contribs=True), dtype=np.float64)
    return _split(found[:, None, :] if found.ndim == 2 else found)


def catboost_contributions(model: Any, rows: Any, categories: list[int]) -> Contributions:
    """Contributions of the columns of `rows` to a catboost model."""
    from catboost import Pool  # noqa: PLC0415 - only where such a model is explained

    data = Pool(rows, cat_features=categories)
    found = np.asarray(model.get_feature_importance(data, type="ShapValues", thread_count=1))
    return _split(found[:, None, :] if found.ndim == 2 else found)


def _split(found: FloatArray) -> Contributions:
    """From (n, K, d + 1), the base being the last of each."""
    return Contributions(found[:, :, :-1].transpose(0, 2, 1), found[0, :, -1].copy())
