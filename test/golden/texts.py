"""Golden values for the features of texts, by scikit-learn's MurmurHash3 and Python's Unicode data. python3 texts.py > texts.json

The texts use code points whose class and case are the same in Python's version of Unicode and in the library's.
"""
import json
import sys
import unicodedata

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.utils import murmurhash3_32

LONE = ["\ud800", "\udfff", "\udc00\ud800", "a\ud83db", "\ude00 \ud83d"]
TEXTS = [
    "", " ", " \t\r\n\u00a0\u3000\u2028 ", "a", "ab", "abc", "A", "!", "?!", "I", "1", "a b", "a  b", "a-b", "-", "-a", "a-",
    "The film was good, but the end was not.", "Good good GOOD gOOD", "good bad good bad good", "Don't stop: it's 5 o'clock!",
    "snake_case and kebab-case, e-mail@example.org", "<b>bold</b> <w> c< >c", "w c <a> <", "wgood cgood", "100% of 3.14 and 1,000",
    "C++ & C# || F#", "a\u0000b\u0001c\u007fd\u0085e", "tab\tnew\nline\x0bfeed\x0cend",
    "M\u00fcller hat \u00c4pfel, \u00d6l und STRASSE; Stra\u00dfe \u1e9e", "na\u00efve caf\u00e9 fa\u00e7ade \u00c5ngstr\u00f6m",
    "cafe\u0301 CAFE\u0301 e\u0301e\u0301", "\u0301a \u0301", "a\u0300\u0301\u0302\u0303b", "\u0130stanbul I\u0131i\u0130 DI\u015e", "i\u0307 I\u0307",
    "\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2 \u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u03a3 \u03a3\u03a3", "\u1f88\u1f98\u1fbc \u03a9\u2126",
    "\u041f\u0440\u0438\u0432\u0435\u0442, \u041c\u0418\u0420! \u0401\u043b\u043a\u0430", "\u0531\u0532\u0533 \u10a0\u10d0\u1c90 \u13a0\uab70\u13f8",
    "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd \u05e2\u05d5\u05dc\u05dd", "\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u0627 \u0628\u0643\u0645\u060c \u0664\u0665\u0666",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e \u0967\u0968\u0969", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a\u0e17\u0e38\u0e01\u0e04\u0e19 \u0e51\u0e52",
    "\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c\u4e0d\u662f\u5417\uff1f", "\u3053\u3093\u306b\u3061\u306f\u30b3\u30fc\u30d2\u30fc \uff21\uff22\uff43 \uff11\uff12", "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4",
    "\U0001f600 so good \U0001f600\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467 family", "\U0001f44d\U0001f3fd thumbs \u2764\ufe0f", "\U0001f1e9\U0001f1ea flags",
    "zero\u200bwidth\u200cjoin\u200der\ufeff \u2060 soft\u00adhyphen", "\u2160\u2162\u217b \u24b6\u24d0 \u00bd\u00b2 \u2460", "\U00010400\U00010428 \U0001d7d8\U0001d7ff \U0001e900",
    "\U00020000\U00020001 \U0002f800", "\ufffd \ue000 \uffff \U0010ffff", "\ufb01n \u01c4\u01c5\u01c6 \u01f1", "\u00b5 \u212a \u017f \u00ff \u0178",
    "x" * 70, "ab" * 20 + " " + "\u00e9" * 9, "one two one two three one two",
] + LONE
FORMS = [
    {"buckets": 16384, "words": [1, 2], "characters": [3, 5]},
    {"buckets": 1024, "words": [1, 1], "characters": [0, 0]},
    {"buckets": 262144, "words": [0, 0], "characters": [1, 2]},
    {"buckets": 4096, "words": [2, 3], "characters": [6, 6]},
]


def is_word(character):
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Nd"


def lower(character):
    return "i" if character == "\u0130" else character.lower()


def units(character):
    return 2 if ord(character) > 0xFFFF else 1


def words(text):
    """Words as lists of (character, start, end), places in UTF-16 units."""
    found, place, open_word = [], 0, False
    for character in text:
        start, place = place, place + units(character)
        if "\ud800" <= character <= "\udfff":
            character = "\ufffd"
        if unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc"):
            open_word = False
            continue
        if not (open_word and is_word(character)):
            found.append([])
        open_word = is_word(character)
        found[-1].append((lower(character), start, place))
    return found


def ngrams(text, form):
    """Every n-gram with its place: by word; word n-grams by n, then character n-grams by start, then by n."""
    texts, (w0, w1), (c0, c1) = words(text), form["words"], form["characters"]
    for i, word in enumerate(texts):
        for n in range(w0, w1 + 1):
            if 0 < n <= i + 1:
                grams = texts[i + 1 - n : i + 1]
                yield "w" + " ".join("".join(c for c, _, _ in g) for g in grams), grams[0][0][1], word[-1][2]
        first, last = word[0][1], word[-1][2]
        marked = [("<", first, first), *word, (">", last, last)]
        for start in range(len(marked)):
            for n in range(max(c0, 1), c1 + 1):
                if start + n <= len(marked):
                    gram = marked[start : start + n]
                    yield "c" + "".join(c for c, _, _ in gram), gram[0][1], gram[-1][2]


def case(text, form, places):
    found = list(ngrams(text, form))
    hashes = [murmurhash3_32(gram.encode(), seed=0, positive=True) for gram, _, _ in found]
    buckets = [h % form["buckets"] for h in hashes]
    # scikit-learn's vectorizer takes the absolute value of the signed hash: the same n-grams, another bucket
    if found:
        vectorizer = HashingVectorizer(
            analyzer=lambda t: [gram for gram, _, _ in ngrams(t, form)], n_features=form["buckets"],
            alternate_sign=False, binary=True, norm=None,
        )
        signed = np.array(hashes, dtype=np.uint32).astype(np.int32).astype(np.int64)
        assert set(vectorizer.transform([text]).indices) == set(abs(signed) % form["buckets"])
    out = {"text": text, "buckets": list(dict.fromkeys(buckets))}
    if places:
        out["places"] = [[bucket, start, end] for bucket, (_, start, end) in zip(buckets, found)]
    return out


STRINGS = ["abcdefghijklmnopqrstuvwxyz0123456789!?.,"[:n] for n in range(41)] + [
    "\u00e9", "\u00e9\u00e8", "\u4eca\u5929", "\U0001f600", "a\U0001f600b", "\u00df" * 7, "\x00", "\x00\x00\x00\x00", "\x00\x00\x00\x00\x00",
    "wgood", "cgood", "<go", "\x7f\x7f\x7f\x7f", "\uffff\uffff", "\U0010ffff",
]


if __name__ == "__main__":
    json.dump(
        {
            "hashes": [{"text": s, "hash": murmurhash3_32(s.encode(), seed=0, positive=True)} for s in STRINGS],
            "forms": [
                {"form": form, "texts": [case(t, form, k < 2 or len(t) < 20) for t in TEXTS]} for k, form in enumerate(FORMS)
            ],
        },
        sys.stdout,
        separators=(",", ":"),
    )
    print()
