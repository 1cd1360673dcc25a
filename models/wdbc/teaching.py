"""Code that both teachers share: rows, network, training loop, export, card. Needs python3-torch and python3-sklearn."""
import csv
import hashlib
import json
import os

import numpy as np
import torch
from sklearn.metrics import log_loss, roc_auc_score

HERE = os.path.dirname(os.path.abspath(__file__))


def load():
    """Encoded rows float32 [569, 30], labels [569], part of each row."""
    with open(os.path.join(HERE, "data.csv")) as file:
        table = list(csv.reader(file))[1:]
    with open(os.path.join(HERE, "split.csv")) as file:
        part = np.array(file.read().split()[1:])
    with open(os.path.join(HERE, "preprocessing.json")) as file:
        preprocessing = json.load(file)
    raw = np.array([[float(x) for x in row[:-1]] for row in table])
    mean = np.array([column["mean"] for column in preprocessing["columns"]])
    std = np.array([column["std"] for column in preprocessing["columns"]])
    clip = preprocessing["clip"]
    x = np.clip((raw - mean) / std, -clip, clip).astype(np.float32)
    return x, np.array([int(row[-1]) for row in table]), part


def train(epochs, weight_decay, positive_weight, seed):
    """30-32-16-1 MLP by full-batch Adam on the rows marked `unused`."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    x, y, part = load()
    chosen = part == "unused"
    inputs = torch.from_numpy(x[chosen])
    targets = torch.from_numpy(y[chosen].astype(np.float32))[:, None]
    model = torch.nn.Sequential(
        torch.nn.Linear(30, 32), torch.nn.ReLU(), torch.nn.Linear(32, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
    loss = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([positive_weight]))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3, weight_decay=weight_decay)
    for _ in range(epochs):
        optimizer.zero_grad()
        loss(model(inputs), targets).backward()
        optimizer.step()
    return model.eval()


def publish(folder, model, card):
    """Writes teacher.onnx, reference.json (64 rows and their logits) and card.json."""
    path = os.path.join(folder, "teacher.onnx")
    torch.onnx.export(
        model, torch.zeros(1, 30), path, input_names=["input"], output_names=["logit"], opset_version=13,
        dynamic_axes={"input": {0: "batch"}, "logit": {0: "batch"}})
    x, y, part = load()
    with torch.no_grad():
        logits = model(torch.from_numpy(x)).numpy()[:, 0].astype(float)
    probability = 1 / (1 + np.exp(-logits))
    metrics = {
        name: {"rows": int(rows.sum()), "auc": round(roc_auc_score(y[rows], probability[rows]), 4),
               "logLoss": round(log_loss(y[rows], probability[rows]), 4)}
        for name, rows in (("trained on", part == "unused"), ("test", part == "test"))
    }
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    with open(os.path.join(folder, "card.json"), "w") as file:
        json.dump({**card, "architecture": "30-32-16-1, ReLU", "output": "logit of class 1 (malignant)",
                   "data": "WDBC, the 120 rows marked unused in ../wdbc/split.csv", "licence": "MIT; data CC BY 4.0",
                   "metrics": metrics, "sha256": digest}, file, indent=1)
        file.write("\n")
    rows = np.flatnonzero(part != "unused")[:64]
    with open(os.path.join(folder, "reference.json"), "w") as file:
        json.dump({"rows": rows.tolist(), "logits": logits[rows].tolist()}, file)
        file.write("\n")
