"""Golden logistic regressions on n-grams of texts, by scikit-learn. python3 text_logistic.py > text_logistic.json

The features are computed again in Python, with scikit-learn's MurmurHash3: each text is a row of length 1 whose n-grams have the
same value. With weights by rarity, the value of an n-gram is its inverse document frequency, and the row is as long as 1; the document
frequency is rounded to the middle of its power of two. The first rows are the training rows; n-grams that they lack only count for the
length of a row.
"""
import json
import math
import random
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.utils import murmurhash3_32

from texts import ngrams

FORM = {"buckets": 1024, "words": [1, 2], "characters": [3, 3]}
TRAIN = 160
rng = random.Random(5)
WORDS = ["river", "stone", "Lamp", "paper", "green", "quick", "slow", "bread", "cloud", "wheel", "näher", "今天", "🙂"]
texts, labels = [], []
for i in range(240):
    chosen = [rng.choice(WORDS + ["only%d" % i]) for _ in range(rng.randrange(1, 9))]
    score = chosen.count("quick") + chosen.count("green") - chosen.count("slow") - chosen.count("bread") + rng.gauss(0, 0.7)
    texts.append(rng.choice([" ", ", ", "! "]).join(chosen))
    labels.append(int(score > 0))
texts[3] = texts[200] = ""
texts[201] = "zzzz"


def buckets(text):
    return list(dict.fromkeys(murmurhash3_32(g.encode(), seed=0, positive=True) % FORM["buckets"] for g, _, _ in ngrams(text, FORM)))


found = [buckets(text) for text in texts]
frequency = {}
for row in found[:TRAIN]:
    for bucket in row:
        frequency[bucket] = frequency.get(bucket, 0) + 1
seen = sorted(frequency)


def idf(bucket, rarity):
    if not rarity:
        return 1
    count = frequency.get(bucket, 0)
    middle = 1.5 * 2 ** math.floor(math.log2(count)) - 0.5 if count else 0
    return math.log((1 + TRAIN) / (1 + middle)) + 1


cases = []
for rarity, penalty in [(False, 0.3), (True, 0.3), (True, 0.02)]:
    x = np.zeros((len(texts), len(seen)))
    for i, row in enumerate(found):
        length = math.sqrt(sum(idf(bucket, rarity) ** 2 for bucket in row)) or 1
        for bucket in row:
            if bucket in frequency:
                x[i, seen.index(bucket)] = idf(bucket, rarity) / length
    model = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=100000)
    model.fit(x[:TRAIN], labels[:TRAIN])
    weights = model.coef_[0] * [idf(bucket, rarity) for bucket in seen]
    p = model.predict_proba(x)[:, 1]
    cases.append({
        "rarity": rarity, "penalty": penalty, "weights": weights.round(9).tolist(), "bias": round(model.intercept_[0], 9),
        "probabilities": p.round(9).tolist(), "logLoss": round(log_loss(labels[:TRAIN], p[:TRAIN]), 9),
    })
json.dump({"form": FORM, "train": TRAIN, "texts": texts, "labels": labels, "cases": cases}, sys.stdout, separators=(",", ":"))
print()
