"""Golden differences of two models on the same rows. python3 differences.py > differences.json

Log-loss: scikit-learn's per-row losses, with the standard error of their mean difference by NumPy. AUC: scikit-learn's roc_auc_score, with
the variance of DeLong, DeLong and Clarke-Pearson (1988) from all pairs of rows.
"""
import json

import numpy as np
from scipy.stats import norm
from sklearn.metrics import log_loss, roc_auc_score

rng = np.random.default_rng(5)
Z = norm.ppf(0.975)


def case(rows, ties):
    y = (rng.random(rows) < 0.3).astype(int)
    a = np.clip(0.3 * y + 0.5 * rng.random(rows), 0.01, 0.99)
    b = np.clip(0.2 * y + 0.6 * rng.random(rows), 0.01, 0.99)
    if ties:
        a, b = np.round(a, 1), np.round(b, 1)
    a, b = np.clip(a, 0.05, 0.95), np.clip(b, 0.05, 0.95)
    losses = [np.array([log_loss([k], [p], labels=[0, 1]) for k, p in zip(y, q)]) for q in (a, b)]
    d = losses[0] - losses[1]
    half = Z * d.std(ddof=1) / np.sqrt(rows)

    def placed(q):
        pairs = np.sign(q[y == 1][:, None] - q[y == 0][None, :]) / 2 + 0.5
        return pairs.mean(1), pairs.mean(0)

    (a10, a01), (b10, b01) = placed(a), placed(b)
    variance = np.var(a10 - b10, ddof=1) / len(a10) + np.var(a01 - b01, ddof=1) / len(a01)
    auc = roc_auc_score(y, a) - roc_auc_score(y, b)
    wide = Z * np.sqrt(variance)
    return {
        "y": y.tolist(),
        "a": a.tolist(),
        "b": b.tolist(),
        "logLoss": [d.mean(), d.mean() - half, d.mean() + half],
        "auc": [auc, auc - wide, auc + wide],
    }


print(json.dumps([case(60, False), case(80, True)]))
