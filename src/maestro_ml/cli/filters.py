"""What to do about a filter or an order that the server does not understand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from maestro_ml.sdk.errors import InvalidRequest

EXAMPLE = "metrics.auc > 0.8 and params.model = 'lgbm'"
_NAMED = re.compile(r"'([^']+)'|string value (\S+)\. Use")


@contextmanager
def pointed_at(filter: str, orders: Sequence[str] = ()) -> Iterator[None]:
    """Let a refusal show where in what was written the words stand that it names, or an example."""
    try:
        yield
    except InvalidRequest as refusal:
        if refusal.code == "search.invalid":
            refusal.hint = _place(refusal.message, [filter, *orders]) or f'Such as: "{EXAMPLE}"'
        raise


def _place(message: str, written: Sequence[str]) -> str | None:
    for quoted, bare in _NAMED.findall(message):
        word = quoted or bare
        for text in written:
            begin = text.find(word)
            if begin >= 0:
                marks = " " * begin + "^" * len(word)
                return f'{text}\n{marks}\nSuch as: "{EXAMPLE}"'
    return None
