"""Golden values for rules of the threshold, by scikit-learn: python3 test/golden/thresholds.py > test/golden/thresholds.json"""
import json

import numpy as np
from sklearn import metrics as m

rng = np.random.default_rng(9)
n = 240
y = (rng.random(n) < 0.3).astype(int)
p = np.round(1 / (1 + np.exp(-(rng.normal(size=n) * 1.5 + 2 * (y - 0.6)))), 2)
weights = np.round(rng.random(n) * 3, 1)


def values(threshold, w):
    """The values of all rules at a threshold."""
    called = (p >= threshold).astype(int)
    (tn, fp), (fn, tp) = m.confusion_matrix(y, called, sample_weight=w)
    given = {"sample_weight": w}
    return {
        "f1": m.f1_score(y, called, **given),
        "accuracy": m.accuracy_score(y, called, **given),
        "youden": m.balanced_accuracy_score(y, called, adjusted=True, **given),
        "mcc": m.matthews_corrcoef(y, called, **given),
        "cost:FP=1,FN=8": (fp + 8 * fn) / (tn + fp + fn + tp),
        "precision>=0.7": m.precision_score(y, called, **given),
        "recall>=0.9": m.recall_score(y, called, **given),
        "rate=0.2": (tp + fp) / (tn + fp + fn + tp),
    }


cases = [
    {"threshold": t, "weighted": w is not None, "values": {k: float(v) for k, v in values(t, w).items()}}
    for t in [0.1, 0.355, 0.6]
    for w in [None, weights]
]
cuts = np.unique(p)
best = {}
for rule in ["f1", "accuracy", "youden", "mcc"]:
    best[rule] = max(float(values(c, None)[rule]) for c in cuts)
best["cost:FP=1,FN=8"] = min(float(values(c, None)["cost:FP=1,FN=8"]) for c in cuts)
reached = [values(c, None) for c in cuts]
best["precision>=0.7"] = max(float(v["recall>=0.9"]) for c, v in zip(cuts, reached) if v["precision>=0.7"] >= 0.7 and (p >= c).sum() >= 10)
best["recall>=0.9"] = max(float(v["precision>=0.7"]) for v in reached if v["recall>=0.9"] >= 0.9)
print(json.dumps({"y": y.tolist(), "p": p.tolist(), "weights": weights.tolist(), "cases": cases, "best": best}))
