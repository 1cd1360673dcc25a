"""Golden values for permutation importance, by scikit-learn. python3 importance.py > importance.json"""
import json
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

REPEATS = 2000
COLOURS = ["blue", "green", "red"]

rng = np.random.default_rng(8)
n = 300
strong = rng.normal(size=n)
x = pd.DataFrame({
    "strong": strong,
    "twin": 0.8 * strong + 0.6 * rng.normal(size=n),
    "idle": rng.normal(size=n),
    "colour": rng.choice(COLOURS, size=n),
}).round(4)
margin = 1.5 * x["strong"] + 0.5 * x["twin"] + x["colour"].map({"blue": 1.0, "green": 0.0, "red": -1.0})
y = (rng.random(n) < 1 / (1 + np.exp(-margin))).astype(int)

encoder = ColumnTransformer([("one-hot", OneHotEncoder(categories=[COLOURS]), ["colour"])], remainder="passthrough")
model = make_pipeline(encoder, LogisticRegression()).fit(x, y)
inner = model[-1]
inner.coef_[0, 3 + 2] = 0  # idle
found = permutation_importance(model, x, y, scoring=["neg_log_loss", "roc_auc"], n_repeats=REPEATS, random_state=3)
colours, numbers = inner.coef_[0, :3], inner.coef_[0, 3:]
print(f"scikit-learn {sklearn.__version__}", file=sys.stderr)
print(json.dumps({
    "columns": {name: x[name].tolist() for name in x}, "y": y.tolist(),
    "weights": [*numbers.tolist(), *colours.tolist()], "bias": inner.intercept_[0],
    "importance": {
        name: {key: {"mean": of.importances_mean[i], "std": of.importances_std[i]}
               for key, of in [("logLoss", found["neg_log_loss"]), ("auc", found["roc_auc"])]}
        for i, name in enumerate(x)
    },
}))
