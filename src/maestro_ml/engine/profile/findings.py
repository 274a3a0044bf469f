"""What in a table deserves a look before a model is trained on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maestro_ml.engine.profile.figures import ColumnProfile, ProfileWarning

SKEWNESS_LIMIT = 3.0
MAJORITY_LIMIT = 0.95
_ID_MIN_ROWS = 20
_ID_SHARE = 0.98
_ID_SHARE_ESTIMATED = 0.95  # three standard errors of the estimate below
_MAX_CLASSES = 50


def warnings(
    columns: Sequence[ColumnProfile], duplicates: Sequence[tuple[str, str]]
) -> list[ProfileWarning]:
    """All warnings of a table, in column order; `duplicates` holds pairs of columns equal in every row."""
    found = [warning for column in columns for warning in _of_column(column)]
    for first, second in duplicates:
        text = f"'{second}' repeats '{first}' in every row; drop one of them."
        found.append(ProfileWarning("duplicate_column", [first, second], text))
    return found


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
    if _is_id_like(column):
        yield warning(
            "id_like", "identifies rows: nearly every value is unique; leave it out of training."
        )
    elif column.skewness is not None and abs(column.skewness) > SKEWNESS_LIMIT:
        yield warning(
            "skewed", f"is highly skewed (skewness {column.skewness:.1f}); a log scale may help."
        )
    share = column.top_values[0].count / column.count
    if column.distinct <= _MAX_CLASSES and column.type != "float" and share >= MAJORITY_LIMIT:
        yield warning("imbalanced", f"has one value in {share:.1%} of its rows.")


def _is_id_like(column: ColumnProfile) -> bool:
    share = _ID_SHARE if column.distinct_exact else _ID_SHARE_ESTIMATED
    return (
        column.type in {"integer", "string"}
        and column.count >= _ID_MIN_ROWS
        and column.missing == 0
        and column.distinct >= share * column.count
    )
