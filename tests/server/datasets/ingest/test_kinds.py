"""The lattice of kinds: its laws, and that a column's kind does not depend on where blocks end."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_ml.server.datasets.ingest.kinds import Kind, convert, join, kind_of

KINDS = st.sampled_from(Kind)
CELLS = st.sampled_from(
    [None, "1", "-7", "0", "0012", "+49123", "99999999999999999999", "1.5", "1e5", "inf", " 3", "? ", "true",
     "FALSE", "2024-02-29", "2024-02-29 10:00", "2024-02-29T10:00:00Z", "word", "0x10", "1 2", "2024"]
)  # fmt: skip


@given(KINDS, KINDS, KINDS)
def test_join_is_a_semilattice(a: Kind, b: Kind, c: Kind) -> None:
    assert join(a, a) is a
    assert join(a, b) is join(b, a)
    assert join(join(a, b), c) is join(a, join(b, c))
    assert join(a, Kind.MISSING) is a
    assert join(a, Kind.TEXT) is Kind.TEXT


@given(st.lists(CELLS), st.lists(CELLS))
def test_blocks_do_not_matter(first: list[str | None], second: list[str | None]) -> None:
    blocks = [pa.array(cells, pa.string()) for cells in (first, second)]
    whole = kind_of(pa.concat_arrays(blocks), numbers_in_text=True)
    joined = join(*(kind_of(block, numbers_in_text=True) for block in blocks))
    assert joined is whole
    for block in blocks:
        converted = convert(block, joined)
        assert converted is not None
        assert len(converted) == len(block)


@given(st.lists(CELLS), KINDS)
def test_what_converts_is_of_no_larger_kind(cells: list[str | None], kind: Kind) -> None:
    texts = pa.array(cells, pa.string())
    if convert(texts, kind) is not None:
        assert join(kind, kind_of(texts, numbers_in_text=True)) is kind


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2"], Kind.INTEGER),
        (["1", "2.5"], Kind.FLOAT),
        (["0", "1"], Kind.INTEGER),
        (["00123", "45678"], Kind.CODE),
        (["12345678901234567890"], Kind.CODE),
        (["0.5", "-0.25"], Kind.FLOAT),
        (["12345678901234567890", "0.5"], Kind.FLOAT),
        (["true", "FALSE"], Kind.BOOLEAN),
        (["true", "1"], Kind.TEXT),
        (["2024-01-31", "2024-02-01 12:30"], Kind.DATETIME),
        (["2024-01-31T12:00:00+02:00"], Kind.ZONED),
        (["2024-01-31", "12"], Kind.TEXT),
        (["31/01/2024"], Kind.TEXT),
        ([" 1", "2 ", " NA"], Kind.INTEGER),
        (["0x10"], Kind.TEXT),
        ([None, None], Kind.MISSING),
    ],
)
def test_kinds_of_text(cells: list[str | None], kind: Kind) -> None:
    assert kind_of(pa.array(cells, pa.string()), numbers_in_text=True) is kind
