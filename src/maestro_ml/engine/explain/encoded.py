"""From the columns that a learner of an AutoML model reads back to the raw columns of the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from maestro_ml.engine.automl.encoders import DenseEncoder, TreeEncoder
from maestro_ml.engine.automl.schema import FeatureSchema
from maestro_ml.engine.explain.subject import FloatArray, IntArray


def raw_sources(schema: FeatureSchema) -> IntArray:
    """For each column of the encoded matrix the place of its raw column among `schema.names`."""
    place = {name: index for index, name in enumerate(schema.names)}
    return np.array([place[column.source] for column in schema.matrix_columns], dtype=np.int64)


def tree_sources(encoder: TreeEncoder) -> IntArray:
    """For each column that a tree reads the matrix column it is made from."""
    parts = [encoder.kept, encoder.hot_columns]
    parts += [np.repeat(i, encoding.means.shape[1] + 1) for i, encoding in encoder.encoded]
    parts += [
        np.repeat(exact.column, encoding.means.shape[1] + 1) for exact, encoding in encoder.exact
    ]
    return np.concatenate(parts).astype(np.int64)


def dense_sources(encoder: DenseEncoder) -> IntArray:
    """For each column that a linear model reads the matrix column it is made from."""
    rows = tree_sources(encoder.tree)
    hinges = np.tile(rows[encoder.bent], len(encoder.knots)) if len(encoder.bent) else rows[:0]
    return np.concatenate([rows, hinges, rows[encoder.missing]])


def catboost_sources(layout: Any, width: int) -> IntArray:
    """For each column that CatBoost reads the matrix column it is made from."""
    exact = [values.column for values in layout.exact]
    return np.concatenate([np.arange(width), np.array(exact, dtype=np.int64)])


def fold(values: FloatArray, source: IntArray, width: int) -> FloatArray:
    """Sum contributions (n, m, K) of made columns into those (n, width, K) of what they come from."""
    made_from = np.equal(source[:, None], np.arange(width)).astype(np.float64)
    folded: FloatArray = np.einsum("nmk,mw->nwk", values, made_from, optimize=True)
    return folded
