"""Golden minima of the distillation loss of a logistic student, in float64. python3 logistic.py > logistic.json

PyTorch's L-BFGS minimises the loss as it is defined. For plain labels, scikit-learn's LogisticRegression with C = 1 / penalty solves the
same problem. Columns: two numbers, and three categories as one-hot.
"""
import json

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(11)
N = 60
numbers = rng.normal(size=(N, 2)).astype(np.float32).astype(np.float64)
category = rng.integers(0, 4, N)  # 3: none of the three
x = np.concatenate([numbers, np.eye(4)[category][:, :3]], 1)
truth = x @ np.array([1.5, -1.0, 0.5, -0.5, 1.0]) - 1.0
y = (rng.random(N) < 1 / (1 + np.exp(-truth))).astype(float)
u = truth + rng.normal(size=N)
known = rng.random(N) < 0.8
labels = np.where(known, y, -1)
weights = rng.uniform(0.5, 2, N)


def loss_of(z, alpha, t, kind):
    target = torch.tensor(u)
    hard = F.binary_cross_entropy_with_logits(z, torch.tensor(y), reduction="none") * torch.tensor(known.astype(float))
    if kind == "logit-matching":
        soft = (z - target) ** 2 / 8
    else:
        q = torch.sigmoid(target / t)
        p = torch.stack([F.logsigmoid(-z / t), F.logsigmoid(z / t)], -1)
        soft = t * t * F.kl_div(p, torch.stack([1 - q, q], -1), reduction="none").sum(-1)
    return (1 - alpha) * hard + alpha * soft


def minimum(alpha, t, penalty, kind, weighted):
    theta = torch.zeros(6, requires_grad=True)
    w = torch.tensor(weights if weighted else np.ones(N))
    data = torch.tensor(x)
    best = torch.optim.LBFGS([theta], lr=1, max_iter=2000, tolerance_grad=1e-12, tolerance_change=1e-16, line_search_fn="strong_wolfe")

    def objective():
        return (w * loss_of(data @ theta[:5] + theta[5], alpha, t, kind)).sum() + penalty / 2 * (theta[:5] ** 2).sum()

    def closure():
        best.zero_grad()
        value = objective()
        value.backward()
        return value

    best.step(closure)
    return theta.detach().tolist(), objective().item()


cases = []
for alpha, t, penalty, kind, weighted in [(1, 1, 1, "distillation", False), (0, 1, 0.5, "distillation", False), (0.4, 2, 3, "distillation", True),
                                          (1, 4, 0.1, "distillation", False), (0.7, 1, 1, "logit-matching", False)]:
    theta, value = minimum(alpha, t, penalty, kind, weighted)
    case = {"alpha": alpha, "temperature": t, "penalty": penalty, "loss": kind, "weighted": weighted, "theta": theta, "value": value}
    if alpha == 0:
        own = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=10000).fit(x[known], y[known])
        case["sklearn"] = [*own.coef_[0].tolist(), own.intercept_[0]]
    cases.append(case)
print(json.dumps({"numbers": numbers.tolist(), "category": category.tolist(), "labels": labels.astype(int).tolist(), "u": u.tolist(),
                  "weights": weights.tolist(), "cases": cases}))
