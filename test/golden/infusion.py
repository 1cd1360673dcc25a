"""Golden values for knowledge infusion and noise rates, by NumPy in long double. python3 infusion.py > infusion.json"""
import json
import sys

import numpy as np

rng = np.random.default_rng(11)
L = np.longdouble


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def logit(q):
    return np.log(q) - np.log1p(-q)


n = 40
d = np.concatenate([rng.normal(size=n - 4) * 3, [0.0, 0.5, -0.5, 8.0]])
y = rng.integers(-1, 2, size=n)
r0, r1 = 0.1, 0.25
known = y >= 0
yl, dl = y.astype(L), d.astype(L)
p = sigmoid(dl)
wrong = known & ((d >= 0) != (y == 1))


def infused(form, w, t):
    w = L(w)
    if form == "mix":
        u = logit((1 - w) * p + w * yl)
    elif form == "residual":
        u = dl + w * (yl - p)
    elif form == "log-odds":
        u = dl + w * (2 * yl - 1)
    elif form == "noise":
        u = dl + w * (yl * np.log((1 - L(r1)) / L(r0)) - (1 - yl) * np.log((1 - L(r0)) / L(r1)))
    elif form == "shift":
        u = np.where(wrong, logit((1 - w) * p + w * (1 - p)), dl)
    elif form == "smooth":
        u = np.where(wrong, logit((1 - w) * p + w * (yl * L(9) / 10 + L(1) / 20)), dl)
    else:
        pt = sigmoid(dl / L(t))
        q = np.clip(pt + w * (yl - pt), L(10) ** -6, 1 - L(10) ** -6)
        u = L(t) * logit(q)
    return np.where(known, u, dl).astype(float).tolist()


cases = []
for form, strengths in [("mix", (0.1, 0.5)), ("residual", (0.5, 4)), ("log-odds", (0.25, 2)), ("noise", (0.5, 1)),
                        ("shift", (0.5, 0.9)), ("smooth", (0.5, 1)), ("orthogonal", (0.3, 0.99))]:
    for w in strengths:
        for t in ((1, 4) if form == "orthogonal" else (1,)):
            cases.append({"form": form, "strength": w, "temperature": t, "u": infused(form, w, t)})


def noise():
    m = 4000
    truth = rng.normal(size=m) * 4
    clean = (rng.random(m) < sigmoid(truth)).astype(int)
    flip = np.where(clean == 0, rng.random(m) < 0.1, rng.random(m) < 0.2)
    labels = np.where(flip, 1 - clean, clean)
    prob = np.column_stack([sigmoid(-truth), sigmoid(truth)])
    t = [prob[labels == j, j].mean() for j in (0, 1)]
    joint = np.zeros((2, 2))
    for i in range(m):
        over = [j for j in (0, 1) if prob[i, j] >= t[j]]
        if over:
            joint[labels[i], max(over, key=lambda j: prob[i, j])] += 1
    joint = joint / joint.sum(1, keepdims=True) * np.bincount(labels)[:, None]
    return {"margins": truth.tolist(), "labels": labels.tolist(), "r0": joint[1, 0] / joint[:, 0].sum(),
            "r1": joint[0, 1] / joint[:, 1].sum(), "true": [0.1, 0.2]}


json.dump({"numpy": np.__version__, "d": d.tolist(), "y": y.tolist(), "rates": {"r0": r0, "r1": r1}, "cases": cases, "noise": noise()}, sys.stdout)
print()
