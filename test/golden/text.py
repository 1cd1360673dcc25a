"""Margins of small students of texts, computed apart from debkd: words by Unicode categories, buckets by scikit-learn's MurmurHash3, sums
in float64.

    python3 text.py > text.json
"""
import json
import math
import unicodedata

import numpy as np
from sklearn.utils import murmurhash3_32

BUCKETS = 1024
ROWS = 1000
TEXTS = [
    "",
    " \t\n\u00a0",
    "A good film, and a GOOD cast!",
    "Well... 3.5 of 10 stars?!",
    "Größe STRASSE straße Ärger",
    "don't re-use e\u0301te\u0301",
    "наука ДОМ, шалом שלום",
    "日本語 한국어 ไทย नमस्ते",
    "👍👩\u200d👧 @user #tag <b>bold</b>",
    "one two three four five six seven eight nine ten " * 40,
]
FORMS = [
    {"words": [1, 2], "characters": [3, 5]},
    {"words": [1, 1], "characters": [0, 0]},
    {"words": [0, 0], "characters": [1, 8]},
    {"words": [2, 3], "characters": [2, 2]},
]


def is_word(c):
    return unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Nd"


def is_blank(c):
    return c.isspace() or unicodedata.category(c) == "Cc"


def words_of(text):
    words = []
    inside = False
    for c in text:
        lower = c.lower()
        assert len(lower) == 1, "the texts have only characters with simple mappings"
        if is_word(c):
            if inside:
                words[-1] += lower
            else:
                words.append(lower)
            inside = True
        else:
            inside = False
            if not is_blank(c):
                words.append(lower)
    return words


def buckets_of(text, form):
    """The distinct buckets in the order of their first n-gram."""
    words = words_of(text)
    found = {}
    for i, word in enumerate(words):
        low, high = form["words"]
        ngrams = ["w" + " ".join(words[i + 1 - n:i + 1]) for n in range(max(low, 1), high + 1) if n <= i + 1]
        low, high = form["characters"]
        marked = "<" + word + ">"
        ngrams += ["c" + marked[start:start + n] for start in range(len(marked)) for n in range(max(low, 1), high + 1)
                   if start + n <= len(marked)]
        for ngram in ngrams:
            found[murmurhash3_32(ngram.encode(), seed=0, positive=True) % BUCKETS] = None
    return list(found)


def level_of(bucket):
    return bucket % 10


def idf_of(bucket, seen):
    """The weight by rarity: the count is in the middle of its power of two."""
    count = 1.5 * 2 ** level_of(bucket) - 0.5 if seen else 0
    return math.log((1 + ROWS) / (1 + count)) + 1


def margin_of(buckets, weighted):
    """The sum of weights of the seen buckets, over the length of the row, plus .25."""
    seen = [bucket for bucket in range(BUCKETS) if bucket * 5 % 7 != 0]
    place = {bucket: k for k, bucket in enumerate(seen)}
    squares = sum(idf_of(b, b in place) ** 2 if weighted else 1 for b in buckets)
    weights = np.array([((37 * k) % 101 - 50) / 64 for k in range(len(seen))])
    total = sum(weights[place[b]] for b in buckets if b in place)
    return 0.25 + (total / math.sqrt(squares) if squares else 0)


print(json.dumps([
    {**form, "idf": weighted, "texts": [
        {"text": text, "buckets": buckets_of(text, form), "margin": margin_of(buckets_of(text, form), weighted)} for text in TEXTS]}
    for form in FORMS for weighted in (False, True)], ensure_ascii=True, separators=(",", ":")))
