"""Golden values for paired statistics, by SciPy. python3 paired.py > paired.json"""
import json
import sys

import numpy as np
from scipy import stats

rng = np.random.default_rng(5)
out = {"t": [[n, stats.t.ppf(0.975, n)] for n in [1, 2, 3, 5, 10, 19, 29, 30, 31, 40, 60, 100, 499]], "intervals": [], "wilcoxon": []}
for n in [2, 5, 20, 60]:
    x = rng.normal(0.3, 1, n)
    low, high = stats.t.interval(0.95, n - 1, x.mean(), stats.sem(x))
    out["intervals"].append({"x": x.tolist(), "value": x.mean(), "low": low, "high": high})
for n, shift in [(6, 0.2), (10, 0.0), (20, 0.4), (20, 0.0), (25, 1.0)]:
    x = rng.normal(shift, 1, n)
    out["wilcoxon"].append({"x": x.tolist(), "p": stats.wilcoxon(x, mode="exact").pvalue})


def exact_with_ties(x):
    """The exact p-value of the signed-rank test: enumerates all signs; ties get average ranks."""
    x = np.array([v for v in x if v != 0])
    ranks = stats.rankdata(np.abs(x))
    observed = min(ranks[x > 0].sum(), ranks[x < 0].sum())
    signs = (np.arange(2 ** len(x))[:, None] >> np.arange(len(x))) & 1
    sums = signs @ ranks
    return min(1.0, 2 * np.mean(sums <= observed + 1e-9))


for x in [[1, 1, 1, -1, 2, 2, 3, 0], [0.5, -0.5, 0.5, 0.5, 0.25, 0.25, 0.75, 0, 0], [1, 2, 3, 4, 5, 6]]:
    out["wilcoxon"].append({"x": x, "p": exact_with_ties(x)})
json.dump(out, sys.stdout)
print()
