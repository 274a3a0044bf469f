"""What in a table deserves a look before a model is trained on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from maestro_ml.engine.profile.figures import ColumnProfile, Correlations, ProfileWarning

SKEWNESS_LIMIT = 3.0
MAJORITY_LIMIT = 0.95
_ID_MIN_ROWS = 20
_ID_SHARE = 0.98
_ID_SHARE_ESTIMATED = 0.95  # three standard errors of the estimate below
_MAX_CLASSES = 50
MISSING_LIMIT = 0.5
CORRELATION_LIMIT = 0.98
_MAX_CORRELATED = 10  # pairs told of: a table of copies would bury everything else


def warnings(
    columns: Sequence[ColumnProfile],
    duplicates: Sequence[tuple[str, str]],
    together: Correlations | None = None,
) -> list[ProfileWarning]:
    """All warnings of a table, in column order; `duplicates` holds pairs of columns equal in every row."""
    found = [warning for column in columns for warning in _of_column(column)]
    for first, second in duplicates:
        text = f"'{second}' repeats '{first}' in every row; drop one of them."
        found.append(ProfileWarning("duplicate_column", [first, second], text))
    return found + list(_giveaways(together, {second for _, second in duplicates}))


def _of_column(column: ColumnProfile) -> Iterator[ProfileWarning]:
    def warning(code: str, text: str) -> ProfileWarning:
        return ProfileWarning(code, [column.name], f"'{column.name}' {text}")

    if column.count == 0:
        yield warning("all_missing", "has no value in any row; drop it.")
        return
    if column.infinite:
        yield warning("infinite_values", f"holds {column.infinite} infinite values; clean them.")
    if column.distinct == 1:
        yield warning(
            "constant", "has the same value in every row that has one; it carries no signal."
        )
        return
    rows = column.count + column.missing
    if column.missing > MISSING_LIMIT * rows:
        yield warning("mostly_missing", f"is missing in {column.missing / rows:.0%} of the rows.")
    if _is_id_like(column):
        yield warning(
            "id_like", "identifies rows: nearly every value is unique; leave it out of training."
        )
    elif column.type == "string":
        yield warning(
            "high_cardinality",
            f"has {column.distinct} different values, too many to learn from each; group the rare "
            "ones, or leave it out if it only names rows.",
        )
    elif column.skewness is not None and abs(column.skewness) > SKEWNESS_LIMIT:
        yield warning(
            "skewed", f"is highly skewed (skewness {column.skewness:.1f}); a log scale may help."
        )
    share = column.top_values[0].count / column.count
    if column.distinct <= _MAX_CLASSES and column.type != "float" and share >= MAJORITY_LIMIT:
        yield warning("imbalanced", f"has one value in {share:.1%} of its rows.")


def _giveaways(together: Correlations | None, repeated: set[str]) -> Iterator[ProfileWarning]:
    """Pairs of which one all but tells the other: a leak if one of them is to be predicted."""
    if together is None:
        return
    numbered = enumerate(together.columns)
    pairs = (
        (first, second, together.values[row][column])
        for (row, first), (column, second) in combinations(numbered, 2)
        if not {first, second} & repeated
    )
    strong = [(a, b, r) for a, b, r in pairs if r is not None and abs(r) >= CORRELATION_LIMIT]
    for first, second, r in sorted(strong, key=lambda pair: -abs(pair[2]))[:_MAX_CORRELATED]:
        text = (
            f"'{second}' all but follows from '{first}' (correlation {r:.3f}); if one is to be "
            "predicted, leave the other out unless it is known by then."
        )
        yield ProfileWarning("highly_correlated", [first, second], text)


def _is_id_like(column: ColumnProfile) -> bool:
    share = _ID_SHARE if column.distinct_exact else _ID_SHARE_ESTIMATED
    return (
        column.type in {"integer", "string"}
        and column.count >= _ID_MIN_ROWS
        and column.missing == 0
        and column.distinct >= share * column.count
    )
