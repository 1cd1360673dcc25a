"""Golden values for boosted trees, by scikit-learn's regression trees on the logistic residual. python3 trees.py > trees.json"""
import json
import sys

import numpy as np
from sklearn.tree import DecisionTreeRegressor

rng = np.random.default_rng(17)
sigmoid = lambda z: 1 / (1 + np.exp(-z))
out = []
for rows, skip in [(400, -1), (600, 2)]:
    ordered = np.column_stack([rng.integers(0, 12, rows), rng.integers(0, 30, rows)])
    category = rng.integers(0, 5, rows)  # 0: none of the four
    fold = rng.integers(0, 5, rows)
    margin = 0.3 * (ordered[:, 0] - 6) * (category == 2) - 0.1 * np.abs(ordered[:, 1] - 15) + 0.8 * (category == 4)
    y = np.where(rng.random(rows) < 0.1, -1, (rng.random(rows) < sigmoid(margin)).astype(int))
    start = rng.normal(0, 1, rows)
    teaches = (y >= 0) & (fold != skip)
    x = np.column_stack([ordered] + [category == c for c in range(5)]).astype(float)
    z = start.copy()
    for _ in range(12):
        p = sigmoid(z)
        tree = DecisionTreeRegressor(max_depth=3, min_samples_leaf=20, random_state=0).fit(x[teaches], (y - p)[teaches])
        leaf = tree.apply(x)
        for k in np.unique(leaf[teaches]):
            inside = teaches & (leaf == k)
            value = 0.1 * (y - p)[inside].sum() / ((p * (1 - p))[inside].sum() + 1)
            z[leaf == k] += value
    out.append({"codes": np.column_stack([ordered, category]).tolist(), "bins": [12, 30, 5], "y": y.tolist(), "fold": fold.tolist(), "skip": skip,
                "start": start.tolist(), "trees": 12, "least": 20, "rate": 0.1, "z": z.tolist()})
json.dump(out, sys.stdout)
print()
