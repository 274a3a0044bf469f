"""What a column holds, found over all of its values: a lattice of kinds, and the conversion to each.

    MISSING < INTEGER < CODE < FLOAT < TEXT        MISSING < BOOLEAN < TEXT
    MISSING < DATE < DATETIME < TEXT               MISSING < ZONED < TEXT

The kind of a column is the join of the kinds of its blocks, so it does not depend on where blocks end.
CODE are digits that are no quantity: leading zeros ("00123") or more than 64 bits; they stay text, unless
the column has fractions and so is a number after all.
"""

from __future__ import annotations

from enum import Enum

import pyarrow as pa
import pyarrow.compute as pc

MISSING_TEXTS = ["", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "?"]
"""Texts that stand for a missing value in CSV, quoted or not, also with blanks around them."""


class Kind(Enum):
    """What all values of a column are."""

    MISSING = "missing"
    INTEGER = "integer"
    CODE = "code"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    ZONED = "zoned"
    TEXT = "text"


_CHAINS = (
    (Kind.MISSING, Kind.INTEGER, Kind.CODE, Kind.FLOAT, Kind.TEXT),
    (Kind.MISSING, Kind.DATE, Kind.DATETIME, Kind.TEXT),
    (Kind.MISSING, Kind.BOOLEAN, Kind.TEXT),
    (Kind.MISSING, Kind.ZONED, Kind.TEXT),
)
_ALWAYS_IN_TEXT = (Kind.DATE, Kind.DATETIME, Kind.ZONED)
_ONLY_IN_CSV = (Kind.MISSING, Kind.INTEGER, Kind.CODE, Kind.FLOAT, Kind.BOOLEAN)
_REFUSED = {Kind.INTEGER: "^-?0[0-9xX]", Kind.BOOLEAN: "^[01]$"}
"""What Arrow would parse as the kind, but is none here: codes, hexadecimals, digits for truth values."""


def join(first: Kind, second: Kind) -> Kind:
    """The smallest kind that holds the values of both."""
    for chain in _CHAINS:
        if first in chain and second in chain:
            return max(first, second, key=chain.index)
    return Kind.TEXT


def arrow_type(kind: Kind) -> pa.DataType:
    """How values of a kind are stored; times are in microseconds, those with a zone in UTC."""
    types = {
        Kind.INTEGER: pa.int64(),
        Kind.FLOAT: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.DATE: pa.date32(),
        Kind.DATETIME: pa.timestamp("us"),
        Kind.ZONED: pa.timestamp("us", "UTC"),
    }
    return types.get(kind, pa.string())


def kind_of(values: pa.Array, *, numbers_in_text: bool) -> Kind:
    """The smallest kind that holds all values.

    Text is looked into: for dates always, for numbers and truth values where `numbers_in_text` says that
    the format has no other way to write them (CSV).
    """
    if values.null_count == len(values):
        return Kind.MISSING
    if not pa.types.is_string(values.type):
        return _kind_of_type(values)
    for kind in (*_ONLY_IN_CSV, *_ALWAYS_IN_TEXT) if numbers_in_text else _ALWAYS_IN_TEXT:
        if _converted(values, kind) is not None:
            return kind
    return Kind.TEXT


def convert(values: pa.Array, kind: Kind) -> pa.Array | None:
    """The values as the kind's Arrow type, NaN as missing; None where they are of no smaller kind."""
    if kind is Kind.TEXT:
        return values if pa.types.is_string(values.type) else values.cast(pa.string())
    if values.null_count == len(values):
        return pa.nulls(len(values), arrow_type(kind))
    if pa.types.is_string(values.type):
        return _converted(values, kind)
    if kind is Kind.CODE:
        return values.cast(pa.string()) if pa.types.is_integer(values.type) else None
    if join(_kind_of_type(values), kind) is not kind:
        return None
    return _without_nan(values.cast(arrow_type(kind), safe=False))


def _kind_of_type(values: pa.Array) -> Kind:
    type_ = values.type
    if pa.types.is_integer(type_):
        beyond = pa.types.is_uint64(type_) and pc.max(values).as_py() >= 2**63
        return Kind.CODE if beyond else Kind.INTEGER
    if pa.types.is_floating(type_) or pa.types.is_decimal(type_):
        return Kind.FLOAT
    if pa.types.is_boolean(type_):
        return Kind.BOOLEAN
    if pa.types.is_date(type_):
        return Kind.DATE
    if pa.types.is_timestamp(type_):
        return Kind.DATETIME if type_.tz is None else Kind.ZONED
    return Kind.TEXT


def _converted(texts: pa.Array, kind: Kind) -> pa.Array | None:
    """Text as a kind, with blanks around the values forgiven; None if any value is no such thing."""
    parsed = _parsed(texts, kind)
    if parsed is None and _has_blanks(texts):
        trimmed = pc.utf8_trim_whitespace(texts)
        missing = pc.is_in(trimmed, pa.array(MISSING_TEXTS))
        parsed = _parsed(pc.if_else(missing, None, trimmed), kind)
    return parsed


def _parsed(texts: pa.Array, kind: Kind) -> pa.Array | None:
    if kind is Kind.MISSING:
        return texts if texts.null_count == len(texts) else None
    if kind is Kind.CODE:
        return texts if _all(pc.match_substring_regex(texts, r"^[+-]?[0-9]+$")) else None
    refused = _REFUSED.get(kind)
    if refused and pc.any(pc.match_substring_regex(texts, refused)).as_py():
        return None
    try:
        return _without_nan(texts.cast(arrow_type(kind)))
    except pa.ArrowInvalid:
        return None


def _has_blanks(texts: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, r"^\s|\s$")).as_py())


def _all(truths: pa.Array) -> bool:
    return pc.all(truths).as_py() is not False


def _without_nan(values: pa.Array) -> pa.Array:
    if not pa.types.is_floating(values.type):
        return values
    nan = pc.is_nan(values)
    return pc.if_else(nan, None, values) if pc.any(nan).as_py() else values
