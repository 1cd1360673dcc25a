"""The rivals in Python. Reads one job per line as JSON, runs it in one thread and answers {"ms": ...}."""
import json
import sys
import time

import numpy as np

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None


def network(features, hidden):
    layers, width = [], features
    for outputs in hidden:
        layers += [torch.nn.Linear(width, outputs), torch.nn.ReLU()]
        width = outputs
    return torch.nn.Sequential(*layers, torch.nn.Linear(width, 1))


def train(features, hidden, rows, batch, epochs, students=1, **_):
    x = torch.rand(rows, features) * 2 - 1
    y = torch.rand(rows, 1)
    loss = torch.nn.BCEWithLogitsLoss()
    nets = [network(features, hidden) for _ in range(students)]
    started = time.perf_counter()
    for net in nets:
        optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-4)
        for _ in range(epochs):
            order = torch.randperm(rows)
            for at in range(0, rows, batch):
                pick = order[at : at + batch]
                optimizer.zero_grad()
                loss(net(x[pick]), y[pick]).backward()
                optimizer.step()
    return time.perf_counter() - started


def ridge(rows, columns, folds, penalties, **_):
    """LogisticRegression on every fold over the path of penalties; each fit starts from the previous solution."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(1)
    x = rng.standard_normal((rows, columns))
    w = rng.standard_normal(columns) * 0.2
    y = rng.random(rows) < 1 / (1 + np.exp(-(x @ w)))
    fold = rng.integers(0, folds, rows)
    started = time.perf_counter()
    for k in range(folds):
        model = LogisticRegression(solver="lbfgs", warm_start=True, max_iter=1000, tol=1e-6)
        for penalty in penalties:
            model.C = 1 / penalty
            model.fit(x[fold != k], y[fold != k])
    return time.perf_counter() - started


WORK = {"train": train, "ridge": ridge}
print(json.dumps({"torch": torch.__version__ if torch else None}), flush=True)
for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps({"ms": WORK[job.pop("work")](**job) * 1000}), flush=True)
