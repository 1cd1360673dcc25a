"""Golden margins of a ridge logistic regression with more columns than rows, by scikit-learn. python3 ridge.py > ridge.json"""
import json

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

rows, columns, fold = 120, 560, 2
i = np.arange(rows)
# the test computes the same values: multiples of 1/128, exact in float32
x = ((i[:, None] * 7919 + np.arange(columns) * 104729 + i[:, None] * np.arange(columns) * 31) % 257 - 128) / 128
category = i * 5 % 13
v = ((i * 37) % 101 - 50) / 25
y = ((i * 29 + (x[:, 0] > 0) * 41 + (x[:, 300] > 0) * 17) % 97 < 45).astype(int)
weight = ((i * 11) % 7) / 3
kept = i % 5 != fold
phi = np.c_[x[:, :280], np.eye(13)[category], x[:, 280:]]
out = []
for penalty in [3000, 30, 3]:
    for weighted in [False, True]:
        # the slope of v has a penalty of 1 whatever that of the others is
        design = np.c_[v * np.sqrt(penalty), phi]
        fit = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=10000, solver="newton-cholesky")
        fit.fit(design[kept], y[kept], weight[kept] if weighted else None)
        out.append({"penalty": penalty, "weighted": weighted, "margins": np.round(fit.decision_function(design), 9).tolist()})
print(json.dumps({"scikit-learn": sklearn.__version__, "rows": rows, "columns": columns, "fold": fold, "y": y.tolist(), "fits": out}))
