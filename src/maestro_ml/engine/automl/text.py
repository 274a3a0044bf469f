"""Turns free text into a few numbers: its lengths and which frequent words it holds."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from maestro_ml.engine.automl.tasks import FloatArray

MAX_WORDS = 40
_WORD = re.compile(r"[^\W\d_]{2,}")
_MOST_TEXTS = 5_000  # are enough to see which words are frequent
_MIN_SHARE, _MAX_SHARE = 0.01, 0.95


def words_of(text: str) -> list[str]:
    """Lower-case words of two letters or more."""
    return _WORD.findall(text.lower())


def choose_words(texts: Sequence[str | None]) -> tuple[str, ...]:
    """The most frequent words that neither nearly all nor nearly no text holds (at most 40)."""
    seen: Counter[str] = Counter()
    texts = texts[:: max(1, len(texts) // _MOST_TEXTS)]
    for text in texts:
        seen.update(set(words_of(text or "")))
    low, high = max(3.0, _MIN_SHARE * len(texts)), _MAX_SHARE * len(texts)
    useful = [(-count, word) for word, count in seen.items() if low <= count <= high]
    return tuple(word for _, word in sorted(useful)[:MAX_WORDS])


def text_features(texts: Sequence[str | None], vocabulary: Sequence[str]) -> FloatArray:
    """Shape (n, 2 + words): characters, words, then 1.0 where the text holds the word."""
    position = {word: index + 2 for index, word in enumerate(vocabulary)}
    features = np.zeros((len(texts), len(vocabulary) + 2))
    for row, text in enumerate(texts):
        if text is None:
            features[row, :2] = np.nan
            continue
        words = words_of(text)
        features[row, 0], features[row, 1] = len(text), len(words)
        for word in words:
            if word in position:
                features[row, position[word]] = 1.0
    return features
