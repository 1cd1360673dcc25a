"""Golden values for metrics and label de-biasing, by scikit-learn and SciPy. python3 measures.py > measures.json"""
import json
import sys

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize
import scipy.special
from scipy.stats import ks_2samp
from sklearn import metrics as m
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(5)


def ece(y, p, bins=10):
    """ECE with bins of equal width: |mean probability - share of class 1|, weighted by the rows of the bin."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum(abs(p[at == b].sum() - y[at == b].sum()) for b in range(bins)) / len(y)


def best_f1(y, p):
    scores = [m.f1_score(y, p >= t) for t in np.unique(p)]
    return max(scores)


def metric_cases():
    out = []
    for name, n in [("plain", 200), ("ties", 150), ("extreme", 60), ("constant", 20), ("rare", 300)]:
        y = (rng.random(n) < (0.03 if name == "rare" else 0.4)).astype(int)
        y[:2] = [0, 1]
        p = 1 / (1 + np.exp(-(rng.normal(size=n) * 2 + 2 * (y - 0.5))))
        if name == "ties":
            p = np.round(p, 1)
        if name == "extreme":
            p[:6] = [0, 1, 0, 1, 1e-300, 1 - 1e-16]
        if name == "constant":
            p[:] = 0.3
        threshold = 0.4
        label = p >= threshold
        values = {
            "auc": m.roc_auc_score(y, p), "logLoss": m.log_loss(y, p, eps=np.finfo(float).eps), "brier": m.brier_score_loss(y, p),
            "ece": ece(y, p), "accuracy": m.accuracy_score(y, label), "f1": m.f1_score(y, label),
            "precision": m.precision_score(y, label, zero_division=0), "recall": m.recall_score(y, label),
            "ks": ks_2samp(p[y == 1], p[y == 0]).statistic, "prAuc": m.average_precision_score(y, p),
        }
        out.append({"name": name, "y": y.tolist(), "p": p.tolist(), "threshold": threshold, "metrics": values,
                    "accuracyAtHalf": m.accuracy_score(y, p >= 0.5), "bestF1": best_f1(y, p)})
    return out


def softplus(x):
    return np.logaddexp(0, x)


def fits():
    """Minimises sum BCE(y, b + a v + w . phi) + lambda / 2 |w|^2 + 1/2 (a - 1)^2 with SciPy."""
    out = []
    for name, penalty, scale in [("platt", None, 1), ("platt, over-confident", None, 60), ("ridge 3", 3, 1), ("ridge 100", 100, 1), ("ridge 30, over-confident", 30, 40)]:
        n, k = 160, 4
        phi = rng.normal(size=(n, k)).astype(np.float32).astype(float)
        truth = phi @ np.array([1.0, -0.5, 0, 0.3]) - 0.4
        v = (truth + rng.normal(size=n)) * scale + 0.5
        y = (rng.random(n) < 1 / (1 + np.exp(-truth))).astype(int)
        x = phi if penalty is not None else np.zeros((n, 0))

        def objective(theta):
            b, a, w = theta[0], theta[1], theta[2:]
            d = b + a * v + x @ w
            r = 1 / (1 + np.exp(-np.clip(d, -700, 700))) - y
            value = (softplus(d) - y * d).sum() + 0.5 * (penalty or 0) * w @ w + 0.5 * (a - 1) ** 2
            return value, np.concatenate([[r.sum(), r @ v + a - 1], x.T @ r + (penalty or 0) * w])

        best = None
        for start in (1.0, 1.0 / scale):
            theta = np.zeros(2 + x.shape[1])
            theta[1] = start
            for _ in range(3):
                found = minimize(objective, theta, jac=True, method="BFGS", options={"gtol": 1e-10, "maxiter": 2000})
                theta = found.x
            if best is None or found.fun < best.fun:
                best = found
        out.append({"name": name, "penalty": penalty, "v": v.tolist(), "phi": phi.tolist(), "y": y.tolist(),
                    "theta": best.x.tolist(), "objective": best.fun})
    return out


def calibrations():
    """prior, temperature and beta from their definitions with SciPy; isotonic with scikit-learn."""
    n = 180
    truth = rng.normal(size=n) * 1.5
    v = np.round(2.2 * truth + 0.8, 1)  # rounded, to have ties
    y = (rng.random(n) < 1 / (1 + np.exp(-truth))).astype(int)
    sigmoid = scipy.special.expit
    shift = scipy.optimize.brentq(lambda s: sigmoid(v - s).mean() - y.mean(), -30, 30, xtol=1e-14)

    def bce(d):
        return (softplus(d) - y * d).sum()

    temperature = minimize(lambda t: bce(t[0] * v) + 0.5 * (t[0] - 1) ** 2, [1.0], method="BFGS", options={"gtol": 1e-9}).x
    out = {"v": v.tolist(), "y": y.tolist(), "prior": [shift], "temperature": temperature.tolist(), "beta": []}
    for sign in (1, -1):  # -1: a teacher that ranks in reverse, where a and b reach their bounds
        w = sign * v

        def beta(t):
            d = -t[0] * softplus(-w) + t[1] * softplus(w) + t[2]
            return bce(d) + 0.5 * (t[0] - 1) ** 2 + 0.5 * (t[1] - 1) ** 2

        found = minimize(beta, [1.0, 1.0, 0.0], method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)],
                         options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 5000})
        out["beta"].append({"v": w.tolist(), "parameters": found.x.tolist(), "objective": found.fun})
    model = IsotonicRegression(y_min=1 / (2 * n), y_max=1 - 1 / (2 * n), out_of_bounds="clip").fit(v, y)
    p = model.predict(v)  # at the fitted points, scikit-learn's interpolation equals the step function
    out["isotonic"] = (np.log(p) - np.log1p(-p)).tolist()
    return out


def ridge():
    """scikit-learn's ridge logistic regression: unpenalised intercept, penalty 1/C on every weight, a included (centre 0)."""
    n, k, penalty = 120, 3, 1.0
    phi = rng.normal(size=(n, k)).astype(np.float32).astype(float)
    v = rng.normal(size=n) * 2
    y = (rng.random(n) < 1 / (1 + np.exp(-(v + phi[:, 0])))).astype(int)
    model = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=10000).fit(np.column_stack([v, phi]), y)
    return {"penalty": penalty, "v": v.tolist(), "phi": phi.tolist(), "y": y.tolist(),
            "theta": [float(model.intercept_[0]), *model.coef_[0].tolist()]}


json.dump({"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "metrics": metric_cases(), "fits": fits(), "calibrations": calibrations(), "ridge": ridge()}, sys.stdout)
print()
