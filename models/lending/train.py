"""Trains the biased teacher of the lending example on simulated history. Needs python3-torch, python3-onnx, Node and npm ci.

python3 models/lending/train.py
Writes teacher.onnx, preprocessing.json, reference.json (64 encoded rows and the logits PyTorch gave for them) and card.json.
"""
import csv
import hashlib
import io
import json
import os
import subprocess

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
NUMBERS = {"age": "none", "employment_years": "none", "income": "symlog", "savings": "symlog", "debt_ratio": "none",
           "late_payments": "none", "amount": "symlog", "months": "none"}
EPOCHS, BATCH, RATE, SEED = 12, 256, 3e-3, 1
# the last layer is multiplied by this: the teacher is over-confident
CONFIDENCE = 1.5


def history():
    text = subprocess.run(["node", os.path.join(HERE, "history.mjs")], check=True, capture_output=True, text=True).stdout
    return list(csv.DictReader(io.StringIO(text)))


def encode(rows):
    """Standardised numbers and one-hot categories, as preprocessing.json describes them: float32 [rows, width]."""
    columns, parts, offset = [], [], 0
    for name in [name for name in rows[0] if name != "recorded"]:
        texts = [row[name] for row in rows]
        if name in NUMBERS:
            x = np.array([float(text) for text in texts])
            x = np.sign(x) * np.log1p(np.abs(x)) if NUMBERS[name] == "symlog" else x
            mean, std = float(x.mean()), float(x.std())
            columns.append({"name": name, "kind": "numeric", "transform": NUMBERS[name], "mean": mean, "std": std,
                            "offset": offset, "width": 1})
            parts.append(((x - mean) / std)[:, None])
            offset += 1
        else:
            categories = sorted(set(texts))
            columns.append({"name": name, "kind": "categorical", "categories": categories, "offset": offset,
                            "width": len(categories)})
            parts.append(np.array([[text == category for category in categories] for text in texts], dtype=float))
            offset += len(categories)
    clip = 10.0
    return np.clip(np.hstack(parts), -clip, clip).astype(np.float32), {
        "clip": clip, "columns": columns, "encodedWidth": offset}


def train(x, y):
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    width = x.shape[1]
    model = torch.nn.Sequential(
        torch.nn.Linear(width, 32), torch.nn.ReLU(), torch.nn.Linear(32, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, weight_decay=1e-5)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)[:, None]
    loss = torch.nn.BCEWithLogitsLoss()
    for epoch in range(EPOCHS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - epoch / EPOCHS)
        for batch in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(model(inputs[batch]), targets[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        model[-1].weight *= CONFIDENCE
        model[-1].bias *= CONFIDENCE
    return model.eval()


def write(name, value, indent=None):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(value, file, indent=indent)
        file.write("\n")


def main():
    rows = history()
    x, preprocessing = encode(rows)
    model = train(x, np.array([int(row["recorded"]) for row in rows], dtype=np.float32))
    write("preprocessing.json", preprocessing, 1)
    path = os.path.join(HERE, "teacher.onnx")
    torch.onnx.export(
        model, torch.zeros(1, x.shape[1]), path, input_names=["input"], output_names=["logit"], opset_version=13,
        dynamic_axes={"input": {0: "batch"}, "logit": {0: "batch"}})
    with torch.no_grad():
        logits = model(torch.from_numpy(x[:64])).numpy()[:, 0].astype(float)
    columns = [name for name in rows[0] if name != "recorded"]
    write("reference.json", {"columns": columns, "rows": [[row[name] for name in columns] for row in rows[:64]],
                             "logits": logits.tolist()})
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    write("card.json", {
        "name": "lending-mlp-biased",
        "training": f"{EPOCHS} epochs of Adam ({RATE}, falling to 0), batches of {BATCH}, BCE, seed {SEED}",
        "bias": "on purpose: the history comes from a crisis (log-odds -.8) and is unfair to the self-employed (log-odds -2.2), "
                f"and the last layer is multiplied by {CONFIDENCE}. Never use it for anything but to see its bias removed",
        "architecture": f"{x.shape[1]}-32-16-1, ReLU",
        "output": "logit of class 1 (repaid)",
        "data": "40,000 simulated applications (history.mjs); nothing in them is real",
        "licence": "MIT",
        "sha256": digest,
    }, 1)


if __name__ == "__main__":
    main()
