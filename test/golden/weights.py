"""Golden values with row weights, by scikit-learn (sample_weight). python3 weights.py > weights.json"""
import json

import numpy as np
import sklearn
from sklearn import metrics as m
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(11)


def ece(y, p, w, bins=10):
    """ECE with bins of equal width: |sum of w (p - y)| of each bin over the sum of w."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum(abs((w * (p - y))[at == b].sum()) for b in range(bins)) / w.sum()


def ks(y, p, w):
    fpr, tpr, _ = m.roc_curve(y, p, sample_weight=w, drop_intermediate=False)
    return np.abs(tpr - fpr).max()


def metric_cases():
    out = []
    for name, n in [("survey", 200), ("ties", 150), ("counts", 90), ("zeros", 120), ("extreme", 60)]:
        y = (rng.random(n) < 0.4).astype(int)
        y[:2] = [0, 1]
        p = 1 / (1 + np.exp(-(rng.normal(size=n) * 2 + 2 * (y - 0.5))))
        w = rng.lognormal(5, 1, n)
        if name == "ties":
            p = np.round(p, 1)
        if name == "counts":
            w = rng.integers(1, 6, n).astype(float)
        if name == "zeros":
            w[rng.random(n) < 0.3] = 0
            w[:2] = 1
        if name == "extreme":
            p[:4] = [0, 1, 1e-300, 1 - 1e-16]
        t = 0.37
        q = p >= t
        out.append({
            "name": name, "y": y.tolist(), "p": p.tolist(), "w": w.tolist(), "threshold": t,
            "metrics": {
                "auc": m.roc_auc_score(y, p, sample_weight=w),
                "logLoss": m.log_loss(y, np.clip(p, 2**-52, 1 - 2**-52), sample_weight=w),
                "brier": m.brier_score_loss(y, p, sample_weight=w),
                "ece": ece(y, p, w),
                "accuracy": m.accuracy_score(y, q, sample_weight=w),
                "f1": m.f1_score(y, q, sample_weight=w),
                "precision": m.precision_score(y, q, sample_weight=w),
                "recall": m.recall_score(y, q, sample_weight=w),
                "ks": ks(y, p, w),
                "prAuc": m.average_precision_score(y, p, sample_weight=w),
            },
            "accuracyAtHalf": m.accuracy_score(y, p >= 0.5, sample_weight=w),
            "bestF1": max(m.f1_score(y, p >= t, sample_weight=w) for t in np.unique(p)),
        })
    return out


def logistic_cases():
    out = []
    for penalty in [0.5, 10]:
        n, k = 120, 3
        x = rng.normal(size=(n, k)).astype(np.float32)
        w = rng.lognormal(0, 1, n)
        w[::10] = 0
        y = (rng.random(n) < 1 / (1 + np.exp(-(x @ [1, -2, 0.5] - 0.4)))).astype(int)
        # newton-cg minimises C sum w loss + |coef|^2 / 2
        fit = LogisticRegression(C=1 / penalty, solver="newton-cg", tol=1e-12, max_iter=10000)
        fit.fit(x.astype(float), y, sample_weight=w)
        out.append({
            "penalty": penalty, "x": x.tolist(), "y": y.tolist(), "w": w.tolist(),
            "coef": fit.coef_[0].tolist(), "intercept": float(fit.intercept_[0]),
        })
    return out


def isotonic_case():
    n = 80
    v = np.round(rng.normal(size=n), 1)
    y = (rng.random(n) < 1 / (1 + np.exp(-v))).astype(float)
    w = rng.lognormal(0, 1, n)
    p = IsotonicRegression(y_min=0, y_max=1).fit(v, y, sample_weight=w).predict(v)
    return {"v": v.tolist(), "y": y.tolist(), "w": w.tolist(), "p": p.tolist()}


print(json.dumps({
    "sklearn": sklearn.__version__,
    "metrics": metric_cases(),
    "logistic": logistic_cases(),
    "isotonic": isotonic_case(),
}))
