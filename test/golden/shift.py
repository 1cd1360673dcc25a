"""Golden values of the tests for shift, by SciPy. python3 shift.py > shift.json"""
import json
import sys

import numpy as np
import scipy
from scipy.special import gammaincc, gammaln
from scipy.stats import chi2, chi2_contingency

rng = np.random.default_rng(11)


def psi(a, b):
    """The population stability index; an empty bin counts as half a row."""
    keep = (a + b) > 0
    p, q = np.maximum(a[keep], 0.5) / a.sum(), np.maximum(b[keep], 0.5) / b.sum()
    return float(((q - p) * np.log(q / p)).sum())


def holm(p):
    """Holm's step-down adjustment, by its definition."""
    p = np.asarray(p)
    order = np.argsort(p, kind="stable")
    steps = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    out = np.empty_like(p)
    out[order] = steps
    return out.tolist()


def counts():
    out = []
    for m, n, shift in [(5000, 5000, 0), (20000, 300, 0), (800, 90000, 0.2), (3000, 2000, 1.5)]:
        a, b = rng.normal(size=m), rng.normal(size=n) + shift
        edges = np.quantile(a, np.arange(1, 10) / 10)
        x = np.bincount(np.searchsorted(edges, a, side="right"), minlength=10)
        y = np.bincount(np.searchsorted(edges, b, side="right"), minlength=10)
        test = chi2_contingency([x, y], correction=False)
        out.append({"a": x.tolist(), "b": y.tolist(), "statistic": test[0], "p": test[1], "degrees": test[2], "psi": psi(x, y)})
    # small bins: the second and third are merged, and then the last two
    x, y = np.array([40, 3, 4, 50, 30, 1]), np.array([35, 2, 6, 44, 39, 2])
    test = chi2_contingency([[40, 7, 50, 31], [35, 8, 44, 41]], correction=False)
    out.append({"a": x.tolist(), "b": y.tolist(), "statistic": test[0], "p": test[1], "degrees": test[2], "psi": psi(x, y)})
    # an empty bin on one side, and one on both
    x, y = np.array([400, 0, 300, 0]), np.array([350, 0, 280, 60])
    test = chi2_contingency([[400, 300, 0], [350, 280, 60]], correction=False)
    out.append({"a": x.tolist(), "b": y.tolist(), "statistic": test[0], "p": test[1], "degrees": test[2], "psi": psi(x, y)})
    return out


tails = [{"x": x, "degrees": k, "p": float(chi2.sf(x, k))}
         for k in [1, 2, 3, 9, 10, 21, 100, 1000] for x in [0.001, 0.5, 3.84, 9, 10, 25, 120, 900, 1100, 1400]]
gammas = [{"a": a, "x": x, "q": float(gammaincc(a, x))} for a in [0.3, 0.5, 4.5, 50, 700] for x in [0.01, 0.9, 5, 49, 51, 690, 710]]
logs = [{"x": x, "value": float(gammaln(x))} for x in [0.1, 0.5, 1, 1.5, 2, 7.5, 14.9, 15, 100, 12345.5]]
ps = [[0.01, 0.04, 0.03, 0.005], [0.5], [0.2, 0.2, 0.2], [0.9, 1e-30, 0.012, 0.013, 0.6]]
json.dump({"numpy": np.__version__, "scipy": scipy.__version__, "counts": counts(), "tails": tails, "gammas": gammas, "logs": logs,
           "holm": [{"p": p, "adjusted": holm(p)} for p in ps]}, sys.stdout)
