"""Golden thresholds of groups, by trying every combination: python3 test/golden/group_thresholds.py > test/golden/group_thresholds.json"""
import itertools
import json

import numpy as np
from sklearn.metrics import confusion_matrix, f1_score

rng = np.random.default_rng(5)


def draw(sizes, shifts):
    """Rows of groups whose scores are shifted, so that one threshold gives unequal rates."""
    parts = []
    for g, (n, shift) in enumerate(zip(sizes, shifts)):
        y = (rng.random(n) < 0.35).astype(int)
        v = rng.normal(size=n) * 1.2 + 1.8 * (y - 0.5) + shift
        p = np.round(1 / (1 + np.exp(-v)), 2)
        parts.append((np.full(n, g), y, np.clip(p, 0.01, 0.99)))
    return [np.concatenate(list(column)) for column in zip(*parts)]


def candidates(p):
    """Midway between neighbouring probabilities, with 1 above and 0 below; the highest first."""
    edges = np.concatenate([[1.0], np.unique(p)[::-1], [0.0]])
    return (edges[:-1] + edges[1:]) / 2


def rates(y, p, w, t):
    """True and false positive rates, and the weight of right answers."""
    (tn, fp), (fn, tp) = confusion_matrix(y, (p >= t).astype(int), labels=[0, 1], sample_weight=w)
    return tp / (tp + fn), fp / (tn + fp), tp + tn


def spread(values):
    return max(values) - min(values)


def solve(group, y, p, w):
    common = max(candidates(p), key=lambda t: (f1_score(y, (p >= t).astype(int), sample_weight=w), t))
    tpr, fpr, right = rates(y, p, w, common)
    curves = []
    for g in np.unique(group):
        rows = group == g
        curves.append([(t, *rates(y[rows], p[rows], w[rows], t)) for t in candidates(p[rows])])
    opportunity = [min(curve, key=lambda point: (round(abs(point[1] - tpr), 12), -point[0])) for curve in curves]

    def rank(points):
        gap = max(spread([tpr, *(q[1] for q in points)]), spread([fpr, *(q[2] for q in points)]))
        return (round(gap, 12), -round(sum(q[3] for q in points), 9), [-q[0] for q in points])

    odds = min(itertools.product(*curves), key=rank)
    gap, correct, _ = rank(odds)
    return {
        "group": group.tolist(), "y": y.tolist(), "p": p.tolist(), "weights": w.tolist(),
        "common": common, "tpr": tpr, "fpr": fpr, "right": right,
        "equalOpportunity": [q[0] for q in opportunity],
        "equalisedOdds": [q[0] for q in odds],
        "odds": {"gap": gap, "right": -correct},
    }


cases = []
for sizes, shifts, weighted in [([80, 90], [0.6, -0.6], False), ([60, 60, 50], [0.8, 0, -0.9], False), ([80, 70], [0.3, -1.2], True)]:
    group, y, p = draw(sizes, shifts)
    w = np.round(rng.integers(1, 9, len(y)) / 4, 2) if weighted else np.ones(len(y))
    cases.append(solve(group, y, p, w))
print(json.dumps(cases))
