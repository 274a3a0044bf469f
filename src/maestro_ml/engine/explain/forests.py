"""Exact contributions to scikit-learn's trees and forests, by the algorithm that LightGBM has for its own.

A forest is a mean of trees, and its trees are written down as LightGBM's: what is absent is averaged
over the training rows that came to the same node (Lundberg et al. 2018). Classes are in probabilities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from maestro_ml.engine.explain.boosters import lightgbm_contributions
from maestro_ml.engine.explain.subject import Contributions, FloatArray, IntArray

# About 20 s for 1,000 rows on one core; beyond this sampling is faster.
_MOST_NODES = 100_000
# LightGBM's marks of a split: NaN has a side of its own, and which.
_NAN_RIGHT, _NAN_LEFT = 8, 10
# Rows at a node are whole numbers there; weights may be none.
_COUNT = 1000


def few_enough(trees: Sequence[Any]) -> bool:
    """True when the contributions of rows to these trees can be had in seconds."""
    return sum(int(tree.node_count) for tree in trees) <= _MOST_NODES


def forest_contributions(trees: Sequence[Any], rows: FloatArray) -> Contributions:
    """Contributions of the columns of `rows` to the mean of scikit-learn's `Tree`s.

    Of two classes to the probability of the second, of more to that of each.
    """
    import lightgbm as lgb  # noqa: PLC0415 - only where such a model is explained

    width = rows.shape[1]
    leaves = [_outputs(tree) / len(trees) for tree in trees]
    count = leaves[0].shape[1]
    lines = [
        "tree",
        "version=v4",
        f"num_class={count}",
        f"num_tree_per_iteration={count}",
        "label_index=0",
        f"max_feature_idx={width - 1}",
        f"feature_names={' '.join(f'c{i}' for i in range(width))}",
        f"feature_infos={' '.join(['[-inf:inf]'] * width)}",
        "",
    ]
    pairs = (
        (tree, values[:, k])
        for tree, values in zip(trees, leaves, strict=True)
        for k in range(count)
    )
    for number, (tree, values) in enumerate(pairs):
        lines += [f"Tree={number}", *_written(tree, values), "", ""]
    lines += ["end of trees", ""]
    booster = lgb.Booster(model_str="\n".join(lines))
    # scikit-learn compares 32 bits with its thresholds.
    return lightgbm_contributions(booster, rows.astype(np.float32).astype(np.float64))


def _outputs(tree: Any) -> FloatArray:
    """What each node says, shape (nodes, K): a number, or probabilities."""
    values: FloatArray = tree.value[:, 0, :]
    if values.shape[1] == 1:
        return values
    shares = values / values.sum(axis=1, keepdims=True)
    return np.asarray(shares[:, 1:] if shares.shape[1] == 2 else shares)


def _written(tree: Any, values: FloatArray) -> list[str]:
    is_leaf = tree.children_left < 0
    # Splits and leaves are numbered apart there; a leaf is known by its complement.
    place: IntArray = np.where(is_leaf, ~(np.cumsum(is_leaf) - 1), np.cumsum(~is_leaf) - 1)
    rows = np.maximum(np.round(tree.weighted_n_node_samples * _COUNT / _scale(tree)), 1).astype(int)
    split = ~is_leaf
    left = np.asarray(tree.missing_go_to_left, dtype=bool)[split]
    fields: dict[str, Iterable[Any]] = {
        "split_feature": tree.feature[split],
        "split_gain": np.zeros(split.sum(), dtype=int),
        "threshold": tree.threshold[split],
        "decision_type": np.where(left, _NAN_LEFT, _NAN_RIGHT),
        "left_child": place[tree.children_left[split]],
        "right_child": place[tree.children_right[split]],
        "leaf_value": values[is_leaf],
        "leaf_weight": rows[is_leaf],
        "leaf_count": rows[is_leaf],
        "internal_value": values[split],
        "internal_weight": rows[split],
        "internal_count": rows[split],
    }
    text = [
        f"{name}={' '.join(map(repr, np.asarray(each).tolist()))}" for name, each in fields.items()
    ]
    return [f"num_leaves={int(is_leaf.sum())}", "num_cat=0", *text, "is_linear=0", "shrinkage=1"]


def _scale(tree: Any) -> float:
    """Whole weights, as of rows drawn with replacement, stay as they are."""
    weights = tree.weighted_n_node_samples
    return float(_COUNT) if bool((weights == np.round(weights)).all()) else 1.0
