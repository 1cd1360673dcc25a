"""Golden values for withheld columns, by scikit-learn. python3 withheld.py > withheld.json"""
import json
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

rng = np.random.default_rng(4)
n, train, test = 1500, slice(0, 800), slice(1100, 1500)
sex = rng.choice(["f", "m"], size=n, p=[0.4, 0.6])
x = pd.DataFrame({
    "job": np.where(rng.random(n) < 0.7, np.where(sex == "f", "nurse", "smith"), rng.choice(["nurse", "smith", "cook"], size=n)),
    "hours": (38 + 3 * (sex == "m") + 4 * rng.normal(size=n)).round(1),
    "noise": rng.normal(size=n).round(3),
})
age = (30 + 0.8 * (x["hours"] - 38) + 8 * rng.normal(size=n)).round(0)


def auc(columns, told):
    numbers = [c for c in columns if c != "job"]
    encoder = ColumnTransformer([("job", OneHotEncoder(handle_unknown="ignore"), [c for c in columns if c == "job"]),
                                 ("numbers", StandardScaler(), numbers)])
    model = make_pipeline(encoder, LogisticRegression()).fit(x[columns][train], told[train])
    return roc_auc_score(told[test], model.predict_proba(x[columns][test])[:, 1])


old = (age > np.sort(age[train])[(len(age[train]) - 1) // 2]).to_numpy()
print(f"scikit-learn {sklearn.__version__}", file=sys.stderr)
print(json.dumps({
    "columns": {"sex": sex.tolist(), "age": age.tolist(), **{name: x[name].tolist() for name in x}},
    "label": (rng.random(n) < 0.5).astype(int).tolist(),
    "auc": {"sex": auc(list(x), sex == "f"), "age": auc(list(x), old)},
    "single": {name: auc([name], sex == "f") for name in x},
}))
